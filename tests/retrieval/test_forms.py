"""Forms of English words."""

from __future__ import annotations

import pytest

from search.index import english
from search.retrieval.forms import are_forms_of_one, bases, halves, other_spellings


@pytest.mark.parametrize(
    ("word", "base"),
    [("boycotts", "boycott"), ("vaping", "vape"), ("swapped", "swap"), ("parties", "party"), ("podcaster", "podcast")],
)
def test_a_form_has_its_base(word, base):
    assert base in set(bases(word))
    assert are_forms_of_one(word, base)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("organisation", "organization"),
        ("analysed", "analyzed"),
        ("harbours", "harbors"),
        ("behavioural", "behavioral"),
        ("theatre", "theater"),
    ],
)
def test_spellings_have_each_other(british, american):
    assert american in set(other_spellings(british))
    assert british in set(other_spellings(american))


@pytest.mark.parametrize("word", ["rise", "prize", "tour", "four", "there", "fire", "scoured", "surprise", "port"])
def test_words_that_only_look_so_have_no_other_spelling(word):
    assert not any(map(english.count, other_spellings(word)))


def test_misspelt_endings_are_no_forms():
    assert not are_forms_of_one("superconducter", "superconductor")
    assert not are_forms_of_one("distributers", "distributors")


@pytest.mark.parametrize("word", ["meger", "polise", "bus", "as", "postgress"])
def test_short_words_that_only_end_so_have_none(word):
    assert all(len(base) >= 3 for base in bases(word))
    assert "meg" not in set(bases(word))
    assert "pol" not in set(bases(word))
    assert "postgres" not in set(bases(word))


def test_words_put_together():
    assert ("chat", "bots") in set(halves("chatbots"))
    assert ("working",) in set(halves("coworking"))
    assert list(halves("hosepip")) == []


def test_english_words_have_counts():
    assert english.count("the") > english.count("layoffs") > 0
    assert english.count("recieve") == english.count("") == english.count("the 1") == 0
