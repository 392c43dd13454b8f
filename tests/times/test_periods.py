"""Times that are read in the words of a query, and what is not one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.times.period import Period, nearest
from search.times.periods import periods_in

NOW = datetime(2026, 11, 26, 15, 30, tzinfo=UTC)  # a Thursday
DAY = timedelta(days=1)
PASTED = (
    "The company said {} that revenue from its cloud platform rose 47 percent, a slowdown from the quarter before, "
    "as businesses adapted to remote work and schools closed"
)


def read(text, names=()):
    return [
        (one.words, one.since and f"{one.since:%Y-%m-%d}", one.until and f"{one.until - DAY:%Y-%m-%d}")
        for one in periods_in(text, NOW, lambda pair: pair in names)
    ]


@pytest.mark.parametrize("time", ["on Wednesday", "in march", "last week", "yesterday", "since 5 june"])
def test_a_pasted_paragraph_counts_its_times_from_its_own_day(time):
    assert read(PASTED.format(time)) == []
    assert len(read(f"cloud revenue {time}")) == 1
    (of_a_year,) = read(PASTED.format(f"{time}, as in march 2021"))
    assert of_a_year[1:] == ("2021-03-01", "2021-03-31")


@pytest.mark.parametrize(
    ("text", "words", "since", "until"),
    [
        ("directory outage March 2021", "March 2021", "2021-03-01", "2021-03-31"),
        ("rail strike, sept. 2025!", "sept. 2025", "2025-09-01", "2025-09-30"),
        ("lockdown spring 2020", "spring 2020", "2020-03-01", "2020-05-31"),
        ("lockdown in the summer of 2020", "in the summer of 2020", "2020-06-01", "2020-08-31"),
        ("fire 15 march 2021", "15 march 2021", "2021-03-15", "2021-03-15"),
        ("fire of March 15th, 2021", "of March 15th, 2021", "2021-03-15", "2021-03-15"),
        ("results 2021-03", "2021-03", "2021-03-01", "2021-03-31"),
        ("results 2021-03-15", "2021-03-15", "2021-03-15", "2021-03-15"),
        ("Q1 2020 earnings", "Q1 2020", "2020-01-01", "2020-03-31"),
        ("2020 Q4 earnings", "2020 Q4", "2020-10-01", "2020-12-31"),
        ("third quarter of 2021", "third quarter of 2021", "2021-07-01", "2021-09-30"),
        ("floods in 2019", "in 2019", "2019-01-01", "2019-12-31"),
        ("2025 cup final", "2025", "2025-01-01", "2025-12-31"),
        ("selloff in early April 2020", "in early April 2020", "2020-04-01", "2020-04-10"),
        ("talks mid-april 2020", "mid-april 2020", "2020-04-11", "2020-04-20"),
        ("talks at the end of april 2020", "end of april 2020", "2020-04-21", "2020-04-30"),
        ("police cameras since June", "since June", "2026-06-01", None),
        ("police cameras since December", "since December", "2025-12-01", None),
        ("cuts after march 2021", "after march 2021", "2021-04-01", None),
        ("cuts before 2019", "before 2019", None, "2018-12-31"),
        ("cuts until march 2019", "until march 2019", None, "2019-03-31"),
        ("cuts from 2019 to 2021", "from 2019 to 2021", "2019-01-01", "2021-12-31"),
        ("cuts between March 2020 and May 2021", "between March 2020 and May 2021", "2020-03-01", "2021-05-31"),
        ("cuts from june 2020 until august 2020", "from june 2020 until august 2020", "2020-06-01", "2020-08-31"),
        ("jobs last week", "last week", "2026-11-16", "2026-11-22"),
        ("jobs this week", "this week", "2026-11-23", "2026-11-29"),
        ("jobs last month", "last month", "2026-10-01", "2026-10-31"),
        ("jobs this year", "this year", "2026-01-01", "2026-12-31"),
        ("jobs in the past month", "past month", "2026-10-28", "2026-11-26"),
        ("jobs in the last two weeks", "last two weeks", "2026-11-13", "2026-11-26"),
        ("heat last summer", "last summer", "2026-06-01", "2026-08-31"),
        ("storm last november", "last november", "2025-11-01", "2025-11-30"),
        ("storm in november", "in november", "2026-11-01", "2026-11-30"),
        ("storm last autumn", "last autumn", "2025-09-01", "2025-11-30"),
        ("strikes in may", "in may", "2026-05-01", "2026-05-31"),
        ("December 2020", "December 2020", "2020-12-01", "2020-12-31"),
        ("dengue 2025-2026", "2025-2026", "2025-01-01", "2026-12-31"),
        ("dengue 2025-26", "2025-26", "2025-01-01", "2026-12-31"),
        ("flu winter 2025/26", "winter 2025/26", "2025-12-01", "2026-02-28"),
        ("between march and april 2025", "between march and april 2025", "2025-03-01", "2025-04-30"),
        ("from march 2026 to june", "from march 2026 to june", "2026-03-01", "2026-06-30"),
        ("from november to february", "from november to february", "2025-11-01", "2026-02-28"),
        ("from november 2024 to february", "from november 2024 to february", "2024-11-01", "2025-02-28"),
        ("june/july 2026", "june/july 2026", "2026-06-01", "2026-07-31"),
        ("2025-03-01 to 2025-03-31", "2025-03-01 to 2025-03-31", "2025-03-01", "2025-03-31"),
        ("1-15 june 2026", "1-15 june 2026", "2026-06-01", "2026-06-15"),
        ("dengue late last year", "late last year", "2025-09-01", "2025-12-31"),
        ("in the second half of 2025", "in the second half of 2025", "2025-07-01", "2025-12-31"),
        ("H1 2026", "H1 2026", "2026-01-01", "2026-06-30"),
        ("may of last year", "may of last year", "2025-05-01", "2025-05-31"),
        ("rain 06/2026", "06/2026", "2026-06-01", "2026-06-30"),
        ("Q2-2026", "Q2-2026", "2026-04-01", "2026-06-30"),
        ("2026-06-09T10:00", "2026-06-09T10:00", "2026-06-09", "2026-06-09"),
        ("yesterday", "yesterday", "2026-11-25", "2026-11-25"),
        ("last monday", "last monday", "2026-11-23", "2026-11-23"),
        ("2 weeks ago", "2 weeks ago", "2026-11-09", "2026-11-15"),
        ("oil early 1987", "early 1987", "1987-01-01", "1987-05-01"),
        ("mid-1987 oil", "mid-1987", "1987-05-02", "1987-08-31"),
        ("earnings for 1987", "1987", "1987-01-01", "1987-12-31"),
        ("strikes since November 20", "since November 20", "2026-11-20", None),
        ("strikes since November 28", "since November 28", "2025-11-28", None),
        ("council since 1 June", "since 1 June", "2026-06-01", None),
        ("council since the 1st of June", "since the 1st of June", "2026-06-01", None),
        ("bins before nov. 3rd", "before nov. 3rd", None, "2026-11-02"),
        ("bins until 3 nov", "until 3 nov", None, "2026-11-03"),
        ("bins after 3 November", "after 3 November", "2026-11-04", None),
        ("outages after last week", "after last week", "2026-11-23", None),
        ("outages after last june", "after last june", "2026-07-01", None),
        ("the day after 3 november 2020", "3 november 2020", "2020-11-03", "2020-11-03"),
        ("the week after 9 november 2020", "9 november 2020", "2020-11-09", "2020-11-09"),
        ("shortly after 9 november 2020", "9 november 2020", "2020-11-09", "2020-11-09"),
        ("after 2020 AND before 2022", "after 2020 AND before 2022", "2021-01-01", "2021-12-31"),
        ("fire on 20 November", "on 20 November", "2026-11-20", "2026-11-20"),
        ("born since february 29", "since february 29", "2024-02-29", None),
        ("since june 20% more", "since june", "2026-06-01", None),
        ("since june 2.5 million", "since june", "2026-06-01", None),
        ("from 1 to 5 November", "from 1 to 5 November", "2026-11-01", "2026-11-05"),
        ("between november 1 and 5", "between november 1 and 5", "2026-11-01", "2026-11-05"),
        ("from 28 october to 3 november", "from 28 october to 3 november", "2026-10-28", "2026-11-03"),
        ("from 28 december to 3 january", "from 28 december to 3 january", "2025-12-28", "2026-01-03"),
        ("from march 10 to march 12 2025", "from march 10 to march 12 2025", "2025-03-10", "2025-03-12"),
        ("from 28 dec to 3 jan 2025", "from 28 dec to 3 jan 2025", "2024-12-28", "2025-01-03"),
        ("from 28 dec 2024 to 3 jan", "from 28 dec 2024 to 3 jan", "2024-12-28", "2025-01-03"),
        ("fair march 10-12, 2025", "march 10-12, 2025", "2025-03-10", "2025-03-12"),
        ("from 9 march 2025 to 8 march 2026", "from 9 march 2025 to 8 march 2026", "2025-03-09", "2026-03-08"),
        ("news today", "today", "2026-11-26", "2026-11-26"),
        ("today's papers", "today's", "2026-11-26", "2026-11-26"),
        ("from november 20 to today", "from november 20 to today", "2026-11-20", "2026-11-26"),
        ("last 24 hours", "last 24 hours", "2026-11-25", "2026-11-26"),
        ("past 12 hours", "past 12 hours", "2026-11-25", "2026-11-26"),
        ("48 hours ago", "48 hours ago", "2026-11-24", "2026-11-24"),
        ("an hour ago", "an hour ago", "2026-11-25", "2026-11-26"),
        ("the last fortnight", "last fortnight", "2026-11-13", "2026-11-26"),
        ("the past two fortnights", "past two fortnights", "2026-10-30", "2026-11-26"),
        ("a fortnight ago", "a fortnight ago", "2026-11-05", "2026-11-19"),
        ("storm mid november", "mid november", "2026-11-11", "2026-11-20"),
        ("storm at the end of october", "end of october", "2026-10-21", "2026-10-31"),
        ("late october fire", "late october", "2026-10-21", "2026-10-31"),
        ("late november fire", "late november", "2026-11-21", "2026-11-30"),
        ("late december fire", "late december", "2025-12-21", "2025-12-31"),
        ("heat in late summer", "in late summer", "2026-08-01", "2026-08-31"),
        ("fire 12.10.2026", "12.10.2026", "2026-10-12", "2026-10-12"),
        ("fire 2026/10/12", "2026/10/12", "2026-10-12", "2026-10-12"),
        ("2026/10/12-2026/10/15", "2026/10/12-2026/10/15", "2026-10-12", "2026-10-15"),
        ("fire 15-03-2021", "15-03-2021", "2021-03-15", "2021-03-15"),
        ("fire 03-15-2021", "03-15-2021", "2021-03-15", "2021-03-15"),
        ("fire 15-Mar-2021", "15-Mar-2021", "2021-03-15", "2021-03-15"),
        ("since 2021/03/15", "since 2021/03/15", "2021-03-15", None),
        ("since 3/2021", "since 3/2021", "2021-03-01", None),
        ("fires 2020/11", "2020/11", "2020-11-01", "2020-11-30"),
        ("fires 11.2020", "11.2020", "2020-11-01", "2020-11-30"),
        ("fires 2020/9", "2020/9", "2020-09-01", "2020-09-30"),
        ("third-quarter 2020 earnings", "third-quarter 2020", "2020-07-01", "2020-09-30"),
        ("first quarter of fiscal year 2021", "first quarter of fiscal year 2021", "2021-01-01", "2021-03-31"),
        ("fair March 15-16", "March 15-16", "2026-03-15", "2026-03-16"),
        ("fire 25/10/2026", "25/10/2026", "2026-10-25", "2026-10-25"),
        ("fire 10/25/2026", "10/25/2026", "2026-10-25", "2026-10-25"),
        ("fire 10/10/2026", "10/10/2026", "2026-10-10", "2026-10-10"),
        ("fair 1-8 november", "1-8 november", "2026-11-01", "2026-11-08"),
        ("fair 28 october to 3 november", "28 october to 3 november", "2026-10-28", "2026-11-03"),
        ("in september to october", "in september to october", "2026-09-01", "2026-10-31"),
        ("fires september to october", "september to october", "2026-09-01", "2026-10-31"),
        ("fires on Tuesday, 11 May 2021", "on Tuesday, 11 May 2021", "2021-05-11", "2021-05-11"),
        ("fires Tue May 11, 2021", "Tue May 11, 2021", "2021-05-11", "2021-05-11"),
        ("fires in the week of 12 may 2021", "week of 12 may 2021", "2021-05-10", "2021-05-16"),
        ("fires in the weekend of 12 may 2021", "weekend of 12 may 2021", "2021-05-15", "2021-05-16"),
        ("second week of may 2021", "second week of may 2021", "2021-05-08", "2021-05-14"),
        ("4th week of may 2021", "4th week of may 2021", "2021-05-22", "2021-05-28"),
        ("first half of may 2021", "first half of may 2021", "2021-05-01", "2021-05-15"),
        ("second half of may 2021", "second half of may 2021", "2021-05-16", "2021-05-31"),
        ("last day of may 2021", "last day of may 2021", "2021-05-31", "2021-05-31"),
        ("the last three months of 2020", "last three months of 2020", "2020-10-01", "2020-12-31"),
        ("first 2 weeks of may 2021", "first 2 weeks of may 2021", "2021-05-01", "2021-05-14"),
        ("first ten weeks of may 2021", "first ten weeks of may 2021", "2021-05-01", "2021-05-31"),
        ("fires from june 2020 until now", "from june 2020 until now", "2020-06-01", None),
        ("fires since june 2020 to date", "since june 2020 to date", "2020-06-01", None),
        ("fires the day before yesterday", "day before yesterday", "2026-11-24", "2026-11-24"),
        ("fires two weeks before 15 march 2021", "15 march 2021", "2021-03-15", "2021-03-15"),
        ("3rd quarter 2020", "3rd quarter 2020", "2020-07-01", "2020-09-30"),
        ("fires 6 june '21", "6 june '21", "2021-06-06", "2021-06-06"),
        ("fires spring ’87", "spring ’87", "1987-03-01", "1987-05-31"),
        ("fires sep-2020", "sep-2020", "2020-09-01", "2020-09-30"),
        ("fires 20210315", "20210315", "2021-03-15", "2021-03-15"),
        ("fires last weekend", "last weekend", "2026-11-21", "2026-11-22"),
        ("in the last week of march 2021", "in the last week of march 2021", "2021-03-25", "2021-03-31"),
        ("the last weekend in may", "last weekend in may", "2026-05-30", "2026-05-31"),
        ("first weekend of june 2021", "first weekend of june 2021", "2021-06-05", "2021-06-06"),
        ("weekend of 5 july 2021", "weekend of 5 july 2021", "2021-07-03", "2021-07-04"),
        ("last week of last year", "last week of last year", "2025-12-25", "2025-12-31"),
        ("the last 12 months in 2020", "last 12 months in 2020", "2020-01-01", "2020-12-31"),
        ("last two weeks of protests", "last two weeks", "2026-11-13", "2026-11-26"),
        ("paris fashion week in march 2021", "in march 2021", "2021-03-01", "2021-03-31"),
        ("a war to end in 2023", "in 2023", "2023-01-01", "2023-12-31"),
        ("first day of the 2021 olympics", "2021", "2021-01-01", "2021-12-31"),
        ("fourth half of may 2021", "of may 2021", "2021-05-01", "2021-05-31"),
        ("in march 4 people died", "in march", "2026-03-01", "2026-03-31"),
        ("the sun 6 june 2021", "6 june 2021", "2021-06-06", "2021-06-06"),
        ("covid-19 march 2020", "march 2020", "2020-03-01", "2020-03-31"),
        ("arsenal 2-1 may 2021", "may 2021", "2021-05-01", "2021-05-31"),
        ("a £20 june 2021 fare", "june 2021", "2021-06-01", "2021-06-30"),
        ("first week of march", "first week of march", "2026-03-01", "2026-03-07"),
        ("middle of april 2020", "middle of april 2020", "2020-04-11", "2020-04-20"),
        ("early today", "early today", "2026-11-26", "2026-11-26"),
        ("early last weekend", "early last weekend", "2026-11-21", "2026-11-22"),
        ("in march and may fall again", "in march", "2026-03-01", "2026-03-31"),
        ("strikes in late may", "in late may", "2026-05-21", "2026-05-31"),
        ("15.3.2026-18.3.2026", "15.3.2026-18.3.2026", "2026-03-15", "2026-03-18"),
        ("from 1/2/2026 to 5/2/2026", "from 1/2/2026 to 5/2/2026", "2026-02-01", "2026-02-05"),
        ("between 3/1/2025 and 3/15/2025", "between 3/1/2025 and 3/15/2025", "2025-03-01", "2025-03-15"),
        ("from 12/10/2026 until 14/10/2026", "from 12/10/2026 until 14/10/2026", "2026-10-12", "2026-10-14"),
        ("fires over the weekend", "over the weekend", "2026-11-21", "2026-11-22"),
        ("since the weekend", "since the weekend", "2026-11-21", None),
        ("the last twelve days", "last twelve days", "2026-11-15", "2026-11-26"),
    ],
)
def test_a_time_in_words(text, words, since, until):
    assert read(text) == [(words, since, until)]


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("cuts since last week", "2026-11-16", None),
        ("cuts since the last month", "2026-10-01", None),
        ("cuts before last year", None, "2024-12-31"),
        ("cuts last week", "2026-11-16", "2026-11-22"),
    ],
)
def test_since_the_last_one_begins_there_and_does_not_end(text, since, until):
    assert read(text) == [(text.removeprefix("cuts "), since, until)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cuts since march 2020 and before june 2020", "since march 2020 and before june 2020"),
        ("cuts before june 2020, since march 2020", "before june 2020, since march 2020"),
    ],
)
def test_since_one_time_and_before_another_is_what_lies_between(text, words):
    assert read(text) == [(words, "2020-03-01", "2020-05-31")]
    assert len(read("cuts before march 2020 and since june 2020")) == 2


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        ("cuts since June", True),
        ("cuts before 2020", True),
        ("cuts until march 2021", True),
        ("cuts from june to august 2020", True),
        ("cuts between 2019 and 2021", True),
        ("cuts in the last three weeks", True),
        ("cuts this week", True),
        ("cuts of the past month", True),
        ("cuts since 1 june", True),
        ("cuts from 1 to 5 june", True),
        ("cuts in the last 24 hours", True),
        ("cuts on 1 june", False),
        ("cuts today", False),
        ("cuts last week", False),
        ("cuts in june 2020", False),
        ("cuts after june 2020", True),
        ("cuts after june 2020, and why", True),
        ("cuts after the june 2020 vote", False),
        ("cuts 2020", False),
    ],
)
def test_which_times_are_surely_meant(text, firm):
    assert [one.firm for one in periods_in(text, NOW, lambda _: False)] == [firm]


@pytest.mark.parametrize(
    "text",
    [
        "march on washington",
        "may I park here",
        "the fall of the wall",
        "spring cleaning",
        "windows server 2019",
        "the 2022 census in numbers",
        "last day of school",
        "ten days that shook the world",
        "second half year",
        "31 houses",
        "month by month",
        "this may be true",
        "man dies after fall",
        "after the fall of Kabul",
        "water from spring",
        "what 5 may hold",
        "outage except march 2020",
        "outage other than in march 2020",
        "liverpool 3 - 1 march",
        "the last hour of summer",
        "won 2-1 november",
        "from march 20 to march 10 2025",
        "last hour",
        "usa today",
        "31.2.2026",
        "version 9.6.1",
        "children of 5-11 may get it",
        "a weekend away",
        "anger over march",
        "over 2000 jobs at stake",
        "kids over 5-11 may get it",
        "aged 10-12 march for climate",
        "june 20-25%",
        "june 5-10 million",
        "build 1.2.2020.45",
        "version 10.1.2019-rc1",
        "late may be better than never",
        "the strike may to june",
        "who runs october or november",
        "pycharm 2021.3.1",
        "directive 2003/10/1",
        "call 555-12-10-2026",
        "part AB-12-10-2026",
        "part 12-10-2026-1234",
        "won 2-1-2019",
        "ab-15-mar-2021-7",
        "the late march on washington",
        "not before june 2026",
        "from 2021 to 2019",
        "march 2020 " * 9 + " ".join(f"march {year}" for year in range(2000, 2012)),
        "",
    ],
)
def test_what_is_no_time(text):
    assert read(text, names=("server 2019", "2022 census", "usa today", "2000 jobs")) == []


def test_a_year_behind_a_preposition_is_a_time_whatever_names_there_are():
    assert read("servers in 2019", names=("in 2019", "servers 2019"))[0][0] == "in 2019"


def test_what_stands_in_a_phrase_is_exact():
    (period,) = periods_in("oil in march 1987 and june 1987", NOW, lambda _: False, ["march 1987"])
    assert period.words == "june 1987"


@pytest.mark.parametrize("words", ["1987 ", "march 1987 and ", "a b 1987 ", "2 3 4 "])
def test_a_long_query_costs_no_more_than_its_length(words):
    """Counted in names that are asked for: each costs a look into the index."""
    asked: list[str] = []

    def is_name(pair):
        asked.append(pair)
        return False

    periods_in("a" * 2000 + " " + words * (2000 // len(words)), NOW, is_name)
    assert len(asked) <= 40


def test_a_winter_begins_in_one_year_and_ends_in_the_next():
    assert read("winter 2020 floods") == [
        ("winter 2020", "2020-12-01", "2021-02-28"),
        ("winter 2020", "2019-12-01", "2020-02-29"),
    ]


def test_days_of_two_years_with_and_between_are_two_times():
    assert [words for words, _, _ in read("10 march 2020 and 12 march 2021")] == ["10 march 2020", "12 march 2021"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("september 11 attacks", "2026-09-11"),
        ("11 May", "2026-05-11"),
        ("outage may 11th", "2026-05-11"),
        ("outage march 15", "2026-03-15"),
        ("announced 26 december", "2025-12-26"),
    ],
)
def test_a_day_by_itself_is_the_latest_and_may_be_a_name(text, day):
    (period,) = periods_in(text, NOW, lambda _: False)
    assert (f"{period.since:%Y-%m-%d}", period.bare) == (day, True)
    assert period.until == (period.since or NOW) + DAY
    (sure,) = periods_in(f"on {period.words}", NOW, lambda _: False)
    assert (sure.since, sure.bare) == (period.since, False)


def test_the_number_of_a_name_is_no_day():
    names = {"windows 10", "ios 14"}
    assert read("Windows 10 May 2020 Update", names) == [("May 2020", "2020-05-01", "2020-05-31")]
    assert read("Windows 10 October", names) == []
    assert read("fire 10 may 2020", names) == [("10 may 2020", "2020-05-10", "2020-05-10")]


def test_days_by_themselves_are_no_ends_of_one_time():
    assert [words for words, _, _ in read("29 february to 2 march")] == ["29 february", "2 march"]


def test_a_list_of_days_has_an_end():
    assert len(read("1, 2, 3, 4, 5, 6, 7 and 8 march 2020")) == 8
    assert read("1, 2, 3, 4, 5, 6, 7, 8 and 9 march 2020") == []
    assert read("1," * 2000 + " and 3 march 2020")[-1][1] == "2020-03-03"


def test_two_times_stand_in_the_order_of_the_query():
    assert [words for words, _, _ in read("2019 floods and the floods of march 2021")] == ["2019", "of march 2021"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("fires in september and october", ["2026-09-01", "2026-10-01"]),
        ("fires on 28 december and 3 january 2025", ["2024-12-28", "2025-01-03"]),
        ("fires on 7 and 5 june 2025", ["2025-06-07", "2025-06-05"]),
        ("fires in march and may 2020", ["2020-03-01", "2020-05-01"]),
        ("fires in march and may", ["2026-03-01", "2026-05-01"]),
        ("fires in december and january", ["2025-12-01", "2026-01-01"]),
        ("fires on 5 june and 6 june", ["2026-06-05", "2026-06-06"]),
        ("fires on 5 and 7 june", ["2026-06-05", "2026-06-07"]),
        ("fires in sept. and oct.", ["2026-09-01", "2026-10-01"]),
        ("fires 5 or 6 june 2025", ["2025-06-05", "2025-06-06"]),
        ("fires 5, 6 and 9 june 2025", ["2025-06-05", "2025-06-06", "2025-06-09"]),
        ("fires on 5th, 6th, or 9 june", ["2026-06-05", "2026-06-06", "2026-06-09"]),
        ("fires in november or february 2025", ["2024-11-01", "2025-02-01"]),
        ("fires between march or april", ["2026-03-01", "2026-04-01"]),
        ("fires in march or april 2025", ["2025-03-01", "2025-04-01"]),
        ("fires in march or april", ["2026-03-01", "2026-04-01"]),
        ("fires in 2023 or 2024", ["2023-01-01", "2024-01-01"]),
        ("fires between 5 or 6 june", ["2026-06-05", "2026-06-06"]),
        ("fires 5 june and 6 july", ["2026-06-05", "2026-07-06"]),
        ("fires 12/10/2026", ["2026-10-12", "2026-12-10"]),
        ("fires 12-10-2026", ["2026-10-12", "2026-12-10"]),
        ("fires 9/10/20", ["2020-10-09", "2020-09-10"]),
        ("fires 9/29/20", ["2020-09-29"]),
    ],
)
def test_a_list_of_times_is_each_of_them(text, days):
    assert [since for _, since, _ in read(text)] == days


@pytest.mark.parametrize(
    ("day", "words", "saturday"),
    [
        (22, "last weekend", "2026-11-14"),
        (22, "this weekend", "2026-11-21"),
        (22, "the past weekend", "2026-11-14"),
        (23, "last weekend", "2026-11-21"),
        (27, "over the weekend", "2026-11-21"),
        (28, "over the weekend", "2026-11-28"),
    ],
)
def test_the_last_weekend_is_over_and_this_one_has_begun(day, words, saturday):
    (found,) = periods_in(f"fires {words}", datetime(2026, 11, day, 12, tzinfo=UTC), lambda _: False)
    assert str(found.days[0]) == saturday


def test_a_day_that_is_none_leaves_its_month():
    assert read("31 june 2020") == [("june 2020", "2020-06-01", "2020-06-30")]


@pytest.mark.parametrize("text", ["since 31 june", "since june 31", "since april 31, 2020", "before 30 february"])
def test_nothing_is_since_a_day_that_is_none(text):
    assert read(text) == []


def test_a_number_of_something_is_no_day():
    for text in ("since june 20 per cent", "since june 20 million", "since june 20%"):
        assert [words for words, *_ in read(text)] == ["since june"]


def test_a_range_of_days_that_is_running_is_this_one():
    now = datetime(2025, 7, 3, 12, tzinfo=UTC)
    found = {text: periods_in(text, now, lambda _: False) for text in ("from 1 to 5 july", "from 28 june to 5 july")}
    assert [str(one.days[0]) for some in found.values() for one in some] == ["2025-07-01", "2025-06-28"]


def test_letters_that_grow_when_they_are_made_small_move_no_place():
    assert read("İstanbul İzmir quake march 2020")[0][0] == "march 2020"


def days(*moments):
    return np.array([np.nan if one is None else one.timestamp() / 86_400 for one in moments])


def test_nearness_is_one_within_and_falls_off_sooner_before_than_after():
    since, until = datetime(2021, 3, 1, tzinfo=UTC), datetime(2021, 4, 1, tzinfo=UTC)
    march = Period("march 2021", (0, 10), since, until)
    near = march.nearness(days(since, until - timedelta(seconds=1), until + 10 * DAY, since - 10 * DAY, None))
    assert near[:2].tolist() == [1.0, 1.0]
    assert near[2] == pytest.approx(np.exp(-10 / 15.5))
    assert near[3] == pytest.approx(np.exp(-20 / 15.5))
    assert near[4] == 0
    assert nearest([], days(None, NOW)).tolist() == [0.0, 0.0]


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read_and_every_time_stands_in_it(text, is_name):
    for one in periods_in(text, NOW, lambda _: is_name):
        assert one.words in text
        assert one.since is None or one.until is None or one.since < one.until
        assert one.as_filter


WORDS = (
    "march may 2021 2020 in since early the end of 15 29 february q1 spring last two weeks hours , - to from between "
    "and until 31 winter today"
)


@given(st.lists(st.sampled_from(WORDS.split()), max_size=12))
def test_any_order_of_such_words_is_read(words):
    text = " ".join(words)
    found = periods_in(text, NOW, lambda _: False)
    assert all(one.since is None or one.until is None or one.since < one.until for one in found)
    assert all(text[slice(*one.place)] == one.words for one in found)
    near = nearest(found, days(NOW, None, datetime(1950, 1, 1, tzinfo=UTC)))
    assert ((near >= 0) & (near <= 1)).all()
