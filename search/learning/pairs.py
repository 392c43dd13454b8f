"""Pairs of texts that an encoder is tuned on: what a site lists together, and titles with their excerpts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.content.text import document_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from search.evaluation.curated import CuratedList
    from search.index.opened import Index

# Long lists are cliques of one event: a few of their pairs say what all of them say.
PAIRS_A_LIST = 4
MAX_PAIRS = 1_600
# A listed pair that is less alike than this (cosine) is doubtful: sites list by date too.
_DOUBTFUL = 0.3
# A hard negative is alike but not among the most alike, which may be related though nobody listed them.
_HARD_FROM, _HARD_TO = 50, 200


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
    pairs: list[Pair] = []
    for one in lists:
        if one.row not in place_of:
            continue
        cosines = vectors @ vectors[place_of[one.row]]
        order = np.argsort(-cosines)[_HARD_FROM:_HARD_TO].tolist()
        hard = [int(rows[place]) for place in order if int(rows[place]) not in one.items]
        items = [row for row in sorted(one.items) if row in place_of and cosines[place_of[row]] >= _DOUBTFUL]
        pairs += (
            Pair(texts[one.row], texts[row], texts[dice.choice(hard)])
            for row in dice.sample(items, min(PAIRS_A_LIST, len(items)))
            if hard and texts[row] != texts[one.row]
        )
    for row, article in articles.items():
        if article.excerpt:
            order = np.argsort(-(vectors @ vectors[place_of[row]]))[_HARD_FROM:_HARD_TO]
            if len(order):
                other = articles[int(rows[int(dice.choice(order.tolist()))])]
                pairs.append(Pair(article.title, article.excerpt, other.excerpt or other.title))
    dice.shuffle(pairs)
    return pairs[:MAX_PAIRS]
