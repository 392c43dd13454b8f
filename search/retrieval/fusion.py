"""Dense and lexical scores into one."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key", int, str)

# score = cosine + LEXICAL_WEIGHT x BM25 / (the most that the query's words could score). A convex combination up to
# scale, with the theoretical maximum for the lexical part as in Bruch, Gai and Ingber, "An Analysis of Fusion Functions
# for Hybrid Retrieval" (TOIS 2023). A name or a product code comes near its maximum and leads; a paraphrase shares
# stray words only, stays far from it, and is left to the vectors. scripts/eval_queries prints the comparison with
# other fusions; unlike theirs a score does not depend on what else was retrieved.
LEXICAL_WEIGHT = 0.5


def fuse(
    dense: dict[Key, float], lexical: dict[Key, float], ceiling: float, weight: float = LEXICAL_WEIGHT
) -> dict[Key, float]:
    """Return the fused score of every row that has a dense score.

    Args:
        dense: Cosine by row (or id).
        lexical: BM25 by row; a row that is missing has 0.
        ceiling: The most that the query's words could score, from ``lexical.ceiling``.
        weight: What this most counts against a cosine of 1.
    """
    share = weight / ceiling if ceiling > 0 else 0.0
    return {row: score + share * lexical.get(row, 0.0) for row, score in dense.items()}
