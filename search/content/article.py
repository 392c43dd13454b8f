"""The records that the whole program passes on: articles and what is wrong with files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

Origin = Literal["file", "embedded"]


@dataclass(frozen=True, slots=True)
class Provider:
    """Who published an article: a display name and a domain, either may be empty."""

    name: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One story, from a file or from an item of a ``related`` list.

    Attributes:
        id: Path relative to the content root with ``/``; for an embedded article its canonical URL.
        origin: ``"file"`` or ``"embedded"``.
        title: Plain text: entities decoded, markup and control characters removed, white space folded.
        excerpt: Plain text like the title; may be empty.
        url: The address as written in the file, http(s) only, or ``""``; an index gives what has none that of its page.
        canonical_url: What makes two records the same article, or ``""`` without an address.
        alias_urls: Other canonical URLs of the same article (AMP variants, ``originalUrl``), sorted,
            ``canonical_url`` not among them. Of a file without an address those that the site gives its page.
        published_at: Aware datetime, in the offset that the file says, UTC if none; or None.
        type: ``article``, ``video``, …; lower case.
        category: For example ``news``; may be empty.
        published: The site's flag; None where the file has none.
        removed: Whether the file is flagged as removed.
        quality: By the site's measure, 0 to 100 as a rule (real sites go beyond it), never below 0; or None.
    """

    id: str
    origin: Origin
    title: str
    excerpt: str = ""
    url: str = ""
    canonical_url: str = ""
    alias_urls: tuple[str, ...] = ()
    published_at: datetime | None = None
    type: str = "article"
    category: str = ""
    provider: Provider = Provider()
    topics: tuple[str, ...] = ()
    quality: int | None = None
    published: bool | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class CuratedItem:
    """One entry of a ``related`` list.

    Attributes:
        position: 1-based place in the list.
        target: Canonical URL of the article meant; for a bare path reference the path as written, or from the content
            root on where it begins at the folder of the file.
        article: The embedded copy (origin ``embedded``, id == target); None when the list only refers.
    """

    position: int
    target: str
    title: str
    article: Article | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in a file: where, what, and what to do.

    Attributes:
        path: Relative to the content root, with ``/``.
        line: 1-based line in the file, or 0 when the fault has no line.
        what: The fault, one line.
        todo: What to do about it, one line.
        fatal: True when the file gave no article because of it.
    """

    path: str
    line: int
    what: str
    todo: str
    fatal: bool = True

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.what}; {self.todo}"


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What one file gave.

    Exactly one of three: an article (with its curated list), the reason why the file is no article
    (organisation data, a page without title or front matter), or a fatal problem among ``problems``.

    Attributes:
        path: Relative to the content root, with ``/``.
        article: The article, or None.
        curated: The ``related`` list in order.
        not_article: Why the file is no article, or ``""``.
        problems: Faults, fatal or not.
        slug: What the article's file says is its name, or ``""``.
    """

    path: str
    article: Article | None = None
    curated: tuple[CuratedItem, ...] = ()
    not_article: str = ""
    problems: tuple[Problem, ...] = ()
    slug: str = ""
