"""Results collapsed into stories."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from search.index.rows import row_list

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Sequence

    from search.index.filters import Condition
    from search.index.opened import Index


def collapse(
    index: Index, ranked: Sequence[tuple[int, float]], k: int, where: Condition
) -> tuple[list[tuple[int, float]], dict[int, list[int]]]:
    """Keep the best of each story, as long as there are other stories to show.

    Args:
        index: Knows the stories.
        ranked: Rows with scores, best first.
        k: How many are shown.
        where: What an article of a story has to pass, found or not, to be told with it.

    Returns:
        What is shown: the best of up to k stories, best first; where there are fewer, after them the best of the
        folded articles too, so that nothing is missing. And by row of what is shown the rows folded under it.
    """
    leaders = index.story_leaders(row for row, _ in ranked)
    shown: list[tuple[int, float]] = []
    folded: dict[int, list[int]] = {}
    spare: list[tuple[int, float]] = []
    of_story: dict[int, int] = {}
    for row, score in ranked:
        first = of_story.setdefault(leaders.get(row, row), row)
        if first == row:
            shown.append((row, score))
        else:
            spare.append((row, score))
            folded.setdefault(first, []).append(row)
    if len(shown) < k:
        back = spare[: k - len(shown)]
        apart = {row for row, _ in back}
        folded = {row: [other for other in some if other not in apart] for row, some in folded.items()}
        shown += back
    shown = shown[:k]
    among = {row for row, _ in shown}
    first_shown = {leader: row for leader, row in of_story.items() if row in among}
    for row, other in _unfound(index, first_shown, leaders.keys(), where):
        folded.setdefault(row, []).append(other)
    return shown, folded


def _unfound(index: Index, first: dict[int, int], known: Container[int], where: Condition) -> Iterator[tuple[int, int]]:
    """Yield the articles of some stories that no retriever handed on and that pass, each with the row it is told under.

    Args:
        index: Knows the stories.
        first: By the row that stands for a story the one that is shown of it.
        known: What was handed on.
        where: What an article has to pass.
    """
    found = index.connection.execute(
        "SELECT story.leader, a.row FROM story JOIN article AS a ON a.row = story.row "
        f"WHERE story.leader IN (SELECT value FROM json_each(?)) AND {where.sql} ORDER BY a.row",
        (row_list(first), *where.values),
    )
    return ((first[leader], row) for leader, row in found if row not in known)


def are_so_many(index: Index, rows: Collection[int], k: int) -> bool:
    """Return whether some rows tell k stories or more; the first of them mostly do."""
    for some in (list(islice(rows, 4 * k)), rows):
        leaders = index.story_leaders(some)
        if len({leaders.get(row, row) for row in some}) >= k:
            return True
    return False


def best_of_each(index: Index, ranked: Sequence[int]) -> dict[int, int]:
    """Return the best ranked row of each story, by the row that stands for it, in the order of the ranks."""
    leaders = index.story_leaders(ranked)
    best: dict[int, int] = {}
    for row in ranked:
        best.setdefault(leaders.get(row, row), row)
    return best
