"""Candidates for an article: several retrievers, one pool of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from search.content.text import document_text
from search.index.columns import words_key
from search.index.derived import GRAMS, WORDS
from search.index.filters import moment_of
from search.index.rows import row_list
from search.index.standing import GRACE
from search.related.kinship import kinship

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from search.content.article import Article, CuratedItem
    from search.encoders.base import Vectors
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.index.vectors import Rows
    from search.related.profile import Profile
    from search.related.subject import Subject

# How many candidates are ranked, and what each retriever contributes. By scripts/eval_related --lists, 300 hold
# 95 / 79 / 85 % of the curated items of lists of 1-5 / 6-20 / 21-60 items.
# What single ones of the other numbers are worth is not on record.
POOL = 300
_DENSE = 400
_LEXICAL = 250
_NEAR_IN_TIME = 150
_NEIGHBOURS = 10
_DAY_SECONDS = 86_400.0

# first = cosine + 0.5 words + 0.7 title trigrams + 0.4 exp(-days / 14) + 0.1 exp(-days / 60): chosen for the share
# of curated items it keeps among 300, and nothing else; the ranker judges.
_WORDS = 0.5
_GRAMS = 0.7
_FORTNIGHT, _FORTNIGHT_DAYS = 0.4, 14.0
_SEASON, _SEASON_DAYS = 0.1, 60.0


@dataclass(frozen=True)
class Pool:
    """Candidates as arrays, best first by the first stage.

    Attributes:
        subject: What they are candidates for.
        rows: Rows of the index, shape (n,).
        places: Their places in the columns.
        passes: Whether they pass the filters; what does not is there to be compared with.
        vectors: Their vectors, shape (n, dim).
        dense: Cosine with the subject's text.
        words: Cosine of the words.
        grams: Cosine of the titles' trigrams.
        days: Days from the subject, negative when older; NaN when a date is unknown.
        first: Score of the first stage.
        kinship: What they share of the subject's rare topics, 0 to 1.
    """

    subject: Profile
    rows: Rows
    places: Rows
    passes: NDArray[np.bool_]
    vectors: Vectors
    dense: NDArray[np.float32]
    words: NDArray[np.float32]
    grams: NDArray[np.float32]
    days: NDArray[np.float64]
    first: NDArray[np.float64]
    kinship: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def likeness(self) -> NDArray[np.float32]:
        """Cosine of each with each, shape (n, n)."""
        likeness: NDArray[np.float32] = self.vectors @ self.vectors.T
        return likeness


def find_pool(
    index: Index,
    subject: Profile,
    filters: Filters,
    excluded: Iterable[int],
    *,
    size: int = POOL,
    lists: bool = True,
    now: datetime | None = None,
) -> Pool:
    """Return the candidates for an article.

    Args:
        index: Where to look.
        subject: What they shall relate to.
        filters: What candidates must be. The best of those that are not are in the pool too: how far a candidate
            stands out does not depend on what somebody looks for. None is flagged as removed; none, unless the filter
            asks for such, is a draft, is yet to come out, or is of a type that the site's lists do not mix with the
            subject's.
        excluded: Rows that are none: the subject, its copies, what is curated already.
        size: How many at most, with filters as many again.
        lists: Whether to look into the curated lists of the nearest articles. Not where lists are to be foretold.
        now: As of ``suggest``.
    """
    columns = index.columns
    passing = np.ones(len(columns), dtype=np.bool_)
    if filters:
        passing[:] = False
        passing[columns.places(index.rows(index.condition(filters)))] = True
    allowed = _allowed(index, subject, filters, passing, now)
    allowed[columns.places(np.array(sorted(excluded), dtype=np.int64))] = False
    alike = _Alike(
        dense=index.vectors.all_scores(subject.vector)[columns.twin],
        words=index.sparse[WORDS].cosines(subject.terms.words),
        grams=index.sparse[GRAMS].cosines(subject.terms.grams),
        kinship=kinship(index, subject.topics),
    )
    places = _gathered(index, subject, alike, (allowed, allowed & passing) if filters else (allowed,), lists=lists)
    days = columns.days[places] - subject.day
    first = _first_stage(alike, places, days)
    best = np.lexsort((columns.order[places], -(first + alike.kinship[places])))
    if filters:
        kept = np.zeros(len(best), dtype=np.bool_)
        kept[:size] = True
        kept[np.flatnonzero(passing[places[best]])[:size]] = True
        best = best[kept]
    else:
        best = best[:size]
    places = places[best]
    rows = columns.rows[places]
    return Pool(
        subject=subject,
        rows=rows,
        places=places,
        passes=passing[places],
        vectors=index.vectors.get(rows),
        dense=alike.dense[places],
        words=alike.words[places],
        grams=alike.grams[places],
        days=days[best],
        first=first[best],
        kinship=alike.kinship[places],
    )


@dataclass(frozen=True, slots=True)
class _Alike:
    """How alike every article is to the subject, as in ``Pool``; arrays of shape (articles,)."""

    dense: NDArray[np.float32]
    words: NDArray[np.float32]
    grams: NDArray[np.float32]
    kinship: NDArray[np.float64]


def _allowed(
    index: Index, subject: Profile, filters: Filters, passing: NDArray[np.bool_], now: datetime | None
) -> NDArray[np.bool_]:
    """Return which articles may be candidates at all, whether they pass the filters or not."""
    columns = index.columns
    allowed = ~columns.removed
    allowed &= ~columns.held_back | passing if filters.published is False else ~columns.held_back
    if now is not None:
        is_out = ~_yet_to_come(index, subject, now)
        allowed &= is_out | passing if _asks_for_more(filters, now) else is_out
    if subject.types:
        mixed = np.logical_or.reduce([columns.type == kind for kind in subject.types])
        allowed &= mixed | passing if filters.types else mixed
    return allowed


def _gathered(
    index: Index, subject: Profile, alike: _Alike, among: Sequence[NDArray[np.bool_]], *, lists: bool
) -> Rows:
    """Return the places of what the retrievers find, ascending: the most alike of each of some sets of articles."""
    columns, allowed = index.columns, among[0]
    candidate = np.zeros(len(columns), dtype=np.bool_)
    candidate[columns.nearest_in_time(subject.day, _NEAR_IN_TIME)] = True
    candidate[columns.story == subject.story] = True
    candidate[alike.kinship > 0] = True
    if lists:
        nearest = columns.rows[_best(alike.dense, allowed, _NEIGHBOURS)]
        candidate[columns.places(_listed_by(index, nearest))] = True
    for some in among:
        candidate[_best(alike.dense, some, _DENSE)] = True
        candidate[_best(alike.words, some, _LEXICAL)] = True
        candidate[_best(alike.grams, some, _LEXICAL)] = True
    return np.flatnonzero(candidate & allowed)


def _first_stage(alike: _Alike, places: Rows, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the score of the first stage of some articles, from their likeness and days from the subject."""
    apart = np.where(np.isnan(days), np.inf, np.abs(days))
    first: NDArray[np.float64] = (
        alike.dense[places]
        + _WORDS * alike.words[places]
        + _GRAMS * alike.grams[places]
        + _FORTNIGHT * np.exp(-apart / _FORTNIGHT_DAYS)
        + _SEASON * np.exp(-apart / _SEASON_DAYS)
    )
    return first


def _asks_for_more(filters: Filters, now: datetime) -> bool:
    """Return whether filters ask for what is not out: drafts, whatever their date, or what comes out later."""
    return filters.published is False or (filters.since is not None and moment_of(filters.since) > now)


def _yet_to_come(index: Index, subject: Profile, now: datetime) -> NDArray[np.bool_]:
    """Return what is no suggestion yet, because it comes out later than today and later than the subject."""
    found = np.zeros(len(index.columns), dtype=np.bool_)
    after = now + GRACE
    scheduled = index.habits.scheduled(after)
    if scheduled.held_back:
        places = index.columns.places(scheduled.rows)
        days = index.columns.days[places]
        later = days > after.timestamp() / _DAY_SECONDS
        # a day apart is as far in the future; a subject without a date is out today
        later &= ~(days <= subject.day + GRACE / timedelta(days=1))
        found[places[later]] = True
    return found


def _best(scores: NDArray[np.float32], allowed: NDArray[np.bool_], count: int) -> Rows:
    """Return the places of the best scores above 0 among those allowed; more of them where the last are equal."""
    some = np.flatnonzero(allowed & (scores > 0))
    if len(some) > count:
        found = scores[some]
        some = some[found >= np.partition(found, len(some) - count)[len(some) - count]]
    return some


def _listed_by(index: Index, rows: Rows) -> Rows:
    """Return the rows of what stands in the curated lists of some articles."""
    found = index.connection.execute(
        "SELECT DISTINCT address.row FROM article JOIN curated ON curated.path = article.id "
        "JOIN address ON address.url = curated.target WHERE article.row IN (SELECT value FROM json_each(?))",
        (row_list(rows.tolist()),),
    )
    return np.fromiter((row for (row,) in found), dtype=np.int64)


def excluded_rows(index: Index, subject: Subject, *, blind: bool) -> tuple[set[int], set[int]]:
    """Return the rows of the subject and its copies, and the rows of what is curated already.

    A copy shares an address with the subject, or its whole text word for word, whatever its capitals and punctuation.
    With ``blind`` the curated list counts as empty.
    """
    article = subject.article
    copies = {row for rows in index.rows_of_urls(addresses(article)).values() for row in rows}
    columns = index.columns
    of_title = columns.rows[columns.title_key == words_key(article.title)].tolist()
    words = _words_of(article.title, article.excerpt)
    copies.update(
        row
        for row, title, excerpt in index.connection.execute(
            "SELECT row, title, excerpt FROM article WHERE row IN (SELECT value FROM json_each(?))",
            (row_list(of_title),),
        )
        if _words_of(title, excerpt) == words
    )
    if subject.row is not None:
        copies.add(subject.row)
    listed = () if blind else curated_rows(index, subject.curated)
    return copies, {row for rows in listed for row in rows}


def _words_of(title: str, excerpt: str) -> int:
    return words_key(document_text(title, excerpt))


def curated_rows(index: Index, items: Iterable[CuratedItem]) -> list[list[int]]:
    """Return for each curated item the rows of the articles that it means, files first; none if it is unknown."""
    named = [[item.target, *(addresses(item.article) if item.article else ())] for item in items]
    known = index.rows_of_urls(url for urls in named for url in urls)
    found: list[list[int]] = []
    for urls in named:
        rows = [row for url in urls for row in known[url]]
        if not rows:
            row = index.row_of_id(urls[0])
            row = index.row_of_reference(urls[0]) if row is None else row
            rows = [] if row is None else [row]
        found.append(list(dict.fromkeys(rows)))
    return found


def addresses(article: Article) -> list[str]:
    """Return the canonical URLs under which an article is known."""
    return [url for url in (article.canonical_url, *article.alias_urls) if url]
