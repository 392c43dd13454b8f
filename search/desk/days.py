"""Dates of copies that say the day alone: one that agrees with its article says less, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from search.content.chosen import read_from
from search.content.dates import day_written, parse_date, says_day_alone
from search.content.faults import FrontMatterError
from search.content.frontmatter import read_front_matter
from search.desk.files import FileOutside, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.content.article import Article, CuratedItem
    from search.content.settings import Settings
    from search.index.opened import Index

# A day in one offset and a moment in another are never further apart.
_FURTHEST: Final = timedelta(days=2)

Written = Callable[[], Sequence[Any]]
"""Gives the items of one list as they stand in its file: that is read when it is first asked for, and never again."""


def written_in(index: Index, settings: Settings, holder: str) -> Written:
    """Return what gives the items of an article's list as they are written; none where they cannot be read.

    Args:
        index: Knows where the files are.
        settings: How the site's content is to be read.
        holder: Id of the article whose list it is.
    """

    @cache
    def written() -> Sequence[Any]:
        with suppress(FrontMatterError, FileOutside, OSError):
            lists = settings.fields.find(_values(index, holder)).get("related", ())
            return next((found.value for found in lists if isinstance(found.value, list)), ())
        return ()

    return written


def says_less(index: Index, settings: Settings, listed: Written, item: CuratedItem, article: Article) -> bool:
    """Return whether an item says but the day of its article's date, in the offset that is written there or in UTC.

    Args:
        index: Knows where the files are.
        settings: How the site's content is to be read.
        listed: Gives the items of the list that the copy is in.
        item: A copy, as it stands in the file now.
        article: What it is a copy of.
    """
    copied, published = item.article.published_at if item.article else None, article.published_at
    if copied is None or published is None or abs(published - copied) >= _FURTHEST or copied.time() != time():
        return False
    with suppress(FrontMatterError, FileOutside, OSError, LookupError):
        written = _date(listed()[item.position - 1], settings)
        if not says_day_alone(written):
            return False
        original = _date(_values(index, article.id), settings) or published
        return day_written(written) in {day_written(original), parse_date(original).astimezone(UTC).date()}
    return False


def _values(index: Index, path: str) -> Mapping[str, Any]:
    with resolved(index.content_root, path).open("rb") as stream:
        front = read_front_matter(stream)
    return front.values if front is not None else {}


def _date(values: Mapping[str, Any], settings: Settings) -> Any:
    found = read_from(settings.fields.find(values), "publishedDateTime", settings)
    return found.value if found else None
