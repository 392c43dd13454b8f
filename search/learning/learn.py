"""A ranker from what a site knows: fitted, measured on what it did not see, adopted only where it wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from search.errors import UsageError
from search.evaluation.curated import by_bucket, curated_lists, fold_of, split_by
from search.evaluation.metrics import calibration_error, ndcg
from search.learning.examples import gather
from search.learning.fit import Graded, fit_listed, fit_sigmoid
from search.learning.taken import learn_taken
from search.learning.verdict import GRADED_DEPTH, LISTS_DEPTH, verdict
from search.related.features import FEATURES
from search.related.ranker import Card, Ranker, blend, checksum, tree_sums

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from search.evaluation.curated import CuratedList
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.learning.examples import Example
    from search.learning.fit import Grades

FOLDS = 5
# Fewer lists than this say nothing that held-out lists could confirm.
MIN_LISTS = 100
# Other weights of what is listed, among those that lead, that are measured beside the one in use.
WEIGHTS = (0.0, 2.0, 4.0)
# And other weights of the rest, among those that follow.
RESTS = (0.0, 0.5)
_AFFINITY = FEATURES.index("affinity")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way of ranking on held-out data.

    Attributes:
        lists: nDCG@10 by row of the article, for the held-out lists.
        graded: nDCG@5 by row, for the graded articles.
        judged: The same for the articles that were only measured on.
    """

    lists: dict[int, float]
    graded: dict[int, float]
    judged: dict[int, float]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What came of it.

    Attributes:
        ranker: Fitted to everything.
        adopted: Whether it may replace the ranker it was compared with.
        why: In words.
        ways: Each way of ranking on held-out data, by name.
        held_out: The lists that were held out.
        taken: Probability and outcome of graded pairs, each by a model that saw no pair of its article.
        judged: The same of the pairs that were only measured on.
    """

    ranker: Ranker
    adopted: bool
    why: str
    ways: dict[str, Comparison]
    held_out: list[CuratedList]
    taken: tuple[NDArray[np.float64], NDArray[np.bool_]] = field(repr=False)
    judged: tuple[NDArray[np.float64], NDArray[np.bool_]] = field(repr=False)


def learn(
    index: Index,
    grades: Grades,
    against: Ranker | None,
    provenance: str,
    progress: Progress,
    folds: int = 1,
    *,
    judged: Grades | None = None,
    others: Sequence[Graded] = (),
    by_time: bool = False,
) -> Learnt:
    """Fit a ranker to the curated lists of an index and to graded pairs, and compare it.

    What an editor would take is learnt anew where enough articles are graded; else the trees of ``against`` stay, and
    graded pairs set its probabilities right.

    Args:
        index: Whose lists.
        grades: Graded pairs; may be empty.
        against: A ranker that never saw the lists of this index; None when there is none to compare with.
        provenance: In words, for the card.
        progress: Told of phases and steps.
        folds: How many of ``FOLDS`` folds are held out in turn; one is enough to decide, all for the record.
        judged: Graded pairs that are measured on and never learnt from.
        others: Graded pairs of other sites, to learn what is taken from too.
        by_time: Hold out the newest lists, instead of whole components chosen by chance.

    Raises:
        UsageError: There are too few lists, or too few grades where there is no ranker to start from.
    """
    judged = judged or {}
    lists = curated_lists(index)
    if len(lists) < MIN_LISTS:
        raise UsageError(
            f"{len(lists)} curated lists are too few to learn from", f"{MIN_LISTS} are needed; the default ranker stays"
        )
    rows = sorted({one.row for one in lists} | grades.keys() | judged.keys())
    progress.phase("collecting candidates", len(rows))
    examples = gather(index, rows, progress.advance)
    parts = split_by(index, lists, FOLDS, time=by_time)
    raw, held_out = _held_out_sums(examples, lists, parts, folds, progress)
    listed = fit_sigmoid(
        np.concatenate([raw[one.row] for one in held_out]),
        np.concatenate([examples[one.row].marks(one.items) for one in held_out]),
    )
    taken = learn_taken(Graded(examples, grades), raw.keys() | judged.keys(), against, progress, others)
    progress.phase("fitting to all lists", 1)
    trees = fit_listed(examples, lists)
    progress.advance(1)

    def compare(scores: Mapping[int, NDArray[np.float64]]) -> Comparison:
        return Comparison(
            lists=_measure(scores, examples, {one.row: dict.fromkeys(one.items, 1) for one in held_out}, LISTS_DEPTH),
            graded=_measure(scores, examples, {row: grades[row] for row in grades if row in scores}, GRADED_DEPTH),
            judged=_measure(scores, examples, {row: judged[row] for row in judged if row in scores}, GRADED_DEPTH),
        )

    parted = {row: (examples[row].matrix, taken.probabilities[row], listed(raw[row])) for row in raw}
    ways = {
        "this ranker": compare({row: blend(*some).ranked() for row, some in parted.items()}),
        **{
            f"weight {one:g}": compare({row: blend(*some, weight=one).ranked() for row, some in parted.items()})
            for one in WEIGHTS
        },
        **{
            f"rest {one:g}": compare({row: blend(*some, rest=one).ranked() for row, some in parted.items()})
            for one in RESTS
        },
        "leading alone": compare({row: blend(*some).lead for row, some in parted.items()}),
        "taken alone": compare(taken.probabilities),
        "listed alone": compare(raw),
        "affinity alone": compare({row: examples[row].matrix[:, _AFFINITY] for row in raw}),
    }
    if against is not None:
        ways["ranker before"] = compare(
            {row: against.scores(examples[row].matrix, has_lists=True).ranked() for row in raw}
        )
    adopted, why = _verdict(ways)
    ranker = Ranker(
        trees,
        taken.trees,
        Card(
            provenance=f"{provenance}: {len(lists)} curated lists, {taken.pairs} graded pairs",
            created_on=datetime.now(UTC).date().isoformat(),
            listed=listed,
            taken=taken.sigmoid,
            listed_trees=checksum(trees.text),
            taken_trees=checksum(taken.trees.text),
            figures=_figures(ways["this ranker"], held_out, taken.outcomes_of(examples, grades)),
        ),
    )
    return Learnt(
        ranker=ranker,
        adopted=adopted,
        why=why,
        ways=ways,
        held_out=held_out,
        taken=taken.outcomes_of(examples, grades),
        judged=taken.outcomes_of(examples, judged),
    )


def _held_out_sums(
    examples: Mapping[int, Example],
    lists: Sequence[CuratedList],
    parts: Sequence[Sequence[CuratedList]],
    folds: int,
    progress: Progress,
) -> tuple[dict[int, NDArray[np.float64]], list[CuratedList]]:
    """Return the trees' sums for articles whose lists they did not see, and the lists among them.

    Articles without a list are spread over the folds.
    """
    raw: dict[int, NDArray[np.float64]] = {}
    held_out: list[CuratedList] = []
    unlisted = examples.keys() - {one.row for one in lists}
    progress.phase("fitting, some lists held out", folds)
    for fold in range(folds):
        rest = [one for other, part in enumerate(parts) if other != fold for one in part]
        trees = fit_listed(examples, rest)
        held_out += parts[fold]
        free = [row for row in sorted(unlisted) if folds == 1 or fold_of(row, folds) == fold]
        for row in [*(one.row for one in parts[fold]), *free]:
            raw[row] = tree_sums(trees, examples[row].matrix)
        progress.advance(1)
    return raw, held_out


def _measure(
    scores: Mapping[int, NDArray[np.float64]],
    examples: Mapping[int, Example],
    grades: Mapping[int, Mapping[int, int]],
    depth: int,
) -> dict[int, float]:
    """Return nDCG at a depth by row."""
    return {
        row: ndcg(examples[row].rows[np.argsort(-scores[row], kind="stable")[:depth]].tolist(), some, depth)
        for row, some in grades.items()
    }


def _verdict(ways: Mapping[str, Comparison]) -> tuple[bool, str]:
    """Say whether the new ranker wins on held-out lists without losing by the graded judgements."""
    new, old = ways["this ranker"], ways.get("ranker before")
    if old is None:
        return True, "there was none"
    return verdict((old.lists, new.lists), (old.graded, new.graded))


def _figures(
    way: Comparison, held_out: Sequence[CuratedList], taken: tuple[NDArray[np.float64], NDArray[np.bool_]]
) -> dict[str, float]:
    figures = {
        f"lists {bucket} nDCG@10": round(fmean(values), 3) for bucket, values in by_bucket(held_out, way.lists).items()
    }
    for name, some in {"graded": way.graded, "judged": way.judged}.items():
        if some:
            figures[f"{name} nDCG@5"] = round(fmean(some.values()), 3)
    if len(taken[1]):
        figures["calibration error"] = round(calibration_error(*taken), 3)
    return figures
