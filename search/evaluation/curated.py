"""Curated lists as ground truth, split so that nothing leaks.

Lists come in cliques: whoever stands in one list usually lists the others back. A random split would show the
answers during training; whole connected components go to one side instead.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from search.related.candidates import curated_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from search.index.opened import Index

BUCKETS = ("1-5", "6-20", "21-60", "61+")
_BOUNDS = (5, 20, 60)


@dataclass(frozen=True, slots=True)
class CuratedList:
    """One article's list, as rows of the index.

    Attributes:
        row: The article.
        items: Articles it lists, those that the index knows.
        component: Number of the connected component of the curated graph it belongs to.
    """

    row: int
    items: frozenset[int]
    component: int

    @property
    def bucket(self) -> str:
        """Its size, as one of ``BUCKETS``."""
        return BUCKETS[sum(len(self.items) > bound for bound in _BOUNDS)]


def curated_lists(index: Index) -> list[CuratedList]:
    """Return the lists of an index that hold at least one known article, by row."""
    lists: dict[int, frozenset[int]] = {}
    for (path,) in index.connection.execute("SELECT DISTINCT path FROM curated ORDER BY path").fetchall():
        row = index.row_of_id(path)
        if row is None:
            continue
        found = curated_rows(index, index.curated(path))
        items = frozenset(rows[0] for rows in found if rows) - {row}
        if items:
            lists[row] = items
    component = _components(lists)
    return [CuratedList(row, items, component[row]) for row, items in sorted(lists.items())]


def fold_of(component: int, folds: int) -> int:
    """Return the fold, 0 to folds - 1, that a component belongs to: the same in every run."""
    return int.from_bytes(blake2b(str(component).encode(), digest_size=8).digest()) % folds


def split_by(index: Index, lists: Sequence[CuratedList], folds: int, *, time: bool = False) -> list[list[CuratedList]]:
    """Return lists as folds that share no component; by time the newest articles' lists are the first fold.

    By time a component that reaches into a newer fold is left out of the older ones: what an editor knew later must
    not be in what is learnt from.
    """
    if not time:
        return [[one for one in lists if fold_of(one.component, folds) == fold] for fold in range(folds)]
    articles = index.articles(one.row for one in lists)
    moments = {one.row: articles[one.row].published_at for one in lists}
    dated = sorted(
        (one for one in lists if moments[one.row]), key=lambda one: (moments[one.row], one.row), reverse=True
    )
    size = -(-len(dated) // folds)
    parts: list[list[CuratedList]] = []
    seen: set[int] = set()
    for fold in range(folds):
        some = [one for one in dated[fold * size : (fold + 1) * size] if one.component not in seen]
        seen |= {one.component for one in some}
        parts.append(some)
    return parts


def _components(lists: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Return the smallest row of the component of every row."""
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for row, items in lists.items():
        for item in items:
            neighbours[row].add(item)
            neighbours[item].add(row)
    component: dict[int, int] = {}
    for start in sorted(neighbours):
        todo = [] if start in component else [start]
        while todo:
            row = todo.pop()
            if row not in component:
                component[row] = start
                todo.extend(neighbours[row] - component.keys())
    return component


def by_bucket(lists: Sequence[CuratedList], values: Mapping[int, float]) -> dict[str, list[float]]:
    """Return values by row as lists by size of list."""
    found: dict[str, list[float]] = {}
    for bucket in BUCKETS:
        some = [values[one.row] for one in lists if one.bucket == bucket and one.row in values]
        if some:
            found[bucket] = some
    return found
