"""How tests ask an index, and read what it answers."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from search.index.encoder import encoder_of
from search.retrieval.notes import notes
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search

NOW = datetime(2025, 6, 15, tzinfo=UTC)


def asked_of(index, typed, **wishes):
    """Return the answer to what is typed, each article by itself."""
    return search(index, parse_query(typed, NOW), Wishes(collapse=False, **wishes), encoder_of(index), NOW)


def ids(answer):
    """Return the ids of what was found, best first."""
    return [hit.article.id for hit in answer.hits]


def told_of(answer):
    """Return what is told of the times of a query."""
    return [note.text for note in notes(answer) if note.event in {"period", "unmet"}]


class Shortest:
    """A reranker that prefers what is short."""

    def scores(self, query, texts):
        """Return the number of characters, turned round."""
        return np.array([-len(text) for text in texts], dtype=np.float32)
