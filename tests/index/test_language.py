"""Acronyms and words learnt from the articles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from search.encoders.vocabulary import Vocabulary
from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import ANYTHING
from search.index.language import find_acronyms
from search.index.opened import open_index
from search.retrieval.query import Query
from search.retrieval.wording import wording

NOW = datetime(2025, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("The Harbour Safety Board (HSB) met.", [("hsb", "harbour safety board")]),
        ("Virtual machines (VMs)", [("vms", "virtual machines")]),
        ("of the Internet of Things (IoT) and", [("iot", "internet of things")]),
        ("Role-Based Access Control (RBAC)", [("rbac", "role based access control")]),
        ("The board (UPDATED) met; see (HSB).", []),
        ("Rain (Monday) and (MIT) alone", []),
        ("", []),
    ],
)
def test_what_is_explained_in_brackets(text, pairs):
    assert list(find_acronyms(text)) == pairs


def test_an_acronym_finds_its_long_form_and_back(site, tmp_path):
    site.article("one.md", "Harbour Safety Board (HSB) meets", "It met.")
    site.article("two.md", "The Harbour Safety Board (HSB) reports", "On fog.")
    site.article("three.md", "Harbour safety board names a chair", "She starts in May.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        encoder = encoder_of(index)
        assert wording(index, Query("what did the HSB say", ANYTHING), encoder, NOW, as_typed=False).others == [
            "harbour safety board"
        ]
        assert wording(index, Query("harbour safety board", ANYTHING), encoder, NOW, as_typed=False).others == ["hsb"]
        assert wording(index, Query("HSB", ANYTHING), encoder, NOW, as_typed=True).others == []
        assert (
            wording(index, Query("harbour safty board", ANYTHING), encoder, NOW, as_typed=False).text
            == "harbour safety board"
        )
        words = dict(index.connection.execute("SELECT word, articles FROM vocabulary"))
        assert (words["board"], words["chair"]) == (3, 1)


def test_in_capitals_an_acronym_is_one_that_is_explained_once(site, tmp_path):
    site.article("one.md", "Harbour Safety Board (HSB) meets", "It met.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed, others in (
            ("HSB", ["harbour safety board"]),
            ("the HSB met", ["harbour safety board"]),
            ("hsb", []),
        ):
            assert wording(index, Query(typed, ANYTHING), None, NOW, as_typed=False).others == others


def test_a_long_query_asks_for_no_phrase_longer_than_a_long_form(site, tmp_path):
    site.article("one.md", "Harbour Safety Board (HSB) meets", "It met.")
    site.article("two.md", "The Harbour Safety Board (HSB) reports", "On fog.")
    build_index(site.root, tmp_path / "index")
    asked: list[str] = []
    with open_index(tmp_path / "index") as index:
        index.connection.set_trace_callback(asked.append)
        others = wording(
            index, Query("a b " * 990 + "harbour safety board", ANYTHING), None, NOW, as_typed=False
        ).others
    assert others == ["hsb"]
    assert len([statement for statement in asked if "acronym" in statement]) == 2
    assert max(map(len, asked)) < 100_000


def test_the_words_of_corpus_and_encoder_are_read_once_a_query(harbour_index, monkeypatch):
    encoder = encoder_of(harbour_index)
    lists = []
    real = Vocabulary.words

    def counted(self, min_length):
        lists.append(min_length)
        return real(self, min_length)

    monkeypatch.setattr(Vocabulary, "words", counted)
    asked: list[str] = []
    harbour_index.connection.set_trace_callback(asked.append)
    found = wording(
        harbour_index, Query("poilce scan fcaes at the ferrry", ANYTHING), encoder, NOW, as_typed=False
    ).corrected
    assert [one.meant for one in found] == ["police", "faces", "ferry"]
    assert len(lists) == 1
    assert asked.count("SELECT word, articles FROM vocabulary") == 1
