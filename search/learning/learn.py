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
from search.learning.taken import MIN_OUTCOMES, MIN_PAIRS, learn_taken, losses_of
from search.learning.verdict import GRADED_DEPTH, LISTS_DEPTH, verdict, verdict_by_grades
from search.related.features import FEATURES
from search.related.ranker import Card, Ranker, blend, checksum, tree_sums

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from search.evaluation.curated import CuratedList
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.learning.examples import Example
    from search.learning.fit import Grades
    from search.learning.taken import Taken
    from search.related.ranker import Sigmoid
    from search.related.trees import Trees

FOLDS = 5
# Fewer lists than this say nothing that held-out lists could confirm.
MIN_LISTS = 100
# Other weights of what is listed, among those that lead, that are measured beside the one in use.
WEIGHTS = (0.0, 2.0, 4.0)
# And other weights of the rest, among those that follow, and of what is taken, among those that lead.
RESTS = (0.0, 0.5)
TAKEN = (1.0, 2.5)
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

    Where there are too few lists, what the site would list stays as ``against`` has it, and graded pairs decide alone.
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
        UsageError: There are too few lists and too few grades, or too few of either where there is no ranker to start
            from.
    """
    judged = judged or {}
    lists = curated_lists(index)
    if len(lists) < MIN_LISTS:
        return _from_grades(index, len(lists), grades, against, provenance, progress)
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

    measures = _Measures(examples, held_out, grades, judged)
    ways = _ways(measures, raw, listed, taken, against)
    adopted, why = _verdict(ways)
    outcomes = taken.outcomes_of(examples, grades)
    ranker = _ranker_of(
        (trees, listed),
        taken,
        f"{provenance}: {len(lists)} curated lists, {taken.pairs} graded pairs",
        _figures(ways["this ranker"], held_out, outcomes),
    )
    return Learnt(ranker, adopted, why, ways, held_out, outcomes, taken.outcomes_of(examples, judged))


def _from_grades(
    index: Index, lists: int, grades: Grades, against: Ranker | None, provenance: str, progress: Progress
) -> Learnt:
    """Learn only what an editor would take; adopted where the probabilities are surely nearer to what was taken."""
    progress.phase("collecting candidates", len(grades))
    examples = gather(index, sorted(grades), progress.advance)
    taken = learn_taken(Graded(examples, grades), (), against, progress) if against else None
    if against is None or taken is None or not taken.pairs:
        pairs = sum(map(len, grades.values()))
        raise UsageError(
            f"{lists} curated lists are too few to learn from, and so are {pairs} graded pairs",
            f"{MIN_LISTS} lists are needed; or {MIN_PAIRS} decisions or judgements of what is proposed, "
            f"{MIN_OUTCOMES} of either sort; the default ranker stays",
        )
    before = {row: against.scores(one.matrix, has_lists=index.habits.has_lists) for row, one in examples.items()}
    after = {
        row: blend(examples[row].matrix, probabilities, before[row].listed)
        for row, probabilities in taken.probabilities.items()
    }
    measures = _Measures(examples, [], grades, {})
    ways = {
        "this ranker": measures.of({row: scores.ranked() for row, scores in after.items()}),
        "ranker before": measures.of({row: before[row].ranked() for row in after}),
    }
    adopted, why = verdict_by_grades(
        (
            losses_of(examples, grades, {row: before[row].probability for row in after}),
            losses_of(examples, grades, taken.probabilities),
        ),
        (ways["ranker before"].graded, ways["this ranker"].graded),
    )
    outcomes = taken.outcomes_of(examples, grades)
    ranker = _ranker_of(
        (against.listed, against.card.listed),
        taken,
        f"{provenance}: {taken.pairs} graded pairs; lists as before ({against.card.provenance})",
        _figures(ways["this ranker"], [], outcomes),
    )
    return Learnt(ranker, adopted, why, ways, [], outcomes, taken.outcomes_of(examples, {}))


@dataclass(frozen=True, slots=True)
class _Measures:
    """What ways of ranking are measured by."""

    examples: Mapping[int, Example]
    held_out: Sequence[CuratedList]
    grades: Grades
    judged: Grades

    def of(self, scores: Mapping[int, NDArray[np.float64]]) -> Comparison:
        lists = {one.row: dict.fromkeys(one.items, 1) for one in self.held_out}
        return Comparison(
            lists=_measure(scores, self.examples, lists, LISTS_DEPTH),
            graded=_measure(scores, self.examples, _only(self.grades, scores), GRADED_DEPTH),
            judged=_measure(scores, self.examples, _only(self.judged, scores), GRADED_DEPTH),
        )


def _only(grades: Grades, rows: Collection[int]) -> Grades:
    return {row: some for row, some in grades.items() if row in rows}


def _ways(
    measures: _Measures,
    raw: Mapping[int, NDArray[np.float64]],
    listed: Sigmoid,
    taken: Taken,
    against: Ranker | None,
) -> dict[str, Comparison]:
    """Return what each way of ranking is worth on held-out data, by name."""
    examples, compare = measures.examples, measures.of
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
        **{
            f"taken {one:g}": compare({row: blend(*some, taken_weight=one).ranked() for row, some in parted.items()})
            for one in TAKEN
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
    return ways


def _ranker_of(lists: tuple[Trees, Sigmoid], taken: Taken, provenance: str, figures: dict[str, float]) -> Ranker:
    trees, listed = lists
    card = Card(
        provenance=provenance,
        created_on=datetime.now(UTC).date().isoformat(),
        listed=listed,
        taken=taken.sigmoid,
        listed_trees=checksum(trees.text),
        taken_trees=checksum(taken.trees.text),
        figures=figures,
    )
    return Ranker(trees, taken.trees, card)


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
