"""Cases to measure: curated lists, graded suggestions, judged queries, each ranked in several ways."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from search.evaluation.compare import Case
from search.evaluation.trec import judged_queries
from search.index.filters import ANYTHING
from search.related.candidates import excluded_rows, find_pool
from search.related.features import FEATURES, feature_matrix
from search.related.profile import profile_of
from search.related.subject import subject_of_row
from search.retrieval.query import parse_query
from search.retrieval.search import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from search.encoders.base import Encoder
    from search.evaluation.trec import JudgedQuery, Judgements
    from search.index.opened import Index
    from search.related.ranker import Ranker, Scores
    from search.retrieval.scores import Wishes

RELATED_WAYS = ("ranker", "taken", "listed", "affinity", "cosine", "words")
"""Ways of ranking related articles: ours, its two parts, likeness, and what that is made of."""

_DEEP = 100
_DENSE, _WORDS, _AFFINITY = (FEATURES.index(name) for name in ("dense", "words", "affinity"))


class RelatedCase(NamedTuple):
    """An article to suggest for.

    Attributes:
        case: Rankings of its candidates.
        found: Which share of what is relevant is a candidate at all; None where nothing is.
        said: For each graded candidate how likely it is said to be taken, and its grade.
    """

    case: Case
    found: float | None
    said: list[tuple[float, int]]


def related_cases(
    index: Index, graded: Iterable[tuple[int, str, Mapping[int, int]]], ranker: Ranker, ways: Iterable[str]
) -> Iterator[RelatedCase]:
    """Yield a case for each article, its own list hidden.

    Args:
        index: Where to look.
        graded: Row of the article, group, and grades by row.
        ranker: Ours.
        ways: Of ``RELATED_WAYS``.
    """
    for row, group, grades in graded:
        subject = subject_of_row(index, row)
        copies, _ = excluded_rows(index, subject, blind=True)
        pool = find_pool(index, profile_of(index, subject, None), ANYTHING, copies, lists=False)
        matrix = feature_matrix(index, pool)
        ours = ranker.scores(matrix, has_lists=index.habits.has_lists)
        scores = _scores(matrix, ours)
        best = {way: pool.rows[np.argsort(-scores[way], kind="stable")[:_DEEP]].tolist() for way in ways}
        ids = index.ids({*grades, *(other for rows in best.values() for other in rows)})
        relevant = {other for other, grade in grades.items() if grade > 0}
        found = len(relevant & set(pool.rows.tolist())) / len(relevant) if relevant else None
        rankings = {way: [ids[other] for other in rows] for way, rows in best.items()}
        known = {ids[other]: grade for other, grade in grades.items()}
        chances = zip(pool.rows.tolist(), ours.probability.tolist(), strict=True)
        said = [(chance, grades[other]) for other, chance in chances if other in grades]
        yield RelatedCase(Case(subject.article.id, subject.article.title, group, known, rankings), found, said)


def _scores(matrix: NDArray[np.float64], ours: Scores) -> dict[str, NDArray[np.float64]]:
    return {
        "ranker": ours.ranked(),
        "taken": ours.probability,
        "listed": ours.listed,
        "affinity": matrix[:, _AFFINITY],
        "cosine": matrix[:, _DENSE],
        "words": matrix[:, _WORDS],
    }


def query_cases(
    index: Index,
    queries: Iterable[JudgedQuery],
    judgements: Judgements,
    ways: Mapping[str, Wishes],
    encoder: Encoder,
    now: datetime,
) -> Iterator[Case]:
    """Yield a case for each query that is judged, answered in several ways; stories are never collapsed."""
    for query in judged_queries(queries, judgements):
        asked = parse_query(query.text, now)
        rankings = {
            name: [
                hit.article.id
                for hit in search(index, asked, replace(wishes, collapse=False, floor=False), encoder, now).hits
            ]
            for name, wishes in ways.items()
        }
        yield Case(query.id, query.text, query.type, judgements[query.id], rankings)


def with_another_way(cases: Iterable[Case], others: Iterable[Case], way: str, name: str) -> list[Case]:
    """Return cases with one more way: that of other cases of the same ids, from another index.

    Args:
        cases: Ours.
        others: Theirs; a case that is missing there is not answered.
        way: Which of their ways.
        name: What it is called among ours.
    """
    theirs = {case.id: case.rankings[way] for case in others}
    return [replace(case, rankings={**case.rankings, name: theirs.get(case.id, ())}) for case in cases]
