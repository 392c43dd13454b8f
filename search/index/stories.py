"""Stories: which articles cover one event, found once when an index is built.

Two articles tell of one event when they come within days, are alike, and when *few articles at other times are as
alike*: a burst. That last share tells a quarterly report from boilerplate that is printed every week, which no
threshold on the cosine does; what two outlets print within hours may be one event for all that. A provider rarely tells
an event twice: what is alike of one day and one provider is mostly a series. Within hours it is likelier one event than
on the next day. Headlines that name differing things in equal words tell of two events, and so does one that asks or
explains beside one that reports (``headlines.py``).

Time grows with the number of articles times what is published in a window, not with its square: what happens outside
the window is estimated on a fixed sample.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from search.index.copies import find_copies
from search.index.headlines import contrast
from search.index.linking import LINK, link

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

    from search.encoders.base import Vectors
    from search.index.headlines import Headline

# Coverage of one event comes within these days; pairs further apart or less alike are not looked at.
WINDOW_DAYS = 5.0
MIN_COSINE = 0.3
# Articles whose cosines stand for those outside the window, evenly spaced in time.
_SAMPLE = 4096
_BLOCK = 512
# Stands for a share of 0: when both are, a cosine of 0.95 is not enough a day later.
_LEAST_SHARE = 0.002
# What stands for the share where there are no other times to compare with.
_SHARE_UNKNOWN = 0.25
_LEAST_OUTSIDE = 1e-9
# Up to this many days apart an hour counts more than later on.
_FRESH_DAYS = 1.0
# Bounds how many headlines are held at once.
_PAIRS_AT_ONCE = 20_000
# No event has more coverage that is found pair by pair; bounds what thousands of articles of one date cost.
_MAX_PAIRS = 256


@dataclass(frozen=True, slots=True)
class SameEvent:
    """Logistic regression: the probability that two articles within the window cover one event.

    The shares are, for each of the two, the share of the window among all articles at least as alike to it as the
    other is (add-one smoothed), beyond what the window holds of all articles anyway: of a wire's busy month much
    falls into one window that has no event in common. An archive of one provider is judged as pairs of one
    provider are elsewhere. Fitted by ``scripts/learn_stories`` to the kinds of graded pairs of two real sites, and to
    six archives of several outlets that were written with their events; it prints what stories find.
    """

    intercept: float = -3.12
    cosine: float = 12.21
    shares: float = 0.34
    days: float = -0.37
    fresh: float = -3.34
    one_provider: float = -4.05
    one_asks: float = -1.67
    contrast: float = -14.75

    def log_odds(self, evidence: Evidence) -> NDArray[np.float64]:
        """Return the logarithms of the odds of pairs whose headlines name nothing that differs, shape (pairs,)."""
        weights = np.array([self.cosine, self.shares, self.days, self.fresh, self.one_provider, self.one_asks])
        odds: NDArray[np.float64] = self.intercept + evidence.matrix() @ weights
        return odds


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


SAME_EVENT = SameEvent()
# A pair that is less likely counts as none.
_LEAST_LIKELY = 0.1


@dataclass(frozen=True, slots=True)
class Coverage:
    """Articles, as far as stories look at them.

    Attributes:
        vectors: Unit vectors, shape (n, dim).
        days: When each was published, in days since any epoch; NaN when unknown; shape (n,).
        keys: The key of the words of each: equal for texts of the same words.
        titles: That of its headline; None for one of few words, which others may have by chance.
        providers: Equal numbers for equal providers, -1 for none that is named; shape (n,).
        asks: Whether its headline asks or explains, shape (n,).
        headlines: Returns the headlines of some places, in their order.
    """

    vectors: Vectors
    days: NDArray[np.float64]
    keys: Sequence[Hashable]
    titles: Sequence[Hashable | None]
    providers: NDArray[np.int32]
    asks: NDArray[np.bool_]
    headlines: Callable[[Sequence[int]], list[Headline]]

    def copies(self) -> list[list[int]]:
        """Return all places, those of one article together (``find_copies``)."""
        return find_copies(self.days, self.keys, self.titles, self.providers)

    def but_copies(self, copies: list[list[int]]) -> Coverage:
        """Return the first of each group of copies; what several providers have is of a provider of its own."""
        first = [some[0] for some in copies]
        several = self.providers.max(initial=0) + 1 + np.arange(len(copies), dtype=np.int32)
        alone = np.array([(self.providers[some] == self.providers[some[0]]).all() for some in copies], dtype=np.bool_)
        providers = np.where(alone, self.providers[first], several)

        def headlines(places: Sequence[int]) -> list[Headline]:
            return self.headlines([first[place] for place in places])

        keys, titles = [self.keys[one] for one in first], [self.titles[one] for one in first]
        return Coverage(self.vectors[first], self.days[first], keys, titles, providers, self.asks[first], headlines)

    def contrasts(self, pairs: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """Return by how much the headlines of pairs of places name differing things, shape (pairs,)."""
        found: list[float] = []
        for start in range(0, len(pairs), _PAIRS_AT_ONCE):
            some = pairs[start : start + _PAIRS_AT_ONCE]
            places = sorted({place for pair in some for place in pair})
            known = dict(zip(places, self.headlines(places), strict=True))
            found += [contrast(known[one], known[other]) for one, other in some]
        return np.array(found, dtype=np.float64)


def find_stories(articles: Coverage, same_event: SameEvent = SAME_EVENT) -> list[list[int]]:
    """Return the stories of two articles or more, as places among the articles, each ascending."""
    copies = articles.copies()
    groups = link(likely_pairs(articles.but_copies(copies), same_event), len(copies))
    stories = [sorted(place for one in group for place in copies[one]) for group in groups]
    return sorted(story for story in stories if len(story) > 1)


class Evidence(NamedTuple):
    """What speaks for pairs of articles within the window; arrays of shape (pairs,).

    Attributes:
        first: Place of the one.
        second: Place of the other, which is greater.
        cosines: Of their texts.
        shares: Share of the window among the articles at least as alike to the earlier one.
        back: The same for the later one.
        days: Days between them.
        one_provider: Whether they may be of one provider: either of them names none, or both the same.
        one_asks: Whether the headline of just one of them asks or explains.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cosines: NDArray[np.float32]
    shares: NDArray[np.float64]
    back: NDArray[np.float64]
    days: NDArray[np.float64]
    one_provider: NDArray[np.bool_]
    one_asks: NDArray[np.bool_]

    def matrix(self) -> NDArray[np.float64]:
        """Return what the regression looks at, shape (pairs, 6), in the order of its weights."""
        shares = np.log((self.shares + _LEAST_SHARE) * (self.back + _LEAST_SHARE))
        fresh = np.minimum(self.days, _FRESH_DAYS)
        return np.column_stack([self.cosines, shares, self.days, fresh, self.one_provider, self.one_asks])


def likely_pairs(articles: Coverage, same_event: SameEvent) -> dict[tuple[int, int], float]:
    """Return the pairs of places that may cover one event, with the probability that they do.

    Pairs of an article that is in no pair of one story say nothing: most of what is alike. The headlines of the others
    alone are looked at: that takes time, and makes no pair likelier.
    """
    evidence = pair_evidence(articles)
    odds = same_event.log_odds(evidence)
    linked = np.union1d(*(places[odds >= _logit(LINK)] for places in (evidence.first, evidence.second)))
    both = np.isin(evidence.first, linked) & np.isin(evidence.second, linked)
    some = np.flatnonzero(both & (odds >= _logit(_LEAST_LIKELY)))
    pairs = list(zip(evidence.first[some].tolist(), evidence.second[some].tolist(), strict=True))
    probability = 1 / (1 + np.exp(-(odds[some] + same_event.contrast * articles.contrasts(pairs))))
    likely = zip(pairs, probability.tolist(), strict=True)
    return {pair: probable for pair, probable in likely if probable >= _LEAST_LIKELY}


def pair_evidence(articles: Coverage) -> Evidence:
    """Return the evidence on all pairs that are close in time and alike."""
    days = articles.days
    order = np.argsort(days, kind="stable")
    order = order[: int(np.isfinite(days).sum())]
    times, sorted_vectors = days[order], articles.vectors[order]
    n = len(order)
    sample = np.unique(np.linspace(0, n - 1, min(n, _SAMPLE)).round().astype(np.int64)) if n else np.empty(0, np.int64)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]] = []
    for start in range(0, n, _BLOCK):
        block = slice(start, min(start + _BLOCK, n))
        found.append(_block_pairs(sorted_vectors, times, sample, block))
    if not found:
        none = np.empty(0)
        places = none.astype(np.int64)
        nothing = none.astype(np.bool_)
        return Evidence(places, places, none.astype(np.float32), none, none, none, nothing, nothing)
    one, other, cosines, shares = (np.concatenate(parts) for parts in zip(*found, strict=True))
    # The same pair seen from both ends: match (i, j) with (j, i), and leave out what one end does not see.
    forth = np.flatnonzero(one < other)
    back = np.flatnonzero(one > other)
    _, of_forth, of_back = np.intersect1d(
        one[forth] * n + other[forth], other[back] * n + one[back], assume_unique=True, return_indices=True
    )
    forth, back = forth[of_forth], back[of_back]
    days_apart = np.abs(times[one[forth]] - times[other[forth]])
    first, second = order[one[forth]], order[other[forth]]
    unknown = (articles.providers[first] < 0) | (articles.providers[second] < 0)
    return Evidence(
        np.minimum(first, second),
        np.maximum(first, second),
        cosines[forth],
        shares[forth],
        shares[back],
        days_apart,
        unknown | (articles.providers[first] == articles.providers[second]),
        articles.asks[first] != articles.asks[second],
    )


def _block_pairs(
    vectors: Vectors, times: NDArray[np.float64], sample: NDArray[np.int64], block: slice
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]:
    """Return the pairs that start in a block: places, cosine, and the share of the window as seen from the first."""
    low = int(np.searchsorted(times, times[block.start] - WINDOW_DAYS))
    high = int(np.searchsorted(times, times[block.stop - 1] + WINDOW_DAYS, side="right"))
    inside = vectors[block] @ vectors[low:high].T
    apart = np.abs(times[block, None] - times[None, low:high])
    here = np.arange(block.start, block.stop)
    inside[(apart > WINDOW_DAYS) | (here[:, None] == np.arange(low, high)[None, :])] = -1
    if inside.shape[1] > _MAX_PAIRS:  # a crowded window: each article with those most alike to it
        least = np.partition(inside, -_MAX_PAIRS, axis=1)[:, -_MAX_PAIRS]
        first, second = np.nonzero(inside >= np.maximum(least, MIN_COSINE)[:, None])
    else:
        first, second = np.nonzero(inside >= MIN_COSINE)
    cosines = inside[first, second]
    lines, line = np.unique(first, return_inverse=True)
    with_pairs = lines + block.start
    outside = vectors[with_pairs] @ vectors[sample].T
    far = np.abs(times[with_pairs, None] - times[None, sample]) > WINDOW_DAYS
    outside[~far] = -1
    in_window = np.searchsorted(times, times[with_pairs] + WINDOW_DAYS, "right") - np.searchsorted(
        times, times[with_pairs] - WINDOW_DAYS
    )
    scale = (len(times) - in_window) / np.maximum(far.sum(axis=1), 1)
    near = _at_least(inside[lines], line, cosines)
    other = _at_least(outside, line, cosines) * scale[line]
    share = _beyond_chance(near / (near + other + 1), (in_window / len(times))[line])
    return first + block.start, second + low, cosines, share


def _beyond_chance(share: NDArray[np.float64], by_chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the window beyond what falls into it by chance.

    Args:
        share: Of the window among what is as alike, shape (pairs,).
        by_chance: Of the window among all articles. Where that is nearly all of them, as at a site of one week, nothing
            is known of other times, and likeness decides.
    """
    beyond = np.maximum(share - by_chance, 0) / np.maximum(1 - by_chance, _LEAST_OUTSIDE)
    known = 1 - by_chance**2
    mixed: NDArray[np.float64] = known * beyond + (1 - known) * _SHARE_UNKNOWN
    return mixed


def _at_least(scores: NDArray[np.float32], line: NDArray[np.int64], values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how many entries of each value's line are at least as large; ``line`` ascends."""
    ascending = np.sort(scores, axis=1)
    counts = np.empty(len(values))
    bounds = np.searchsorted(line, np.arange(len(ascending) + 1))
    for number in range(len(ascending)):
        some = slice(bounds[number], bounds[number + 1])
        # float32 products of the same two vectors differ in the last digits
        counts[some] = ascending.shape[1] - np.searchsorted(ascending[number], values[some] - 1e-6)
    return counts
