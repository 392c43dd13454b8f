"""Two or more ways of ranking, measured on the same cases and set side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

from search.evaluation.metrics import bins_error, ndcg, paired_interval, recall, reciprocal_rank

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to rank for.

    Attributes:
        id: Query id or article id.
        title: What a person recognises it by.
        group: Where it is counted: a size of list, a type of query; may be empty.
        grades: Grade by article id; above 0 is relevant.
        rankings: Article ids, best first, by name of the way.
    """

    id: str
    title: str
    group: str
    grades: Mapping[str, int]
    rankings: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Measures:
    """Means over cases: nDCG@k with exponential gain, recall@k, reciprocal rank@k."""

    cases: int
    ndcg: float
    recall: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it.

    Attributes:
        name: What was measured.
        k: How far down.
        overall: Measures by way.
        groups: The same by group and way.
        differences: First way less each other, nDCG: mean, and bounds of the 95 % interval.
        worst: Cases with the lowest nDCG of the first way, with it.
        found_at_all: Share of relevant articles among the candidates, by group; empty where that means nothing.
        reliability: Of probabilities of judged pairs, by bin: lower bound, mean said, share that came true, count;
            empty where nothing was said, or where the judgements cannot tell.
        untold: Why they cannot; ``""`` where they can, and where nothing was said.
        not_judged: How many queries were left out because nothing is judged for them.
        none_relevant: How many cases have nothing relevant: every way has 0 there, as ``trec_eval`` counts them.
    """

    name: str
    k: int
    overall: dict[str, Measures]
    groups: dict[str, dict[str, Measures]]
    differences: dict[str, tuple[float, float, float]]
    worst: list[tuple[Case, float]]
    found_at_all: dict[str, float] = field(default_factory=dict)
    reliability: list[tuple[float, float, float, int]] = field(default_factory=list)
    untold: str = ""
    not_judged: int = 0
    none_relevant: int = 0

    @property
    def calibration_error(self) -> float | None:
        """The expected calibration error of ``reliability``; None where there is none."""
        return bins_error(self.reliability) if self.reliability else None


def compare(name: str, cases: Sequence[Case], k: int, worst: int, found_at_all: Mapping[str, float]) -> Report:
    """Measure all ways that the cases have rankings of.

    Args:
        name: What is measured.
        cases: At least one, all with rankings by the same ways.
        k: How far to look.
        worst: How many of the worst cases to keep, of those that have something relevant.
        found_at_all: Share of relevant articles among the candidates, by case id.
    """
    ways = list(cases[0].rankings)
    gains = {way: [ndcg(case.rankings[way], case.grades, k) for case in cases] for way in ways}
    groups = sorted({case.group for case in cases if case.group}, key=_group_key)
    first = gains[ways[0]]
    relevant = [place for place, case in enumerate(cases) if max(case.grades.values(), default=0) > 0]
    order = sorted(relevant, key=lambda place: (first[place], cases[place].id))
    shares = {
        group: fmean(some)
        for group in ["", *groups]
        if (some := [found_at_all[case.id] for case in cases if case.id in found_at_all and group in {"", case.group}])
    }
    return Report(
        name=name,
        k=k,
        overall={way: _measures(cases, way, k) for way in ways},
        groups={
            group: {way: _measures([c for c in cases if c.group == group], way, k) for way in ways} for group in groups
        },
        differences={way: paired_interval(first, gains[way]) for way in ways[1:]},
        worst=[(cases[place], first[place]) for place in order[:worst]],
        found_at_all=shares,
        none_relevant=len(cases) - len(relevant),
    )


def _measures(cases: Sequence[Case], way: str, k: int) -> Measures:
    return Measures(
        cases=len(cases),
        ndcg=fmean(ndcg(case.rankings[way], case.grades, k) for case in cases),
        recall=fmean(recall(case.rankings[way], case.grades, k) for case in cases),
        mrr=fmean(reciprocal_rank(case.rankings[way], case.grades, k) for case in cases),
    )


def _group_key(group: str) -> tuple[int, str]:
    """Sizes of lists by number, other groups by name."""
    number = group.split("-", maxsplit=1)[0].rstrip("+")
    return (int(number) if number.isdigit() else 0, group)
