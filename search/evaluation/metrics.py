"""Measures of a ranking against graded judgements, and of a probability against what came true."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Key = TypeVar("Key", int, str)


def ndcg(ranking: Sequence[Key], grades: Mapping[Key, int], k: int) -> float:
    """Return the normalised discounted cumulative gain at ``k`` with exponential gain (2^grade - 1).

    Järvelin and Kekäläinen (TOIS 2002), gain as in Burges et al. (ICML 2005). What is not judged counts as not
    relevant; a query for which nothing is relevant gives 0, like one that is not answered.

    Args:
        ranking: Article ids or rows, best first.
        grades: Grade by article; 0 or less is not relevant.
        k: How far to look.
    """
    ideal = _dcg(sorted(grades.values(), reverse=True)[:k])
    return _dcg([grades.get(one, 0) for one in ranking[:k]]) / ideal if ideal else 0.0


def recall(ranking: Sequence[Key], grades: Mapping[Key, int], k: int) -> float:
    """Return the share of relevant articles (grade above 0) among the first ``k``."""
    relevant = {one for one, grade in grades.items() if grade > 0}
    return len(relevant & set(ranking[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[Key], grades: Mapping[Key, int], k: int) -> float:
    """Return 1 / the rank of the first relevant article among the first ``k``, or 0."""
    return next((1 / rank for rank, one in enumerate(ranking[:k], start=1) if grades.get(one, 0) > 0), 0.0)


def paired_interval(
    ones: Sequence[float], others: Sequence[float], *, samples: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float, float]:
    """Return the mean difference of paired values, and the bounds of its bootstrap interval.

    Percentile bootstrap over queries (Sakai, SIGIR 2006).
    """
    differences = np.asarray(ones, dtype=np.float64) - np.asarray(others, dtype=np.float64)
    if not len(differences):
        return 0.0, 0.0, 0.0
    draws = np.random.default_rng(seed).integers(0, len(differences), (samples, len(differences)))
    low, high = np.quantile(differences[draws].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return float(differences.mean()), float(low), float(high)


def calibration_error(probabilities: NDArray[np.float64], outcomes: NDArray[np.bool_], bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width (Naeini et al., AAAI 2015)."""
    return bins_error(reliability(probabilities, outcomes, bins))


def bins_error(bins: Sequence[tuple[float, float, float, int]]) -> float:
    """Return the expected calibration error of what ``reliability`` returned; 0 of nothing."""
    total = sum(count for *_, count in bins)
    return sum(abs(mean - share) * count for _, mean, share, count in bins) / max(total, 1)


def reliability(
    probabilities: NDArray[np.float64], outcomes: NDArray[np.bool_], bins: int = 10
) -> list[tuple[float, float, float, int]]:
    """Return for every bin that holds something its lower bound, mean probability, share that came true, and count."""
    number = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        (one / bins, float(probabilities[number == one].mean()), float(outcomes[number == one].mean()), int(count))
        for one, count in enumerate(np.bincount(number, minlength=bins))
        if count
    ]


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0 ** max(grade, 0) - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
