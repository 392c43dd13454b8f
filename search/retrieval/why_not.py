"""Why a query does not show an article: the stage that lost it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from search.index.filters import ANYTHING, Filters
from search.index.lexical import any_of, bm25
from search.retrieval.listing import newest, newest_of
from search.retrieval.rerank import rerank
from search.retrieval.scores import POOL, Wishes, best_rows
from search.retrieval.search import Hit, search, understood
from search.retrieval.stories import best_of_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.encoders.base import Encoder
    from search.encoders.reranker import Reranker
    from search.index.opened import Index
    from search.retrieval.query import Query


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one article in one query.

    Attributes:
        stage: ``shown``, ``filters``, ``retrieval``, ``floor``, ``story`` or ``rank``.
        told: In words.
        rank: Its rank among all articles that pass, from 1; None where it has none.
    """

    stage: str
    told: str
    rank: int | None = None


def why_not(
    index: Index,
    row: int,
    query: Query,
    wishes: Wishes,
    encoder: Encoder | None,
    now: datetime,
    reranker: Reranker | None = None,
) -> Finding:
    """Return the stage that lost an article of the index, or where it stands; the arguments are those of ``search``."""
    if lost := _filter_that_drops(index, row, query.filters):
        return Finding("filters", lost)
    if not query.text:
        hits = search(index, query, wishes, encoder, now, reranker).hits
        rows = newest(index, index.condition(query.filters), -1)
        return _among_newest(index, row, rows, "the filters", hits, collapse=False)
    return _among_found(index, row, query, wishes, encoder, now, reranker)


def _among_found(
    index: Index,
    row: int,
    query: Query,
    wishes: Wishes,
    encoder: Encoder | None,
    now: datetime,
    reranker: Reranker | None,
) -> Finding:
    where = index.condition(query.filters)
    found = understood(index, query, where, wishes, encoder, now)
    asked, total = found.asked, found.scores.total
    answer = search(index, query, wishes, encoder, now, reranker)
    if asked.times.alone:
        times = ", ".join(asked.times.words)
        rows = newest_of(index, where, asked.times, -1)
        return _among_newest(index, row, rows, f'"{times}"', answer.hits, collapse=wishes.collapse)
    if row not in total:
        lost = _not_retrieved(index, row, asked.words, wishes)
        return _among_hits(index.ids([row])[row], answer.hits, None, lost) or Finding("retrieval", lost)
    if not answer.hits:
        rank = _ranked(index, total).index(row) + 1
        return Finding("floor", "nothing comes near this query, so nothing is said to be found; --no-floor", rank)
    if reranker is not None:
        again = rerank(index, asked.text, total, reranker, wishes.k, collapse=wishes.collapse)
        if row not in again:
            rank = _ranked(index, total).index(row) + 1
            told = f"rank {rank} of {len(total)} candidates; --rerank reads {len(again)} of them"
            return Finding("rank", told, rank)
        total = again
    return _among_ranked(index, row, total, answer.hits, wishes)


def _ranked(index: Index, total: dict[int, float]) -> list[int]:
    return [row for row, _ in best_rows(index, total, len(total))]


def _among_ranked(index: Index, row: int, total: dict[int, float], hits: Sequence[Hit], wishes: Wishes) -> Finding:
    ranked = _ranked(index, total)
    rank = ranked.index(row) + 1
    if found := _among_hits(index.ids([row])[row], hits, rank, f"rank {rank}"):
        return found
    first, place = _of_its_story(index, ranked, row) if wishes.collapse else (row, rank)
    if first != row:
        return _not_shown_either(index, first, rank, place)
    stands = f"rank {rank} of {len(total)} candidates with a score of {total[row]:.3f}"
    if place != rank:
        stands += f", and {place} where each story counts once"
    ends = f"what is shown ends at {hits[-1].score:.3f}"
    return Finding("rank", f"{stands}; {ends}; -k {place} would show it", rank)


def _among_newest(
    index: Index, row: int, rows: Sequence[int], passed: str, hits: Sequence[Hit], *, collapse: bool
) -> Finding:
    if row not in rows:
        return Finding("filters", f"it does not pass {passed}")
    rank = rows.index(row) + 1
    if found := _among_hits(index.ids([row])[row], hits, rank, f"rank {rank}"):
        return found
    first, place = _of_its_story(index, rows, row) if collapse else (row, rank)
    if first != row:
        return _not_shown_either(index, first, rank, place)
    told = f"rank {rank} of {len(rows)} that pass {passed}, newest first; -k {place} would show it"
    return Finding("rank", told, rank)


def _not_shown_either(index: Index, first: int, rank: int, place: int) -> Finding:
    """Tell that what stands for the story of an article, at a place of its own, is not shown."""
    told = f"rank {rank}, one story with {index.ids([first])[first]}, not shown either: -k {place} would show it"
    return Finding("story", told, rank)


def _of_its_story(index: Index, ranked: Sequence[int], row: int) -> tuple[int, int]:
    """Return the best of a row's story, and its rank where each story stands once."""
    best = best_of_each(index, ranked)
    leader = index.story_leaders([row]).get(row, row)
    return best[leader], list(best).index(leader) + 1


def _among_hits(article_id: str, hits: Sequence[Hit], rank: int | None, stands: str) -> Finding | None:
    for hit in hits:
        if hit.article.id == article_id:
            return Finding("shown", f"it is shown at rank {hit.rank}", hit.rank)
        if article_id in hit.also:
            told = f"{stands}; folded under {hit.article.id} (rank {hit.rank}): one story; --no-collapse"
            return Finding("story", told, rank)
    return None


def _filter_that_drops(index: Index, row: int, filters: Filters) -> str:
    """Name the first filter that an article does not pass alone."""
    for name in (field.name for field in fields(Filters) if field.name != "also"):
        for value in (getattr(one, name) for one in (filters, *filters.also)):
            if value == getattr(ANYTHING, name):
                continue
            where = index.condition(replace(ANYTHING, **{name: value}))
            found = index.connection.execute(
                f"SELECT 1 FROM article AS a WHERE a.row = ? AND {where.sql}", (row, *where.values)
            ).fetchone()
            if not found:
                return f"it does not pass the filter {name.replace('_', ' ')}: {_as_typed(name, value)}"
    return ""


def _as_typed(name: str, value: object) -> str:
    """Return the value of a filter as one would type it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    if isinstance(value, date):  # what is until a day is before the next one
        return str(value - timedelta(days=1) if name == "until" else value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _not_retrieved(index: Index, row: int, words: list[str], wishes: Wishes) -> str:
    among = bm25(index.connection, any_of(words), index.condition(ANYTHING), 1, among=[row])
    shares = "none of the query's words" if not among else "some of the query's words"
    if wishes.mode == "lexical":
        return f"it has {shares}: --mode hybrid looks at meaning too"
    return f"it has {shares}, and more than {POOL} articles are closer in words and in meaning"
