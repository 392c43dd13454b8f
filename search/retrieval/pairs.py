"""Words of a query that belong side by side, as names do: what has them so is meant, wherever it has them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from search.index.lexical import any_of, bm25, ceiling, matches, words_of
from search.retrieval.fusion import PAIR_SHARE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Mapping

    from search.index.filters import Condition
    from search.index.opened import Index

# By trial: with 0.5 names are found less well (scripts/eval_names), and judged queries as well (scripts/eval_queries).
_TOGETHER = 0.25


def pairs_in(connection: sqlite3.Connection, text: str, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the words side by side that articles often have so, where they have the rarer one.

    Those are names, and set phrases: ``Jason Zander``, ``machine learning``; none has a number.

    Args:
        connection: The catalogue.
        text: Of the query.
        counts: How many articles have each of its words worth searching for.
    """
    rarer = {
        pair: min(counts.get(word, 0) for word in pair)
        for pair in pairwise(words_of(text))
        if not any(map(str.isdigit, pair))
    }
    return [pair for pair, few in rarer.items() if few and matches(connection, " ".join(pair)) >= _TOGETHER * few]


def lacking(
    index: Index,
    pairs: Iterable[tuple[str, str]],
    counts: Mapping[str, int],
    where: Condition,
    among: Collection[int],
) -> dict[int, float]:
    """Return how much BM25 some rows lack to ``PAIR_SHARE`` of the most for words that they have as the query has them.

    Those words alone: what else is asked for counts as it does elsewhere.
    """
    having: dict[int, set[str]] = {}
    for pair in pairs:
        for row, _ in bm25(index.connection, any_of([" ".join(pair)]), where, len(among), list(among)):
            having.setdefault(row, set()).update(pair)
    alike: dict[frozenset[str], list[int]] = {}
    for row, words in having.items():
        alike.setdefault(frozenset(words), []).append(row)
    found: dict[int, float] = {}
    for some, rows in alike.items():
        least = PAIR_SHARE * ceiling(index.manifest.articles, (counts[word] for word in some))
        for row, score in bm25(index.connection, any_of(sorted(some)), where, len(rows), rows):
            found[row] = max(least - score, 0.0)
    return found
