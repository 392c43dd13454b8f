"""Which candidates are shown: one of each story, those that lead and those that follow, none much like another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from search.related.ranker import LEADERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from search.index.opened import Index
    from search.related.candidates import Pool
    from search.related.options import Options
    from search.related.ranker import Scores

# Less than a month between two of one title, or a cosine of texts that are the same but for a few words.
_COLUMN_DAYS = 25.0
_COLUMN_LIKENESS = 0.85


def collapse(index: Index, pool: Pool, order: NDArray[np.intp], curated: Collection[int]) -> list[list[int]]:
    """Group candidates of one story or title under the first of them; those of a curated item are dropped.

    A column has the same title every month, and is another article each time: a title alone groups what is of one
    month, or much alike.

    Args:
        index: Knows stories and titles.
        pool: The candidates.
        order: Places in the pool, the best first.
        curated: Rows whose stories and titles are there already.

    Returns:
        Places in the pool, by group; both in the order given.
    """
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
        group = of_story.get(story)
        if group is None and (named := of_title.get(title)) is not None and _is_told_again(pool, named, place):
            group = named
        if group is None:
            group = []
            groups.append(group)
        of_story.setdefault(story, group)
        of_title.setdefault(title, group)
        group.append(place)
    return groups


def _is_told_again(pool: Pool, group: list[int], place: int) -> bool:
    if not group:  # that of a curated item
        return True
    apart = abs(float(pool.days[group[0]] - pool.days[place]))
    return not apart > _COLUMN_DAYS or bool(pool.likeness[group[0], place] >= _COLUMN_LIKENESS)


def choose(
    index: Index, pool: Pool, scores: Scores, groups: list[list[int]], curated: Collection[int], options: Options
) -> list[list[int]]:
    """Choose groups one by one, each time the best after what speaks against it (MMR; Carbonell and Goldstein, 1998).

    What the curated list holds counts like what was chosen: what an article lacks leads. The first few are chosen by
    another score than those that follow. Arguments as of ``collapse``, groups by the scores of the first of each.
    """
    firsts = np.array([group[0] for group in groups], dtype=np.int64)
    known = index.vectors.get(np.array(sorted(curated), dtype=np.int64))
    likeness = (pool.vectors[firsts] @ known.T).max(axis=1, initial=0.0) if len(known) else np.zeros(len(firsts))
    providers = index.columns.provider[pool.places[firsts]]
    left = np.ones(len(firsts), dtype=np.bool_)
    chosen: list[list[int]] = []
    while len(chosen) < options.k and left.any():
        # What two share because both are about the article is no repetition.
        repeats = np.maximum(likeness - pool.dense[firsts], 0.0)
        score = scores.lead if len(chosen) < LEADERS else scores.follow
        worth = np.where(left, score[firsts] - options.diversity * repeats, -np.inf)
        best = int(worth.argmax())
        chosen.append(groups[best])
        left[best] = False
        likeness = np.maximum(likeness, pool.likeness[firsts, firsts[best]])
        same = (providers == providers[best]) & (providers >= 0)
        if options.per_provider and int((same & ~left).sum()) >= options.per_provider:
            left &= ~same
    return chosen
