"""Sparse vectors against the same computed densely."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.errors import IndexCorrupt
from search.index.sparse import SparseIndex, load, save
from search.index.terms import TERM, terms_of

TEXTS = st.lists(st.text("abc de", max_size=20), max_size=12)


def as_dense(texts, power):
    ids = sorted({int(term) for text in texts for term in text["id"]})
    counts = np.zeros((len(texts), len(ids)))
    for line, text in zip(counts, texts, strict=True):
        for term in text:
            line[ids.index(int(term["id"]))] = term["count"]
    idf = (np.log((1 + len(texts)) / (1 + (counts > 0).sum(axis=0))) + 1) ** power
    weights = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * idf
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    return weights / np.where(lengths > 0, lengths, 1)


@settings(max_examples=60, deadline=None)
@given(texts=TEXTS, power=st.sampled_from([1.0, 2.0]))
def test_cosines_are_those_of_dense_vectors(texts, power):
    terms = [terms_of(text, "").grams for text in texts]
    index = SparseIndex.build(terms, power)
    dense = as_dense(terms, power)
    for text, line in zip(terms, dense, strict=True):
        np.testing.assert_allclose(index.cosines(text), dense @ line, atol=1e-5)
    if len(terms) > 1:
        np.testing.assert_allclose(index.cosines(*terms[:2]), dense @ dense[:2].mean(axis=0), atol=1e-5)


def test_terms_are_counted_and_function_words_left_out():
    terms = terms_of("Ferry hits the ferry quay", "A quay in fog.")
    assert sorted(terms.words["count"].tolist()) == [1, 1, 2, 2]
    assert terms.words["id"].tolist() == sorted(terms.words["id"].tolist())
    assert len(terms_of("", "").words) == len(terms_of("", "").grams) == 0


def test_letters_count_the_same_however_they_are_composed():
    one, other = terms_of("İzmir café", ""), terms_of("izmir cafe\u0301", "")
    assert one.words.tolist() == other.words.tolist()
    assert one.grams.tolist() == other.grams.tolist()


def test_a_word_that_nobody_has_makes_a_text_less_alike():
    index = SparseIndex.build([terms_of("ferry quay", "").words, terms_of("regatta", "").words], 2.0)
    exact = index.cosines(terms_of("ferry quay", "").words)[0]
    diluted = index.cosines(terms_of("ferry quay zeppelin", "").words)[0]
    assert exact == pytest.approx(1.0)
    assert 0 < diluted < exact


def test_what_is_saved_is_what_is_loaded(tmp_path):
    index = SparseIndex.build([terms_of("ferry quay", "").words, np.empty(0, TERM)], 2.0)
    save(tmp_path / "sparse.npz", {"words": index})
    with (tmp_path / "sparse.npz").open("rb") as stream:
        again = load(stream)["words"]
    np.testing.assert_array_equal(again.cosines(terms_of("quay", "").words), index.cosines(terms_of("quay", "").words))
    (tmp_path / "sparse.npz").write_bytes(b"no archive")
    with (tmp_path / "sparse.npz").open("rb") as stream, pytest.raises(IndexCorrupt):
        load(stream)
