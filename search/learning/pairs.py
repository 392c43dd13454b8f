"""Pairs of texts that an encoder is tuned on: what a site lists together, and titles with their excerpts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.content.text import document_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from search.encoders.base import Vectors
    from search.evaluation.curated import CuratedList
    from search.index.opened import Index
    from search.index.vectors import Rows

# Long lists are cliques of one event: a few of their pairs say what all of them say.
PAIRS_A_LIST = 4
MAX_PAIRS = 1_600
# A listed pair that is less alike than this (cosine) is doubtful: sites list by date too.
_DOUBTFUL = 0.3
# A hard negative is alike but not among the most alike, which may be related though nobody listed them.
_HARD_FROM, _HARD_TO = 50, 200
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together, and one that looks as if it did."""

    anchor: str
    positive: str
    negative: str


def training_pairs(index: Index, lists: Sequence[CuratedList], held_out: Collection[int], seed: int = 1) -> list[Pair]:
    """Return pairs for training, no text of a held-out article among them.

    Args:
        index: Holds texts and vectors.
        lists: Curated lists to learn from.
        held_out: Rows that must not be seen.
        seed: Of the choice.
    """
    dice = random.Random(seed)  # noqa: S311 - a choice of examples, no secret
    rows = np.array([row for row in index.columns.rows.tolist() if row not in held_out], dtype=np.int64)
    articles = index.articles(rows.tolist())
    vectors = index.vectors.get(rows)
    place_of = {row: place for place, row in enumerate(rows.tolist())}
    texts = {row: document_text(article.title, article.excerpt) for row, article in articles.items()}
    drafts = [_Draft(row) for row, article in articles.items() if article.excerpt]
    for one in lists:
        if one.row not in place_of:
            continue
        items = [row for row in sorted(one.items) if row in place_of and texts[row] != texts[one.row]]
        alike = vectors[[place_of[row] for row in items]] @ vectors[place_of[one.row]]
        sure = [row for row, cosine in zip(items, alike.tolist(), strict=True) if cosine >= _DOUBTFUL]
        drafts += (_Draft(one.row, row, one.items) for row in dice.sample(sure, min(PAIRS_A_LIST, len(sure))))
    # Drawn first: looking for negatives is what takes long, and a large site has far more pairs than are asked for.
    dice.shuffle(drafts)
    drafts = drafts[:MAX_PAIRS]
    pairs: list[Pair] = []
    for draft, places in zip(drafts, _hard(vectors, [place_of[draft.row] for draft in drafts]), strict=True):
        negatives = [row for row in rows[places].tolist() if row not in draft.items]
        if not negatives:
            continue
        article, other = articles[draft.row], articles[dice.choice(negatives)]
        if draft.item is None:
            pairs.append(Pair(article.title, article.excerpt, other.excerpt or other.title))
        else:
            pairs.append(Pair(texts[draft.row], texts[draft.item], document_text(other.title, other.excerpt)))
    return pairs


@dataclass(frozen=True, slots=True)
class _Draft:
    """A pair without its negative: an article and one that it lists, or its title and its excerpt."""

    row: int
    item: int | None = None
    items: frozenset[int] = frozenset()


def _hard(vectors: Vectors, places: Sequence[int]) -> Iterator[Rows]:
    """Yield for each of some places the places of what is alike to it but not most alike, in no order."""
    first, last = min(_HARD_FROM, len(vectors) - 1), min(_HARD_TO, len(vectors)) - 1
    for start in range(0, len(places), _AT_ONCE):
        cosines = vectors[places[start : start + _AT_ONCE]] @ vectors.T
        yield from np.argpartition(-cosines, (first, last), axis=1)[:, _HARD_FROM:_HARD_TO]
