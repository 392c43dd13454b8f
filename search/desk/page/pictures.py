"""Pictures of articles, shown only when asked for: they are fetched from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.content.faults import FrontMatterError
from search.content.frontmatter import read_front_matter
from search.desk.files import FileOutside, resolved

if TYPE_CHECKING:
    from pathlib import Path


def picture_of(content_root: Path, path: str) -> str:
    """Return the address of an article's first picture, or ``""``; http(s) only."""
    try:
        with resolved(content_root, path).open("rb") as stream:
            front = read_front_matter(stream)
    except (FileOutside, FrontMatterError, OSError):
        return ""
    images = front.values.get("images") or front.values.get("image") if front else None
    first = images[0] if isinstance(images, list) and images else images
    url = first.get("url") if isinstance(first, dict) else first
    return url if isinstance(url, str) and url.startswith(("http://", "https://")) and url.isprintable() else ""
