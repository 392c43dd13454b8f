"""Queries against a small index, scores checked against arithmetic done by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import Filters
from search.index.lexical import any_of, bm25, ceiling, matches, terms
from search.index.opened import open_index
from search.retrieval.fusion import FEEDBACK_WEIGHT, LEXICAL_WEIGHT, MAX_SIM_WEIGHT
from search.retrieval.query import parse_query
from search.retrieval.scores import RECENCY_WEIGHT, Wishes
from search.retrieval.search import search
from tests.retrieval.asking import NOW, ids


def test_meaning_finds_what_words_do_not(ask):
    found = ids(ask("biometric surveillance of passengers", k=3, mode="dense"))
    assert set(found) == {"_news/crowd-cameras.md", "_news/face-cameras.md", "_news/face-cameras-wire.md"}
    assert ids(ask("biometric surveillance of passengers", mode="lexical")) == []


def test_words_find_a_product_code(ask):
    assert ids(ask("K-40", mode="lexical")) == ["_news/heat-pumps.md"]
    assert ids(ask("Kestrel K-40"))[0] == "_news/heat-pumps.md"


def test_dense_scores_are_cosines(ask, harbour_index):
    answer = ask("rain at the boat race", mode="dense")
    query = encoder_of(harbour_index).encode_queries(["rain at the boat race"])[0]
    for hit in answer.hits:
        row = harbour_index.row_of_id(hit.article.id)
        vector = harbour_index.vectors.get(np.array([row]))[0]
        assert hit.score == pytest.approx(float(vector @ query), abs=1e-5)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_hybrid_scores_are_the_stated_sum(ask):
    dense = {hit.article.id: hit.score for hit in ask("port cameras", mode="dense").hits}
    lexical = {hit.article.id: hit.score for hit in ask("port cameras", mode="lexical").hits}
    # Of 7 articles 4 have "port" and 2 "cameras" ("travellers" and the rest are not asked for).
    most = 2.2 * (max(math.log((7 - 4 + 0.5) / (4 + 0.5)), 1e-6) + math.log((7 - 2 + 0.5) / (2 + 0.5)))
    for hit in ask("port cameras").hits:
        expected = dense[hit.article.id] + LEXICAL_WEIGHT * lexical.get(hit.article.id, 0.0) / most
        expected += FEEDBACK_WEIGHT * hit.feedback + MAX_SIM_WEIGHT * hit.max_sim
        assert hit.score == pytest.approx(expected, abs=1e-5)
        assert hit.lexical == pytest.approx(lexical.get(hit.article.id, 0.0))


def test_no_article_scores_more_than_the_ceiling(harbour_index):
    where = harbour_index.condition(Filters())
    connection = harbour_index.connection
    for text in ("port", "facial recognition", "Kestrel K-40 boilers", "rain delays the spring regatta"):
        most = ceiling(harbour_index.manifest.articles, [matches(connection, word) for word in terms(text)])
        for _, score in bm25(connection, any_of(terms(text)), where, 10):
            assert score <= most


def test_a_filter_changes_no_score(ask):
    everything = {hit.article.id: (hit.dense, hit.lexical) for hit in ask("cameras in the port").hits}
    for hit in ask("cameras in the port", filters=Filters(topics=("Policing",))).hits:
        assert (hit.dense, hit.lexical) == pytest.approx(everything[hit.article.id])


def test_results_are_ordered_and_ranked_from_one(ask):
    answer = ask("port")
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)


def test_k_larger_than_the_pool_of_the_fusion(site, tmp_path, monkeypatch):
    from search.retrieval import scores as module

    for number in range(30):
        site.article(f"{number:02}.md", f"Ferry {number} leaves", "On time." if number % 2 else "Late.")
    build_index(site.root, tmp_path / "index")
    monkeypatch.setattr(module, "POOL", 4)
    with open_index(tmp_path / "index") as index:
        encoder = encoder_of(index)
        for k in (1, 4, 5, 30, 31):
            answer = search(index, parse_query("ferry time", NOW), Wishes(k), encoder, NOW)
            assert len(answer.hits) == min(k, 30)


def test_equal_scores_stand_in_the_order_of_ids(site, tmp_path):

    for name in ("d", "b", "a", "c"):
        site.article(f"{name}.md", "The same words", "Again and again.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = search(index, parse_query("same words", NOW), Wishes(3), encoder_of(index), NOW)
        assert ids(answer) == ["a.md", "b.md", "c.md"]


def test_what_leads_says_what_was_meant(ask):
    hits = ask("port cameras").hits
    assert all(-1 <= hit.feedback <= 1 for hit in hits)
    assert all(hit.feedback is None for hit in ask("port cameras", mode="dense").hits)


def test_recency_lifts_what_is_new_by_no_more_than_stated(ask):
    plain = {hit.article.id: hit.score for hit in ask("cameras").hits}
    recent = {hit.article.id: hit.score for hit in ask("cameras", half_life_days=30.0).hits}
    gain = {key: recent[key] - plain[key] for key in plain}
    assert all(-1e-6 <= some <= RECENCY_WEIGHT for some in gain.values())
    assert gain["_news/crowd-cameras.md"] == pytest.approx(RECENCY_WEIGHT * 0.5 ** (12.6667 / 30), abs=1e-4)
    assert max(gain, key=gain.__getitem__) == "_news/crowd-cameras.md"
