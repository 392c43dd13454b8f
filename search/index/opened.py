"""An index opened for reading: one generation, kept as long as it is open."""

from __future__ import annotations

import os
import sqlite3
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from search.content.article import Article, CuratedItem
from search.content.urls import canonical_url
from search.errors import IndexCorrupt, IndexMissing
from search.index.filters import Condition, Filters, condition
from search.index.generation import (
    CATALOGUE,
    VECTORS,
    Manifest,
    check_files,
    current_name,
    generation_folder,
    hold,
    read_manifest,
)
from search.index.rows import article_from_json, read_articles, row_list

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from search.index.vectors import Rows, VectorIndex

_ATTEMPTS = 5


class Index:
    """One complete generation; what a writer does meanwhile is not seen.

    Attributes:
        folder: The index folder.
        manifest: What the generation is.
        connection: The catalogue, read-only.
    """

    def __init__(self, folder: Path, generation: Path, manifest: Manifest, held: int) -> None:
        self.folder = folder
        self.generation = generation
        self.manifest = manifest
        self._held = held
        self.connection = open_catalogue(generation / CATALOGUE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the generation go."""
        self.connection.close()
        os.close(self._held)

    @property
    def content_root(self) -> Path:
        """The folder that was indexed."""
        return Path(self.manifest.content_root)

    @cached_property
    def vectors(self) -> VectorIndex:
        """The vectors, loaded on first use: lexical search needs neither them nor FAISS."""
        from search.index.vectors import VectorIndex

        return VectorIndex.load(self.generation / VECTORS)

    def condition(self, filters: Filters) -> Condition:
        """Return the SQL condition of some filters; raises UsageError for values that nothing has."""
        return condition(self.connection, filters)

    def count(self, where: Condition) -> int:
        """Return how many articles pass."""
        found = self.connection.execute(f"SELECT COUNT(*) FROM article AS a WHERE {where.sql}", where.values)
        return int(found.fetchone()[0])

    def rows(self, where: Condition) -> Rows:
        """Return the rows of the articles that pass, ascending."""
        found = self.connection.execute(
            f"SELECT a.row FROM article AS a WHERE {where.sql} ORDER BY a.row", where.values
        )
        return np.fromiter((row for (row,) in found), dtype=np.int64)

    def articles(self, rows: Iterable[int]) -> dict[int, Article]:
        """Return articles by row."""
        return read_articles(self.connection, rows)

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

    def rows_of_url(self, url: str) -> list[int]:
        """Return the rows of all articles known by an address, files first, then by id."""
        found = self.connection.execute(
            "SELECT DISTINCT row FROM address JOIN article USING (row) WHERE address.url = ? "
            "ORDER BY article.origin = 'embedded', article.id",
            (canonical_url(url) or url,),
        )
        return [row for (row,) in found]

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
    """Open a catalogue read-only and immutable: no locks, no journal, nothing written beside it."""
    if not path.is_file():
        raise IndexCorrupt(f"{path} is missing", "rebuild with: search index --rebuild CONTENT_ROOT")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA query_only = ON")
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
        try:
            held = hold(generation)
        except FileNotFoundError:
            continue  # a writer switched and collected between our two reads
        try:
            manifest = read_manifest(generation)
            check_files(generation, manifest)
            return Index(folder, generation, manifest, held)
        except BaseException:
            os.close(held)
            raise
    if not folder.exists():
        raise IndexMissing(f"there is no index in {folder}", "make one with: search index CONTENT_ROOT")
    raise IndexCorrupt(
        f"{folder}: the current generation is missing", "rebuild with: search index --rebuild CONTENT_ROOT"
    )
