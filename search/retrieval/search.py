"""A query against an index: dense, lexical or both, filters first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from search.index.lexical import any_of, bm25, ceiling, terms
from search.retrieval.fusion import fuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.content.article import Article
    from search.encoders.base import Encoder
    from search.index.filters import Condition
    from search.index.opened import Index
    from search.index.vectors import Rows
    from search.retrieval.query import Query

Mode = Literal["hybrid", "dense", "lexical"]

# What each retriever hands to the fusion; its scores for the other's candidates are filled in exactly,
# so that the pool bounds only what neither of them ranks this high.
POOL = 400


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found.

    Attributes:
        rank: From 1.
        article: What was found.
        score: What it is ranked by.
        dense: Cosine with the query; None if not asked for.
        lexical: BM25; None if not asked for, 0 where no word matches.
    """

    rank: int
    article: Article
    score: float
    dense: float | None
    lexical: float | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found: the hits, and how many articles passed the filters at all."""

    query: Query
    mode: Mode
    hits: list[Hit]
    passing: int


def search(index: Index, query: Query, *, k: int, mode: Mode, encoder: Encoder | None) -> Answer:
    """Return the best ``k`` articles that pass the query's filters.

    Dense and hybrid find ``min(k, passing)`` articles; lexical finds those of them that share a word.
    A query of filters alone lists what passes, newest first.

    Args:
        index: Where to look.
        query: From ``parse_query``.
        k: How many at most.
        mode: Which retrievers.
        encoder: That of the index; needed unless ``mode`` is ``lexical`` or the query has no text.
    """
    where = index.condition(query.filters)
    passing = index.count(where)
    if not query.text:
        rows = _newest(index, where, k)
        return Answer(query, mode, _hits(index, [(row, 0.0) for row in rows], {}, {}), passing)
    dense: dict[int, float] = {}
    lexical: dict[int, float] = {}
    words = terms(query.text)
    expression = any_of(words)
    pool = max(k, POOL)
    if mode != "dense":
        lexical = dict(bm25(index.connection, expression, where, k if mode == "lexical" else pool))
    if mode != "lexical" and encoder is not None:
        vector = encoder.encode_queries([query.text])
        among = index.rows(where) if query.filters else None
        dense = _dense(index, vector[0], pool, among, lexical)
    if mode == "hybrid":
        unscored = [row for row in dense if row not in lexical]
        lexical |= dict(bm25(index.connection, expression, where, len(unscored), among=unscored))
        scores = fuse(dense, lexical, ceiling(index.connection, words))
    else:
        scores = dense if mode == "dense" else lexical
    best = _best(index, scores, k)
    return Answer(query, mode, _hits(index, best, dense, lexical if mode != "dense" else None), passing)


def _dense(index: Index, vector: np.ndarray, pool: int, among: Rows | None, others: Iterable[int]) -> dict[int, float]:
    scores, rows = index.vectors.search(vector[None, :], pool, among)
    dense = dict(zip(rows[0].tolist(), scores[0].tolist(), strict=True))
    rest = np.array([row for row in others if row not in dense], dtype=np.int64)
    if len(rest):
        dense.update(zip(rest.tolist(), index.vectors.scores(vector, rest).tolist(), strict=True))
    return dense


def _newest(index: Index, where: Condition, k: int) -> list[int]:
    found = index.connection.execute(
        f"SELECT a.row FROM article AS a WHERE {where.sql} ORDER BY a.published_at DESC, a.id LIMIT ?",
        (*where.values, k),
    )
    return [row for (row,) in found]


def _best(index: Index, scores: dict[int, float], k: int) -> list[tuple[int, float]]:
    """Return the k best rows with their scores; equal scores stand in the order of article ids."""
    if not scores or k <= 0:
        return []
    least = heapq.nlargest(k, scores.values())[-1]
    rows = [row for row, score in scores.items() if score >= least]
    ids = index.ids(rows)
    rows.sort(key=lambda row: (-scores[row], ids[row]))
    return [(row, scores[row]) for row in rows[:k]]


def _hits(
    index: Index, best: list[tuple[int, float]], dense: dict[int, float], lexical: dict[int, float] | None
) -> list[Hit]:
    articles = index.articles(row for row, _ in best)
    return [
        Hit(rank, articles[row], score, dense.get(row), None if lexical is None else lexical.get(row, 0.0))
        for rank, (row, score) in enumerate(best, start=1)
    ]
