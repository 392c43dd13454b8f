"""Stories in what a query finds: one result for each, and all of it told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import Filters
from search.index.opened import open_index
from search.retrieval.notes import notes
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from search.retrieval.why_not import why_not
from tests.retrieval.asking import NOW, Shortest, ids


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_copies_of_one_story_leave_room_for_others(site, tmp_path, monkeypatch, mode):
    from search.retrieval import scores as module

    for number in range(60):
        site.article(f"{number:02}.md", "Ferry leaves late", "Ferry leaves late.", publishedDateTime="2025-03-01")
    site.article("rings.md", "A beam of an old ferry is dated by its rings", publishedDateTime="2019-03-01")
    site.article("sold.md", "Bank buys what the ferry company owes", publishedDateTime="2022-03-01")
    build_index(site.root, tmp_path / "index")
    monkeypatch.setattr(module, "POOL", 4)
    with open_index(tmp_path / "index") as index:
        answer = search(index, parse_query("ferry late", NOW), Wishes(3, mode), encoder_of(index), NOW)
        assert (ids(answer)[0], set(ids(answer))) == ("00.md", {"00.md", "rings.md", "sold.md"})
        assert len(answer.hits[0].also) == 59
        again = search(index, answer.query, Wishes(3, mode), encoder_of(index), NOW, Shortest())
        assert set(ids(again)) == {"00.md", "rings.md", "sold.md"}


def test_a_story_comes_once_while_there_are_others_to_show(ask):
    apart = ids(ask("police scan faces at the ferry terminal", k=3))
    assert {"_news/face-cameras.md", "_news/face-cameras-wire.md"} <= set(apart)
    answer = ask("police scan faces at the ferry terminal", k=3, collapse=True)
    both = {"_news/face-cameras.md", "_news/face-cameras-wire.md"}
    assert len(both & set(ids(answer))) == 1
    assert {answer.hits[0].article.id, *answer.hits[0].also} == both
    assert answer.hits[0].story == (answer.hits[0].story[0], 2)
    everything = ask("police scan faces at the ferry terminal", k=7, collapse=True)
    assert both <= set(ids(everything))
    assert everything.hits[0].also == ()


def test_a_story_is_of_a_time_when_one_of_its_articles_is(site, tmp_path):
    for number, day in enumerate(("02", "03", "04")):
        moment = f"2025-03-{day}T10:00:00Z"
        site.article(
            f"{number}.md",
            "Outage takes Harbour Bank offline",
            f"Day {number} of it.",
            publishedDateTime=moment,
            provider=f"Outlet {number}",
        )
    for number in range(12):
        moment = f"2024-{number + 1:02}-05T10:00:00Z"
        site.article(f"more-{number}.md", f"Ward {number} is painted", "In green.", publishedDateTime=moment)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        query = parse_query("outage 3 march 2025", NOW)
        answer = search(index, query, Wishes(2), encoder_of(index), NOW)
        assert len(answer.hits[0].also) == 2
        assert not any("none of these" in note.text for note in notes(answer))


@pytest.mark.parametrize(("typed", "k"), [("news of march 2025", 1), ("latest news", 4)])
def test_a_list_of_what_is_of_a_time_has_each_story_once(ask, harbour_index, typed, k):
    folded, flat = ask(typed, collapse=True, k=k), ask(typed, k=6)
    told = {hit.article.id: hit.also for hit in folded.hits if hit.also}
    assert told == {"_news/face-cameras-wire.md": ("_news/face-cameras.md",)}
    assert not any(hit.also for hit in flat.hits)
    for hits in (folded.hits, flat.hits):
        moments = [hit.article.published_at for hit in hits]
        assert moments == sorted(moments, reverse=True)
    rows = {name: row for row, name in harbour_index.ids(harbour_index.columns.rows.tolist()).items()}
    found = why_not(harbour_index, rows["_news/face-cameras.md"], parse_query(typed, NOW), Wishes(k=k), None, NOW)
    assert (found.stage, "folded under _news/face-cameras-wire.md" in found.told) == ("story", True)


@pytest.mark.parametrize("typed", ["latest news", "news of 2025", "police cameras", "since:2025"])
def test_what_would_show_an_article_shows_it(ask, harbour_index, typed):
    encoder, query, promised = encoder_of(harbour_index), parse_query(typed, NOW), 0
    for row, article_id in harbour_index.ids(harbour_index.columns.rows.tolist()).items():
        found = why_not(harbour_index, row, query, Wishes(k=1), encoder, NOW)
        if would := re.search(r"-k (\d+) would show it", found.told):
            promised += 1
            shown = search(harbour_index, query, Wishes(k=int(would[1])), encoder, NOW)
            assert any(article_id in {hit.article.id, *hit.also} for hit in shown.hits), found
    assert promised


def test_all_of_a_story_are_told_under_the_one_that_is_shown_and_fill_up_at_the_end(site, tmp_path):
    text = ("Crane falls into the harbour basin", "Nobody was hurt.")
    for number, topics in enumerate([["shipyards"], [], ["policing"]]):
        site.article(f"{number}.md", *text, topics=topics, provider={"name": f"Paper {number}"})
    site.article("hidden.md", *text, topics=[], published=False)
    site.article("other.md", "A crane is sold", "Its new owner is a museum.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        query, wishes = parse_query("shipyards", NOW), Wishes(k=1, mode="lexical")
        (hit,) = search(index, query, wishes, None, NOW).hits
        assert (hit.article.id, set(hit.also)) == ("0.md", {"1.md", "2.md", "hidden.md"})
        (other,) = (row for row, name in index.ids(range(9)).items() if name == "1.md")
        found = why_not(index, other, query, wishes, None, NOW)
        assert (found.stage, found.rank) == ("story", None)
        assert "none of the query's words" in found.told
        assert "folded under 0.md (rank 1)" in found.told
        query = replace(parse_query("shipyards", NOW), filters=Filters(published=True))
        (hit,) = search(index, query, wishes, None, NOW).hits
        assert (hit.article.id, set(hit.also)) == ("0.md", {"1.md", "2.md"})
        answer = search(index, parse_query("crane falls", NOW), Wishes(k=4), encoder_of(index), NOW)
        shown = [hit.article.id for hit in answer.hits]
        assert (len(shown), shown[1]) == (4, "other.md")
        assert {*shown, *answer.hits[0].also} == {"0.md", "1.md", "2.md", "hidden.md", "other.md"}
