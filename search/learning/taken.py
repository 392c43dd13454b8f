"""What an editor would take, learnt from graded pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.errors import UsageError
from search.evaluation.curated import fold_of
from search.learning.fit import fit_sigmoid, fit_taken, grades_of
from search.related.ranker import TAKEN_GRADE, probability_of, tree_sums

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from search.index.progress import Progress
    from search.learning.examples import Example
    from search.learning.fit import Grades
    from search.related.ranker import Ranker, Sigmoid
    from search.related.trees import Trees

# Fewer graded articles than this make worse trees than those that ship.
MIN_ARTICLES = 50
# Fewer outcomes than this, or of either sort, do not set probabilities right.
_MIN_PAIRS = 100
_MIN_OUTCOMES = 20
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What was learnt.

    Attributes:
        trees: Fitted to all grades, or those of the ranker before.
        sigmoid: From their sum to a probability.
        pairs: How many graded pairs went into either.
        probabilities: Of the candidates of articles, by row: by trees that saw no grade of the article.
    """

    trees: Trees
    sigmoid: Sigmoid
    pairs: int
    probabilities: dict[int, NDArray[np.float64]]

    def outcomes_of(
        self, examples: Mapping[int, Example], grades: Grades
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return probability and outcome of the graded pairs of some articles, two arrays of shape (pairs,)."""
        said, came, _ = _pairs(examples, grades, self.probabilities)
        return said, came


def learn_taken(
    examples: Mapping[int, Example], grades: Grades, wanted: Collection[int], before: Ranker | None, progress: Progress
) -> Taken:
    """Learn from graded pairs: trees where there are enough of them, else only what their sums mean.

    Args:
        examples: By row.
        grades: What is learnt from.
        wanted: Rows whose candidates' probabilities are asked for.
        before: Whose trees are kept where there is too little to learn trees from.
        progress: Told of phases and steps.

    Raises:
        UsageError: There is too little to learn from, and no ranker before.
    """
    grades = {row: some for row, some in grades.items() if (grades_of(examples[row], some) >= 0).any()}
    if len(grades) >= MIN_ARTICLES:
        trees, sums = _held_out_sums(examples, grades, wanted, progress)
    elif before is not None:
        trees = before.taken
        sums = {row: tree_sums(trees, examples[row].matrix) for row in {*wanted, *grades}}
    else:
        raise UsageError(
            f"{len(grades)} graded articles are too few to learn from", f"{MIN_ARTICLES} are needed to begin with"
        )

    def said(sigmoid: Sigmoid, row: int) -> NDArray[np.float64]:
        return probability_of(sigmoid, sums[row], examples[row].matrix)

    values, outcomes, articles = _pairs(examples, grades, sums)
    if before is not None and not _say_enough(outcomes):
        sigmoid = before.card.taken
        return Taken(trees, sigmoid, 0, {row: said(sigmoid, row) for row in sums})
    sigmoid = fit_sigmoid(values, outcomes)
    probabilities = {row: said(sigmoid, row) for row in sums}
    for row in np.unique(articles).tolist():
        others = articles != row
        if _say_enough(outcomes[others]):
            probabilities[row] = said(fit_sigmoid(values[others], outcomes[others]), row)
    return Taken(trees, sigmoid, len(outcomes), probabilities)


def _say_enough(outcomes: NDArray[np.bool_]) -> bool:
    taken = int(outcomes.sum())
    return len(outcomes) >= _MIN_PAIRS and min(taken, len(outcomes) - taken) >= _MIN_OUTCOMES


def _held_out_sums(
    examples: Mapping[int, Example], grades: Grades, wanted: Collection[int], progress: Progress
) -> tuple[Trees, dict[int, NDArray[np.float64]]]:
    """Return trees fitted to all grades, and for each article the sums of trees that saw none of its own."""
    progress.phase("fitting to grades", _FOLDS + 1)
    trees = fit_taken(examples, grades, grades.keys())
    progress.advance(1)
    sums = {row: tree_sums(trees, examples[row].matrix) for row in wanted if row not in grades}
    for fold in range(_FOLDS):
        held = [row for row in grades if fold_of(row, _FOLDS) == fold]
        apart = fit_taken(examples, grades, grades.keys() - set(held))
        sums |= {row: tree_sums(apart, examples[row].matrix) for row in held}
        progress.advance(1)
    return trees, sums


def _pairs(
    examples: Mapping[int, Example], grades: Grades, values_of: Mapping[int, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return the value, the outcome and the article of each graded pair, three arrays of shape (pairs,)."""
    values, outcomes, articles = [np.empty(0)], [np.empty(0, dtype=np.bool_)], [np.empty(0, dtype=np.int64)]
    for row in sorted(grades.keys() & values_of.keys()):
        given = grades_of(examples[row], grades[row])
        values.append(values_of[row][given >= 0])
        outcomes.append(given[given >= 0] >= TAKEN_GRADE)
        articles.append(np.full(int((given >= 0).sum()), row))
    return np.concatenate(values), np.concatenate(outcomes), np.concatenate(articles)
