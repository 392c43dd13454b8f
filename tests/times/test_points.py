"""Points in time as people give them."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.errors import UsageError
from search.index.filters import moment_of
from search.times.points import parse_since, parse_until

NOW = datetime(2025, 6, 15, 12, tzinfo=UTC)


def utc(year, month, day, hour=0):
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2025, 1, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2024-12", date(2024, 12, 1), date(2025, 1, 1)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 3, 1)),
        ("30d", utc(2025, 5, 16, 12), utc(2025, 5, 16, 12)),
        ("2w", utc(2025, 6, 1, 12), utc(2025, 6, 1, 12)),
        ("12h", utc(2025, 6, 15), utc(2025, 6, 15)),
        ("today", date(2025, 6, 15), date(2025, 6, 16)),
        ("Yesterday", date(2025, 6, 14), date(2025, 6, 15)),
        ("2024-02-29T10:00+02:00", utc(2024, 2, 29, 8), utc(2024, 2, 29, 8)),
    ],
)
def test_points_in_time(text, start, end):
    assert parse_since(text, NOW) == start
    assert parse_until(text, NOW) == end


@pytest.mark.parametrize("text", ["9999", "9999-12", "9999-12-31"])
def test_the_last_dates_there_are(text):
    assert parse_since(text, NOW).year == 9999
    assert parse_until(text, NOW) == date.max


@pytest.mark.parametrize(
    "text", ["", "last week", "tomorrow", "2023-02-30", "0000", "99999y", "12", "2023-00", "0001-01-01T00:00+14:00"]
)
def test_what_is_no_point_in_time(text):
    with pytest.raises(UsageError, match="is not a date") as refused:
        parse_since(text, NOW)
    assert "1w for the last week" in refused.value.hint


@given(st.text(max_size=40))
def test_any_text_is_a_point_in_time_or_a_clear_error(text):
    with contextlib.suppress(UsageError):
        assert moment_of(parse_since(text, NOW)) <= moment_of(parse_until(text, NOW))
