"""What is said of a suggestion: its kind and the reasons for it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from search.content.article import Article, Provider
from search.related.kinds import kind_of
from search.related.reasons import reasons_for


@pytest.mark.parametrize(
    ("same_story", "days", "cosine", "rank", "kind"),
    [
        (True, 3, 0.3, 50, "same-story"),
        (False, 0, 0.9, 0, "angle"),
        (False, -0.9, 0.9, 0, "angle"),
        (False, -1, 0.9, 0, "background"),
        (None, -4, 0.5, 0, "same-story"),
        (None, 4.1, 0.8, 0, "angle"),
        (False, 14, 0.4, 9, "follow-up"),
        (False, 14, 0.4, 10, "angle"),
        (False, 13, 0.9, 0, "angle"),
        (False, -30, 0.6, 0, "background"),
        (False, math.nan, 0.9, 0, "angle"),
    ],
)
def test_kinds(same_story, days, cosine, rank, kind):
    assert kind_of(same_story=same_story, days=days, cosine=cosine, rank=rank) == kind


def reasons(subject, other, kind="angle", days=-20.0, *, rare=3.0, common=()):
    return reasons_for(subject, other, kind, days, rarity=lambda _: rare, common_topics=common)


def test_reasons_are_in_plain_words():
    subject = Article("s", "file", "Kestrel Power recalls K-40 inverters", topics=("Energy", "Recalls"))
    other = Article(
        "o",
        "file",
        "Title",
        excerpt="Kestrel Power said the K-40 was safe.",
        topics=("energy",),
        provider=Provider("Grid & Volt", "gridandvolt.example"),
    )
    assert reasons(subject, other) == (
        "both name K-40",
        "both name Kestrel Power",
        "shares 'energy'",
        "3 weeks earlier",
    )
    assert reasons(subject, other, "same-story", 0.2, rare=1.0, common={"energy"}) == (
        "covers the same event",
        "same day",
    )
    assert reasons(subject, other, days=math.nan, rare=1.0, common={"energy"}) == ("close in meaning",)
    october = Article("s", "file", "Ferries to Skerland stop in October 2025 and on Monday")
    assert reasons(october, october, days=math.nan) == ("both name Skerland",)


def test_a_topic_that_is_named_is_not_said_again():
    subject = Article("s", "file", "Harbour: Inter Milan buy a striker", topics=("Inter", "Inter Milan", "Football"))
    other = replace(subject, id="o", title="Harbour: the striker of Inter Milan")
    assert reasons(subject, other, days=math.nan) == ("both name Inter Milan", "shares 'Football'")


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("2025-04-11T14:02", "2025-04-12T08:00", "1 day later"),
        ("2025-04-12T00:10", "2025-04-11T23:50", "1 day earlier"),
        ("2025-04-11T00:10", "2025-04-11T23:50", "same day"),
        ("2025-04-11T23:00", "2025-04-13T01:00", "2 days later"),
    ],
)
def test_the_same_day_is_one_of_the_calendar(first, second, words):
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, second)]
    subject, other = (Article("s", "file", "a", published_at=moment) for moment in moments)
    assert reasons(subject, other, days=(moments[1] - moments[0]) / timedelta(days=1)) == ("close in meaning", words)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.3, "same day"),
        (1.2, "1 day later"),
        (-13, "13 days earlier"),
        (400, "13 months later"),
        (-800, "2 years earlier"),
    ],
)
def test_distances_in_time(days, words):
    assert reasons(Article("s", "file", "a"), Article("o", "file", "b"), days=days)[-1] == words
