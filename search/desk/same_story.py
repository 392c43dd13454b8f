"""Which articles of one story say the same: one of them is enough for a reader."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from search.content.article import Provider
from search.index.derived import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.content.article import Article
    from search.index.opened import Index

# Pairs of one story that are at least so alike, by the cosine of their texts and by that of their words, tell the same
# more surely than a story alone says (scripts/learn_default prints how surely, on graded pairs). What one outlet
# announces in a series, a feature a day, is as alike and tells each time of another: there the titles must be the same.
MIN_COSINE: Final = 0.8
MIN_WORDS: Final = 0.2
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")


def same_story(index: Index, rows: Iterable[int]) -> dict[int, int]:
    """Return which articles say what another says.

    Args:
        index: Knows the stories.
        rows: Articles, the ones to keep first.

    Returns:
        For a row the first of the rows that says the same; rows that stand for themselves are not in it.
    """
    order = list(dict.fromkeys(rows))
    leaders = index.story_leaders(order)
    told: defaultdict[int, list[int]] = defaultdict(list)
    for row in order:
        if row in leaders:
            told[leaders[row]].append(row)
    found: dict[int, int] = {}
    for some in told.values():
        if len(some) > 1:
            found.update(_alike(index, some))
    return found


def conflict_of_numbers(title: str, other: str) -> bool:
    """Return whether each of two titles holds a number that the other does not: parts of a series, versions, years."""
    ours, theirs = (set(_NUMBER.findall(text)) for text in (title, other))
    return bool(ours - theirs) and bool(theirs - ours)


def _may_be_one(one: Article, other: Article) -> bool:
    """Return whether two articles that are alike may tell the same, by their titles and outlets."""
    if one.provider == other.provider and one.provider != Provider():
        return _letters(one.title) == _letters(other.title)
    return not conflict_of_numbers(one.title, other.title)


def _letters(title: str) -> str:
    return "".join(filter(str.isalnum, title.casefold()))


def _alike(index: Index, rows: list[int]) -> dict[int, int]:
    """Return for articles of one story the first that says the same."""
    articles, terms = index.articles(rows), index.terms(rows)
    vectors = index.vectors.get(np.array(rows, dtype=np.int64))
    near = vectors @ vectors.T >= MIN_COSINE
    places = index.columns.places(np.array(rows, dtype=np.int64))
    found: dict[int, int] = {}
    for place, row in enumerate(rows):
        if not near[place, :place].any():
            continue
        alike = near[place] & (index.sparse[WORDS].cosines(terms[row].words)[places] >= MIN_WORDS)
        for earlier in np.flatnonzero(alike[:place]).tolist():
            if _may_be_one(articles[row], articles[rows[earlier]]):
                found[row] = rows[earlier]
                break
    return found
