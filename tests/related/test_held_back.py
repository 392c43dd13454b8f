"""What is a draft, unpublished or yet to come out, and to whom it is proposed all the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from search.index.build import build_index
from search.index.filters import Filters
from search.index.opened import open_index
from search.index.standing import standing_in
from search.related.options import Options
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.site import item


def proposed(folder, article, options):
    with open_index(folder) as index:
        return [one.article.id for one in suggest(index, find_subject(index, article), options).suggested]


def test_a_draft_is_proposed_to_nobody_who_does_not_ask_for_drafts(site, run_search, tmp_path):
    site.article("live.md", "Rain delays the spring regatta", "Crews wait for the wind to drop.")
    site.article("draft.md", "Rain delays the autumn regatta", "Crews wait for the rain to end.", published=False)
    site.article("flagged.md", "Rain delays the winter regatta", "Crews wait for the ice.", draft=True)
    site.article("other.md", "Rain delays the summer regatta", "Crews wait for the sun.", published=True)
    build_index(site.root, tmp_path / "index", encoder="static")
    assert proposed(tmp_path / "index", "live.md", Options()) == ["other.md"]
    asked = Options(filters=Filters(published=False), collapse=False)
    assert set(proposed(tmp_path / "index", "live.md", asked)) == {"draft.md", "flagged.md"}
    found = run_search("query", "autumn regatta", "--format", "paths", "--index", tmp_path / "index").stdout
    assert "draft.md" in found, "the desk finds its own drafts"


@pytest.mark.parametrize(
    ("live", "drafts", "listed", "held"),
    [
        (60, 51, 50, False),
        (60, 51, 49, True),
        (60, 51, 0, True),
        (24, 26, 0, False),
        (24, 25, 0, True),
        (60, 0, 0, False),
    ],
)
def test_a_site_whose_lists_or_articles_are_unpublished_as_a_rule_proposes_what_is(
    site, tmp_path, live, drafts, listed, held
):
    related = [f"https://harbourpost.example/draft-{number}" for number in range(listed)]
    for number in range(live):
        # Hugo and Jekyll write the flag into drafts, as a rule, and into nothing else
        site.article(
            f"live-{number}.md", f"Tide table {number}", **({} if number else {"related": related, "published": True})
        )
    for number in range(drafts):
        site.article(f"draft-{number}.md", f"Tide table of week {number}", published=False)
    build_index(site.root, tmp_path / "index", encoder="static")
    with open_index(tmp_path / "index") as index:
        assert int(index.columns.held_back.sum()) == (drafts if held else 0)


NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def out_by(folder, article, now=NOW, **options):
    with open_index(folder) as index:
        wanted = Options(k=100, collapse=False, **options)
        return {one.article.id for one in suggest(index, find_subject(index, article), wanted, now=now).suggested}


def test_what_is_yet_to_come_out_is_proposed_to_nobody_who_does_not_ask_for_it(site, tmp_path):
    dates = {
        "live": "2026-11-20T08:00:00Z",
        "hours": "2026-11-27T09:00:00Z",  # out already at a site east of here
        "next": "2026-11-28T08:00:00Z",
        "year": "2027-01-05T08:00:00Z",
        "same": "2027-01-06T07:00:00Z",
        "spring": "2027-03-01T08:00:00Z",
        "none": None,
    }
    for name, date in dates.items():
        site.article(
            f"{name}.md", f"Rain delays the {name} regatta", "Crews wait for the wind.", publishedDateTime=date
        )
    site.article("draft.md", "Rain delays the draft regatta", publishedDateTime="2027-01-05T08:00:00Z", draft=True)
    address = "https://quaycourier.example/rain"  # of another site, which may date as it likes
    there = item("Rain delays the regatta", address, publishedDateTime="2027-06-01T08:00:00Z")
    site.article("holder.md", "Crews wait", related=[there], publishedDateTime="2026-11-01T08:00:00Z")
    folder = tmp_path / "index"
    build_index(site.root, folder, encoder="static")
    out = {"live.md", "hours.md", "none.md", "holder.md", address}
    assert out_by(folder, "live.md") == out - {"live.md"}
    assert out_by(folder, "none.md") == out - {"none.md"}
    assert out_by(folder, "year.md") == out | {"next.md", "same.md"}
    assert out_by(folder, "live.md", datetime(2027, 1, 4, 9, tzinfo=UTC)) == out - {"live.md"} | {"next.md", "year.md"}
    asked = Filters(since=datetime(2027, 1, 1, tzinfo=UTC))
    assert out_by(folder, "live.md", filters=asked) == {"year.md", "same.md", "spring.md", address}
    assert out_by(folder, "live.md", filters=Filters(published=False)) == {"draft.md"}
    assert out_by(folder, "live.md", None) >= {"spring.md"}, "no clock, no future: how rankers are measured"


@pytest.mark.parametrize(
    ("out", "later", "listed", "held"),
    [(60, 51, 50, False), (60, 51, 49, True), (24, 26, 0, False), (25, 25, 0, True), (60, 51, 0, True)],
)
def test_a_calendar_of_what_is_to_come_proposes_it(site, tmp_path, out, later, listed, held):
    related = [f"https://harbourpost.example/later-{number}" for number in range(listed)]
    for number in range(out):
        more = {} if number else {"related": related}
        site.article(f"out-{number}.md", f"Tide table {number}", publishedDateTime="2026-05-01T08:00:00Z", **more)
    for number in range(later):
        site.article(f"later-{number}.md", f"Tide table of week {number}", publishedDateTime="2027-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index", encoder="static")
    found = out_by(tmp_path / "index", "out-1.md")
    assert any(name.startswith("later") for name in found) != held
    with open_index(tmp_path / "index") as index:
        later_one = find_subject(index, "later-0.md").article
        assert standing_in(index, NOW)(later_one) == ("scheduled" if held else "")


def test_what_is_yet_to_come_is_looked_up_once_a_day_however_much_is_suggested(site, tmp_path):
    for number in range(60):
        site.article(f"out-{number}.md", f"Tide table {number}", publishedDateTime="2026-05-01T08:00:00Z")
        site.article(f"later-{number}.md", f"Tides of week {number}", publishedDateTime="2027-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index", encoder="static")
    said: list[str] = []
    with open_index(tmp_path / "index") as index:
        index.connection.set_trace_callback(said.append)
        for day, number in ((0, 0), (0, 1), (0, 2), (1, 3), (1, 4)):
            moment = NOW + timedelta(days=day, minutes=number)
            suggest(index, find_subject(index, f"out-{number}.md"), Options(), now=moment)
        index.connection.set_trace_callback(None)
    for statement in ("WHERE published_at >", "SELECT COUNT(*) FROM article", "SELECT COUNT(*) FROM json_each"):
        assert sum(statement in one for one in said) == 2, statement
