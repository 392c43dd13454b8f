"""The best of a query read again by a cross-encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.content.text import document_text
from search.retrieval.scores import best_rows
from search.retrieval.stories import are_so_many, best_of_each

if TYPE_CHECKING:
    from search.encoders.reranker import Reranker
    from search.index.opened import Index

# What is read again: enough for what stands too low, little enough for a laptop to answer within a second or two.
RERANKED = 50


def rerank(
    index: Index, text: str, scores: dict[int, float], reranker: Reranker, k: int, *, collapse: bool
) -> dict[int, float]:
    """Return the reranker's score by row of the best rows; the others are dropped.

    Args:
        index: Holds the texts.
        text: The query.
        scores: By row.
        reranker: Reads query and text together.
        k: How many results are wanted; as many at least are read.
        collapse: Where the best tell fewer stories than are wanted, read one of each story first.
    """
    count = max(RERANKED, k)
    rows = [row for row, _ in best_rows(index, scores, count)]
    if collapse and len(rows) < len(scores) and not are_so_many(index, rows, k):
        ranked = [row for row, _ in best_rows(index, scores, len(scores))]
        rows = list(dict.fromkeys([*best_of_each(index, ranked).values(), *ranked]))[:count]
    articles = index.articles(rows)
    texts = [document_text(articles[row].title, articles[row].excerpt) for row in rows]
    return dict(zip(rows, reranker.scores(text, texts).tolist(), strict=True))
