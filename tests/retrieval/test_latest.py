"""Queries that ask for what is newest."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.notes import notes
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from search.retrieval.wording import wording
from tests.retrieval.asking import NOW, Shortest, asked_of, ids
from tests.site import Site

DAYS = {"2023": "2023-03-01", "2024": "2024-03-01", "2025": "2025-03-01"}


@pytest.fixture(scope="module")
def strikes(tmp_path_factory):
    """An archive of yearly strikes, the oldest the most alike to the query, and of a newer bakery."""
    folder = tmp_path_factory.mktemp("strikes")
    site = Site(folder / "content")
    texts = {
        "2023": "Ferry strike",
        "2024": "Ferry strike goes on",
        "2025": "Another ferry strike on the lines to Tarn",
    }
    for year, title in texts.items():
        site.article(f"{year}.md", title, publishedDateTime=f"{DAYS[year]}T08:00:00Z")
    site.article("rye.md", "Bakery wins a prize for its rye", publishedDateTime="2025-06-01T08:00:00Z")
    site.article("undated.md", "Ferry strike without a date", publishedDateTime=None)
    build_index(site.root, folder / "index")
    with open_index(folder / "index") as index:
        yield index


@pytest.mark.parametrize(
    "typed",
    [
        "latest ferry strike",
        "the most recent ferry strike",
        "newest ferry strike",
        "recent ferry strikes news",
    ],
)
def test_what_is_newest_of_what_is_meant_leads(strikes, typed):
    answer = asked_of(strikes, typed)
    assert ids(answer)[0] == "2025.md"
    assert ids(answer)[-1] == "rye.md", "what is newer is not what is meant"
    (told,) = [note.text for note in notes(answer) if note.event == "latest"]
    assert told.startswith("what is newer counts more: ")
    plain = asked_of(strikes, typed, as_typed=True)
    assert ids(plain)[0] != "2025.md"
    assert not any(note.event == "latest" for note in notes(plain))


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_the_latest_of_nothing_is_nothing(strikes, mode):
    assert asked_of(strikes, "latest ferry strike since:2099", mode=mode).hits == []
    assert asked_of(strikes, "latest news since:2099", mode=mode).hits == []


def test_recency_at_an_archive_that_has_ended_counts_from_its_end(site, tmp_path):
    for year in ("2019", "2020"):
        site.article(f"{year}.md", f"Ferry strike of the year {year}", publishedDateTime=f"{year}-03-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = asked_of(index, "ferry strike", half_life_days=365.0)
        recent = {hit.article.id: part.value for hit in answer.hits for part in hit.parts if part.name == "recency"}
        assert recent["2020.md"] > 0.99
        assert 0.49 < recent["2019.md"] < 0.51


def test_what_has_not_come_out_is_not_the_latest(site, tmp_path):
    for year in ("2023", "2024", "2035"):
        site.article(f"{year}.md", f"Ferry strike of the year {year}", publishedDateTime=f"{year}-03-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = asked_of(index, "latest ferry strike")
        fresh = {hit.article.id: part.value for hit in answer.hits for part in hit.parts if part.name == "time"}
        assert fresh["2024.md"] == 1
        assert 0 < fresh["2023.md"] < 0.5
        assert fresh["2035.md"] == 0


def test_the_newest_are_looked_at_however_many_are_more_alike(site, tmp_path, monkeypatch):
    for number in range(9):
        site.article(f"{number}.md", f"Ferry strike {number}", publishedDateTime="2023-03-01T08:00:00Z")
    site.article("new.md", "They strike again on the ferry to Tarn", publishedDateTime="2025-03-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    monkeypatch.setattr("search.retrieval.scores.POOL", 1)
    with open_index(tmp_path / "index") as index:
        assert ids(asked_of(index, "latest ferry strike", k=1)) == ["new.md"]


def test_a_reranker_knows_of_no_time_and_nothing_else_is_told(strikes):
    query = parse_query("latest ferry strike", NOW)
    answer = search(strikes, query, Wishes(), encoder_of(strikes), NOW, Shortest())
    assert not any(note.event == "latest" for note in notes(answer))


def test_the_words_that_say_so_are_not_searched_for(strikes):
    asked = wording(strikes, parse_query("latest news on a ferry", NOW), encoder_of(strikes), NOW, as_typed=False)
    assert (asked.words, " ".join(asked.text.split())) == (["ferry"], "news on a ferry")


def test_who_asks_for_the_latest_alone_gets_all_newest_first(strikes):
    for typed in ("latest news", "the latest", "most recent articles"):
        answer = asked_of(strikes, typed)
        assert ids(answer) == ["rye.md", "2025.md", "2024.md", "2023.md", "undated.md"]
        assert [note.text.split(":")[0] for note in notes(answer)] == ["newest first"]
    assert ids(asked_of(strikes, "latest news provider:harbourpost.example since:2025-05")) == ["rye.md"]


@pytest.mark.parametrize(
    "typed", ['"latest ferry" strike', "latest ferry strike 2024", " ".join(["latest", *"ferry " * 20])]
)
def test_it_is_a_word_in_a_phrase_beside_a_time_and_in_a_paragraph(strikes, typed):
    assert asked_of(strikes, typed).times.latest is None
