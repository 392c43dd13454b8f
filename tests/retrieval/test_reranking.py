"""A reranker over what was found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.fusion import Part
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from search.retrieval.why_not import why_not
from tests.retrieval.asking import NOW


class ByLength:
    """Scores a text by its length: an order that no retriever gives."""

    def scores(self, query, texts):
        return np.array([len(text) for text in texts], dtype=np.float32)


def test_a_reranker_orders_what_was_found(harbour_index):
    encoder = encoder_of(harbour_index)
    query = parse_query("ferry", NOW)
    wishes = Wishes(k=5, collapse=False)
    answer = search(harbour_index, query, wishes, encoder, NOW, ByLength())
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(answer.hits) == len(search(harbour_index, query, wishes, encoder, NOW).hits)
    first = answer.hits[0].article
    assert scores[0] >= len(first.title) + len(first.excerpt)
    assert [hit.parts for hit in answer.hits] == [(Part("reranker", 1.0, score),) for score in scores]


class Indifferent:
    """A reranker to whom all is one."""

    def scores(self, query, texts):
        return np.zeros(len(texts), dtype=np.float32)


def test_a_reranker_reads_equal_articles_in_the_order_of_ids(site, tmp_path):
    for number in range(60):
        site.article(f"a{number + 1:02}.md", "Ferry leaves late", "Ferry leaves late.", publishedDateTime="2025-03-01")
    build_index(site.root, tmp_path / "index")
    site.article("a00.md", "Ferry leaves late", "Ferry leaves late.", publishedDateTime="2025-03-01")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        wishes = Wishes(3, collapse=False)
        answer = search(index, parse_query("ferry late", NOW), wishes, encoder_of(index), NOW, Indifferent())
    assert [hit.article.id for hit in answer.hits] == ["a00.md", "a01.md", "a02.md"]


def test_why_not_counts_ranks_as_the_reranker_does(harbour_index):
    encoder = encoder_of(harbour_index)
    query = parse_query("ferry", NOW)
    wishes = Wishes(k=5, collapse=False)
    last = search(harbour_index, query, wishes, encoder, NOW, ByLength()).hits[-1].article.id
    found = why_not(harbour_index, harbour_index.row_of_id(last), query, replace(wishes, k=1), encoder, NOW, ByLength())
    assert (found.stage, found.rank) == ("rank", 5)
