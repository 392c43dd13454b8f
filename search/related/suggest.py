"""The curated list of an article beside what this program proposes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.content.urls import canonical_url
from search.index.filters import ANYTHING, Filters
from search.related.candidates import Pool, curated_rows, excluded_rows, find_pool
from search.related.features import feature_matrix
from search.related.kinds import Kind, kind_of
from search.related.profile import profile_of
from search.related.ranker import LEAD, LEADERS, Ranker, Scores, ranked, ranker_for
from search.related.reasons import reasons_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from search.content.article import Article, CuratedItem
    from search.encoders.base import Encoder
    from search.index.opened import Index
    from search.related.subject import Subject


@dataclass(frozen=True, slots=True)
class Options:
    """What an editor wants of suggestions.

    Attributes:
        k: How many at most.
        filters: What suggestions must be.
        past_only: Only what was published before the article, or at the same time.
        diversity: How much it counts against a suggestion that it is more alike to what is listed or proposed already
            than to the article, 0 to 1.
        min_probability: Leave out what is less likely to be taken.
        per_provider: At most this many of one provider; 0 for any number.
        blind: Treat the article as if it had no curated list.
        rejected: Rows that an editor has turned down for this article; with ``blind`` they count as any other.
        collapse: One suggestion for a story, the others in its ``also``. Without it nothing is diversified or
            left out: every candidate stands at its own rank.
    """

    k: int = 10
    filters: Filters = ANYTHING
    past_only: bool = False
    diversity: float = 0.1
    min_probability: float = 0.0
    per_provider: int = 0
    blind: bool = False
    rejected: frozenset[int] = frozenset()
    collapse: bool = True


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
        article: What is proposed.
        score: What it is ranked by.
        probability: That an editor would take it.
        kind: What it is to the article at hand.
        reasons: In plain words.
        also: Ids of the same story, collapsed under this one.
        dense: Cosine of the texts.
        words: Cosine of their words.
        listed: Probability that the site would list it.
        days: Days from the article to this one; NaN when a date is unknown.
    """

    rank: int
    article: Article
    score: float
    probability: float
    kind: Kind
    reasons: tuple[str, ...]
    also: tuple[str, ...]
    dense: float
    words: float
    listed: float
    days: float


@dataclass(frozen=True, slots=True)
class Related:
    """The curated list of an article, and the suggestions beside it.

    ``best_left_out`` is the highest probability among what was too unlikely to be proposed, 0 if nothing was.
    """

    article: Article
    curated: list[CuratedEntry]
    suggested: list[Suggestion]
    best_left_out: float = 0.0


def suggest(
    index: Index,
    subject: Subject,
    options: Options = Options(),
    *,
    encoder: Encoder | None = None,
    ranker: Ranker | None = None,
) -> Related:
    """Return suggestions for an article.

    Never the article itself, a copy of it, what is curated already or another article of a curated story, or what
    is flagged as removed.

    Args:
        index: Where to look.
        subject: From ``find_subject``.
        options: What is wanted.
        encoder: That of the index; needed for a draft only.
        ranker: Who ranks; the index's own by default.
    """
    copies, curated = excluded_rows(index, subject, blind=options.blind)
    profile = profile_of(index, subject, encoder)
    left_out_rows = copies | curated | (frozenset() if options.blind else options.rejected)
    pool = find_pool(index, profile, options.filters, left_out_rows)
    scores = (ranker or ranker_for(index.folder)).scores(feature_matrix(index, pool))
    order = np.lexsort((pool.rows, -scores.lead))
    if options.past_only:
        order = order[pool.days[order] <= 0]
    left_out = 0.0
    if options.collapse:
        likely = scores.probability[order] >= options.min_probability
        left_out = float(scores.probability[order[~likely]].max(initial=0.0))
        groups = _collapse(index, pool, order[likely], curated)
        groups = _diversify(index, pool, scores, groups, curated, options)
    else:
        order = order[np.argsort(-ranked(scores.lead[order], scores.follow[order]), kind="stable")]
        groups = [[place] for place in order[: options.k].tolist()]
    articles = index.articles(int(pool.rows[group[0]]) for group in groups)
    ids = index.ids(row for group in groups for row in pool.rows[group[1:]].tolist())
    curated_list = _entries(index, subject.curated)
    suggested: list[Suggestion] = []
    for rank, (best, *others) in enumerate(groups, start=1):
        article, days, kind = articles[int(pool.rows[best])], float(pool.days[best]), _kind(index, pool, best)
        suggested.append(
            Suggestion(
                rank=rank,
                article=article,
                score=float(LEAD + scores.lead[best] if rank <= LEADERS else scores.follow[best]),
                probability=float(scores.probability[best]),
                kind=kind,
                reasons=reasons_for(
                    subject.article, article, kind, days, rarity=index.rarity, common_topics=index.common_topics
                ),
                also=tuple(ids[int(pool.rows[place])] for place in others),
                dense=float(pool.dense[best]),
                words=float(pool.words[best]),
                listed=float(scores.listed[best]),
                days=days,
            )
        )
    return Related(subject.article, curated_list, suggested, left_out)


def _kind(index: Index, pool: Pool, place: int) -> Kind:
    same_story: bool | None = None
    if pool.subject.story >= 0:
        same_story = bool(index.columns.story[pool.places[place]] == pool.subject.story)
    rank = int((pool.dense > pool.dense[place]).sum())
    return kind_of(same_story=same_story, days=float(pool.days[place]), cosine=float(pool.dense[place]), rank=rank)


def _entries(index: Index, items: Sequence[CuratedItem]) -> list[CuratedEntry]:
    found = curated_rows(index, items)
    ids = index.ids(rows[0] for rows in found if rows)
    entries: list[CuratedEntry] = []
    for item, rows in zip(items, found, strict=True):
        url = (item.article.url if item.article else "") or (item.target if canonical_url(item.target) else "")
        entries.append(CuratedEntry(item.position, ids[rows[0]] if rows else "", url, item.title))
    return entries


def _collapse(index: Index, pool: Pool, order: NDArray[np.intp], curated: set[int]) -> list[list[int]]:
    """Group candidates of one story or title under the best of them; those of a curated item are dropped."""
    columns = index.columns
    stories, titles = columns.story[pool.places].tolist(), columns.title_key[pool.places].tolist()
    listed = columns.places(np.array(sorted(curated), dtype=np.int64))
    # a group that begins with nothing is that of a curated item: what joins it is dropped
    dropped: list[int] = []
    of_story = dict.fromkeys(columns.story[listed].tolist(), dropped)
    of_title = dict.fromkeys(columns.title_key[listed].tolist(), dropped)
    groups: list[list[int]] = []
    for place in order.tolist():
        story, title = stories[place], titles[place]
        group = of_story.get(story, of_title.get(title))
        if group is None:
            group = []
            groups.append(group)
        of_story.setdefault(story, group)
        of_title.setdefault(title, group)
        group.append(place)
    return groups


def _diversify(
    index: Index, pool: Pool, scores: Scores, groups: list[list[int]], curated: set[int], options: Options
) -> list[list[int]]:
    """Choose groups one by one, each time the best after what speaks against it (MMR; Carbonell and Goldstein, 1998).

    What the curated list holds counts like what was chosen: what an article lacks leads. The first few are chosen by
    another score than those that follow.
    """
    leads = np.array([group[0] for group in groups], dtype=np.int64)
    vectors = pool.vectors[leads]
    known = index.vectors.get(np.array(sorted(curated), dtype=np.int64))
    likeness = (vectors @ known.T).max(axis=1, initial=0.0) if len(known) else np.zeros(len(leads))
    providers = index.columns.provider[pool.places[leads]]
    left = np.ones(len(leads), dtype=np.bool_)
    chosen: list[list[int]] = []
    while len(chosen) < options.k and left.any():
        # What two share because both are about the article is no repetition.
        repeats = np.maximum(likeness - pool.dense[leads], 0.0)
        score = scores.lead if len(chosen) < LEADERS else scores.follow
        worth = np.where(left, score[leads] - options.diversity * repeats, -np.inf)
        best = int(worth.argmax())
        chosen.append(groups[best])
        left[best] = False
        likeness = np.maximum(likeness, vectors @ vectors[best])
        same = (providers == providers[best]) & (providers >= 0)
        if options.per_provider and int((same & ~left).sum()) >= options.per_provider:
            left &= ~same
    return chosen
