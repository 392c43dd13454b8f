"""Trees and calibrations fitted to examples."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.related.features import FEATURES
from search.related.ranker import LISTED_FEATURES, TAKEN_FEATURES, Sigmoid, columns_of
from search.related.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from search.evaluation.curated import CuratedList
    from search.learning.examples import Example

Grades = dict[int, dict[int, int]]
"""Grades, 0 to 4, by row of the article and row of the candidate."""
UNGRADED = -1

_SHARED_PARAMETERS = {
    "num_leaves": 8,
    "max_depth": 4,
    "extra_trees": True,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
    # As many as the machine has that figures are made on; with one or four the trees are the same.
    "num_threads": 2,
}
# By five folds on development lists: small trees with random thresholds and strong regularisation lose nothing on the
# lists they saw and win 0.02 nDCG@10 on long lists they did not.
_LISTED_ROUNDS = 180
_LISTED_PARAMETERS = {
    "objective": "lambdarank",
    "learning_rate": 0.1,
    "min_data_in_leaf": 200,
    "lambda_l2": 50.0,
    "lambdarank_truncation_level": 20,
    "label_gain": [0, 1, 2],
}
# What single ones of these are worth is not on record.
_TAKEN_ROUNDS = 120
_TAKEN_PARAMETERS = {
    "objective": "cross_entropy",
    "learning_rate": 0.05,
    "min_data_in_leaf": 40,
    "lambda_l2": 20.0,
    "feature_fraction": 0.7,
    "monotone_constraints_method": "basic",
}
# What may only make it likelier (1) or less likely (-1) that an editor takes it. Without these the trees learn the
# accidents of the sites that they see: at sites that they do not see they rank worse than likeness alone.
_MONOTONE = {
    "dense": 1,
    "words": 1,
    "grams": 1,
    "apart": -1,
    "same_start": 1,
    "peers_dense": 1,
    "peers_words": 1,
    "peers_near": 1,
    "same_story": 1,
    "affinity": 1,
    "affinity_rank": -1,
    "standing": 1,
    "mutual_rank": -1,
    "kinship": 1,
}
# How likely an editor is to take what has this grade: good is taken more often than not, acceptable rarely.
# Chosen by eye; no editor was watched.
_TAKEN_BY_GRADE = np.array([0.0, 0.02, 0.15, 0.7, 1.0])
# Labels. The noise of lists, stated: a listed article that is less alike than three quarters of the candidates are is
# doubtful and counts half; an unlisted one is not wrong, only less sure to be right, which is all a ranking loss asks.
# Which share of the candidates that is was chosen by eye.
_UNLISTED, _DOUBTFUL, _LISTED = 0, 1, 2
_DOUBTFUL_BELOW = 0.25
_AFFINITY = FEATURES.index("affinity")
# Precision of a normal prior on the slope, against a slope that a handful of outcomes would make infinite:
# as much as scikit-learn's LogisticRegression has by default.
_PRIOR = 1.0


@dataclass(frozen=True, slots=True)
class Graded:
    """Graded pairs of articles of one site.

    Attributes:
        examples: The candidates of its articles, by row; of others too.
        grades: What is known of them; each article has a graded pair among its candidates.
    """

    examples: Mapping[int, Example]
    grades: Grades

    def only(self, rows: Collection[int]) -> Graded:
        """Return what is known of some articles."""
        return Graded(self.examples, {row: some for row, some in self.grades.items() if row in rows})

    def pairs(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the features and the grades of all pairs, shapes (pairs, features) and (pairs,)."""
        given = {row: grades_of(self.examples[row], self.grades[row]) for row in sorted(self.grades)}
        matrices = [self.examples[row].matrix[some >= 0] for row, some in given.items()]
        return np.concatenate(matrices), np.concatenate([some[some >= 0] for some in given.values()])


def labels(example: Example, items: frozenset[int]) -> NDArray[np.int64]:
    """Return the label of each candidate, shape (n,)."""
    listed = example.marks(items)
    close = example.matrix[:, _AFFINITY]
    doubtful = close < np.quantile(close, _DOUBTFUL_BELOW)
    return np.where(listed, np.where(doubtful, _DOUBTFUL, _LISTED), _UNLISTED)


def fit_listed(examples: Mapping[int, Example], lists: Sequence[CuratedList]) -> Trees:
    """Fit boosted trees to lists (LambdaRank; Burges, 2010)."""
    usable = [one for one in lists if examples[one.row].marks(one.items).any()]
    return _fit(
        _LISTED_PARAMETERS,
        _LISTED_ROUNDS,
        LISTED_FEATURES,
        np.concatenate([examples[one.row].matrix for one in usable]),
        np.concatenate([labels(examples[one.row], one.items) for one in usable]),
        groups=[len(examples[one.row].rows) for one in usable],
    )


def fit_taken(sites: Sequence[Graded]) -> Trees:
    """Fit boosted trees to graded pairs (cross entropy with soft targets by grade); all sites weigh alike."""
    pairs = [site.pairs() for site in sites if site.grades]
    matrix, grades = (np.concatenate(some) for some in zip(*pairs, strict=True))
    mean = len(grades) / len(pairs)
    return _fit(
        {**_TAKEN_PARAMETERS, "monotone_constraints": [_MONOTONE.get(name, 0) for name in TAKEN_FEATURES]},
        _TAKEN_ROUNDS,
        TAKEN_FEATURES,
        matrix,
        _TAKEN_BY_GRADE[grades.clip(max=len(_TAKEN_BY_GRADE) - 1)],
        weights=np.concatenate([np.full(len(some), mean / len(some)) for _, some in pairs]),
    )


def grades_of(example: Example, grades: Mapping[int, int]) -> NDArray[np.int64]:
    """Return the grade of each candidate, shape (n,), ``UNGRADED`` where it has none."""
    return np.array([grades.get(row, UNGRADED) for row in example.rows.tolist()], dtype=np.int64)


def _fit(
    parameters: Mapping[str, object],
    rounds: int,
    features: tuple[str, ...],
    matrix: NDArray[np.float64],
    targets: NDArray[np.float64] | NDArray[np.int64],
    *,
    groups: list[int] | None = None,
    weights: NDArray[np.float64] | None = None,
) -> Trees:
    import lightgbm

    looked_at = matrix[:, columns_of(features)]
    data = lightgbm.Dataset(looked_at, targets, weight=weights, group=groups, feature_name=list(features))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        booster = lightgbm.train({**_SHARED_PARAMETERS, **parameters}, data, num_boost_round=rounds)
    text = booster.model_to_string()
    return Trees.parse(text[: text.index("\nparameters:")] + "\n")


def fit_sigmoid(values: NDArray[np.float64], outcomes: NDArray[np.bool_]) -> Sigmoid:
    """Fit Platt scaling by Newton's method, with Platt's targets and a prior against overfitting to few outcomes.

    Args:
        values: What the probability depends on, shape (n,).
        outcomes: Shape (n,).
    """
    positives = int(outcomes.sum())
    negatives = len(outcomes) - positives
    targets = np.where(outcomes, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    design = np.stack([values, np.ones(len(outcomes))], axis=1)
    weights = np.zeros(2)
    prior = np.diag([_PRIOR, 0.0])
    for _ in range(100):
        probabilities = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (probabilities - targets) + prior @ weights
        curvature = design.T @ (design * (probabilities * (1 - probabilities))[:, None]) + prior
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-10:  # noqa: PLR2004 - converged
            break
    slope, intercept = weights.tolist()
    return Sigmoid(slope, intercept)
