"""An index opened for reading: one generation, kept as long as it is open."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np

from search.content.article import Article, CuratedItem
from search.content.pages import with_page_address
from search.content.urls import canonical_url
from search.errors import REBUILD, IndexCorrupt, IndexMissing, SearchError
from search.index.filters import Condition, Filters, condition
from search.index.generation import (
    CATALOGUE,
    COLUMNS,
    SPARSE,
    VECTORS,
    Manifest,
    check_files,
    current_name,
    generation_folder,
    hold,
    read_manifest,
    unreadable,
)
from search.index.habits import Habits
from search.index.rows import MICROSECONDS_A_DAY, article_from_json, read_articles, row_list

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from numpy.typing import NDArray

    from search.index.columns import Columns
    from search.index.references import Files
    from search.index.sparse import SparseIndex
    from search.index.terms import Terms
    from search.index.vectors import Rows, VectorIndex

_ATTEMPTS = 5
# Pages of the catalogue kept in memory; SQLite's own default of 2 MB is read over and over by a warm process.
_CACHE_KIB = 32 * 1024


class Index:
    """One complete generation; what a writer does meanwhile is not seen.

    Attributes:
        folder: The index folder.
        manifest: What the generation is.
        connection: The catalogue, read-only.
        habits: What the site's own content shows of them.
    """

    def __init__(self, folder: Path, generation: Path, manifest: Manifest, held: int) -> None:
        self.folder = folder
        self.generation = generation
        self.manifest = manifest
        with ExitStack() as stack:
            self.connection = open_catalogue(generation / CATALOGUE)
            stack.callback(self.connection.close)
            # Parts are loaded when they are needed, even if the index folder has been moved by then.
            self._descriptor = os.open(generation, os.O_RDONLY)
            stack.callback(os.close, self._descriptor)
            self._opened = stack.pop_all()
        self._opened.callback(os.close, held)
        self.habits = Habits(self.connection, manifest.articles)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the generation go."""
        self._opened.close()

    @property
    def content_root(self) -> Path:
        """The folder that was indexed."""
        return Path(self.manifest.content_root)

    @cached_property
    def vectors(self) -> VectorIndex:
        """The vectors, loaded on first use: lexical search needs neither them nor FAISS."""
        from search.index.vectors import VectorIndex

        with self._open(VECTORS) as stream:
            return VectorIndex.load(stream, self.manifest.encoder.dim, self.manifest.articles)

    @cached_property
    def columns(self) -> Columns:
        """What a ranker reads of every article, loaded on first use."""
        from search.index.columns import Columns

        with self._open(COLUMNS) as stream:
            return Columns.load(stream)

    @cached_property
    def sparse(self) -> dict[str, SparseIndex]:
        """The sparse vectors, loaded on first use; places are those of the rows in ascending order."""
        from search.index.sparse import load

        with self._open(SPARSE) as stream:
            return load(stream)

    def _open(self, name: str) -> BinaryIO:
        def below(_: str, flags: int) -> int:
            return os.open(name, flags, dir_fd=self._descriptor)

        try:
            return open(self.generation / name, "rb", opener=below)
        except OSError as error:
            raise unreadable(self.generation / name, error) from error

    def condition(self, filters: Filters) -> Condition:
        """Return the SQL condition of some filters; raises UsageError for values that nothing has."""
        return condition(self.connection, filters)

    def count(self, where: Condition) -> int:
        """Return how many articles pass."""
        found = self.connection.execute(f"SELECT COUNT(*) FROM article AS a WHERE {where.sql}", where.values)
        return int(found.fetchone()[0])

    def has(self, where: Condition) -> bool:
        """Return whether any article passes."""
        found = self.connection.execute(f"SELECT EXISTS(SELECT 1 FROM article AS a WHERE {where.sql})", where.values)
        return bool(found.fetchone()[0])

    def days(self, rows: Iterable[int]) -> NDArray[np.float64]:
        """Return when articles were published, days since 1970 UTC, in the order of their rows; NaN where unknown.

        For some articles; ``columns`` has those of all.
        """
        wanted = list(rows)
        found = dict(
            self.connection.execute(
                "SELECT row, published_at FROM article WHERE row IN (SELECT value FROM json_each(?)) "
                "AND published_at IS NOT NULL",
                (row_list(wanted),),
            )
        )
        return np.array([found.get(row, np.nan) for row in wanted], dtype=np.float64) / MICROSECONDS_A_DAY

    def rows(self, where: Condition) -> Rows:
        """Return the rows of the articles that pass, ascending."""
        found = self.connection.execute(
            f"SELECT a.row FROM article AS a WHERE {where.sql} ORDER BY a.row", where.values
        )
        return np.fromiter((row for (row,) in found), dtype=np.int64)

    def articles(self, rows: Iterable[int]) -> dict[int, Article]:
        """Return articles by row; what has no address of its own has that of its page, where the site's is known."""
        found = read_articles(self.connection, rows)
        for row, article in found.items():
            if not article.url and article.alias_urls:
                found[row] = with_page_address(article, self.site_url)
        return found

    @cached_property
    def site_url(self) -> str:
        """The site's address as its settings have it now, or ``""``; settings that cannot be read say nothing."""
        from search.content.settings import load_settings

        with suppress(SearchError):
            return load_settings(self.content_root).site_url
        return ""

    def terms(self, rows: Iterable[int]) -> dict[int, Terms]:
        """Return the terms of articles, by row."""
        from search.index.terms import TERM, Terms

        found = self.connection.execute(
            "SELECT row, words, grams FROM terms WHERE row IN (SELECT value FROM json_each(?))", (row_list(rows),)
        )
        return {row: Terms(np.frombuffer(words, TERM), np.frombuffer(grams, TERM)) for row, words, grams in found}

    def story_leaders(self, rows: Iterable[int]) -> dict[int, int]:
        """Return the row that stands for the story, for each of some rows that share one."""
        found = self.connection.execute(
            "SELECT row, leader FROM story WHERE row IN (SELECT value FROM json_each(?))", (row_list(rows),)
        )
        return dict(found)

    def stories(self, rows: Iterable[int]) -> dict[int, tuple[str, int]]:
        """Return the id of the article that stands for the story and the story's size, by row; those that share one."""
        found = self.connection.execute(
            "SELECT story.row, article.id, (SELECT COUNT(*) FROM story AS other WHERE other.leader = story.leader) "
            "FROM story JOIN article ON article.row = story.leader "
            "WHERE story.row IN (SELECT value FROM json_each(?))",
            (row_list(rows),),
        )
        return {row: (leader, size) for row, leader, size in found}

    def story_of(self, row: int) -> int:
        """Return the row of the article that stands for the story of another: its own row when it shares none."""
        return int(self.columns.story[np.searchsorted(self.columns.rows, row)])

    def ids(self, rows: Iterable[int]) -> dict[int, str]:
        """Return article ids by row."""
        found = self.connection.execute(
            "SELECT row, id FROM article WHERE row IN (SELECT value FROM json_each(?))", (row_list(rows),)
        )
        return dict(found)

    def row_of_id(self, article_id: str) -> int | None:
        """Return the row of an article id, or None."""
        found = self.connection.execute("SELECT row FROM article WHERE id = ?", (article_id,)).fetchone()
        return None if found is None else int(found[0])

    def is_unchanged(self, path: str) -> bool:
        """Return whether a file still has the size and time it had when it was indexed."""
        found = self.connection.execute("SELECT size, mtime_ns FROM file WHERE path = ?", (path,)).fetchone()
        try:
            now = (self.content_root / path).stat()
        except OSError:
            return False
        return found is not None and found == (now.st_size, now.st_mtime_ns)

    @cached_property
    def files(self) -> Files:
        """All articles that have a file, by what may name them, loaded on first use."""
        from search.index.references import Files

        return Files(self.connection)

    def row_of_reference(self, target: str) -> int | None:
        """Return the row of the one file that a path, a name or an address of the site means, or None.

        What stood in a list when the index was built was looked up then, and is among the addresses.
        """
        own = canonical_url(self.site_url).rstrip("/")
        if not target or ("://" in target and not (own and target.startswith(f"{own}/"))):
            return None
        known = self.connection.execute("SELECT 1 FROM curated WHERE target = ? LIMIT 1", (target,)).fetchone()
        return None if known else self.files.row_of(target, own)

    def rows_of_url(self, url: str) -> list[int]:
        """Return the rows of all articles known by an address, files first, then by id."""
        canonical = canonical_url(url) or url
        return self.rows_of_urls([canonical])[canonical]

    def rows_of_urls(self, urls: Iterable[str]) -> dict[str, list[int]]:
        """Return the rows of all articles known by each canonical URL, files first, then by id."""
        rows: dict[str, list[int]] = {url: [] for url in urls}
        found = self.connection.execute(
            "SELECT DISTINCT address.url, row FROM address JOIN article USING (row) "
            "WHERE address.url IN (SELECT value FROM json_each(?)) "
            "ORDER BY article.origin = 'embedded', article.id",
            (json.dumps(list(rows)),),
        )
        for url, row in found:
            rows[url].append(row)
        return rows

    def curated(self, article_id: str) -> list[CuratedItem]:
        """Return the curated list of an article, in order."""
        found = self.connection.execute(
            "SELECT position, target, title, record FROM curated LEFT JOIN copy ON copy.digest = curated.copy "
            "WHERE path = ? ORDER BY position",
            (article_id,),
        )
        return [
            CuratedItem(position, target, title, article_from_json(record) if record else None)
            for position, target, title, record in found
        ]


def open_catalogue(path: Path) -> sqlite3.Connection:
    """Open a catalogue read-only and immutable: no locks, no journal, nothing written beside it.

    Raises:
        IndexCorrupt: It is missing, is no database, or has lost its end.
    """
    if not path.is_file():
        raise IndexCorrupt(f"{path} is missing", REBUILD)
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        pages, size = (connection.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
        if path.stat().st_size != pages * size:
            raise sqlite3.DatabaseError("its end is missing")  # noqa: TRY301 - as SQLite would say
    except sqlite3.DatabaseError as error:
        connection.close()
        raise IndexCorrupt(f"{path} cannot be read: {error}", REBUILD) from error
    return connection


def open_index(folder: Path) -> Index:
    """Open the current generation of an index, its files checked against their checksums.

    Raises:
        IndexMissing: There is no index in the folder.
        IndexVersionMismatch: It was written in another version of the format.
        IndexCorrupt: A file is missing or damaged.
    """
    for _ in range(_ATTEMPTS):
        generation = generation_folder(folder, current_name(folder))
        with suppress(FileNotFoundError):  # a writer switched and collected between our two reads
            return open_generation(folder, generation)
    if not folder.exists():
        raise IndexMissing(f"there is no index in {folder}", "make one with: search index CONTENT_ROOT")
    raise IndexCorrupt(f"{folder}: the current generation is missing", REBUILD)


def open_generation(folder: Path, generation: Path) -> Index:
    """Open one generation of an index, its files checked against their checksums.

    Raises:
        FileNotFoundError: It was collected.
        IndexVersionMismatch: It was written in another version of the format.
        IndexCorrupt: A file is missing or damaged.
    """
    held = hold(generation)
    try:
        manifest = read_manifest(generation)
        check_files(generation, manifest)
        return Index(folder, generation, manifest, held)
    except BaseException:
        os.close(held)
        raise
