"""Trees and calibrations fitted to examples."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from search.related.features import FEATURES
from search.related.ranker import Sigmoid, affinity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from search.evaluation.curated import CuratedList
    from search.learning.examples import Example

ROUNDS = 120
PARAMETERS = {
    "objective": "lambdarank",
    "num_leaves": 8,
    "max_depth": 4,
    "learning_rate": 0.1,
    "min_data_in_leaf": 50,
    "lambdarank_truncation_level": 20,
    "label_gain": [0, 1, 3],
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
# Labels. The noise of lists, stated: a listed article that is less alike than the median candidate is doubtful and
# counts a third; an unlisted one is not wrong, only less sure to be right, which is all a ranking loss asks of it.
_UNLISTED, _DOUBTFUL, _LISTED = 0, 1, 2


def labels(example: Example, items: frozenset[int]) -> NDArray[np.int64]:
    """Return the label of each candidate, shape (n,)."""
    listed = example.marks(items)
    close = affinity(example.matrix)
    doubtful = close < np.median(close)
    return np.where(listed, np.where(doubtful, _DOUBTFUL, _LISTED), _UNLISTED)


def fit_trees(examples: Mapping[int, Example], lists: Sequence[CuratedList], threads: int = 2) -> str:
    """Fit boosted trees (LambdaRank; Burges, 2010) to lists, and return LightGBM's text."""
    import lightgbm

    usable = [one for one in lists if examples[one.row].marks(one.items).any()]
    data = lightgbm.Dataset(
        np.concatenate([examples[one.row].matrix for one in usable]),
        np.concatenate([labels(examples[one.row], one.items) for one in usable]),
        group=[len(examples[one.row].rows) for one in usable],
        feature_name=list(FEATURES),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        booster = lightgbm.train({**PARAMETERS, "num_threads": threads}, data, num_boost_round=ROUNDS)
    text = booster.model_to_string()
    return text[: text.index("\nparameters:")] + "\n"


def fit_sigmoid(values: NDArray[np.float64], outcomes: NDArray[np.bool_]) -> Sigmoid:
    """Fit Platt scaling by Newton's method, with Platt's targets against overfitting to few outcomes."""
    positives = int(outcomes.sum())
    negatives = len(outcomes) - positives
    targets = np.where(outcomes, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([values, np.ones(len(values))], axis=1)
    weights = np.zeros(2)
    for _ in range(100):
        probabilities = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (probabilities - targets)
        curvature = design.T @ (design * (probabilities * (1 - probabilities))[:, None]) + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-10:  # noqa: PLR2004 - converged
            break
    return Sigmoid(float(weights[0]), float(weights[1]))
