"""Dates of front matter in the forms that generators and feeds write them, as aware datetimes in their own offsets."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Final

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december"), start=1,
    )
    for name in (names, names[:3])
} | {"sept": 9}  # fmt: skip
_ZONES: Final = {"z": 0, "utc": 0, "gmt": 0, "ut": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
                 "pst": -8, "pdt": -7, "cet": 1, "cest": 2, "bst": 1}  # fmt: skip

_TIME = (
    r"(?:(?:[Tt]|,?\s+(?:at\s+)?)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?(?:\s*(?P<zone>[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?))?)?"
)
_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_FORMS: Final = tuple(
    re.compile(_DAY + form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<name>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})",
        r"(?P<name>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
        r"(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>\d{4})",
    )
)
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?")
_SHORT_YEAR = re.compile(r"\d{1,2}/\d{1,2}/\d{2}\b.*")
_LONGEST = 64
_BEYOND_DATES: Final = 10**14  # Python refuses to write out numbers of thousands of digits
_NOON = 12
_MONTHS_OF_A_YEAR = 12
_MOST_DIGITS_OF_SECONDS = 11
_MOST_DIGITS_OF_HOURS = 2


def parse_date(value: Any) -> datetime:
    """Read a date as front matter has it.

    Args:
        value: A datetime, a date, a number of 9 or 10 digits (seconds since 1970), of 12 or 13 (milliseconds) or of 8
            that are a day (``20240305``), or text: such digits, ISO 8601, RFC 2822, ``March 5, 2024``, ``5 March 2024``
            or ``05.03.2024``, and ``31/03/2024`` or ``03/31/2024``, where one of the two is no month
            (or both are the same); a time without a zone is UTC.

    Returns:
        The aware datetime, in the offset that it was written in.

    Raises:
        ValueError: It is no date, no date of the calendar, or not between 1900 and 2200; the message says which.

    Examples:
        >>> parse_date("2024-03-05 10:00 +0200").isoformat()
        '2024-03-05T10:00:00+02:00'
    """
    try:
        moment = _moment(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        year = moment.astimezone(UTC).year
    except OverflowError:
        raise ValueError("a date out of range") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"a date that is not between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


def iso_utc(moment: datetime) -> str:
    """Return an aware datetime in UTC by ISO 8601: ``2024-03-05T08:00:00Z``."""
    return iso_own(moment.astimezone(UTC))


def iso_own(moment: datetime) -> str:
    """Return a datetime in its own offset by ISO 8601: ``2024-03-05T09:00:00+01:00``."""
    return moment.isoformat().replace("+00:00", "Z")


def says_day_alone(value: Any) -> bool:
    """Return whether a date as front matter has it says the day, and no time."""
    if isinstance(value, int) and abs(value) < _BEYOND_DATES:
        value = str(value)
    if isinstance(value, str):
        return any(found["hour"] is None for form in _FORMS if (found := form.fullmatch(value.strip()[:_LONGEST])))
    return isinstance(value, date) and not isinstance(value, datetime)


def day_written(value: Any) -> date:
    """Return the day of a date as it was written, in its own offset; raises ValueError like ``parse_date``."""
    return parse_date(value).date()


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        return _from_text(str(value) if abs(value) < _BEYOND_DATES else "")
    if isinstance(value, float) and _EPOCH.fullmatch(f"{value:.0f}"):
        return _from_epoch(value)
    raise ValueError("no date")


def _from_epoch(value: float) -> datetime:
    try:
        digits = len(str(abs(int(value))))
        return datetime.fromtimestamp(value / 1000 if digits > _MOST_DIGITS_OF_SECONDS else value, UTC)
    except (OverflowError, OSError, ValueError):
        raise ValueError("a date out of range") from None


def _from_text(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    text = text.strip()
    if len(text) > _LONGEST:
        raise ValueError("no date")
    if _EPOCH.fullmatch(text):
        return _from_epoch(int(text))
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _from_parts(found.groupdict())
    if _SHORT_YEAR.fullmatch(text):
        raise ValueError("a date whose day, month and year cannot be told apart")
    raise ValueError("no date")


def _from_parts(parts: dict[str, str | None]) -> datetime:
    if parts.get("one"):
        parts = parts | _told_apart(int(parts["one"] or 0), int(parts["two"] or 0))
    month = int(parts.get("month") or _MONTHS.get((parts.get("name") or "").lower(), 0))
    if parts.get("name") and not month:
        raise ValueError("no date")
    hour = int(parts.get("hour") or 0)
    if parts["half"]:
        if not 1 <= hour <= _NOON:
            raise ValueError("a time that no clock shows")
        hour = hour % _NOON + (_NOON if parts["half"] in "pP" else 0)
    try:
        moment = datetime(
            int(parts["year"] or 0), month, int(parts["day"] or 0), hour, int(parts["minute"] or 0),
            int(parts["second"] or 0), int((parts["fraction"] or "0")[:6].ljust(6, "0")), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        raise ValueError("a date that no calendar has") from None
    return moment.replace(tzinfo=_zone(parts["zone"] or "UTC"))


def _told_apart(one: int, two: int) -> dict[str, str | None]:
    """Return which of two numbers is the day, and which the month."""
    if one != two and one <= _MONTHS_OF_A_YEAR and two <= _MONTHS_OF_A_YEAR:
        raise ValueError("a date whose day and month cannot be told apart")
    day, month = (two, one) if two > _MONTHS_OF_A_YEAR else (one, two)
    return {"day": str(day), "month": str(month)}


def _zone(name: str) -> timezone:
    offset = re.sub(r"^(?:UTC|GMT)(?=[+-])", "", name, flags=re.IGNORECASE)
    if offset[0] in "+-":
        digits = offset[1:].replace(":", "")
        hours, minutes = (digits, "0") if len(digits) <= _MOST_DIGITS_OF_HOURS else (digits[:-2], digits[-2:])
        delta = timedelta(hours=int(hours), minutes=int(minutes))
        if delta >= timedelta(days=1):
            raise ValueError("a time zone that does not exist")
        return timezone(-delta if offset[0] == "-" else delta)
    if name.lower() not in _ZONES:
        raise ValueError("a date with a time zone that is not known")
    return timezone(timedelta(hours=_ZONES[name.lower()]))
