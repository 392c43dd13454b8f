"""Taking a typed query apart."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import UsageError
from search.index.filters import Filters
from search.retrieval.query import MAX_CHARACTERS, Query, parse_query

NOW = datetime(2025, 6, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "text", "filters"),
    [
        ("police cameras", "police cameras", Filters()),
        ('"heat pump" subsidy', "heat pump subsidy", Filters(phrases=("heat pump",))),
        ("police -football", "police", Filters(without=("football",))),
        ('police -"world cup"', "police", Filters(without=("world cup",))),
        ("police -provider:ft.com", "police", Filters(without_providers=("ft.com",))),
        ('police -topic:"World Cup"', "police", Filters(without_topics=("World Cup",))),
        ("-category:opinion -type:video", "", Filters(without_categories=("opinion",), without_types=("video",))),
        ("police -re:invent", "police", Filters(without=("re invent",))),
        ("well-known e-mail", "well-known e-mail", Filters()),
        ("provider:ft.com rates", "rates", Filters(providers=("ft.com",))),
        ('topic:"Computer Vision" police', "police", Filters(topics=("Computer Vision",))),
        ("since:2023-06 police", "police", Filters(since=date(2023, 6, 1))),
        ("until:2023-06 police", "police", Filters(until=date(2023, 7, 1))),
        ("quality:60 police", "police", Filters(min_quality=60)),
        ("published:no police", "police", Filters(published=False)),
        ("origin:embedded police", "police", Filters(origin="embedded")),
        ("Provider:ft.com", "", Filters(providers=("ft.com",))),
        ("re:invent 10:30 https://example.org/a", "re:invent 10:30 https://example.org/a", Filters()),
        ("note: police", "note: police", Filters()),
        ('an "unclosed quote', "an unclosed quote", Filters()),
        ("topic:AI topic:Law", "", Filters(topics=("AI", "Law"))),
        ("C++ -- what now?", "C++ what now?", Filters()),
    ],
)
def test_what_a_query_means(typed, text, filters):
    assert parse_query(typed, NOW) == Query(text, filters)


@pytest.mark.parametrize("typed", ["", "   ", "\t\n"])
def test_an_empty_query_is_an_error(typed):
    with pytest.raises(UsageError, match="the query is empty"):
        parse_query(typed, NOW)


@pytest.mark.parametrize("typed", ['""', "?!", "-", "((((", "🦑"])
def test_a_query_without_a_word_is_an_error(typed):
    with pytest.raises(UsageError, match="there is no word in the query"):
        parse_query(typed, NOW)


@pytest.mark.parametrize(
    "typed", ['topic:"Nature', 'police -provider:"ft.com', 'topic:"', 'topic:AI "a b" topic:"Nature']
)
def test_a_quote_that_is_not_closed_is_said_to_be_so(typed):
    with pytest.raises(UsageError, match=r": has a quote that is not closed") as refused:
        parse_query(typed, NOW)
    assert re.search(r'close it: (topic|provider):"', refused.value.hint)


@pytest.mark.parametrize("typed", ["topic:", 'topic:""', "provider: police", "-type:"])
def test_a_field_without_a_value_is_an_error(typed):
    with pytest.raises(UsageError, match=": has no value"):
        parse_query(typed, NOW)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("topc:AI", (("topc", "topic"),)),
        ("-provder:ft.com", (("provder", "provider"),)),
        ("min-quality:60", (("min-quality", "quality"),)),
        ("foo:bar -foo:baz re:invent", (("foo", ""), ("re", ""))),
        ('10:30 https://example.org note: topic:AI "Note:this time:10" topic:"a b:c"', ()),
    ],
)
def test_what_looks_like_a_field(typed, near):
    assert parse_query(f"police {typed}", NOW).no_fields == near


@pytest.mark.parametrize(
    "typed",
    ["since:soon", "until:2023-13", "quality:high", "quality:-1", "quality:1001", "published:perhaps", "origin:mars"],
)
def test_a_value_that_makes_no_sense_is_an_error(typed):
    with pytest.raises(UsageError):
        parse_query(f"police {typed}", NOW)


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        ("-since:2024", "until:"),
        ("-until:2024", "since:"),
        ("-quality:60", "leave it out"),
        ("-published:yes", "published:no"),
        ("-origin:file", "origin:embedded"),
    ],
)
def test_a_field_without_an_opposite_says_what_to_write(typed, instead):
    with pytest.raises(UsageError, match="has no meaning") as refused:
        parse_query(f"police {typed}", NOW)
    assert instead in refused.value.hint


def test_a_very_long_query_is_cut():
    query = parse_query("word " * 20_000, NOW)
    assert query.cut
    assert len(query.text) <= MAX_CHARACTERS


@given(st.text(max_size=200))
def test_any_text_is_a_query_or_a_clear_error(typed):
    with contextlib.suppress(UsageError):
        query = parse_query(typed, NOW)
        assert query.text or query.filters


@pytest.mark.parametrize(
    "typed", ['"port NOT pumps"', "port not pumps", "port NOT", "port NOT -pumps", "port KNOT pumps"]
)
def test_a_not_that_is_none_is_not_remarked_upon(typed):
    assert parse_query(typed, NOW).meant_without == ("", "")


@pytest.mark.parametrize(
    ("typed", "said", "meant"),
    [
        ("port NOT pumps", "NOT", "-pumps"),
        ("outages other than Teams, please", "other than", "-Teams"),
        ("security except Azure AD, please", "except", '-"Azure AD"'),
        ("outage excluding Microsoft Teams", "excluding", '-"Microsoft Teams"'),
        ("outage except 2020", "", ""),
        ("outages Except for teams", "except for", "-teams"),
        ("gas but not electricity", "but not", "-electricity"),
        ("outages apart from Teams", "apart from", "-Teams"),
        ("cameras rather than police", "rather than", "-police"),
        ("gas but not before 2020", "", ""),
        ("outages except 'teams'", "except", "-'teams'"),
        ("outage excluding topic:Azure", "excluding", "-topic:Azure"),
        ("news not about games", "not about", "-games"),
        ("not about", "", ""),
        ("everything except the sun", "", ""),
        ("no one other than trump", "", ""),
        ("football except before:2020", "", ""),
        ("excluding all articles", "", ""),
        ("children other than", "", ""),
    ],
)
def test_what_would_leave_something_out_is_remarked_upon(typed, said, meant):
    assert parse_query(typed, NOW).meant_without == (said, meant)


def test_what_nobody_sees_parts_no_word():
    assert parse_query("kuber\u200bnetes \ufeffports\u2060", NOW).text == "kubernetes ports"
