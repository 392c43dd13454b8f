"""Items of lists that name a file by something else than its address: found, and stored as addresses of that file.

Everything that follows a list then finds them as it finds all others.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from search.content.pages import is_file, page_of, page_path, path_by_slug
from search.content.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3

# No item of a list begins so.
_SLUG: Final = "slug:"
_FILES = """
SELECT article.row, id, category, coalesce(address.url, '') FROM article
LEFT JOIN address ON address.row = article.row AND derived = 2 WHERE origin = 'file'
"""
_BY_FILES = """
SELECT DISTINCT target FROM curated
WHERE target != '' AND (target NOT GLOB 'https://*' OR target >= :first AND target < :after)
AND NOT EXISTS (SELECT 1 FROM address JOIN article USING (row) WHERE address.url = target AND origin = 'file')
ORDER BY target
"""


def store_slug(connection: sqlite3.Connection, row: int, slug: str) -> None:
    """Store what the file of an article says is its name: what lists mean by it depends on all other files."""
    connection.execute("INSERT INTO address (url, row, derived) VALUES (?, ?, 2)", (f"{_SLUG}{slug}", row))


def store_references(connection: sqlite3.Connection, site_url: str) -> None:
    """Find anew what the lists mean by what is no address of a file, and store it.

    Args:
        connection: The catalogue, all files read.
        site_url: The site's address, or ``""``: what lies below it can be nothing but a file of the site.
    """
    connection.execute("DELETE FROM address WHERE derived = 1")
    own = canonical_url(site_url).rstrip("/")
    # the character after the slash: all that begins with the address and a slash stands between the two
    bounds = {"first": f"{own}/" if own else "", "after": f"{own}0" if own else ""}
    targets = [target for (target,) in connection.execute(_BY_FILES, bounds)]
    if not targets:
        return
    files = Files(connection)
    found = ((target, files.row_of(target, own)) for target in targets)
    connection.executemany(
        "INSERT INTO address (url, row, derived) VALUES (?, ?, 1)",
        [(target, row) for target, row in found if row is not None],
    )


class Files:
    """All articles that have a file, by what names them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._ids: dict[str, int] = {}
        self._pages: defaultdict[str, set[int]] = defaultdict(set)
        self._dated: defaultdict[str, set[int]] = defaultdict(set)
        self._names: defaultdict[str, set[int]] = defaultdict(set)
        self._slugs: defaultdict[str, set[int]] = defaultdict(set)
        for row, path, category, slug in connection.execute(_FILES):
            self._ids[path] = row
            if slug:
                page = page_of(_folded(path_by_slug(path, slug.removeprefix(_SLUG))), _folded(category))
                for name in (*page.names, *(f"/{one}" for one in (page.path, *page.dated))):
                    self._slugs[name].add(row)
            page = page_of(_folded(path), _folded(category))
            self._pages[page.path].add(row)
            for known, names in ((self._dated, page.dated), (self._names, page.names)):
                for name in names:
                    known[name].add(row)

    def row_of(self, target: str, own: str) -> int | None:
        """Return the row of the one file that is meant; None where there is none, or where it may be several.

        Args:
            target: A path, a name or an address below that of the site.
            own: The site's address, or ``""``.
        """
        if target in self._ids:
            return self._ids[target]
        is_address = target.startswith("https://")
        path = target.removeprefix(own) if is_address else target.partition("#")[0]
        page = page_path(_folded(unquote(path)))
        if not page or "?" in path:  # /news?id=3 and /news?id=4 may be two articles, and are not news.md
            return None
        is_name = "/" not in path.rstrip("/")
        found = self._names.get(page) if is_name else self._pages.get(page) or self._dated.get(page)
        if not found and not is_file(path):  # the names that files have go before those they say
            found = self._slugs.get(page if is_name else f"/{page}")
        return next(iter(found)) if found and len(found) == 1 else None


def _folded(path: str) -> str:
    """Return a path as it is compared: generators write letters small, and file systems take accents apart."""
    return unicodedata.normalize("NFC", path).casefold()
