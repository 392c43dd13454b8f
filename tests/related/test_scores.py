"""What suggestions are scored by."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.cli.render.related import _ranking
from search.index.build import build_index
from search.index.filters import Filters
from search.index.opened import open_index
from search.related.candidates import find_pool
from search.related.features import FEATURES, KINSHIP_WEIGHT, affinity
from search.related.options import Options
from search.related.profile import profile_of
from search.related.ranker import (
    AFFINITY_WEIGHT,
    FOLLOW_SCALE,
    LEAD,
    LEADERS,
    LISTED_WEIGHT,
    REST_WEIGHT,
    TAKEN_WEIGHT,
    blend,
    tree_sums,
)
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.related.every import every_file


def test_affinity_is_the_stated_product():
    dense, words, apart = np.array([0.6, 0.6]), np.array([0.3, 0.3]), np.array([30.0, np.nan])
    assert affinity(dense, words, apart, np.zeros(2)) == pytest.approx([0.9 * (1 + 0.15 * math.exp(-1)), 0.9])


def _close(one):
    return affinity(np.array([one.dense]), np.array([one.words]), np.array([abs(one.days)]), np.array([one.kinship]))[0]


def test_the_score_is_made_of_both_probabilities_and_falls_with_rank(samples):
    for article_id in every_file(samples)[::9]:
        answer = suggest(samples, find_subject(samples, article_id), Options(k=20, diversity=0.0))
        scores = [one.score for one in answer.suggested]
        assert scores == sorted(scores, reverse=True)
        for one in answer.suggested:
            assert 0 <= one.probability < 1
            close = _close(one)
            expected = FOLLOW_SCALE * (one.listed + REST_WEIGHT * (one.probability + close))
            if one.rank <= LEADERS:
                expected = LEAD + _lead(one)
            assert one.score == pytest.approx(expected, rel=1e-5)


def _lead(one):
    """Return what leads is ordered by."""
    return TAKEN_WEIGHT * one.probability + _close(one) * (AFFINITY_WEIGHT + LISTED_WEIGHT * one.listed)


def test_what_an_editor_would_take_leads_and_what_the_site_would_list_follows():
    taken = np.array([0.1, 0.9, 0.5, 0.4, 0.3, 0.2, 0.15])
    listed = np.array([0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3])
    matrix = np.zeros((7, len(FEATURES)))
    score = blend(matrix, taken, listed).ranked()
    assert np.argsort(-score).tolist() == [1, 2, 3, 4, 5, 0, 6]
    assert (score >= LEAD).sum() == LEADERS
    few = blend(matrix[:3], taken[:3], listed[:3]).ranked()
    assert np.argsort(-few).tolist() == [1, 2, 0]
    assert (few >= LEAD).all()


# What only makes it likelier that an editor takes it; what is far away in time or rank is less likely to be taken.
RISING = ("dense", "words", "grams", "peers_dense", "peers_words", "affinity", "standing", "kinship", "same_story")


FALLING = ("apart", "affinity_rank", "mutual_rank")


@given(
    st.lists(st.floats(0, 1), min_size=len(FEATURES), max_size=len(FEATURES)),
    st.sampled_from(RISING + FALLING),
    st.floats(0, 3),
)
def test_what_is_more_alike_is_never_less_likely_to_be_taken(ranker, values, name, more):
    trees = ranker.taken
    one = np.array([values]) * [400 if name in FALLING else 1 for name in FEATURES]
    other = one.copy()
    other[0, FEATURES.index(name)] += more if name in RISING else 100 * more
    rise = tree_sums(trees, other)[0] - tree_sums(trees, one)[0]
    assert rise >= -1e-9 if name in RISING else rise <= 1e-9


def test_what_is_hardly_alike_is_not_likely_however_far_it_stands_out(samples, ranker):
    options = Options(k=300, collapse=False, blind=True)
    for article_id in every_file(samples)[::5]:
        answer = suggest(samples, find_subject(samples, article_id), options, ranker=ranker)
        unlike = [one.probability for one in answer.suggested if _close(one) < 0.3]
        assert unlike
        assert max(unlike) < 0.3


def test_a_site_without_lists_has_no_habit(harbour_index, samples):
    assert not harbour_index.habits.has_lists
    answer = suggest(harbour_index, find_subject(harbour_index, "_news/face-cameras.md"), Options(k=9, blind=True))
    assert {one.listed for one in answer.suggested} == {0.0}
    assert samples.habits.has_lists
    answer = suggest(samples, find_subject(samples, every_file(samples)[0]), Options(k=9))
    assert all(one.listed > 0 for one in answer.suggested)


def test_a_topic_that_few_articles_have_tells_more_than_one_that_many_have(harbour, tmp_path):
    for number in range(20):
        rare = ["Ferry Row"] if number in {3, 11} else []
        title = ["Rain", "Tax", "Quiz", "Goats"][number % 4] + f" on day {number}"
        harbour.article(
            f"_news/t{number:02}.md", title, topics=["Local", *rare], publishedDateTime="2024-05-01T08:00:00Z"
        )
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = suggest(index, find_subject(index, "_news/t03.md"), Options(k=5, min_probability=0.0))
        assert answer.suggested[0].article.id == "_news/t11.md"
        assert "shares 'Ferry Row'" in answer.suggested[0].reasons
        pool = find_pool(index, profile_of(index, find_subject(index, "_news/t03.md"), None), Options().filters, ())
        assert (pool.kinship > 0).sum() == 2  # itself among them


def test_a_tag_that_names_the_collection_of_a_file_says_nothing(harbour, tmp_path):
    for name in ("one", "two"):
        harbour.article(
            f"posts/{name}.md", f"Rain on day {name}", topics=["Posts", "Ferry Row"], publishedDateTime="2024-05-01"
        )
    harbour.article("posts/three.md", "Rain on day three", topics=["posts"], publishedDateTime="2024-05-01")
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = suggest(index, find_subject(index, "posts/one.md"), Options(k=20, collapse=False))
        shared = {one.article.id: (one.reasons, one.kinship) for one in answer.suggested}
        assert "shares 'Ferry Row'" in shared["posts/two.md"][0]
        assert "posts" not in str([reasons for reasons, _ in shared.values()]).lower()
        assert shared["posts/two.md"][1] > 0
        assert shared["posts/three.md"][1] == 0
        assert index.count(index.condition(Filters(topics=("posts",)))) == 3, "a filter finds it still"


def test_what_leads_has_a_higher_score_than_all_that_follows():
    most = 2 * (1 + 0.15) + KINSHIP_WEIGHT  # cosines are 1 at most, and nothing is nearer in time than the same day
    assert FOLLOW_SCALE * (1 + REST_WEIGHT * (1 + most)) < LEAD - 0.5 * (AFFINITY_WEIGHT + LISTED_WEIGHT)


def test_the_explanation_adds_up_to_the_score(samples):
    for article_id in every_file(samples)[::20]:
        for one in suggest(samples, find_subject(samples, article_id), Options(k=8)).suggested:
            sum_ = _ranking(one).partition(" = ")[2].replace("×", "*")
            assert eval(re.sub(r"[a-z ]+", "", sum_)) == pytest.approx(one.score, abs=0.02)  # noqa: S307 - our own text


def test_without_collapsing_every_candidate_stands_at_its_own_rank(samples):
    subject = find_subject(samples, every_file(samples)[7])
    answer = suggest(samples, subject, Options(k=300, collapse=False, blind=True)).suggested
    assert len(answer) > LEADERS
    scores = [one.score for one in answer]
    assert scores == sorted(scores, reverse=True)
    lead = [_lead(one) for one in answer]
    assert min(lead[:LEADERS]) >= max(lead[LEADERS:])
    assert lead != sorted(lead, reverse=True), "the others are in another order"
