"""How front matter names files and pages: by paths, by names, by addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from search.content.joiners import is_all_seen
from search.content.walk import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.content.settings import Settings

REFERENCE_KEYS: Final = ("path", "file", "id", "slug", "ref")
_LONGEST_PATH: Final = 4096
# ``javascript:``, ``mailto:``, ``ftp://``: an address of something, and no path.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
# An address of an item that is the path of a file or of its page.
_PATH = re.compile(rf"\.{{0,2}}/[^/].*|.+(?:{'|'.join(map(re.escape, EXTENSIONS))})", re.IGNORECASE)


def slug_of(values: Mapping[str, Any]) -> str:
    """Return what the front matter of a file says is its name, or ``""``; a path is none, nor is a number."""
    slug = values.get("slug")
    text = slug.strip() if isinstance(slug, str) else ""
    return text if "/" not in text and may_be_path(text) else ""


def joined(value: Any, settings: Settings) -> str:
    """Return an address as written, a path joined to the site's address."""
    if not isinstance(value, str):
        return ""
    url = value.strip()
    if url.startswith("//"):
        return f"https:{url}"
    if url.startswith("/") and ":" not in url and settings.site_url:
        return settings.site_url.rstrip("/") + url
    return url


def has_scheme(url: str) -> bool:
    """Return whether text is an address of some kind."""
    return "://" in url or bool(_SCHEME.match(url))


def may_be_path(text: str) -> bool:
    """Return whether a bare item of a list may name a file: a number does not, nor does an address of another kind."""
    return is_reference(text) and "://" not in text and not _NUMBER.fullmatch(text)


def is_reference(text: str) -> bool:
    """Return whether text may name a file, or its page."""
    if len(text) > _LONGEST_PATH or not is_all_seen(text):
        return False
    # a file may be called `Interview: the mayor.md`
    return not _SCHEME.match(text) or ("://" not in text and text.lower().endswith(EXTENSIONS))


def is_path(value: Any) -> bool:
    """Return whether the address of an item is plainly the path of a file or of its page."""
    return isinstance(value, str) and bool(_PATH.fullmatch(value.strip()))


def placed(reference: str, path: str) -> str:
    """Return a reference as it stands in the file of a path, one that begins at its folder from the content root on."""
    if not reference.startswith(("./", "../")):
        return reference
    parts = path.split("/")[:-1]
    for part in reference.split("/"):
        if part == ".." and not parts:
            return reference  # leads out of the content: nothing is there
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    # a name alone would mean any file of that name
    return "/".join(parts) if len(parts) > 1 else f"/{''.join(parts)}"
