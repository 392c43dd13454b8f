"""Dense and lexical scores into one, and a second look at what leads.

::

    first = cosine + 0.5 x BM25 / (the most that the query's words could score)
    second = first + 0.4 x cosine with the mean of the five articles that lead by ``first``
    score = second + 0.5 x MaxSim, for the twenty that lead by ``second``

The first line is a convex combination up to scale, with the theoretical maximum for the lexical part as in Bruch, Gai
and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (TOIS 2023). A name or a product code comes near its
maximum and leads, and does so where an excerpt merely mentions it; a paraphrase shares stray words only, stays far from
it, and is left to the vectors: so the fusion looks at the query.

The second is pseudo-relevance feedback (Rocchio, 1971) in vectors: what leads says better what was meant than the
few words that were typed. The third reads the best again, word by word (``interaction.py``).
``scripts/eval_queries`` prints the first two lines beside other fusions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from search.encoders.base import Vectors

Key = TypeVar("Key", int, str)

LEXICAL_WEIGHT = 0.5
FEEDBACK_WEIGHT = 0.4
FEEDBACK_LEADERS = 5
MAX_SIM_WEIGHT = 0.5
# Words of a query that an article has side by side, as names are, score at least this part of the most that they could
# wherever it has them: in an excerpt that is half of it otherwise. By trial: 0.8 finds names a little better
# (scripts/eval_names), and judged queries a little less well (scripts/eval_queries).
PAIR_SHARE = 0.6
# Sums of some hundred products of float32 differ by less.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Part:
    """A summand of a score: ``weight x value``.

    Attributes:
        name: ``cosine``, ``words`` (share of the most that they could score), ``BM25`` (where that is the
            score), ``leaders`` (cosine with their mean), ``MaxSim``, ``recency``, ``time`` or ``reranker``.
        weight: What it is multiplied by.
        value: What is multiplied.
    """

    name: str
    weight: float
    value: float

    @property
    def adds(self) -> float:
        """What it adds to the score."""
        return self.weight * self.value


def share_of(score: float, ceiling: float) -> float:
    """Return a BM25 score as a share of the most that the words could score, 1 at most."""
    # what is found by an acronym and by its long form counts once
    return min(score / ceiling, 1.0) if ceiling > 0 else 0.0


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
    return {row: score + weight * share_of(lexical.get(row, 0.0), ceiling) for row, score in dense.items()}


def feedback(rows: Iterable[int], leaders: Collection[int], vectors: Vectors) -> dict[int, float]:
    """Return the cosine of each row with the mean of the leading ones.

    Args:
        rows: Rows of the index.
        leaders: Those among them that lead, ``FEEDBACK_LEADERS`` at most.
        vectors: Unit vectors of the rows, in the same order, shape (rows, dim).
    """
    places = {row: place for place, row in enumerate(rows)}
    if not leaders:
        return {}
    mean = vectors[[places[row] for row in leaders]].mean(axis=0)
    mean /= max(float(np.linalg.norm(mean)), 1e-12)
    return level(dict(zip(places, (vectors @ mean).tolist(), strict=True)), vectors)


def level(scores: Mapping[int, float], vectors: Vectors) -> dict[int, float]:
    """Return scores that are the same for equal vectors: how a product is rounded depends on where a vector stands.

    Args:
        scores: Product with some vector by row.
        vectors: Vectors of the rows, in the same order, shape (rows, dim).
    """
    if not scores:
        return {}
    values = np.fromiter(scores.values(), dtype=np.float64, count=len(scores))
    order = np.argsort(-values, kind="stable")
    is_near = -np.diff(values[order]) < _ROUNDING
    first: dict[bytes, float] = {}
    for place, near in zip(order.tolist(), [False, *is_near.tolist()], strict=True):
        if not near:
            first = {}  # of a run of scores that differ by roundings
        values[place] = first.setdefault(vectors[place].tobytes(), values[place])
    return dict(zip(scores, values.tolist(), strict=True))
