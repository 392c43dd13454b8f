"""Measures against arithmetic done by hand and against ir-measures."""

from __future__ import annotations

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation.metrics import calibration_error, ndcg, paired_interval, recall, reciprocal_rank, reliability


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


@given(
    grades=st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 2), min_size=1),
    ranking=st.permutations("abcdefghijklm"),
    k=st.integers(1, 12),
)
def test_recall_and_reciprocal_rank_are_those_of_ir_measures(grades, ranking, k):
    run = {key: float(-place) for place, key in enumerate(ranking)}
    for ours, theirs in [(recall, ir_measures.R @ k), (reciprocal_rank, ir_measures.RR @ k)]:
        oracle = ir_measures.calc_aggregate([theirs], {"q": grades}, {"q": run})[theirs]
        assert ours(ranking, grades, k) == pytest.approx(oracle)


def test_an_interval_holds_the_difference_and_two_runs_agree():
    ones, others = [0.5, 0.7, 0.9, 0.4], [0.4, 0.6, 0.5, 0.5]
    mean, low, high = paired_interval(ones, others)
    assert mean == pytest.approx(0.125)
    assert low <= mean <= high
    assert paired_interval(ones, others) == (mean, low, high)
    assert paired_interval(ones, ones) == (0.0, 0.0, 0.0)
    assert paired_interval([], []) == (0.0, 0.0, 0.0)


def test_what_is_said_against_what_comes_true():
    said = np.array([0.05, 0.15, 0.95, 0.95, 1.0])
    true = np.array([False, True, True, True, False])
    expected = [(0.0, 0.05, 0.0, 1), (0.1, 0.15, 1.0, 1), (0.9, 2.9 / 3, 2 / 3, 3)]
    assert reliability(said, true) == [pytest.approx(line) for line in expected]
    assert calibration_error(said, true) == pytest.approx((0.05 + 0.85 + 3 * 0.3) / 5)
