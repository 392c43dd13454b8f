"""Single values of front matter as what a field wants: text, flag, number, names, provider."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final, NamedTuple

from search.content.article import Provider
from search.content.text import plain_text
from search.content.urls import canonical_url

# Titles of real sites stay below 200 characters, their excerpts below 500, their names below 50.
MAX_TOPICS: Final = 200
LONGEST_TITLE: Final = 1_000
LONGEST_EXCERPT: Final = 10_000
LONGEST_NAME: Final = 200
_LONGEST_SOURCE: Final = 100_000
BEST_QUALITY: Final = 1_000

_TRUE = frozenset({"true", "yes", "on", "y", "1", "publish", "published", "public"})
_FALSE = frozenset(
    {"false", "no", "off", "n", "0", "draft", "pending", "private", "scheduled", "future", "unpublished"}
)
_NAME_KEYS = ("name", "title", "label", "slug")
_DOMAIN = re.compile(
    r"(?=.{4,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+", re.IGNORECASE
)
_HOST_OF = re.compile(r"https://([^/?:]*)")


class Text(NamedTuple):
    """Plain text, and whether there was more of it."""

    text: str
    cut: bool = False


class Names(NamedTuple):
    """Names, and whether there were more or longer ones."""

    names: tuple[str, ...]
    cut: bool = False


def as_text(value: Any, longest: int = LONGEST_NAME) -> Text:
    """Return a scalar as plain text of so many characters at most, ``""`` for anything else.

    Of source text no more than 100,000 characters are read.
    """
    if isinstance(value, str):
        text = plain_text(value[:_LONGEST_SOURCE])
        if len(text) <= longest:
            return Text(text, len(value) > _LONGEST_SOURCE)
        return Text(plain_text(text[:longest]), cut=True)
    if isinstance(value, bool):
        return Text("true" if value else "false")
    if isinstance(value, (int, float, date)):
        return Text(str(value)[:longest])
    return Text("")


def as_flag(value: Any) -> bool | None:
    """Return True or False for the many ways to write them, None for anything else."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def as_quality(value: Any) -> int | None:
    """Return a number from 0 to 1,000, rounded; None for anything else. A site's measure may go beyond 100."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return round(number) if 0 <= number <= BEST_QUALITY else None


def as_names(value: Any, *, by_spaces: bool = False) -> Names:
    """Return names from a list of texts or of mappings with a name, or from text with commas; each once, in order.

    Of text without commas spaces part the names if that is said.
    """
    if isinstance(value, str):
        value = value.split() if by_spaces and "," not in value else value.split(",")
    if not isinstance(value, list):
        value = [value]
    names: dict[str, None] = {}
    cut = len(value) > MAX_TOPICS
    for entry in value[:MAX_TOPICS]:
        name = as_text(_named(entry))
        cut = cut or name.cut
        if name.text:
            names.setdefault(name.text)
    return Names(tuple(names), cut)


def as_provider(value: Any) -> tuple[Provider, bool]:
    """Return the provider from a mapping of name and domain, or from text that is either; and whether it was cut."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        name = as_text(_named(value))
        address = as_text(value.get("domain") or value.get("url") or value.get("website"), LONGEST_TITLE)
        return Provider(name.text, as_domain(address.text)), name.cut
    address = as_text(value, LONGEST_TITLE)
    domain = as_domain(address.text)
    if domain and " " not in address.text:
        return Provider("", domain), False
    name = as_text(value)
    return Provider(name.text, ""), name.cut


def as_domain(text: str) -> str:
    """Return the host name in an address or a bare host name, without ``www.``; ``""`` for other text."""
    if not text:
        return ""
    if _DOMAIN.fullmatch(text):
        text = f"https://{text}/"
    found = _HOST_OF.match(canonical_url(text))
    return found[1] if found else ""


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return next((value[key] for key in _NAME_KEYS if value.get(key)), "")
    return value
