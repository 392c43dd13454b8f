"""Groups of what belongs together, by how likely pairs of it do."""

from __future__ import annotations

from collections import defaultdict
from heapq import nlargest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# One belongs to a group when its likeliest pairs there, three of them, are on average as likely as the first, and all
# its pairs there as the second. More than even odds: what is folded wrongly is not seen, what stands apart wrongly is.
LINK = 0.7
FAIR = 0.3
NEAREST = 3


def link(pairs: Mapping[tuple[int, int], float], n: int) -> list[list[int]]:
    """Merge the likeliest pairs of n places first, as long as the smaller group belongs to the larger.

    The mean of all pairs alone, as in UPGMA, would break a large burst up: thirty tellings of one event hold many pairs
    with little in common. The three likeliest alone would let a week of somewhat similar reports hang together as a
    chain does.

    Args:
        pairs: How likely two places are to belong together; those that are missing are not.
        n: How many places there are.

    Returns:
        All groups, also those of one place.
    """
    groups = _Groups(pairs, n)
    waiting = sorted((pair for pair in pairs if pairs[pair] >= LINK), key=lambda pair: (-pairs[pair], pair))
    while waiting:
        apart = [pair for pair in waiting if not groups.join(*pair)]
        if len(apart) == len(waiting):
            break
        waiting = apart  # groups that did not belong together may do so once they have grown
    return list(groups.members.values())


class _Groups:
    def __init__(self, pairs: Mapping[tuple[int, int], float], n: int) -> None:
        self.members = {place: [place] for place in range(n)}
        self._group = list(range(n))
        self._near: dict[int, dict[int, float]] = defaultdict(dict)
        # what two groups have between them is summed up as they grow, so that most are refused without a look at it
        self._between: dict[int, dict[int, float]] = defaultdict(dict)
        for (one, other), likely in pairs.items():
            for sums in (self._near, self._between):
                sums[one][other] = sums[other][one] = likely

    def join(self, one: int, other: int) -> bool:
        """Merge the groups of two places where they belong together, and return whether both are in one now."""
        small, large = sorted(
            (self._group[one], self._group[other]), key=lambda group: (len(self.members[group]), group)
        )
        if small == large:
            return True
        sizes = len(self.members[small]), len(self.members[large])
        if self._between[small][large] < FAIR * sizes[0] * sizes[1]:
            return False
        if not (self._belongs(small, large) or (sizes[0] == sizes[1] and self._belongs(large, small))):
            return False
        for place in self.members[small]:
            self._group[place] = large
        self.members[large] += self.members.pop(small)
        for third, likely in self._between.pop(small).items():
            del self._between[third][small]
            if third != large:
                known = self._between[large].get(third, 0.0)
                self._between[large][third] = self._between[third][large] = known + likely
        return True

    def _belongs(self, some: int, to: int) -> bool:
        links = [
            [likely for there, likely in self._near[place].items() if self._group[there] == to]
            for place in self.members[some]
        ]
        most = min(NEAREST, len(self.members[to]))
        return sum(sum(nlargest(most, each)) for each in links) >= LINK * most * len(links)
