"""When nothing is said to be found, and which words no article has."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.floor import FLOOR_COSINE
from search.retrieval.floor import absent as absent_words
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from search.retrieval.why_not import why_not
from tests.retrieval.asking import NOW, asked_of


def test_nothing_is_said_to_be_found_when_nothing_comes_near(ask):
    assert ask("sonnet by a medieval poet").hits == []
    near = ask("sonnet by a medieval poet", floor=False).hits
    assert near
    assert max(hit.dense for hit in near) < FLOOR_COSINE


@pytest.mark.parametrize("typed", ["Carrow wedding", "Carrow chief resigns", "Carrow album guitar"])
def test_a_name_that_an_article_has_is_enough(clinic, typed):
    answer = asked_of(clinic, typed)
    assert answer.hits[0].article.id == "recall.md"
    assert max(hit.dense for hit in asked_of(clinic, typed, k=30).hits) < FLOOR_COSINE
    assert answer.near
    # but not where the filters lose it
    assert not asked_of(clinic, f"{typed} topic:Hospitals").near


@pytest.mark.parametrize("typed", ["guitar chords", "March of the chess champions in Reykjavik", "qwfpgj zzzzz"])
def test_what_no_article_treats_finds_nothing(clinic, typed):
    answer = asked_of(clinic, typed)
    assert (answer.hits, answer.near) == ([], False)


def test_what_is_far_is_found_and_said_under_filters(clinic):
    answer = asked_of(clinic, "guitar chords topic:Hospitals", k=20)
    assert (len(answer.hits), answer.near, answer.absent) == (20, False, ["guitar", "chords"])


def test_nothing_is_said_to_be_absent_of_scripts_without_spaces():
    assert absent_words({"world": 0, "東京": 0, "ﾜｸﾁﾝ": 0}) == ["world"]


@pytest.mark.parametrize(
    ("typed", "absent"),
    [
        ("Ebola", ["ebola"]),
        ("guitar", ["guitar"]),
        ("ebola patients", ["ebola"]),
        ("refugees as patients", ["refugees"]),
        ("music for patients", []),  # an ordinary word may be said in other words
        ("measles", []),
        ("world health organisation", []),
        ("ワクチン接種", []),  # one word to the index, where others run on
    ],
)
def test_telling_words_that_no_article_has_are_named(clinic, typed, absent):
    assert asked_of(clinic, typed).absent == absent


def test_where_nothing_is_found_what_is_meant_is_searched_for(clinic):
    answer = asked_of(clinic, "retration")
    assert [(one.typed, one.meant) for one in answer.corrected] == [("retration", "retraction")]
    assert (answer.hits[0].article.id, answer.near) == ("retraction.md", True)
    kept = asked_of(clinic, "retration", as_typed=True)
    assert (kept.corrected, kept.doubtful, kept.absent) == ([], [], ["retration"])
    query, encoder = parse_query("retration", NOW), encoder_of(clinic)
    row = clinic.row_of_id("retraction.md")
    assert why_not(clinic, row, query, Wishes(collapse=False), encoder, NOW).stage == "shown"


def test_where_nothing_is_found_more_is_asked(site, tmp_path):
    site.article("cattle.md", "Bluetongue found in cattle near the port", "Farms may move none.")
    site.article("other.md", "The tunnel opens late", "A boring machine waits.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed, told in (("blootongue", "bluetongue"), ('"blootongue"', '"bluetongue"')):
            answer = search(index, parse_query(typed, NOW), Wishes(), encoder_of(index), NOW)
            assert (answer.hits, [one.meant for one in answer.doubtful]) == ([], [told])
            assert not search(index, answer.query, Wishes(as_typed=True), encoder_of(index), NOW).doubtful
