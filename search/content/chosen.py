"""Which of the values that may stand for a field is the one it is read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from search.content.dates import parse_date
from search.content.named_files import joined
from search.content.urls import canonical_url
from search.content.values import as_flag, as_quality, as_text

if TYPE_CHECKING:
    from datetime import datetime

    from search.content.fields import Fields, Found
    from search.content.settings import Settings

# https://gohugo.io/content-management/front-matter/#publishdate
_NOT_BEFORE: Final = "publishdate"


def read_from(fields: Fields, name: str, settings: Settings) -> Found | None:
    """Return what a field is read from: the first value that is one, others are passed over; None if there is none.

    Args:
        fields: From ``FieldMap.find``.
        name: Ours of the field.
        settings: How the site's content is to be read.
    """
    read = next((found for found in fields.get(name, ()) if _is_usable(name, found.value, settings)), None)
    if read and name == "publishedDateTime":
        return held_back(fields, parse_date(read.value)) or read
    return read


def held_back(fields: Fields, moment: datetime) -> Found | None:
    """Return the day before which a page is not built, if that is after its date."""
    for found in fields.get("publishedDateTime", ()):
        if found.place[-1].casefold() == _NOT_BEFORE and _is_moment(found.value) and parse_date(found.value) > moment:
            return found
    return None


def _is_usable(name: str, value: Any, settings: Settings) -> bool:
    if name == "webUrl":
        return bool(canonical_url(joined(value, settings)))
    if name == "publishedDateTime":
        return _is_moment(value)
    if name == "quality":
        return as_quality(value) is not None
    if name == "topics" and isinstance(value, list):
        return any(as_text(one).text for one in value)
    return name == "provider" or bool(as_text(value).text)


def is_date(value: Any) -> bool:
    """Return whether a value is a date, and no flag: WordPress and others date what is ``published``."""
    return as_flag(value) is None and _is_moment(value)


def _is_moment(value: Any) -> bool:
    try:
        parse_date(value)
    except ValueError:
        return False
    return True
