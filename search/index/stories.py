"""Stories: which articles cover one event, found once when an index is built.

Two articles tell of one event when they come within days, are alike, and when *few articles at other times are as
alike*: a burst. That last share tells a quarterly report from boilerplate that is printed every week, which no
threshold on the cosine does. Time grows with the number of articles times what is published in a window, not
with its square: what happens outside the window is estimated on a fixed sample.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from search.encoders.base import Vectors

# Coverage of one event comes within these days; pairs further apart or less alike are not looked at.
WINDOW_DAYS = 5.0
MIN_COSINE = 0.42
# A word-for-word copy belongs to the story even when it is printed this much later.
COPY_DAYS = 30.0
# Articles whose cosines stand for those outside the window, evenly spaced in time.
_SAMPLE = 4096
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class SameEvent:
    """Logistic regression: the probability that two articles within the window cover one event.

    The shares are, for each of the two, the share of the window among all articles at least as alike to it as the
    other is (add-one smoothed). Fitted once to judged kinds; ``scripts/eval_related`` prints what they find.
    """

    intercept: float = -8.0
    cosine: float = 7.69
    larger_share: float = 6.98
    smaller_share: float = 4.37
    days: float = -1.68

    def probability(self, evidence: Evidence) -> NDArray[np.float64]:
        """Return probabilities, shape (pairs,)."""
        logit = (
            self.intercept
            + self.cosine * evidence.cosines
            + self.larger_share * np.maximum(evidence.shares, evidence.back)
            + self.smaller_share * np.minimum(evidence.shares, evidence.back)
            + self.days * evidence.days
        )
        probability: NDArray[np.float64] = 1 / (1 + np.exp(-logit))
        return probability


SAME_EVENT = SameEvent()
# From this mean probability between two groups on they are one story.
_LINK = 0.42


def find_stories(vectors: Vectors, days: NDArray[np.float64], keys: Sequence[bytes]) -> list[list[int]]:
    """Return the stories of two articles or more, as places in the arguments, each ascending.

    Args:
        vectors: Unit vectors, shape (n, dim).
        days: When each was published, in days since any epoch; NaN when unknown.
        keys: The text key of each: equal for equal texts.
    """
    pairs = likely_pairs(pair_evidence(vectors, days))
    pairs.update(_copies(days, keys))
    return _average_link(pairs)


class Evidence(NamedTuple):
    """What speaks for pairs of articles within the window; arrays of shape (pairs,).

    Attributes:
        first: Place of the one.
        second: Place of the other, which is greater.
        cosines: Of their texts.
        shares: Share of the window among the articles at least as alike to the earlier one.
        back: The same for the later one.
        days: Days between them.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    cosines: NDArray[np.float32]
    shares: NDArray[np.float64]
    back: NDArray[np.float64]
    days: NDArray[np.float64]


def likely_pairs(evidence: Evidence) -> dict[tuple[int, int], float]:
    """Return the pairs of places that may cover one event, with the probability that they do."""
    probability = SAME_EVENT.probability(evidence)
    some = np.flatnonzero(probability >= _LINK)
    places = zip(evidence.first[some].tolist(), evidence.second[some].tolist(), strict=True)
    return dict(zip(places, probability[some].tolist(), strict=True))


def pair_evidence(vectors: Vectors, days: NDArray[np.float64]) -> Evidence:
    """Return the evidence on all pairs that are close in time and alike."""
    order = np.argsort(days, kind="stable")
    order = order[: int(np.isfinite(days).sum())]
    times, sorted_vectors = days[order], vectors[order]
    n = len(order)
    sample = np.unique(np.linspace(0, n - 1, min(n, _SAMPLE)).round().astype(np.int64)) if n else np.empty(0, np.int64)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]] = []
    for start in range(0, n, _BLOCK):
        block = slice(start, min(start + _BLOCK, n))
        found.append(_block_pairs(sorted_vectors, times, sample, block))
    if not found:
        none = np.empty(0)
        return Evidence(none.astype(np.int64), none.astype(np.int64), none.astype(np.float32), none, none, none)
    one, other, cosines, shares = (np.concatenate(parts) for parts in zip(*found, strict=True))
    # The same pair seen from both ends: match (i, j) with (j, i).
    forth = np.flatnonzero(one < other)
    back = np.flatnonzero(one > other)
    forth = forth[np.lexsort((other[forth], one[forth]))]
    back = back[np.lexsort((one[back], other[back]))]
    days_apart = np.abs(times[one[forth]] - times[other[forth]])
    first, second = order[one[forth]], order[other[forth]]
    return Evidence(
        np.minimum(first, second),
        np.maximum(first, second),
        cosines[forth],
        shares[forth],
        shares[back],
        days_apart,
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
    return first + block.start, second + low, cosines, near / (near + other + 1)


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


def _copies(days: NDArray[np.float64], keys: Sequence[bytes]) -> dict[tuple[int, int], float]:
    """Return neighbours in time among articles of one text, all with probability 1."""
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    pairs: dict[tuple[int, int], float] = {}
    for some in places.values():
        some.sort(key=lambda place: (math.inf if math.isnan(days[place]) else days[place], place))
        for number, one in enumerate(some):
            for other in some[number + 1 :]:
                apart = days[other] - days[one]
                if apart > COPY_DAYS:
                    break
                pairs[min(one, other), max(one, other)] = 1.0
    return pairs


def _average_link(pairs: Mapping[tuple[int, int], float]) -> list[list[int]]:
    """Merge the best pairs first, as long as the mean probability between two groups suffices (UPGMA)."""
    group_of: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    for one, other in pairs:
        for place in (one, other):
            group_of[place] = place
            groups[place] = [place]

    def between(ones: Iterable[int], others: Sequence[int]) -> float:
        return sum(pairs.get((min(a, b), max(a, b)), 0.0) for a in ones for b in others)

    for (one, other), _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        left, right = group_of[one], group_of[other]
        if left == right:
            continue
        ones, others = groups[left], groups[right]
        if between(ones, others) / (len(ones) * len(others)) < _LINK:
            continue
        ones.extend(others)
        for place in others:
            group_of[place] = left
        del groups[right]
    return sorted(sorted(places) for places in groups.values() if len(places) > 1)
