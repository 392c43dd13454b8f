"""Dense and lexical scores into one."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key", int, str)

# score = cosine + LEXICAL_WEIGHT x BM25 / (best BM25 of the query), a convex combination up to scale as in
# Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (TOIS 2023). Against the
# development queries it beats reciprocal rank fusion and min-max scaling, and unlike the latter a score does
# not depend on what else was retrieved; scripts/eval_queries prints the comparison.
LEXICAL_WEIGHT = 0.2


def relative(scores: dict[Key, float]) -> dict[Key, float]:
    """Return scores above 0 divided by the best of them."""
    best = max(scores.values(), default=0.0)
    return {row: score / best for row, score in scores.items()} if best > 0 else {}


def fuse(dense: dict[Key, float], lexical: dict[Key, float], weight: float = LEXICAL_WEIGHT) -> dict[Key, float]:
    """Return the fused score of every row that has a dense score.

    Args:
        dense: Cosine by row.
        lexical: BM25 by row (or id); a row that is missing has 0.
        weight: What the best BM25 counts against a cosine of 1.
    """
    shares = relative(lexical)
    return {row: score + weight * shares.get(row, 0.0) for row, score in dense.items()}
