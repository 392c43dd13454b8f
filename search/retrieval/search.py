"""A query against an index: dense, lexical or both, filters first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from search.retrieval.floor import absent, is_near
from search.retrieval.fusion import Part
from search.retrieval.listing import newest, stories_of
from search.retrieval.named_times import NO_TIMES
from search.retrieval.rerank import rerank
from search.retrieval.scores import Scores, Wishes, best_rows, pool_size, read_again, score
from search.retrieval.stories import are_so_many, collapse
from search.retrieval.wording import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from search.content.article import Article
    from search.encoders.base import Encoder
    from search.encoders.reranker import Reranker
    from search.index.filters import Condition
    from search.index.opened import Index
    from search.retrieval.named_times import NamedTimes
    from search.retrieval.query import Query
    from search.retrieval.scores import Mode
    from search.retrieval.spelling import Correction
    from search.retrieval.wording import Wording
    from search.times.period import Period


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found.

    Attributes:
        rank: From 1.
        article: What was found.
        score: What it is ranked by.
        dense: Cosine with the query; None if not asked for.
        lexical: BM25; None if not asked for, 0 where no word matches.
        feedback: Cosine with the mean of what leads; None unless hybrid.
        max_sim: MaxSim with the query, as ``Scores`` has it; None unless hybrid, by an encoder with such tokens.
        ceiling: The most BM25 that the words could score; 0 unless hybrid.
        parts: What the score is the sum of; empty where there is no text to rank by.
        story: Article id of the one that stands for its story, and how many tell it; None when it shares none.
        also: Ids of articles of the same story, folded under this one.
        also_at: When these were published, where the query names a time and more than that.
        writes: Times that the query names which the article writes, or one that is folded under it.
    """

    rank: int
    article: Article
    score: float
    dense: float | None = None
    lexical: float | None = None
    feedback: float | None = None
    max_sim: float | None = None
    ceiling: float = 0.0
    parts: tuple[Part, ...] = ()
    story: tuple[str, int] | None = None
    also: tuple[str, ...] = ()
    also_at: tuple[datetime | None, ...] = ()
    writes: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found.

    Attributes:
        query: What was asked.
        mode: Which retrievers answered.
        hits: The articles, best first.
        passing: How many articles passed the filters at all.
        corrected: Words that were taken for misspelt and set right.
        others: Acronyms and long forms that were searched for too.
        doubtful: Words and phrases that may be misspelt, and were searched for as typed.
        times: Those that were read in the words; what is of them counts more, or comes first, or is listed, newest
            first, where nothing else was asked for.
        absent: Telling words that no article has; all words where no article has any. Those in capitals are words of
            which no article has capitals.
        near: Whether anything comes near the text; if not, the articles are the nearest that pass the filters.
    """

    query: Query
    mode: Mode
    hits: list[Hit]
    passing: int
    corrected: list[Correction] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    doubtful: list[Correction] = field(default_factory=list)
    times: NamedTimes = NO_TIMES
    absent: list[str] = field(default_factory=list)
    near: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """What a query was taken for.

    Attributes:
        asked: What is searched for.
        scores: Of the candidates.
        near: Whether anything comes near.
    """

    asked: Wording
    scores: Scores
    near: bool


def understood(
    index: Index, query: Query, where: Condition, wishes: Wishes, encoder: Encoder | None, now: datetime
) -> Understood:
    """Search for a query as it is worded, or for what is likely meant where nothing is found so.

    Nothing is found where nothing comes near, or where no article has any of the words and one is likely misspelt:
    how near such a word comes is chance.
    """
    found = _understood(index, query, where, wishes, encoder, now)
    is_shown = found.near or bool(query.filters) or not wishes.floor
    if wishes.mode != "hybrid" or encoder is None or not found.scores.total or not is_shown:
        return found
    again = read_again(index, found.asked, found.scores, encoder, collapse=wishes.collapse)
    return replace(found, scores=again)


def _understood(
    index: Index, query: Query, where: Condition, wishes: Wishes, encoder: Encoder | None, now: datetime
) -> Understood:
    has_times, has_filters = wishes.mode != "lexical", bool(query.filters)
    asked = wording(index, query, encoder, now, as_typed=wishes.as_typed, has_times=has_times)
    if asked.times.alone:
        return Understood(asked, Scores({}, {}, {}, {}, 0.0), near=True)
    scores = score(index, asked, where, wishes, encoder, now, has_filters=has_filters)
    near = is_near(index, asked, scores, where)
    if near and any(asked.counts.values()):
        return Understood(asked, scores, near)
    meant = wording(index, query, encoder, now, as_typed=wishes.as_typed, has_times=has_times, last_resort=True)
    if meant.text != asked.text:
        others = score(index, meant, where, wishes, encoder, now, has_filters=has_filters)
        if is_near(index, meant, others, where):
            return Understood(meant, others, near=True)
    if near:
        return Understood(asked, scores, near)
    doubtful = [one for one in meant.corrected if one not in asked.corrected] + meant.doubtful
    return Understood(replace(asked, doubtful=doubtful), scores, near)


def search(
    index: Index,
    query: Query,
    wishes: Wishes,
    encoder: Encoder | None,
    now: datetime,
    reranker: Reranker | None = None,
) -> Answer:
    """Return the best articles that pass the query's filters.

    Dense and hybrid find ``min(k, passing)`` articles, unless nothing comes near; lexical finds those of them that
    share a word. Where stories are collapsed and too few are left, the folded ones follow at the end. A query of
    filters alone lists all that passes, newest first, whatever stories it tells.

    Args:
        index: Where to look.
        query: From ``parse_query``.
        wishes: How results are wanted.
        encoder: That of the index; needed unless the mode is ``lexical`` or the query has no text.
        now: What recency is counted from.
        reranker: Reads the best again with the query and orders them anew.
    """
    where = index.condition(query.filters)
    passing = index.count(where)
    if not query.text:
        hits = _hits(index, [(row, 0.0) for row in newest(index, where, wishes.k)], None, wishes.mode, {}, {})
        return Answer(query, wishes.mode, hits, passing)
    found = understood(index, query, where, wishes, encoder, now)
    asked, scores, times = found.asked, found.scores, found.asked.times
    answer = Answer(
        query,
        wishes.mode,
        [],
        passing,
        asked.corrected,
        asked.others,
        asked.doubtful,
        times,
        [] if times.alone else _absent(asked),
        found.near,
    )
    if times.alone:
        listed, under = stories_of(index, where, times, wishes)
        return replace(answer, hits=_hits(index, listed, None, wishes.mode, under, times.written))
    has_floor = wishes.floor and not query.filters and wishes.mode != "lexical"
    if not scores.total or (has_floor and not found.near):
        return answer
    total = scores.total
    if reranker is not None:
        total = rerank(index, asked.text, total, reranker, wishes.k, collapse=wishes.collapse)
    folded: dict[int, list[int]] = {}
    if wishes.collapse:
        best, folded = collapse(index, _best_with_stories(index, total, wishes), wishes.k, where)
    else:
        best = best_rows(index, total, wishes.k)
    hits = _hits(index, best, scores, wishes.mode, folded, times.written)
    if reranker is not None:
        hits = [replace(hit, parts=(Part("reranker", 1.0, hit.score),)) for hit in hits]
    return replace(answer, hits=hits)


def _absent(asked: Wording) -> list[str]:
    """Return the telling words that no article has, and amounts; those in capitals that none has so in capitals."""
    return [*(word.upper() if word in asked.capitals else word for word in absent(asked.counts)), *asked.missing]


def _best_with_stories(index: Index, total: dict[int, float], wishes: Wishes) -> list[tuple[int, float]]:
    best = best_rows(index, total, pool_size(wishes))
    if len(best) == len(total) or are_so_many(index, [row for row, _ in best], wishes.k):
        return best
    return best_rows(index, total, len(total))


def _hits(
    index: Index,
    best: Sequence[tuple[int, float]],
    scores: Scores | None,
    mode: Mode,
    folded: dict[int, list[int]],
    written: Mapping[Period, frozenset[int]],
) -> list[Hit]:
    rows = [row for row, _ in best]
    articles = index.articles(rows)
    ids = index.ids(row for some in folded.values() for row in some)
    stories = index.stories(rows)
    others = index.articles(row for some in folded.values() for row in some) if scores and scores.timely else {}
    return [
        Hit(
            rank,
            articles[row],
            total,
            dense=scores.dense.get(row) if scores and mode != "lexical" else None,
            lexical=scores.lexical.get(row, 0.0) if scores and mode != "dense" else None,
            feedback=scores.feedback.get(row) if scores and mode == "hybrid" else None,
            max_sim=scores.max_sim.get(row) if scores else None,
            ceiling=scores.ceiling if scores else 0.0,
            parts=scores.parts(row) if scores else (),
            story=stories.get(row),
            also=tuple(ids[other] for other in folded.get(row, ())),
            also_at=tuple(others[other].published_at for other in folded.get(row, ()) if others),
            writes=tuple(time for time, those in written.items() if not those.isdisjoint([row, *folded.get(row, ())])),
        )
        for rank, (row, total) in enumerate(best, start=1)
    ]
