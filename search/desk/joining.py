"""What joins a list: the item that shows an article, and what the lists of a site look like."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from search.content.dates import iso_own
from search.content.edit import values_of
from search.content.faults import FrontMatterError
from search.content.frontmatter import read_front_matter
from search.content.item import Scalar, plain_value
from search.content.load import load_file
from search.content.named_files import slug_of
from search.content.pages import POSTS, is_page, names_of_file, page_addresses, path_by_slug, says_date
from search.content.shape import NewItem, Shape, commonest, shape_of
from search.content.urls import canonical_url
from search.desk.files import FileOutside, resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from search.content.article import Article, CuratedItem
    from search.content.settings import Settings
    from search.index.opened import Index

# So many lists of a folder, spread over it, show what its lists look like.
_LOOKED_AT: Final = 40
# Lists that are remembered: those of many folders.
_REMEMBERED: Final = 4096
_LISTS_BELOW: Final = "SELECT DISTINCT path FROM curated WHERE path >= ? AND path < ? AND path != ? ORDER BY path"


def new_item(index: Index, settings: Settings, candidate: str) -> NewItem:
    """Return the item that shows an article, from its own file, or from a list that embeds it.

    Raises:
        FrontMatterError: Its file cannot be read.
        FileOutside: It is nowhere.
        OSError: Its file cannot be read.
    """
    row = index.row_of_id(candidate)
    if row is None:
        raise FileOutside(f"{candidate[:200]} is no article of the index", "run: search index, and decide anew")
    article = index.articles([row])[row]
    own = article.url if article.canonical_url else ""
    moment = article.published_at
    day = iso_own(moment).removesuffix("T00:00:00Z") if moment else ""
    if article.origin == "file":
        file = resolved(index.content_root, candidate)
        values = values_of(file.read_bytes())
        titles = settings.fields.find(values).get("title", ())
        if not titles or len(titles[0].place) > 1:  # it stands within another field
            values = {**values, "title": Scalar(article.title, text=True)}
        slug = slug_of(plain_value(values))
        pages = page_addresses(path_by_slug(candidate, slug), index.site_url) if slug and article.url else [article.url]
        page = "" if own else pages[-1]
        return NewItem(
            values,
            own or candidate,
            candidate,
            page,
            day,
            slug=next(iter(_sure(index, row, [slug] if slug else [])), ""),
            names=lambda examples: _sure_names(index, row, article, slug, examples),
        )
    holders = index.connection.execute("SELECT path FROM curated WHERE target = ? ORDER BY path LIMIT 20", (candidate,))
    for (holder,) in holders:
        with suppress(FrontMatterError, FileOutside, OSError, sqlite3.Error):
            if values := _embedded(index, settings, holder, candidate):
                return NewItem(values, own or candidate, day=day)
    raise FileOutside(f"no list holds {candidate[:200]} any more", "run: search index, and decide anew")


def _embedded(index: Index, settings: Settings, holder: str, target: str) -> Mapping[str, object]:
    """Return the item of a file's list that shows an article, or nothing."""
    curated: tuple[CuratedItem, ...] = load_file(index.content_root, holder, settings).curated
    position = next((place for place, item in enumerate(curated) if item.target == target and item.article), None)
    if position is None:
        return {}
    return values_of(resolved(index.content_root, holder).read_bytes(), position, settings)


def _sure_names(index: Index, row: int, article: Article, slug: str, examples: Sequence[str]) -> list[str]:
    """Return what lists may call a file that can mean no other.

    Its pages are those of its slug, where they can be. That of a post is without its date only beside such of others.
    """
    names = names_of_file(article.id, article.category)
    if slug:
        by_slug = names_of_file(path_by_slug(article.id, slug), article.category)
        if pages := _sure(index, row, filter(is_page, by_slug)):
            names = [name for name in names if not is_page(name)] + pages
    sure = _sure(index, row, names)
    if POSTS not in article.id.split("/") or _name_posts(index, [one for one in examples if not says_date(one)]):
        return sure
    return [name for name in sure if says_date(name) or not is_page(name)]


def _name_posts(index: Index, items: Iterable[str]) -> bool:
    """Return whether any of some items of lists means one of Jekyll's posts."""
    site = index.site_url.rstrip("/")
    targets = [canonical_url(f"{site}{one}" if one.startswith("/") else one) or one for one in items]
    rows = {row for some in index.rows_of_urls(targets).values() for row in some}
    return any(POSTS in one.split("/") for one in index.ids(rows).values())


def _sure(index: Index, row: int, names: Iterable[str]) -> list[str]:
    """Return those of some names that can mean no other file."""
    site = index.site_url.rstrip("/")
    # as an item that begins with a slash is read
    targets = {name: canonical_url(f"{site}{name}") if site and name.startswith("/") else name for name in names}
    known = index.rows_of_urls(targets.values())
    own = canonical_url(site).rstrip("/")

    def means(target: str) -> bool:
        if rows := known[target]:
            return row in rows
        other = index.row_of_id(target)
        return (index.files.row_of(target, own) if other is None else other) == row

    return [name for name, target in targets.items() if target and not name.strip("/").isdecimal() and means(target)]


def shape_near(index: Index, settings: Settings, article: str) -> Shape | None:
    """Return what the lists around an article look like: those of its folder, or of the nearest above that has any."""
    for folder in PurePosixPath(article).parents:
        first = "" if str(folder) == "." else f"{folder}/"
        # the character after the slash: all paths that begin with the folder stand between the two
        after = f"{folder}0" if first else "\U0010ffff"
        paths = [path for (path,) in index.connection.execute(_LISTS_BELOW, (first, after, article))]
        step = max(1, -(-len(paths) // _LOOKED_AT))
        shapes = (_shape_of_file(index.content_root, path, settings) for path in paths[::step])
        if shape := commonest(one for one in shapes if one is not None):
            return shape
    return None


def _shape_of_file(content_root: Path, path: str, settings: Settings) -> Shape | None:
    """Return the shape of a file's list; None for one that cannot be read any more."""
    with suppress(FrontMatterError, FileOutside, OSError):
        file = resolved(content_root, path)
        status = file.stat()
        return _shape_read(file, (status.st_mtime_ns, status.st_size), settings)
    return None


@lru_cache(maxsize=_REMEMBERED)
def _shape_read(file: Path, _: tuple[int, int], settings: Settings) -> Shape | None:
    with file.open("rb") as stream:
        front = read_front_matter(stream)
    return shape_of(front.values, settings) if front else None
