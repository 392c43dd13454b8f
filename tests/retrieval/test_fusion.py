"""Scores that are the same for the same text, wherever it stands."""

from __future__ import annotations

import numpy as np
import pytest

from search.retrieval.fusion import level


def test_equal_vectors_have_equal_scores_though_another_stands_between_them():
    one, other = np.array([1.0, 0.0], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)
    vectors = np.stack([one, other, one, one])
    scores = level({1: 0.5, 2: 0.49999999, 3: 0.49999998, 4: 0.4}, vectors)
    assert scores == {1: 0.5, 2: 0.49999999, 3: 0.5, 4: 0.4}
    assert level({}, vectors[:0]) == {}


@pytest.mark.parametrize("count", [1, 2])
def test_few_scores_stay(count):
    assert level(dict.fromkeys(range(count), 0.5), np.eye(2, dtype=np.float32)[:count]) == dict.fromkeys(
        range(count), 0.5
    )
