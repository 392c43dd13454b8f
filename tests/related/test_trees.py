"""Our evaluation of LightGBM's text against LightGBM itself."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.related.ranker import load_ranker
from search.related.trees import NotUnderstoodError, Trees


@example(seed=318, rounds=11, leaves=26, missing=True)  # a split of what is missing alone, at infinity
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), rounds=st.integers(1, 20), leaves=st.integers(2, 31), missing=st.booleans())
def test_the_sum_is_that_of_lightgbm(seed, rounds, leaves, missing):
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(300, 5)).round(1)
    if missing:
        matrix[random.random(matrix.shape) < 0.2] = np.nan
    wanted = np.nan_to_num(matrix[:, 0]) * 2 + (matrix[:, 1] > 0.3) + random.normal(size=300) / 10
    booster = lightgbm.train(
        {"num_leaves": leaves, "min_data_in_leaf": 3, "verbose": -1, "seed": seed, "num_threads": 1},
        lightgbm.Dataset(matrix, wanted, feature_name=list("abcde")),
        num_boost_round=rounds,
    )
    trees = Trees.parse(booster.model_to_string())
    assert trees.features == tuple("abcde")
    unseen = random.normal(size=(50, 5)).round(1)
    unseen[random.random(unseen.shape) < 0.3] = np.nan
    for some in (matrix, unseen):
        np.testing.assert_allclose(trees.predict(some), booster.predict(some, raw_score=True), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("sort", ["listed", "taken"])
def test_the_default_ranker_reads_the_same_in_lightgbm(sort):
    trees = getattr(load_ranker(), sort)
    booster = lightgbm.Booster(model_str=trees.text)
    matrix = np.random.default_rng(1).normal(size=(40, len(trees.features)))
    np.testing.assert_allclose(trees.predict(matrix), booster.predict(matrix, raw_score=True), rtol=1e-9)
    assert len(trees.text) < 500_000


@pytest.mark.parametrize(
    "text", ["", "tree\nversion=v4\n", "feature_names=a b\n\nTree=0\nnum_leaves=x\nleaf_value=1\n"]
)
def test_what_is_no_model(text):
    with pytest.raises(NotUnderstoodError):
        Trees.parse(text)
