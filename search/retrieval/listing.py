"""Lists of articles, newest first: what a query of filters or of a time alone finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.retrieval.scores import MORE, pool_size
from search.retrieval.stories import are_so_many, collapse

if TYPE_CHECKING:
    from search.index.filters import Condition
    from search.index.opened import Index
    from search.retrieval.named_times import NamedTimes
    from search.retrieval.scores import Wishes


def newest(index: Index, where: Condition, k: int) -> list[int]:
    """Return what passes a condition, newest first, k at most; -1 for all. One date stands in the order of ids."""
    found = index.connection.execute(
        f"SELECT a.row FROM article AS a WHERE {where.sql} ORDER BY a.published_at DESC, a.id LIMIT ?",
        (*where.values, k),
    )
    return [row for (row,) in found]


def newest_of(index: Index, where: Condition, times: NamedTimes, k: int) -> list[int]:
    """Return what is of some times, newest first, and then what but writes them; all that passes for the latest.

    Args:
        index: Where to look.
        where: What the query's filters let pass.
        times: That a query names, and nothing else.
        k: How many at most; -1 for all.
    """
    if times.latest:
        return newest(index, where, k)
    then = newest(index, where.within_any(one.days for one in times.periods), k)
    if len(then) == k or not times.writers:
        return then
    known = set(then)
    then += [row for row in newest(index, where.within_any((), times.writers), -1) if row not in known]
    return then if k < 0 else then[:k]


def stories_of(
    index: Index, where: Condition, times: NamedTimes, wishes: Wishes
) -> tuple[list[tuple[int, float]], dict[int, list[int]]]:
    """Return what ``newest_of`` does, each story once, all with a score of 0; and by row what is folded under each."""
    if not wishes.collapse:
        return [(row, 0.0) for row in newest_of(index, where, times, wishes.k)], {}
    looked_at = pool_size(wishes)
    rows = newest_of(index, where, times, looked_at)
    while len(rows) == looked_at and not are_so_many(index, rows, wishes.k):
        looked_at *= MORE
        rows = newest_of(index, where, times, looked_at)
    every = where if times.latest else where.within_any((one.days for one in times.periods), times.writers)
    return collapse(index, [(row, 0.0) for row in rows], wishes.k, every)
