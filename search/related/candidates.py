"""Candidates for an article: dense and lexical neighbours, each with all of its scores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.content.urls import canonical_url
from search.index.filters import Condition
from search.index.lexical import any_of, bm25, terms
from search.index.rows import text_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.content.article import Article, CuratedItem
    from search.encoders.base import Vectors
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.related.subject import Subject

# What each of the three retrievers contributes.
POOL = 200

# score = cosine + TEXT_WEIGHT x BM25 of the whole text + TITLE_WEIGHT x BM25 of the title (both divided by the
# best of the candidates) + NEARNESS_WEIGHT x exp(-days / NEARNESS_DAYS). By the development judgements nDCG@5 is
# 0.86, against 0.77 for the cosine alone; an additive bonus for nearness in time helps where a factor hurts.
TEXT_WEIGHT = 0.2
TITLE_WEIGHT = 0.2
NEARNESS_WEIGHT = 0.2
NEARNESS_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that might be suggested.

    Attributes:
        row: Its row in the index.
        article: The article.
        score: What it is ranked by.
        dense: Cosine with the subject's text.
        text: BM25 of the subject's words, 0 to 1, against the best candidate.
        title: The same for the words of the subject's title.
        nearness: exp(-days / NEARNESS_DAYS), 0 when a date is unknown.
        days: Days from the subject to this one, negative when it is older; None when a date is unknown.
    """

    row: int
    article: Article
    score: float
    dense: float
    text: float
    title: float
    nearness: float
    days: float | None


def excluded_rows(index: Index, subject: Subject, *, blind: bool) -> tuple[set[int], set[int]]:
    """Return the rows of the subject and its copies, and the rows of what is curated already.

    A copy shares an address with the subject, or its whole text word for word. With ``blind`` the
    curated list counts as empty.
    """
    article = subject.article
    copies = {row for url in _addresses(article) for row in index.rows_of_url(url)}
    same_text = index.connection.execute("SELECT row FROM article WHERE text_key = ?", (text_key(article),))
    copies.update(row for (row,) in same_text)
    if subject.row is not None:
        copies.add(subject.row)
    curated: set[int] = set()
    if not blind:
        for item in subject.curated:
            curated.update(curated_rows(index, item))
    return copies, curated


def curated_rows(index: Index, item: CuratedItem) -> list[int]:
    """Return the rows of the articles that a curated item means, files first; none if it is unknown."""
    urls = [item.target, *(_addresses(item.article) if item.article else ())]
    rows = [row for url in urls if canonical_url(url) for row in index.rows_of_url(url)]
    if not rows and (row := index.row_of_id(item.target)) is not None:
        rows = [row]
    return list(dict.fromkeys(rows))


def find_candidates(
    index: Index, subject: Subject, vector: Vectors, filters: Filters, excluded: set[int]
) -> list[Candidate]:
    """Return candidates by descending score, then by id.

    Args:
        index: Where to look.
        subject: What they shall relate to.
        vector: Of the subject, shape (dim,).
        filters: What candidates must be; those flagged as removed never are.
        excluded: Rows that are none: the subject and its copies.
    """
    article = subject.article
    passing = index.condition(filters)
    where = Condition(
        f"{passing.sql} AND a.removed = 0 AND a.row NOT IN ({', '.join(map(str, sorted(excluded)))})", passing.values
    )
    text = any_of(terms(f"{article.title} {article.excerpt}"))
    title = any_of(terms(article.title))
    by_text = dict(bm25(index.connection, text, where, POOL))
    by_title = dict(bm25(index.connection, title, where, POOL))
    among = index.rows(where) if filters else None
    scores, found = index.vectors.search(vector[None, :], POOL + len(excluded), among)
    by_cosine = dict(zip(found[0].tolist(), scores[0].tolist(), strict=True))

    known = index.articles(by_text.keys() | by_title.keys() | by_cosine.keys())
    articles = {row: some for row, some in known.items() if row not in excluded and not some.removed}
    pool = sorted(articles)
    by_text |= dict(bm25(index.connection, text, where, len(pool), among=_missing(pool, by_text)))
    by_title |= dict(bm25(index.connection, title, where, len(pool), among=_missing(pool, by_title)))
    rest = np.array(_missing(pool, by_cosine), dtype=np.int64)
    if len(rest):
        by_cosine.update(zip(rest.tolist(), index.vectors.scores(vector, rest).tolist(), strict=True))

    shares, title_shares = _relative(by_text), _relative(by_title)
    candidates = [
        _candidate(row, articles[row], article, by_cosine[row], shares.get(row, 0.0), title_shares.get(row, 0.0))
        for row in pool
    ]
    candidates.sort(key=lambda candidate: (-candidate.score, candidate.article.id))
    return candidates


def _candidate(row: int, article: Article, subject: Article, dense: float, text: float, title: float) -> Candidate:
    days = None
    nearness = 0.0
    if article.published_at and subject.published_at:
        days = (article.published_at - subject.published_at).total_seconds() / 86400
        nearness = math.exp(-abs(days) / NEARNESS_DAYS)
    score = dense + TEXT_WEIGHT * text + TITLE_WEIGHT * title + NEARNESS_WEIGHT * nearness
    return Candidate(row, article, score, dense, text, title, nearness, days)


def _relative(scores: dict[int, float]) -> dict[int, float]:
    """Return scores divided by the best of them."""
    best = max(scores.values(), default=0.0)
    return {row: score / best for row, score in scores.items()} if best > 0 else {}


def _addresses(article: Article) -> list[str]:
    return [url for url in (article.canonical_url, *article.alias_urls) if url]


def _missing(pool: Iterable[int], known: dict[int, float]) -> list[int]:
    return [row for row in pool if row not in known]
