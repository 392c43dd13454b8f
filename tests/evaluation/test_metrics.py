"""Measures against arithmetic done by hand and against ir-measures."""

from __future__ import annotations

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation.metrics import ndcg


def test_a_ranking_worked_out_by_hand():
    # gains 7, 0, 1 at discounts 1, log2 3, 2; the ideal order is 7, 3, 1
    grades = {"a": 3, "b": 2, "c": 1}
    expected = (7 + 1 / 2) / (7 + 3 / 1.5849625007211562 + 1 / 2)
    assert ndcg(["a", "x", "c"], grades, 3) == pytest.approx(expected)


def test_an_unanswered_query_counts_as_zero():
    assert ndcg([], {"a": 1}, 10) == 0.0
    assert ndcg(["a"], {}, 10) == 0.0


@given(
    grades=st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 4), min_size=1),
    ranking=st.permutations("abcdefghijklm"),
    k=st.integers(1, 12),
)
def test_ndcg_is_that_of_ir_measures(grades, ranking, k):
    # Its own exponential gain runs a Perl script; linear gain over grades of 2^g - 1 is the same measure.
    gains = {key: 2**grade - 1 for key, grade in grades.items()}
    run = {key: float(-place) for place, key in enumerate(ranking)}
    measure = ir_measures.nDCG @ k
    oracle = ir_measures.calc_aggregate([measure], {"q": gains}, {"q": run})[measure]
    assert ndcg(ranking, grades, k) == pytest.approx(oracle)
