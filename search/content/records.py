"""From the front matter of a file to its article, its curated list and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from search.content.article import CuratedItem, FileRecord
from search.content.article_reader import ArticleReader
from search.content.named_files import REFERENCE_KEYS, is_path, is_reference, joined, may_be_path, placed, slug_of
from search.content.urls import canonical_url
from search.content.values import as_flag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.content.article_reader import Place
    from search.content.fields import Fields
    from search.content.frontmatter import FrontMatter
    from search.content.settings import Settings

# Raised when the same file gives something else than before: every index then reads all files again.
READER: Final = 4
MAX_RELATED: Final = 2_000


def read_record(front: FrontMatter, path: str, settings: Settings) -> FileRecord:
    """Read what a file gives.

    Args:
        front: Its front matter.
        path: Its path relative to the content root, with ``/``; becomes the article id.
        settings: How the site's content is to be read.

    Returns:
        The article with its curated list, or the reason why the file is no article; and every fault that did not
        keep it from being read. ``secured`` is in none of them.
    """
    return _Reader(front, path, settings).record()


class _Reader:
    """Reads one file: its own article, and what its list holds."""

    def __init__(self, front: FrontMatter, path: str, settings: Settings) -> None:
        self._values = front.values
        self._path = path
        self._settings = settings
        self._reader = ArticleReader(front, path, settings)

    def record(self) -> FileRecord:
        fields = self._settings.fields.find(self._values)
        article = self._reader.article(fields, (), "file")
        if article is None:
            return FileRecord(self._path, not_article="no title", problems=self._reader.problems())
        curated = self._curated(fields)
        slug = slug_of(self._values)
        return FileRecord(self._path, article=article, curated=curated, problems=self._reader.problems(), slug=slug)

    def _curated(self, fields: Fields) -> tuple[CuratedItem, ...]:
        for found in fields.get("related", ()):
            if isinstance(found.value, list):
                if len(found.value) > MAX_RELATED:
                    what = f"`{found.place[-1][:40]}` has more than {MAX_RELATED:,} items; the rest is left out"
                    self._reader.fault(found.place, what, "shorten the list")
                items = enumerate(found.value[:MAX_RELATED], start=1)
                return tuple(self._item(position, value, found.place) for position, value in items)
            if as_flag(found.value) is None:  # themes of Jekyll have `related: true`
                what = f"`{found.place[-1][:40]}` is no list; it is ignored"
                self._reader.fault(found.place, what, "write it as a list")
        return ()

    def _item(self, position: int, value: Any, place: tuple[str, ...]) -> CuratedItem:
        inside: Place = (*place, position - 1)
        if isinstance(value, dict):
            return self._item_of_mapping(position, value, inside)
        text = joined(value, self._settings)
        target = canonical_url(text) or (placed(text, self._path) if may_be_path(text) else "")
        if not target:
            self._unusable_item(position, inside)
        return CuratedItem(position, target, "")

    def _item_of_mapping(self, position: int, value: Mapping[str, Any], place: Place) -> CuratedItem:
        fields = self._settings.fields.find(value)
        article = self._reader.article(fields, place, "embedded")
        if article is not None:
            return CuratedItem(position, article.id, article.title, article)
        _, target = self._reader.address(fields, place)
        if not target:
            urls = [found.value for found in fields.get("webUrl", ())]
            paths = [url for url in urls if is_path(url)]
            paths += [value[key] for key in REFERENCE_KEYS if isinstance(value.get(key), str)]
            # last, for a copy may have a pattern there (`permalink: pretty`) beside what names its file
            paths += [url for url in (joined(url, self._settings) for url in urls) if may_be_path(url)]
            found = (path.strip() for path in paths)
            path = next((path for path in found if path and is_reference(path)), "")
            target = canonical_url(joined(path, self._settings)) or placed(path, self._path)
        if not target:
            self._unusable_item(position, place)
        return CuratedItem(position, target, self._reader.text(fields, "title", place))

    def _unusable_item(self, position: int, place: Place) -> None:
        what = f"item {position} of `{place[0]}` has no address"
        self._reader.fault(place, what, "add its webUrl, or delete the item")
