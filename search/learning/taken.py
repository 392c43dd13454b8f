"""What an editor would take, learnt from graded pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.errors import UsageError
from search.evaluation.curated import fold_of
from search.learning.fit import Graded, fit_sigmoid, fit_taken, grades_of
from search.related.ranker import TAKEN_GRADE, tree_sums

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from search.index.progress import Progress
    from search.learning.examples import Example
    from search.learning.fit import Grades
    from search.related.ranker import Ranker, Sigmoid
    from search.related.trees import Trees

# Fewer graded articles than this make worse trees than those that ship.
MIN_ARTICLES = 50
# Fewer outcomes than this, or of either sort, do not set probabilities right.
MIN_PAIRS = 100
MIN_OUTCOMES = 20
_FOLDS = 5
# A probability below this counts as this in a loss: no single pair decides.
_LEAST = 1e-3


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
        said, came, _ = _pairs(Graded(examples, grades), self.probabilities)
        return said, came


def losses_of(
    examples: Mapping[int, Example], grades: Grades, probabilities: Mapping[int, NDArray[np.float64]]
) -> dict[int, float]:
    """Return the mean log loss (nats) of probabilities over the graded pairs of each article, by row."""
    said, came, articles = _pairs(Graded(examples, grades), probabilities)
    losses = -np.log(np.where(came, said, 1 - said).clip(min=_LEAST))
    return {row: float(losses[articles == row].mean()) for row in np.unique(articles).tolist()}


def learn_taken(
    site: Graded, wanted: Collection[int], before: Ranker | None, progress: Progress, others: Sequence[Graded] = ()
) -> Taken:
    """Learn from graded pairs: trees where there are enough of them, else only what their sums mean.

    Args:
        site: The site whose probabilities are asked for.
        wanted: Rows of its articles whose candidates' probabilities are asked for.
        before: Whose trees are kept where there is too little to learn trees from.
        progress: Told of phases and steps.
        others: Other sites to learn from.

    Raises:
        UsageError: There is too little to learn from, and no ranker before.
    """
    site = _with_pairs(site)
    if len(site.grades) >= MIN_ARTICLES:
        sites = [site, *map(_with_pairs, others)]
        trees, (sums, *sums_there) = _held_out_sums(sites, wanted, progress)
        elsewhere = [_pairs(other, some) for other, some in zip(sites[1:], sums_there, strict=True)]
    elif before is not None:
        trees = before.taken
        sums = {row: tree_sums(trees, site.examples[row].matrix) for row in {*wanted, *site.grades}}
        elsewhere = []
    else:
        raise UsageError(
            f"{len(site.grades)} graded articles are too few to learn from", f"{MIN_ARTICLES} are needed to begin with"
        )
    values, outcomes, articles = _pairs(site, sums)
    if before is not None and not _say_enough(outcomes):
        sigmoid = before.card.taken
        return Taken(trees, sigmoid, 0, {row: sigmoid(some) for row, some in sums.items()})
    more_values = np.concatenate([np.empty(0), *(some[0] for some in elsewhere)])
    more_outcomes = np.concatenate([np.empty(0, dtype=np.bool_), *(some[1] for some in elsewhere)])

    def fitted(these: NDArray[np.bool_]) -> Sigmoid:
        return fit_sigmoid(
            np.concatenate([values[these], more_values]), np.concatenate([outcomes[these], more_outcomes])
        )

    sigmoid = fitted(np.ones(len(values), dtype=np.bool_))
    probabilities = {row: sigmoid(some) for row, some in sums.items()}
    for row in np.unique(articles).tolist():
        if _say_enough(outcomes[articles != row]):
            probabilities[row] = fitted(articles != row)(sums[row])
    return Taken(trees, sigmoid, len(outcomes) + len(more_outcomes), probabilities)


def _with_pairs(site: Graded) -> Graded:
    """Return a site without the articles that have no graded pair among their candidates."""
    return site.only([row for row, some in site.grades.items() if (grades_of(site.examples[row], some) >= 0).any()])


def _say_enough(outcomes: NDArray[np.bool_]) -> bool:
    taken = int(outcomes.sum())
    return len(outcomes) >= MIN_PAIRS and min(taken, len(outcomes) - taken) >= MIN_OUTCOMES


def _held_out_sums(
    sites: Sequence[Graded], wanted: Collection[int], progress: Progress
) -> tuple[Trees, list[dict[int, NDArray[np.float64]]]]:
    """Return trees fitted to all grades, and for each article of each site the sums of trees that saw none of its own.

    Of the first site, also those of the articles that are wanted and have no grades.
    """
    progress.phase("fitting to grades", _FOLDS + 1)
    trees = fit_taken(sites)
    progress.advance(1)
    first = sites[0]
    ungraded = [row for row in wanted if row not in first.grades]
    sums: list[dict[int, NDArray[np.float64]]] = [{} for _ in sites]
    sums[0] |= {row: tree_sums(trees, first.examples[row].matrix) for row in ungraded}
    for fold in range(_FOLDS):
        held = [{row for row in site.grades if fold_of(row, _FOLDS) == fold} for site in sites]
        apart = fit_taken([site.only(site.grades.keys() - rows) for site, rows in zip(sites, held, strict=True)])
        for some, site, rows in zip(sums, sites, held, strict=True):
            some |= {row: tree_sums(apart, site.examples[row].matrix) for row in rows}
        progress.advance(1)
    return trees, sums


def _pairs(
    site: Graded, values_of: Mapping[int, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return the value, the outcome and the article of each graded pair, three arrays of shape (pairs,)."""
    values, outcomes, articles = [np.empty(0)], [np.empty(0, dtype=np.bool_)], [np.empty(0, dtype=np.int64)]
    for row in sorted(site.grades.keys() & values_of.keys()):
        given = grades_of(site.examples[row], site.grades[row])
        values.append(values_of[row][given >= 0])
        outcomes.append(given[given >= 0] >= TAKEN_GRADE)
        articles.append(np.full(int((given >= 0).sum()), row))
    return np.concatenate(values), np.concatenate(outcomes), np.concatenate(articles)
