"""Which candidates are shown: one of each story, those that lead and those that follow, none much like another."""

from __future__ import annotations

from collections import defaultdict
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

# Two of one title tell one thing when their texts are this alike, by eye: what comes out again within weeks, at other
# outlets or with another excerpt, mostly is by 0.70 or more, and columns of one week and the next are less so. A
# monthly column of few words may be as alike as that, and no outlet is so late: more than 25 days apart, which is less
# than any month, texts have to be more alike.
_TOLD_AGAIN = 0.65
_COLUMN_DAYS = 25.0
_TOLD_AGAIN_LATER = 0.85


def collapse(index: Index, pool: Pool, order: NDArray[np.intp], curated: Collection[int]) -> list[list[int]]:
    """Group candidates of one story or title under the first of them; those of a curated item are dropped.

    A column has the same title every week, and is another article each time: a title groups what is alike.

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
    # what joins this group is dropped; a title alone is enough for that, for nothing is proposed that is listed
    dropped: list[int] = []
    of_story = dict.fromkeys(columns.story[listed].tolist(), dropped)
    listed_titles = frozenset(columns.title_key[listed].tolist())
    groups: list[list[int]] = []
    of_title: defaultdict[int, list[list[int]]] = defaultdict(list)
    for place in order.tolist():
        story, title = stories[place], titles[place]
        group = of_story.get(story)
        if group is None and title in listed_titles:
            group = dropped
        if group is None:
            group = next((named for named in of_title[title] if _are_one(pool, named[0], place)), None)
        if group is None:
            group = []
            groups.append(group)
            of_title[title].append(group)
        of_story.setdefault(story, group)
        group.append(place)
    return groups


def _are_one(pool: Pool, first: int, place: int) -> bool:
    return _is_told_again(float(pool.likeness[first, place]), float(pool.days[first] - pool.days[place]))


def _is_told_again(likeness: float, days: float) -> bool:
    """Return whether two of one title are one thing, so many days apart."""
    is_later = abs(days) > _COLUMN_DAYS  # not so where a date is unknown
    return likeness >= (_TOLD_AGAIN_LATER if is_later else _TOLD_AGAIN)


def folded_with(index: Index, row: int) -> list[int]:
    """Return the rows of other articles that are folded with one: those of its story, and its title told again."""
    columns = index.columns
    (place,) = columns.places(np.array([row], dtype=np.int64)).tolist()
    of_story = columns.rows[columns.story == columns.story[place]]
    of_title = np.flatnonzero(columns.title_key == columns.title_key[place])
    likeness = index.vectors.get(columns.rows[of_title]) @ index.vectors.get(columns.rows[[place]])[0]
    apart = columns.days[of_title] - columns.days[place]
    again = [_is_told_again(*pair) for pair in zip(likeness.tolist(), apart.tolist(), strict=True)]
    return sorted({*of_story.tolist(), *columns.rows[of_title[again]].tolist()} - {row})


def choose(
    index: Index, pool: Pool, scores: Scores, groups: list[list[int]], curated: Collection[int], options: Options
) -> list[list[int]]:
    """Choose groups one by one, each time the best after what speaks against it (MMR; Carbonell and Goldstein, 1998).

    What the curated list holds counts like what was chosen: what an article lacks leads. The first few are chosen by
    another score than those that follow. Arguments as of ``collapse``, groups by the scores of the best of each,
    whichever is shown first.
    """
    firsts = np.array([group[0] for group in groups], dtype=np.int64)
    bests = np.array([max(group, key=lambda place: float(scores.lead[place])) for group in groups], dtype=np.int64)
    known = index.vectors.get(np.array(sorted(curated), dtype=np.int64))
    likeness = (pool.vectors[firsts] @ known.T).max(axis=1, initial=0.0) if len(known) else np.zeros(len(firsts))
    providers = index.columns.provider[pool.places[firsts]]
    left = np.ones(len(firsts), dtype=np.bool_)
    chosen: list[list[int]] = []
    while len(chosen) < options.k and left.any():
        # What two share because both are about the article is no repetition.
        repeats = np.maximum(likeness - pool.dense[firsts], 0.0)
        score = scores.lead if len(chosen) < LEADERS else scores.follow
        worth = np.where(left, score[bests] - options.diversity * repeats, -np.inf)
        best = int(worth.argmax())
        chosen.append(groups[best])
        left[best] = False
        likeness = np.maximum(likeness, pool.likeness[firsts, firsts[best]])
        same = (providers == providers[best]) & (providers >= 0)
        if options.per_provider and int((same & ~left).sum()) >= options.per_provider:
            left &= ~same
    return chosen
