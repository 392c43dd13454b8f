"""Measures of a ranking against graded judgements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def ndcg(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """Return the normalised discounted cumulative gain at ``k`` with exponential gain (2^grade - 1).

    Järvelin and Kekäläinen (TOIS 2002), gain as in Burges et al. (ICML 2005). What is not judged counts as not
    relevant; a query for which nothing is relevant gives 0, like one that is not answered.

    Args:
        ranking: Article ids, best first.
        grades: Grade by article id; 0 or less is not relevant.
        k: How far to look.
    """
    ideal = _dcg(sorted(grades.values(), reverse=True)[:k])
    return _dcg([grades.get(article_id, 0) for article_id in ranking[:k]]) / ideal if ideal else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0 ** max(grade, 0) - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
