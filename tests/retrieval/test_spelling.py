"""Misspellings set right, and words left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.retrieval.spelling import MAX_SUSPICIOUS, Correction, Lexicon, corrections

CORPUS = {
    "ferry": 9,
    "harbour": 8,
    "vaccine": 4,
    "selwyn": 23,
    "port": 20,
    "server": 40,
    "flexible": 30,
    "branch": 3,
    "bluetongue": 1,
}
WORDS = ("breach", "vacant", "chariot", "crash", "seven", "frey")
ENGLISH = {"sever": 400_000, "breach": 5_000_000, "chariot": 900_000, "crash": 20_000_000, "form": 90_000_000}
TOGETHER = {("flexible", "server"): 12, ("port", "server"): 3, ("port", "selwyn"): 20}


LEXICON = Lexicon(
    corpus=lambda: CORPUS,
    frequency=lambda word: CORPUS.get(word, 0),
    is_word=lambda word: word in WORDS,
    words=lambda: WORDS,
    english=lambda word: ENGLISH.get(word, 0),
    together=lambda first, second: TOGETHER.get((first, second), 0),
)


def set_right(text):
    return {one.typed: one.meant for one in corrections(text.split(), LEXICON) if one.sure}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vacine", "vaccine"),
        ("ferrry", "ferry"),
        ("fery", "ferry"),
        ("port selwin", "selwyn"),
        ("braech", "breach"),
        ("serevr", "server"),
        ("flexible sever", "server"),
    ],
)
def test_set_right(typed, meant):
    assert list(set_right(typed).values()) == [meant]


@pytest.mark.parametrize(
    "typed",
    [
        "ferry",
        "ferries",
        "crash",
        "chatbot",
        "sever",
        "sever the ferry",
        "port sever",
        "derver",
        "vx17",
        "fery2",
        "frr",
        "zzzzzzzz",
        "",
    ],
)
def test_left_alone(typed):
    assert set_right(typed) == {}


@pytest.mark.parametrize("typed", ["blootongue", "blewtongue", "bluetungoe"])
def test_two_slips_in_a_long_word_are_asked_for_where_nothing_is_found(typed):
    assert corrections(["port", typed], LEXICON, last_resort=True) == [Correction(typed, "bluetongue", sure=False)]


@pytest.mark.parametrize("typed", ["chatbots", "blotung", "crash", "sevenths"])
def test_the_last_resort_asks_for_nothing_else(typed):
    assert corrections([typed], LEXICON, last_resort=True) == corrections([typed], LEXICON)


@given(st.text(alphabet="abcdefgh é-1", max_size=60))
def test_only_words_that_nobody_has_are_set_right(text):
    for typed, meant in set_right(text).items():
        assert typed in text.split()
        assert typed not in CORPUS
        assert meant in CORPUS or meant in WORDS


def test_only_the_first_suspicious_words_are_looked_into():
    gibberish = [f"{'qz' * 4}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert set_right(" ".join([*gibberish[: MAX_SUSPICIOUS - 1], "vacine"])) == {"vacine": "vaccine"}
    assert set_right(" ".join([*gibberish[:MAX_SUSPICIOUS], "vacine"])) == {}
    known = " ".join(["ferry harbour port"] * 10)
    assert set_right(f"{known} vacine") == {"vacine": "vaccine"}
