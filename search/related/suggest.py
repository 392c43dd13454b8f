"""The curated list of an article beside what this program proposes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from search.content.urls import canonical_url
from search.related.candidates import POOL, Pool, curated_rows, excluded_rows, find_pool
from search.related.choice import choose, collapse
from search.related.features import feature_matrix
from search.related.kinds import Kind, kind_of
from search.related.options import USUAL, Options
from search.related.profile import profile_of
from search.related.ranker import LEAD, LEADERS, Ranker, ranker_for
from search.related.reasons import rarity_in, reasons_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from search.content.article import Article, CuratedItem
    from search.encoders.base import Encoder
    from search.index.opened import Index
    from search.related.subject import Subject

# Less is no habit: what the trees say of articles that nothing speaks for.
_PART_OF_LISTS = 0.01


@dataclass(frozen=True, slots=True)
class CuratedEntry:
    """An item of the curated list.

    Attributes:
        rank: From 1.
        id: Of the article it means; empty when none is known under it.
        url: Its address, or ``""``.
        title: As the item has it, else that of the article it means; may be empty.
        named: What the item calls the article: an address, a path or a name; empty when it has nothing of the kind.
        article: The article it means, or None.
    """

    rank: int
    id: str
    url: str
    title: str
    named: str = ""
    article: Article | None = None


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
        kinship: What they share of rare topics, 0 to 1.
        listed: Probability that the site would list it; 0 where it has no lists to tell by.
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
    kinship: float
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


def are_listed(some: Iterable[Suggestion]) -> bool:
    """Return whether this site's lists had a part in the order of any of some suggestions."""
    return any(one.listed >= _PART_OF_LISTS for one in some)


def suggest(
    index: Index,
    subject: Subject,
    options: Options = USUAL,
    *,
    encoder: Encoder | None = None,
    ranker: Ranker | None = None,
    now: datetime | None = None,
) -> Related:
    """Return suggestions for an article.

    Never the article itself, a copy of it, what is curated already or another article of a curated story, or what
    is flagged as removed; a draft, or what is yet to come out, only where the filters ask for such, or the site lists
    them.

    Args:
        index: Where to look.
        subject: From ``find_subject``.
        options: What is wanted.
        encoder: That of the index; needed for a draft only.
        ranker: Who ranks; the index's own by default.
        now: From which on dates are in the future; None where they say nothing, as when rankers are measured.
    """
    copies, curated = excluded_rows(index, subject, blind=options.blind)
    profile = profile_of(index, subject, encoder)
    dropped = curated | (frozenset() if options.blind else options.rejected)
    # What is listed or turned down is ranked with the others: the best of what is left would stand out for nothing.
    pool = find_pool(index, profile, options.filters, copies, size=POOL + len(dropped), now=now)
    ranker = ranker or ranker_for(index.folder)
    scores = ranker.scores(feature_matrix(index, pool), has_lists=index.habits.has_lists)
    order = np.lexsort((index.columns.order[pool.places], -scores.lead))
    wanted = pool.passes & np.array([row not in dropped for row in pool.rows.tolist()], dtype=np.bool_)
    order = order[wanted[order]]
    if options.past_only:
        order = order[pool.days[order] <= 0]
    left_out = 0.0
    if options.collapse:
        likely = scores.probability >= options.min_probability
        left_out = float(scores.probability[order[~likely[order]]].max(initial=0.0))
        # what is too unlikely by itself is still told under one of its story that is not
        groups = [some for some in collapse(index, pool, order, curated) if likely[some].any()]
        groups = [
            sorted(some, key=lambda place: (not likely[place], int(pool.rows[place]) not in options.preferred))
            for some in groups
        ]
        groups = choose(index, pool, scores, groups, curated, options)
    else:
        order = order[np.argsort(-scores.of(order).ranked(), kind="stable")]
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
                    subject.article,
                    article,
                    kind,
                    days,
                    rarity=partial(rarity_in, index),
                    common_topics=index.habits.common_topics,
                ),
                also=tuple(ids[int(pool.rows[place])] for place in others),
                dense=float(pool.dense[best]),
                words=float(pool.words[best]),
                kinship=float(pool.kinship[best]),
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
    known = index.articles({rows[0] for rows in found if rows})
    entries: list[CuratedEntry] = []
    for item, rows in zip(items, found, strict=True):
        article = known[rows[0]] if rows else None
        own = (item.article.url if item.article else "") or (article.url if article else "")
        url = own or (item.target if canonical_url(item.target) else "")
        title = item.title or (article.title if article else "")
        entries.append(CuratedEntry(item.position, article.id if article else "", url, title, item.target, article))
    return entries
