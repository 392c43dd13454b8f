"""A ranker from what a site knows: fitted, measured on what it did not see, adopted only where it wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from search.errors import UsageError
from search.evaluation.curated import by_bucket, curated_lists, split_by
from search.evaluation.metrics import calibration_error, ndcg, paired_interval
from search.learning.examples import gather
from search.learning.fit import fit_sigmoid, fit_trees
from search.related.ranker import Card, Ranker, Sigmoid, affinity, blend, checksum, same_story
from search.related.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from search.evaluation.curated import CuratedList
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.learning.examples import Example

FOLDS = 5
# Fewer lists than this say nothing that held-out lists could confirm.
MIN_LISTS = 100
# From this grade on (good) an editor takes a suggestion.
TAKEN_GRADE = 3
LISTS_DEPTH = 10
GRADED_DEPTH = 5

Grades = dict[int, dict[int, int]]
"""Grades by row of the article and row of the candidate."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way of ranking on held-out data.

    Attributes:
        lists: nDCG@10 by row of the article, for the held-out lists.
        graded: nDCG@5 by row, for the graded articles.
    """

    lists: dict[int, float]
    graded: dict[int, float]


class _GradedPairs(NamedTuple):
    """Arrays of shape (pairs,): the article's row, score, whether of one story, and whether it would be taken."""

    articles: NDArray[np.float64]
    scores: NDArray[np.float64]
    same_story: NDArray[np.float64]
    outcomes: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it.

    Attributes:
        text: The trees, fitted to all lists.
        card: Calibrations and figures.
        adopted: Whether it may replace the ranker it was compared with.
        why: In words.
        ways: Each way of ranking on held-out data, by name.
        held_out: The lists that were held out.
        taken: Probability and outcome of graded pairs, each calibrated on the other articles' pairs alone.
    """

    text: str
    card: Card
    adopted: bool
    why: str
    ways: dict[str, Comparison]
    held_out: list[CuratedList]
    taken: tuple[NDArray[np.float64], NDArray[np.bool_]] = field(repr=False)


def learn(
    index: Index,
    grades: Grades,
    against: Ranker | None,
    provenance: str,
    progress: Progress,
    folds: int = 1,
    *,
    by_time: bool = False,
) -> Learnt:
    """Fit a ranker to the curated lists of an index and compare it.

    Args:
        index: Whose lists.
        grades: Graded pairs; may be empty.
        against: The ranker in use; None when there is none to compare with.
        provenance: In words, for the card.
        progress: Told of phases and steps.
        folds: How many of ``FOLDS`` folds are held out in turn; one is enough to decide, all for the record.
        by_time: Hold out the newest lists, instead of whole components chosen by chance.

    Raises:
        UsageError: There are too few lists.
    """
    lists = curated_lists(index)
    if len(lists) < MIN_LISTS:
        raise UsageError(
            f"{len(lists)} curated lists are too few to learn from", f"{MIN_LISTS} are needed; the default ranker stays"
        )
    rows = sorted({one.row for one in lists} | grades.keys())
    progress.phase("collecting candidates", len(rows))
    examples = gather(index, rows, progress.advance)
    parts = split_by(index, lists, FOLDS, time=by_time)
    raw, held_out = _held_out_predictions(examples, lists, parts, grades, folds, progress)
    listed = fit_sigmoid(
        np.concatenate([examples[one.row].marks(one.items) for one in held_out]),
        np.concatenate([raw[one.row] for one in held_out]),
    )
    scores = {row: blend(affinity(examples[row].matrix), listed(raw[row])) for row in raw}
    ways = {
        "this ranker": _compare(scores, examples, held_out, grades),
        "lists alone": _compare(raw, examples, held_out, grades),
        "affinity alone": _compare({row: affinity(examples[row].matrix) for row in raw}, examples, held_out, grades),
    }
    if against is not None:
        now = {row: against.scores(examples[row].matrix).score for row in raw}
        ways["ranker in use"] = _compare(now, examples, held_out, grades)
    graded = _graded_pairs(scores, examples, grades)
    probabilities = _leave_one_out(graded)
    outcomes = graded.outcomes
    if outcomes.any():
        taken = fit_sigmoid(outcomes, graded.scores, graded.same_story)
    else:
        taken = against.card.taken if against else Sigmoid((4.0, 0.0), -4.0)
    progress.phase("fitting to all lists", 1)
    text = fit_trees(examples, lists)
    progress.advance(1)
    adopted, why = _verdict(ways)
    return Learnt(
        text=text,
        card=Card(
            provenance=f"{provenance}: {len(lists)} curated lists, {len(outcomes)} graded pairs",
            created_on=datetime.now(UTC).date().isoformat(),
            listed=listed,
            taken=taken,
            trees=checksum(text),
            figures=_figures(ways["this ranker"], held_out, probabilities, outcomes),
        ),
        adopted=adopted,
        why=why,
        ways=ways,
        held_out=held_out,
        taken=(probabilities, outcomes),
    )


def _held_out_predictions(
    examples: Mapping[int, Example],
    lists: Sequence[CuratedList],
    parts: Sequence[Sequence[CuratedList]],
    grades: Grades,
    folds: int,
    progress: Progress,
) -> tuple[dict[int, NDArray[np.float64]], list[CuratedList]]:
    """Return the trees' sums for articles they did not see, and the lists among them."""
    raw: dict[int, NDArray[np.float64]] = {}
    held_out: list[CuratedList] = []
    with_list = {one.row for one in lists}
    progress.phase("fitting, some lists held out", folds)
    for fold in range(folds):
        held = parts[fold]
        rest = [one for other, part in enumerate(parts) if other != fold for one in part]
        trees = Trees.parse(fit_trees(examples, rest))
        held_out += held
        unlisted = [row for row in grades if row not in with_list and row not in raw]
        for row in [*(one.row for one in held), *unlisted]:
            raw[row] = trees.predict(examples[row].matrix)
        progress.advance(1)
    return raw, held_out


def _compare(
    scores: Mapping[int, NDArray[np.float64]],
    examples: Mapping[int, Example],
    lists: Sequence[CuratedList],
    grades: Grades,
) -> Comparison:
    def best(row: int, k: int) -> list[int]:
        rows: list[int] = examples[row].rows[np.argsort(-scores[row], kind="stable")[:k]].tolist()
        return rows

    return Comparison(
        lists={one.row: ndcg(best(one.row, LISTS_DEPTH), dict.fromkeys(one.items, 1), LISTS_DEPTH) for one in lists},
        graded={row: ndcg(best(row, GRADED_DEPTH), grades[row], GRADED_DEPTH) for row in grades if row in scores},
    )


def _graded_pairs(
    scores: Mapping[int, NDArray[np.float64]], examples: Mapping[int, Example], grades: Grades
) -> _GradedPairs:
    """Return the graded pairs that are candidates."""
    found = []
    for row in grades.keys() & scores.keys():
        example, some = examples[row], grades[row]
        of_story = same_story(example.matrix).tolist()
        for candidate, score, story in zip(example.rows.tolist(), scores[row].tolist(), of_story, strict=True):
            if candidate in some:
                found.append((row, score, story, some[candidate] >= TAKEN_GRADE))
    table = np.array(sorted(found), dtype=np.float64).reshape(-1, 4)
    return _GradedPairs(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.bool_))


def _leave_one_out(pairs: _GradedPairs) -> NDArray[np.float64]:
    """Return each pair's probability of being taken, by a calibration that saw no pair of its article."""
    probabilities = np.zeros(len(pairs.outcomes))
    for row in np.unique(pairs.articles):
        held = pairs.articles == row
        if (~held).any():
            calibration = fit_sigmoid(pairs.outcomes[~held], pairs.scores[~held], pairs.same_story[~held])
            probabilities[held] = calibration(pairs.scores[held], pairs.same_story[held])
    return probabilities


def _verdict(ways: Mapping[str, Comparison]) -> tuple[bool, str]:
    """Say whether the new ranker wins on held-out lists without losing by the graded judgements."""
    new, old = ways["this ranker"], ways.get("ranker in use")
    if old is None:
        return True, "there was none"
    gain, low, high = paired_interval(list(new.lists.values()), list(old.lists.values()))
    told = f"held-out lists {gain:+.3f} nDCG@{LISTS_DEPTH} (95 % interval {low:+.3f} to {high:+.3f})"
    if low <= 0:
        return False, f"{told}: no gain that is sure"
    if new.graded:
        loss = fmean(new.graded.values()) - fmean(old.graded.values())
        told += f", graded judgements {loss:+.3f} nDCG@{GRADED_DEPTH}"
        if loss < 0:
            return False, f"{told}: worse by the judgements"
    return True, told


def _figures(
    way: Comparison,
    held_out: Sequence[CuratedList],
    probabilities: NDArray[np.float64],
    outcomes: NDArray[np.bool_],
) -> dict[str, float]:
    figures = {
        f"lists {bucket} nDCG@10": round(fmean(values), 3) for bucket, values in by_bucket(held_out, way.lists).items()
    }
    if way.graded:
        figures["graded nDCG@5"] = round(fmean(way.graded.values()), 3)
    if len(outcomes):
        figures["calibration error"] = round(calibration_error(probabilities, outcomes), 3)
    return figures
