"""The curated list of an article beside what this program proposes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.content.urls import canonical_url
from search.index.filters import Filters
from search.related.candidates import Candidate, curated_rows, excluded_rows, find_candidates
from search.related.kinds import Kind, kind_of
from search.related.reasons import reasons_for

if TYPE_CHECKING:
    from search.content.article import Article, CuratedItem
    from search.encoders.base import Encoder
    from search.index.opened import Index
    from search.related.subject import Subject

# From this cosine on two articles are taken for the same text with small changes (a wire story at another outlet).
NEAR_DUPLICATE_COSINE = 0.93


@dataclass(frozen=True, slots=True)
class CuratedEntry:
    """An item of the curated list; ``id`` is empty when no article is known under it."""

    rank: int
    id: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article proposed, and why.

    Attributes:
        rank: From 1.
        candidate: The article with its scores.
        kind: What it is to the subject.
        reasons: In plain words.
        also: Ids of near-duplicates, collapsed under this one.
    """

    rank: int
    candidate: Candidate
    kind: Kind
    reasons: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """The curated list of an article, and the suggestions beside it."""

    article: Article
    curated: list[CuratedEntry]
    suggested: list[Suggestion]


def suggest(
    index: Index,
    subject: Subject,
    *,
    k: int,
    filters: Filters = Filters(),  # noqa: B008 - frozen
    encoder: Encoder | None = None,
    blind: bool = False,
    collapse: bool = True,
) -> Related:
    """Return up to ``k`` suggestions for an article.

    Never the article itself, a copy of it, what is curated already, or what is flagged as removed.

    Args:
        index: Where to look.
        subject: From ``find_subject``.
        k: How many at most, after near-duplicates are collapsed.
        filters: What suggestions must be.
        encoder: That of the index; needed for a draft only.
        blind: Treat the article as if it had no curated list.
        collapse: Fold near-duplicates into ``also`` of the best of them.
    """
    copies, curated = excluded_rows(index, subject, blind=blind)
    vector = subject.vector(index, encoder)
    candidates = [
        candidate
        for candidate in find_candidates(index, subject, vector, filters, copies)
        if candidate.row not in curated
    ]
    if collapse:
        groups = _collapse(index, candidates, sorted(curated))[:k]
    else:
        groups = [[candidate] for candidate in candidates[:k]]
    suggested = [
        Suggestion(
            rank,
            group[0],
            kind_of(group[0]),
            reasons_for(subject.article, group[0]),
            tuple(other.article.id for other in group[1:]),
        )
        for rank, group in enumerate(groups, start=1)
    ]
    return Related(subject.article, [_entry(index, item) for item in subject.curated], suggested)


def _entry(index: Index, item: CuratedItem) -> CuratedEntry:
    rows = curated_rows(index, item)[:1]
    url = (item.article.url if item.article else "") or (item.target if canonical_url(item.target) else "")
    return CuratedEntry(item.position, index.ids(rows)[rows[0]] if rows else "", url, item.title)


def _collapse(index: Index, candidates: list[Candidate], curated: list[int]) -> list[list[Candidate]]:
    """Group near-duplicates under the best of them, best group first; those of a curated item are dropped."""
    if not candidates:
        return []
    groups: list[list[Candidate]] = [[] for _ in curated]
    titles = {_title_key(article.title): place for place, article in enumerate(_in_order(index, curated))}
    vectors = index.vectors.get(np.array([*curated, *(candidate.row for candidate in candidates)], dtype=np.int64))
    leading = list(range(len(curated)))
    for place, candidate in enumerate(candidates, start=len(curated)):
        title = _title_key(candidate.article.title)
        group = titles.get(title)
        if group is None and leading:
            cosines = vectors[leading] @ vectors[place]
            nearest = int(cosines.argmax())
            group = nearest if cosines[nearest] >= NEAR_DUPLICATE_COSINE else None
        if group is None:
            group = len(groups)
            groups.append([])
            leading.append(place)
            titles[title] = group
        groups[group].append(candidate)
    return groups[len(curated) :]


def _in_order(index: Index, rows: list[int]) -> list[Article]:
    articles = index.articles(rows)
    return [articles[row] for row in rows]


def _title_key(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
