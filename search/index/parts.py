"""Whether the parts of a generation can be loaded and belong together: checksums only say that nothing changed since.

A build asks this of the generation that it goes on from, and of the new one before that becomes the current one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.errors import REBUILD, IndexCorrupt, IndexNotWritable, IndexUnusable
from search.index.derived import GRAMS, TOPICS, WORDS
from search.index.opened import open_generation, open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from search.index.generation import Manifest
    from search.index.opened import Index
    from search.index.vectors import Rows


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: What was checked.
        fault: What is wrong, or ``""``.
    """

    name: str
    fault: str = ""


VECTORS_BY_ROW = "vectors row by row"
COLUMNS_BY_ROW = "columns row by row"


def check_parts(index: Index) -> Iterator[Check]:
    """Yield what was checked of the parts of an opened index, each loaded and compared with the catalogue.

    Raises:
        IndexCorrupt: The catalogue cannot be read.
    """
    try:
        rows = [row for (row,) in index.connection.execute("SELECT row FROM article ORDER BY row")]
    except sqlite3.DatabaseError as error:
        raise IndexCorrupt(
            f"the catalogue in {index.generation} cannot be read: {error}",
            REBUILD,
        ) from error
    yield Check("number of articles", unlike(len(rows), index.manifest.articles, "rows", "in the manifest"))
    yield _by_row(VECTORS_BY_ROW, rows, lambda: index.vectors.rows())  # noqa: PLW0108 - loading may fail
    yield _by_row(COLUMNS_BY_ROW, rows, lambda: index.columns.rows)
    for name in (WORDS, GRAMS, TOPICS):
        yield Check(f"sparse vectors of {name}", _sparse(index, name, len(rows)))


def open_whole(folder: Path) -> Index:
    """Open the current generation of an index, its parts checked too.

    Raises:
        IndexMissing: There is no index in the folder.
        IndexVersionMismatch: It was written in another version of the format.
        IndexCorrupt: A file is missing or damaged, or the parts do not belong together.
    """
    index = open_index(folder)
    try:
        _refuse_faults(index)
    except BaseException:
        index.close()
        raise
    return index


def read_back(folder: Path, generation: Path, manifest: Manifest) -> None:
    """See that a generation that was just written can be read.

    Raises:
        IndexNotWritable: It is not what was written.
    """
    try:
        with closing(open_generation(folder, generation)) as index:
            if index.manifest != manifest:
                raise IndexCorrupt(f"{generation} has another manifest")
            _refuse_faults(index)
    except (IndexUnusable, FileNotFoundError) as error:
        raise IndexNotWritable(
            f"what was written to {folder} cannot be read again: {error}",
            "its disk may be failing; try again, or use --index on another disk",
        ) from error


def unlike(found: int, expected: int, what: str, where: str) -> str:
    """Return what is wrong with a number, or ``""``."""
    return "" if found == expected else f"{found:,} {what}, {expected:,} {where}"


def _refuse_faults(index: Index) -> None:
    for check in check_parts(index):
        if check.fault:
            raise IndexCorrupt(f"{index.generation}: {check.name}: {check.fault}", REBUILD)


def _by_row(name: str, rows: list[int], of_part: Callable[[], Rows]) -> Check:
    try:
        found = of_part()
    except IndexCorrupt as error:
        return Check(name, error.message)
    differing = set(rows) ^ set(found.tolist())
    if differing or len(found) != len(rows):
        return Check(name, f"{max(len(differing), 1):,} rows are in one and not in the other")
    return Check(name)


def _sparse(index: Index, name: str, articles: int) -> str:
    try:
        part = index.sparse[name]
        return unlike(int(part.size[0]), articles, "vectors", "articles")
    except IndexCorrupt as error:
        return error.message
    except (KeyError, IndexError):
        return "there are none"
