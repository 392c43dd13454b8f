"""Graded pairs of articles that are named by digests of their texts: judgements without the judged content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from search.index.opened import Index

_COLUMNS = 4
_NO_KIND = "-"


def rows_by_key(index: Index) -> dict[str, int]:
    """Return rows by the names that judgements call articles; of several with one text the first."""
    rows: dict[str, int] = {}
    for key, row in index.connection.execute(
        "SELECT lower(hex(substr(text_key, 1, 8))), row FROM article ORDER BY row"
    ):
        rows.setdefault(key, row)
    return rows


def read_graded_pairs(index: Index, path: Path) -> tuple[dict[int, dict[int, int]], dict[tuple[int, int], str]]:
    """Read ``article<TAB>candidate<TAB>grade<TAB>kind`` lines; lines that begin with ``#`` say what they are.

    Args:
        index: Articles that it does not hold are left out; of several with one text the first is meant.
        path: An article is named by the first 8 bytes of its text key, in hex.

    Returns:
        Grades by row of the article and row of the candidate, and kinds (``S``, ``F``, ``B``, ``O``) by pair of rows.

    Raises:
        UsageError: A line is not of this form; names file and line.
    """
    rows = rows_by_key(index)
    grades: dict[int, dict[int, int]] = {}
    kinds: dict[tuple[int, int], str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != _COLUMNS or not columns[2].isdecimal():
            raise UsageError(
                f"{path}:{number}: no graded pair", "article, candidate, grade and kind, tabs between them"
            )
        article, candidate = rows.get(columns[0]), rows.get(columns[1])
        if article is None or candidate is None or article == candidate:
            continue
        grades.setdefault(article, {})[candidate] = int(columns[2])
        if columns[3] != _NO_KIND:
            kinds[article, candidate] = columns[3]
    return grades, kinds
