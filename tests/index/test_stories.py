"""Stories found in vectors and dates."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search.index.stories import (
    _LEAST_LIKELY,
    _LINK,
    _SHARE_UNKNOWN,
    MIN_COSINE,
    SAME_EVENT,
    WINDOW_DAYS,
    Evidence,
    _average_link,
    find_stories,
    likely_pairs,
    pair_evidence,
)


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def keys(count):
    return [str(number).encode() for number in range(count)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(0, 60))
def test_the_evidence_is_that_of_brute_force(seed, n):
    random = np.random.default_rng(seed)
    vectors = unit(random.normal(size=(n, 4)) + 0.6) if n else np.empty((0, 4), np.float32)
    days = random.uniform(0, 40, size=n)
    days[random.random(n) < 0.1] = np.nan
    found = pair_evidence(vectors, days)
    expected = {}
    cosines = vectors @ vectors.T
    dated = [place for place in range(n) if not np.isnan(days[place])]
    for one in dated:
        for other in dated:
            if one < other and abs(days[one] - days[other]) <= WINDOW_DAYS and cosines[one, other] >= MIN_COSINE:
                shares = []
                for here in (one, other):
                    alike = [x for x in dated if x != here and cosines[here, x] >= cosines[one, other] - 1e-6]
                    near = [x for x in alike if abs(days[x] - days[here]) <= WINDOW_DAYS]
                    window = sum(abs(days[x] - days[here]) <= WINDOW_DAYS for x in dated) / len(dated)
                    beyond = max(len(near) / (len(alike) + 1) - window, 0) / max(1 - window, 1e-9)
                    shares.append((1 - window**2) * beyond + window**2 * _SHARE_UNKNOWN)
                expected[one, other] = (cosines[one, other], *sorted(shares), abs(days[one] - days[other]))
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert sorted(pairs) == sorted(expected)
    for number, pair in enumerate(pairs):
        shares = sorted((found.shares[number], found.back[number]))
        some = (found.cosines[number], *shares, found.days[number])
        np.testing.assert_allclose(some, expected[pair], rtol=1e-4, atol=1e-5)


def burst(random, count, day):
    return unit(random.normal(size=(count, 16)) / 4 + random.normal(size=16)), day + random.uniform(0, 1, size=count)


def test_a_burst_is_a_story_and_what_is_printed_every_week_is_none():
    random = np.random.default_rng(3)
    event, event_days = burst(random, 5, 100.0)
    boilerplate, _ = burst(random, 40, 0.0)
    others = unit(random.normal(size=(100, 16)))
    vectors = np.concatenate([event, boilerplate, others])
    days = np.concatenate([event_days, np.arange(40) * 4.0, random.uniform(0, 160, size=100)])
    stories = find_stories(vectors, days, keys(len(vectors)))
    assert [0, 1, 2, 3, 4] in stories
    assert not any(5 <= place < 45 for story in stories for place in story)


def test_a_window_that_holds_much_of_all_articles_makes_no_story_of_what_is_somewhat_alike():
    """A wire's busiest days: two of three articles come within ten days, and half of those are alike by their form."""
    random = np.random.default_rng(5)
    reports = unit(random.normal(size=(120, 16)) + 0.9 * np.sqrt(16) * np.eye(16)[0])
    others = unit(random.normal(size=(240, 16)))
    vectors = np.concatenate([reports, others])
    days = np.concatenate([random.uniform(0, 60, size=120), random.uniform(0, 60, size=240)])
    days = np.where(random.random(360) < 2 / 3, days / 6, days + 30)
    assert np.median(reports @ reports.T) > MIN_COSINE
    found = find_stories(vectors, days, keys(360))
    assert sum(len(story) for story in found) < 40
    alone = find_stories(vectors[:120], np.linspace(0, 3, 120), keys(120))
    assert sum(len(story) for story in alone) < 100


def test_copies_within_a_month_are_one_story_and_later_ones_are_not():
    vectors = unit(np.eye(4))
    days = np.array([0.0, 20.0, 90.0, np.nan])
    assert find_stories(vectors, days, [b"same", b"same", b"same", b"other"]) == [[0, 1]]


def test_copies_without_a_date_are_one_story():
    assert find_stories(unit(np.eye(2)), np.array([np.nan, np.nan]), [b"same", b"same"]) == [[0, 1]]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_articles_does_not_matter(seed):
    random = np.random.default_rng(seed)
    vectors = unit(random.normal(size=(40, 6)) + 0.5)
    days = random.uniform(0, 30, size=40)
    order = random.permutation(40)
    stories = find_stories(vectors, days, keys(40))
    shuffled = find_stories(vectors[order], days[order], keys(40))
    assert sorted(sorted(order[story].tolist()) for story in shuffled) == stories


def naive_average_link(pairs, n):
    """The same by its definition: every mean summed up anew."""
    groups = {place: [place] for place in range(n)}
    group_of = list(range(n))
    for one, other in sorted(pairs, key=lambda pair: (-pairs[pair], pair)):
        left, right = group_of[one], group_of[other]
        if left == right:
            continue
        total = sum(pairs.get((min(a, b), max(a, b)), 0.0) for a in groups[left] for b in groups[right])
        if total / (len(groups[left]) * len(groups[right])) >= _LINK:
            groups[left] += groups.pop(right)
            for place in groups[left]:
                group_of[place] = left
    return list(groups.values())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 25))
def test_groups_are_those_of_average_linkage(seed, n):
    random = np.random.default_rng(seed)
    every = [(one, other) for one in range(n) for other in range(one + 1, n)]
    pairs = {pair: float(random.uniform(_LEAST_LIKELY, 1)) for pair in every if random.random() < 0.5}
    ours, expected = _average_link(pairs, n), naive_average_link(pairs, n)
    assert sorted(map(sorted, ours)) == sorted(map(sorted, expected))


def test_what_is_somewhat_likely_joins_what_is_likely():
    first, second = np.array([0, 0, 1]), np.array([1, 2, 2])
    half, none = np.full(3, 0.5), np.zeros(3)
    evidence = Evidence(first, second, np.array([0.49, 0.23, 0.59], dtype=np.float32), half, half, none)
    probability = SAME_EVENT.probability(evidence)
    assert probability[1] < _LINK < probability[0] < probability[2]
    assert sorted(_average_link(likely_pairs(evidence), 3)[0]) == [0, 1, 2]
    unlike = evidence._replace(cosines=np.array([0.49, 0.1, 0.59], dtype=np.float32))
    assert sorted(map(sorted, _average_link(likely_pairs(unlike), 3))) == [[0], [1, 2]]


def test_thousands_of_copies_and_of_articles_of_one_date_are_no_more_work_than_others():
    random = np.random.default_rng(5)
    stubs = np.repeat(unit(random.normal(size=(1, 16))), 6000, axis=0)
    assert find_stories(stubs, np.full(6000, np.nan), [b"untitled"] * 6000) == [list(range(6000))]
    alike = unit(random.normal(size=(3000, 16)) / 3 + random.normal(size=16))
    stories = find_stories(alike, np.zeros(3000), keys(3000))
    assert sum(map(len, stories)) > 2000
