"""The scores of a query's candidates: retrieved by meaning and by words, fused, and looked at a second time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Literal

import numpy as np

from search.index.lexical import STOP_WORDS, any_of, bm25, ceiling, matches, rarity
from search.retrieval.floor import telling
from search.retrieval.fusion import (
    FEEDBACK_LEADERS,
    FEEDBACK_WEIGHT,
    LEXICAL_WEIGHT,
    MAX_SIM_WEIGHT,
    Part,
    feedback,
    fuse,
    level,
    share_of,
)
from search.retrieval.interaction import READ_AGAIN, max_sims
from search.retrieval.latest import ended_on
from search.retrieval.pairs import lacking
from search.retrieval.stories import are_so_many, best_of_each
from search.retrieval.timely import PERIOD_POOL, PERIOD_WEIGHT, nearness, of_their_time, time_weight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from search.encoders.base import Encoder
    from search.index.filters import Condition
    from search.index.opened import Index
    from search.index.vectors import Rows
    from search.retrieval.wording import Wording

Mode = Literal["hybrid", "dense", "lexical"]

# What each retriever hands to the fusion; its scores for the other's candidates are filled in exactly,
# so that the pool bounds only what neither of them ranks this high.
POOL = 400
# How many times more are asked for when these tell too few stories.
MORE = 10

# The most that recency can add: less than what one telling word or a clearly closer meaning counts.
RECENCY_WEIGHT = 0.1
_DAY = 86_400.0
# What an ordinary word counts where one types it in capitals and an article does not: a name is meant, or stress.
_SMALL_LETTERS = 0.5
# What is left by rounding where all that was scored is taken away.
_NO_SCORE = 1e-9


@dataclass(frozen=True, slots=True)
class Wishes:
    """How results are wanted.

    Attributes:
        k: How many at most.
        mode: Which retrievers.
        collapse: One result for a story, while there are others to show.
        floor: Find nothing when nothing comes near; not with filters, which say what is wanted.
        as_typed: Set no misspelling right, add no acronym and no other spelling, and read no time in the words.
        half_life_days: Prefer what is recent: half of ``RECENCY_WEIGHT`` is left at this age, at the end of an archive
            that goes on no longer; 0 for no preference.
    """

    k: int = 10
    mode: Mode = "hybrid"
    collapse: bool = True
    floor: bool = True
    as_typed: bool = False
    half_life_days: float = 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores by row of the candidates: in all, and by part.

    ``max_sim`` is of those that lead; the others count as the least of these, so that they come no nearer. ``beside``
    is what the words count beyond their BM25 for standing side by side as in the query.
    """

    total: dict[int, float]
    dense: dict[int, float]
    lexical: dict[int, float]
    feedback: dict[int, float]
    ceiling: float
    beside: dict[int, float] = field(default_factory=dict)
    recency: dict[int, float] = field(default_factory=dict)
    max_sim: dict[int, float] = field(default_factory=dict)
    timely: dict[int, float] = field(default_factory=dict)
    time_weight: float = PERIOD_WEIGHT

    def parts(self, row: int) -> tuple[Part, ...]:
        """Return what a row's total is the sum of."""
        words = self.lexical.get(row, 0.0)
        parts = [Part("cosine", 1.0, self.dense[row]) if self.dense else Part("BM25", 1.0, words)]
        if self.ceiling > 0:
            parts.append(Part("words", LEXICAL_WEIGHT, share_of(words + self.beside.get(row, 0.0), self.ceiling)))
        if row in self.feedback:
            parts.append(Part("leaders", FEEDBACK_WEIGHT, self.feedback[row]))
        if row in self.max_sim:
            parts.append(Part("MaxSim", MAX_SIM_WEIGHT, self.max_sim[row]))
        if row in self.recency:
            parts.append(Part("recency", RECENCY_WEIGHT, self.recency[row]))
        if row in self.timely:
            parts.append(Part("time", self.time_weight, self.timely[row]))
        return tuple(parts)


def score(
    index: Index,
    asked: Wording,
    where: Condition,
    wishes: Wishes,
    encoder: Encoder | None,
    now: datetime,
    *,
    has_filters: bool,
) -> Scores:
    """Return the scores of the candidates of all retrievers, what is recent preferred where that is wished.

    Where stories are collapsed, and the retrievers hand on nothing but copies of a few, they are asked for more.
    """
    pool = pool_size(wishes)
    scores = _retrieved(index, asked, where, wishes, encoder, pool, has_filters=has_filters)
    while wishes.collapse and len(scores.total) >= pool and not are_so_many(index, scores.total, wishes.k):
        pool *= MORE
        scores = _retrieved(index, asked, where, wishes, encoder, pool, has_filters=has_filters)
    if wishes.half_life_days:
        ended = ended_on(index.connection, now)
        end = datetime.combine(ended, time.max, UTC) if ended else now
        ages = end.timestamp() / _DAY - index.days(scores.total)
        recent = 0.5 ** (np.maximum(np.nan_to_num(ages, nan=np.inf), 0) / wishes.half_life_days)
        recency = dict(zip(scores.total, recent.tolist(), strict=True))
        scores = replace(scores, total=_added(scores.total, RECENCY_WEIGHT, recency), recency=recency)
    return scores


def read_again(index: Index, asked: Wording, scores: Scores, encoder: Encoder, *, collapse: bool) -> Scores:
    """Return the scores of a query with MaxSim added, whatever number of results is wanted.

    Texts that are the same count the same; where stories are collapsed, the best of each is read first. What is not
    read counts as the least of what is.
    """
    ranked = [row for row, _ in best_rows(index, scores.total, len(scores.total))]
    if collapse:
        ranked = list(dict.fromkeys([*best_of_each(index, ranked).values(), *ranked]))
    vectors = index.vectors.get(np.array(ranked, dtype=np.int64))
    texts = {row: vector.tobytes() for row, vector in zip(ranked, vectors, strict=True)}
    first: dict[bytes, int] = {}
    for row, text in texts.items():
        first.setdefault(text, row)
    found = max_sims(index, asked, list(first.values())[:READ_AGAIN], encoder)
    if not found:
        return scores
    least = min(found.values())
    max_sim = {row: found.get(first[text], least) for row, text in texts.items()}
    return replace(scores, total=_added(scores.total, MAX_SIM_WEIGHT, max_sim), max_sim=max_sim)


def pool_size(wishes: Wishes) -> int:
    """Return how many candidates are mostly enough: every story may be as large as one in ten of what is shown."""
    return max(10 * wishes.k if wishes.collapse else wishes.k, POOL)


def _retrieved(
    index: Index,
    asked: Wording,
    where: Condition,
    wishes: Wishes,
    encoder: Encoder | None,
    pool: int,
    *,
    has_filters: bool,
) -> Scores:
    mode = wishes.mode
    nearer = of_their_time(index, asked.times, where)
    dense: dict[int, float] = {}
    lexical: dict[int, float] = {}
    if mode != "dense":
        for condition, size in [(where, pool), *((one, PERIOD_POOL) for one in nearer)]:
            lexical |= _lexical(index, asked, condition, size)
    if mode == "lexical" or encoder is None:
        return Scores(dict(lexical), {}, lexical, {}, 0.0)
    vector = encoder.encode_queries([asked.text])[0]
    of_their_times = {row for one in nearer for row in _nearest(index, vector, PERIOD_POOL, index.rows(one))}
    others = [*lexical, *of_their_times, *asked.times.writers]
    dense = _dense(index, vector, pool, index.rows(where) if has_filters else None, others)
    vectors = index.vectors.get(np.fromiter(dense, dtype=np.int64, count=len(dense)))
    dense = level(dense, vectors)
    weight = time_weight(asked.times)
    if mode == "dense":
        timely = nearness(index, asked.times, dense, {}, 0.0)
        return Scores(_added(dense, weight, timely), dense, {}, {}, 0.0, timely=timely, time_weight=weight)
    unscored = [row for row in dense if row not in lexical]
    lexical |= _lexical(index, asked, where, len(unscored), unscored)
    most = _most(asked, index.manifest.articles)
    beside = lacking(index, asked.pairs, asked.counts, where, lexical)
    words = lexical | {row: lexical[row] + more for row, more in beside.items()}
    timely = nearness(index, asked.times, dense, words, most)
    first = _added(fuse(dense, words, most), weight, timely)
    second = feedback(first, [row for row, _ in best_rows(index, first, FEEDBACK_LEADERS)], vectors)
    total = _added(first, FEEDBACK_WEIGHT, second)
    return Scores(total, dense, lexical, second, most, beside, timely=timely, time_weight=weight)


def _most(asked: Wording, articles: int) -> float:
    """Return the ceiling of the words; beside a name, words that no article has say nothing against its articles."""
    counts = asked.counts.values()
    return ceiling(articles, filter(None, counts) if telling(asked.counts, articles, rare=1) else counts)


def _lexical(
    index: Index, asked: Wording, where: Condition, pool: int, among: Sequence[int] | None = None
) -> dict[int, float]:
    """Return BM25 scores; a name in capitals counts where it stands so, by how few articles have it so."""
    connection, articles = index.connection, index.manifest.articles
    expression = any_of([*asked.words, *asked.others])
    found = dict(bm25(connection, expression, where, pool, among))
    for word, rows in asked.capitals.items():
        if among is None:
            found |= dict(bm25(connection, expression, where, len(rows), rows))
        gain = rarity(articles, len(rows)) / rarity(articles, matches(connection, word))
        having = frozenset(rows)
        otherwise = 0.0 if word in STOP_WORDS else _SMALL_LETTERS
        for row, score in bm25(connection, any_of([word]), where, len(found), list(found)):
            found[row] += score * ((gain if row in having else otherwise) - 1)
    return {row: score for row, score in found.items() if score > _NO_SCORE} if asked.capitals else found


def _nearest(index: Index, vector: np.ndarray, pool: int, among: Rows | None) -> dict[int, float]:
    scores, rows = index.vectors.search(vector[None, :], pool, among)
    return dict(zip(rows[0].tolist(), scores[0].tolist(), strict=True))


def _dense(index: Index, vector: np.ndarray, pool: int, among: Rows | None, others: Iterable[int]) -> dict[int, float]:
    dense = _nearest(index, vector, pool, among)
    rest = np.array([row for row in dict.fromkeys(others) if row not in dense], dtype=np.int64)
    if len(rest):
        dense.update(zip(rest.tolist(), index.vectors.scores(vector, rest).tolist(), strict=True))
    return dense


def _added(total: dict[int, float], weight: float, values: dict[int, float]) -> dict[int, float]:
    """Return scores with something added to them, where there is anything to add."""
    return {row: score + weight * values[row] for row, score in total.items()} if values else dict(total)


def best_rows(index: Index, scores: dict[int, float], k: int) -> list[tuple[int, float]]:
    """Return the k best rows with their scores; equal scores stand in the order of article ids."""
    if not scores or k <= 0:
        return []
    least = heapq.nlargest(k, scores.values())[-1]
    rows = [row for row, score in scores.items() if score >= least]
    ids = index.ids(rows)
    rows.sort(key=lambda row: (-scores[row], ids[row]))
    return [(row, scores[row]) for row in rows[:k]]
