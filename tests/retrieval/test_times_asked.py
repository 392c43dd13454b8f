"""Queries that name a time: what leads, what is listed, what is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.notes import notes
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from search.retrieval.why_not import why_not
from search.retrieval.wording import wording
from tests.retrieval.asking import NOW, Shortest, asked_of, ids, told_of
from tests.site import Site


@pytest.fixture(scope="module")
def outages(tmp_path_factory):
    """An index of outages of one service, each month one, told in other words than the query's."""
    folder = tmp_path_factory.mktemp("outages")
    site = Site(folder / "content")
    for month in range(1, 13):
        site.article(
            f"{month:02}.md",
            f"Login service of Copperleaf down again, report number {month}",
            "Customers could not sign in for hours.",
            publishedDateTime=f"2024-{month:02}-10T08:00:00Z",
        )
    site.article("undated.md", "Login service of Copperleaf down", "Nobody could sign in.", publishedDateTime=None)
    site.article("server.md", "Copperleaf Server 2024 is out", "The new version.", publishedDateTime="2023-11-02")
    site.article("server-2.md", "What Copperleaf Server 2024 costs", "Prices rise.", publishedDateTime="2023-11-20")
    build_index(site.root, folder / "index")
    with open_index(folder / "index") as index:
        yield index


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("copperleaf outage april 2024", ["04.md", "05.md"]),
        ("copperleaf outage in early october 2024", ["10.md"]),
        ("copperleaf outage since december 2024", ["12.md"]),
        ("copperleaf outage after november 2024", ["12.md"]),
    ],
)
def test_what_is_of_the_time_named_leads(outages, typed, first):
    answer = asked_of(outages, typed, k=20)
    assert ids(answer)[: len(first)] == first
    assert len(answer.hits) == 15  # a time in words hides nothing
    (period,) = answer.times.periods
    assert period.words in typed
    assert ids(asked_of(outages, typed, k=1, as_typed=True)) != first[:1] or "april" in typed


def test_beside_a_time_the_words_of_any_article_say_nothing(outages):
    found = {
        typed: wording(outages, parse_query(typed, NOW), encoder_of(outages), NOW, as_typed=False).words
        for typed in ("copperleaf news in april 2024", "copperleaf news")
    }
    assert list(found.values()) == [["copperleaf"], ["copperleaf", "news"]]


@pytest.mark.parametrize(
    "typed", ['"report number 4" copperleaf "april 2024"', "copperleaf server 2024", "copperleaf outage april 1999"]
)
def test_a_phrase_a_name_and_a_time_of_no_article_are_words(outages, typed):
    assert asked_of(outages, typed).times.periods == []


def test_the_words_of_a_time_are_cut_out_where_they_stand(outages):
    answer = asked_of(outages, "berlin mayor of 2024x blocks april 2024 logins in april 2024")
    assert {"berlin", "mayor", "2024x", "blocks", "logins"} >= set(answer.absent) - {"april"}
    assert "berl" not in answer.absent
    answer = asked_of(outages, "marches in march", k=3)
    assert not {"es", "marc"} & set(answer.absent)


def test_a_time_that_nothing_is_of_is_said(outages):
    answer = asked_of(outages, "copperleaf outage april 2024 until:2024-03")
    assert (answer.times.periods, [one.words for one in answer.times.unmet]) == ([], ["april 2024"])
    assert asked_of(outages, "1999 copperleaf outages").times.unmet == []


@pytest.mark.parametrize(
    "typed", ["login this summer", "login since may 2025", "login 2018", "login in 2018", "login May 1999"]
)
def test_words_of_a_time_that_nothing_is_of_do_not_count(outages, typed):
    answer, plain = (asked_of(outages, text, k=20) for text in (typed, "login"))
    assert [(hit.article.id, hit.score) for hit in answer.hits] == [(hit.article.id, hit.score) for hit in plain.hits]
    assert answer.absent == plain.absent


@pytest.fixture
def looks_back(site, tmp_path):
    """An index of articles of one month that look back, and have seasons and years in their texts."""
    day = "2025-03-10T08:00:00Z"
    site.article("wave.md", "The wave of December 2004", "What the coast learnt since.", publishedDateTime=day)
    site.article("jubilee.md", "A bridge opened in 2004", "It carries trams.", publishedDateTime=day)
    site.article("ice.md", "Who swims in winter", "A club of forty breaks the ice.", publishedDateTime=day)
    site.article("coast.md", "Coast path closed", "Cliffs fell.", publishedDateTime=day)
    site.article("log.md", "Christmas on the coast", "A December of storms.", publishedDateTime=day)
    site.article("mill.md", "The mill opens its doors on 17 August", "Flour is ground.", publishedDateTime=day)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        yield index


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        ("coast of june 2004", "coast 2004", ["coast", "2004"]),
        ("coast from 1998 to 2004", "coast 2004", ["coast", "2004"]),
        ("coast in june 1998", "coast", ["coast"]),
        ("coast since june 2026", "coast", ["coast"]),
        ("coast last december", "coast", ["coast"]),
        ("mill on 18 august", "mill", ["mill"]),
        ("swims in winter", "swims in winter", ["swims", "winter"]),
        ("swims in summer", "swims", ["swims"]),
        ("swims last winter", "swims", ["swims"]),
    ],
)
def test_what_articles_say_of_a_time_that_none_is_of_stays_in(looks_back, typed, text, words):
    now = datetime(2026, 11, 26, tzinfo=UTC)
    asked = wording(looks_back, parse_query(typed, now), encoder_of(looks_back), now, as_typed=False)
    assert (" ".join(asked.text.split()), asked.words, asked.times.periods) == (text, words, [])


def test_of_a_winter_of_which_something_is_nothing_is_missed(site, tmp_path):
    site.article("ice.md", "Lake frozen", publishedDateTime="2024-12-10T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = asked_of(index, "frozen lake winter 2024")
        assert (len(answer.times.periods), answer.times.unmet) == (1, [])


def test_a_year_alone_that_articles_have_as_a_word_is_searched_for_as_one(outages, looks_back):
    answer = asked_of(outages, "2024", floor=False)
    assert not answer.times.alone
    assert {hit.article.id for hit in answer.hits if hit.lexical} == {"server.md", "server-2.md"}
    assert asked_of(looks_back, "2025").times.alone


def test_what_is_of_a_time_that_is_surely_meant_comes_first(outages):
    answer = asked_of(outages, "copperleaf outage since october 2024", k=20)
    assert set(ids(answer)[:3]) == {"10.md", "11.md", "12.md"}
    assert len(answer.hits) == 15
    assert all(hit.score == pytest.approx(sum(part.adds for part in hit.parts)) for hit in answer.hits)


def test_what_comes_not_near_does_not_lead_for_being_of_its_time(site, tmp_path):
    site.article("old.md", "Ferry strike ends after ten days", publishedDateTime="2024-02-01T08:00:00Z")
    site.article("new.md", "Bakery wins a prize for its rye", publishedDateTime="2025-09-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert ids(asked_of(index, "ferry strike since june 2025")) == ["old.md", "new.md"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("what was published in april 2024", ["04.md"]),
        ("news since november 2024", ["12.md", "11.md"]),
        ("until february 2024", ["02.md", "01.md"]),
        ("news of april 2024 or june 2024", ["06.md", "04.md"]),
        ("june 2024", ["06.md"]),
        ("10 June 2024", ["06.md"]),
        ("in early june 2024", ["06.md"]),
        ("2023", []),
        ("news of april 1999", []),
        ("april 1999", []),
        ("yesterday", []),
        ("last month", []),
        ("last 24 hours", []),
        ("what happened today", []),
        ("until february 1999", []),
    ],
)
def test_who_asks_for_a_time_alone_gets_what_is_of_it(outages, typed, found):
    answer = asked_of(outages, typed)
    assert answer.times.alone
    assert [one for one in ids(answer) if "server" not in one] == found
    for row in range(1, 16, 3):
        finding = why_not(outages, row, parse_query(typed, NOW), Wishes(), encoder_of(outages), NOW)
        assert (finding.stage == "shown") == (outages.ids([row])[row] in ids(answer))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("yesterday", ["10.md"]),
        ("last 24 hours", ["10.md"]),
        ("today", []),
        ("news today", []),
        ("last month", ["09.md"]),
        ("since 10 september", ["10.md", "09.md"]),
    ],
)
def test_a_time_that_is_near_and_no_more_lists_what_is_of_it(outages, typed, found):
    now = datetime(2024, 10, 11, 9, tzinfo=UTC)
    answer = search(outages, parse_query(typed, now), Wishes(), encoder_of(outages), now)
    assert [one for one in ids(answer) if one not in {"11.md", "12.md"}] == found
    assert answer.times.alone
    assert bool(answer.times.unmet) == (not found)


@pytest.mark.parametrize(
    ("typed", "today", "as_filter"),
    [
        ("in april", datetime(2027, 1, 15, tzinfo=UTC), "since:2024-04-01 until:2024-04-30"),
        ("since 20 september", datetime(2027, 1, 15, tzinfo=UTC), "since:2024-09-20"),
        ("from march to may", datetime(2027, 1, 15, tzinfo=UTC), "since:2024-03-01 until:2024-05-31"),
        ("in january", datetime(2027, 1, 15, tzinfo=UTC), "since:2024-01-01 until:2024-01-31"),
        ("in january", datetime(2025, 1, 20, tzinfo=UTC), "since:2025-01-01 until:2025-01-31"),
        ("last month", datetime(2027, 1, 15, tzinfo=UTC), "since:2026-12-01 until:2026-12-31"),
        ("on monday", datetime(2027, 1, 15, tzinfo=UTC), "since:2027-01-11 until:2027-01-11"),
    ],
)
def test_a_time_without_a_year_is_the_latest_until_an_archive_ends(outages, typed, today, as_filter):
    # its newest article is of 10 december 2024: a site that has published nothing for weeks may go on, for years not
    query = parse_query(f"copperleaf outage {typed}", today)
    answer = search(outages, query, Wishes(), encoder_of(outages), today)
    assert [one.as_filter for one in [*answer.times.periods, *answer.times.unmet]] == [as_filter]


def test_a_name_that_ends_in_today_is_no_time(site, tmp_path):
    for number in range(3):
        site.article(f"{number}.md", f"Harbour Today has a new editor, the {number}th", "The paper is old.")
    site.article("new.md", "Ferry late", publishedDateTime="2025-06-15T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert asked_of(index, "harbour today editor").times.periods == []
        assert [one.words for one in asked_of(index, "ferry today").times.periods] == ["today"]
        assert asked_of(index, "news today").times.alone


def test_what_is_told_of_a_time_is_so(site, tmp_path):
    site.article("old.md", "Ferry strike ends after ten days", publishedDateTime="2024-02-01T08:00:00Z")
    site.article("new.md", "Bakery wins a prize for its rye", publishedDateTime="2025-02-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        since = "since january 2025 (since:2025-01-01 hides all else)"
        far = "what is of that time is too far from this query to lead: "
        assert told_of(asked_of(index, "ferry strike since january 2025")) == [f"{far}{since}"]
        assert told_of(asked_of(index, "bakery prize since january 2025")) == [
            f"what is of that time comes first: {since}"
        ]
        between = "since january 2025 {} and before june 2025"
        assert told_of(asked_of(index, f"bakery prize {between}")) == [
            f"what is of that time comes first: {between} (since:2025-01-01 until:2025-05-31 hides all else)"
        ]
        assert told_of(asked_of(index, "ferry strike since january 2025", k=1)) == [
            f"none of these is of that time: {since}"
        ]
        assert told_of(asked_of(index, "bakery prize 2025")) == [
            "what is of that time counts more: 2025 (since:2025-01-01 until:2025-12-31 hides all else)"
        ]
        query = parse_query("ferry strike since january 2025", NOW)
        again = search(index, query, Wishes(), encoder_of(index), NOW, Shortest())
        assert told_of(again) == [f"1 of these 2 is of that time: {since}"]


def test_of_a_day_that_may_be_two_the_one_is_told_that_something_is_of(site, tmp_path):
    site.article("ferry.md", "Ferry strike ends after ten days", publishedDateTime="2024-04-10T08:00:00Z")
    site.article("rye.md", "Bakery wins a prize for its rye", publishedDateTime="2024-10-04T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        (told,) = told_of(asked_of(index, "ferry strike 10/4/2024", k=1))
        assert "(since:2024-04-10 until:2024-04-10 hides all else)" in told
        assert len(told_of(asked_of(index, "ferry strike 10/4/2024", k=2))) == 2


def test_what_all_is_older_than_is_told_with_the_newest(outages):
    (told,) = told_of(asked_of(outages, "copperleaf outage march 2025", k=1))
    assert told.endswith("(since:2025-03-01 until:2025-03-31); the newest is of 2024-12-10")
    (told,) = told_of(asked_of(outages, "copperleaf outage march 2001", k=1))
    assert told.endswith("(since:2001-03-01 until:2001-03-31)")


def test_each_of_two_times_that_some_words_mean_is_told(outages):
    now = datetime(2024, 12, 20, tzinfo=UTC)
    query = parse_query("copperleaf outage in april and may", now)
    told = [note.text for note in notes(search(outages, query, Wishes(), encoder_of(outages), now))]
    assert [text[text.index("since:") :] for text in told if "since:" in text] == [
        "since:2024-04-01 until:2024-04-30 hides all else)",
        "since:2024-05-01 until:2024-05-31 hides all else)",
    ]


def test_filters_hold_for_what_is_of_the_time_named(outages):
    answer = asked_of(outages, "copperleaf outage april 2024 until:2024-03")
    assert set(ids(answer)) == {"01.md", "02.md", "03.md", "server.md", "server-2.md"}


def test_why_not_counts_the_time_as_the_query_does(outages):
    query, encoder = parse_query("copperleaf outage april 2024", NOW), encoder_of(outages)
    finding = why_not(outages, outages.row_of_id("04.md"), query, Wishes(collapse=False), encoder, NOW)
    assert (finding.stage, finding.rank) == ("shown", 1)
