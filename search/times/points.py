"""Points in time as people give them: ``2023``, ``2023-06``, ``2023-06-15``, a full ISO time, ``30d``, ``today``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from search.errors import UsageError

if TYPE_CHECKING:
    from search.index.filters import Bound

_RELATIVE = re.compile(r"(\d{1,5})\s*(h|d|w|m|y)", re.IGNORECASE)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
# Days before the one in which it is said, by UTC.
_NAMED = {"today": 0, "yesterday": 1}
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_HINT = (
    "use a date (2023, 2023-06, 2023-06-15, 2023-06-15T08:00), an age (12h, 30d, 6m, 1y; 1w for the last week), "
    "today or yesterday"
)


def parse_since(text: str, now: datetime) -> Bound:
    """Return the first day of the year, month or day meant, or the moment: ``now`` less an age, or a full ISO time.

    Raises:
        UsageError: The text is no point in time.
    """
    return _parse(text, now)[0]


def parse_until(text: str, now: datetime) -> Bound:
    """Return the day just after the year, month or day meant, or the moment.

    Raises:
        UsageError: The text is no point in time.
    """
    return _parse(text, now)[1]


def parse_age(text: str) -> float:
    """Return an age like ``30d`` in days, above 0.

    Raises:
        UsageError: The text is no age.
    """
    match = _RELATIVE.fullmatch(text.strip())
    if not match or not int(match[1]):
        raise UsageError(f"{text[:60]!r} is not an age", "for example 12h, 30d, 2w, 6m, 1y")
    unit = match[2].lower()
    return int(match[1]) / 24 if unit == "h" else float(int(match[1]) * _DAYS[unit])


def _parse(text: str, now: datetime) -> tuple[Bound, Bound]:
    text = text.strip()
    try:
        if (back := _NAMED.get(text.lower())) is not None:
            named = now.astimezone(UTC) - timedelta(days=back)
            return _span(named.year, named.month, named.day)
        if match := _RELATIVE.fullmatch(text):
            return _age(int(match[1]), match[2].lower(), now)
        if match := _PARTIAL.fullmatch(text):
            year, month, day = match.groups()
            return _span(int(year), int(month) if month else None, int(day) if day else None)
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):  # their words are those of Python
        raise UsageError(f"{text[:60]!r} is not a date", _HINT) from None
    return moment, moment


def _age(count: int, unit: str, now: datetime) -> tuple[datetime, datetime]:
    age = timedelta(hours=count) if unit == "h" else timedelta(days=count * _DAYS[unit])
    return now - age, now - age


def _span(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    start = date(year, 1 if month is None else month, 1 if day is None else day)
    try:
        if day is not None:
            return start, start + timedelta(days=1)
        if month is not None:
            return start, start.replace(year=start.year + month // 12, month=month % 12 + 1)
        return start, start.replace(year=start.year + 1)
    except (ValueError, OverflowError):  # the last there is: nothing was published after it
        return start, date.max
