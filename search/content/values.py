"""Single values of front matter as what a field wants: text, flag, number, names, provider."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from search.content.article import Provider
from search.content.text import plain_text
from search.content.urls import canonical_url

MAX_TOPICS: Final = 200
MAX_TEXT: Final = 100_000
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


def as_text(value: Any) -> str:
    """Return a scalar as plain text, ``""`` for anything else. Text of more than 100,000 characters is cut."""
    if isinstance(value, str):
        return plain_text(value[:MAX_TEXT])
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, date)):
        return str(value)
    return ""


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


def as_names(value: Any) -> tuple[str, ...]:
    """Return names from a list of texts or of mappings with a name, or from text with commas; each once, in order."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        value = [value]
    names: dict[str, None] = {}
    for entry in value[:MAX_TOPICS]:
        if name := as_text(_named(entry)):
            names.setdefault(name)
    return tuple(names)


def as_provider(value: Any) -> Provider:
    """Return the provider from a mapping of name and domain, or from text that is either."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        name = as_text(_named(value))
        domain = as_text(value.get("domain") or value.get("url") or value.get("website"))
        return Provider(name, as_domain(domain))
    text = as_text(value)
    domain = as_domain(text)
    return Provider("", domain) if domain and " " not in text else Provider(text, "")


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
