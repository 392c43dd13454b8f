"""What an editor wants of suggestions."""

from __future__ import annotations

from dataclasses import dataclass

from search.index.filters import ANYTHING, Filters


@dataclass(frozen=True, slots=True)
class Options:
    """What an editor wants of suggestions.

    Attributes:
        k: How many at most.
        filters: What suggestions must be.
        past_only: Only what was published before the article, or at the same time.
        diversity: How much it counts against a suggestion that it is more alike to what is listed or proposed already
            than to the article, 0 to 1.
        min_probability: Leave out what is less likely to be taken.
        per_provider: At most this many of one provider; 0 for any number.
        blind: Treat the article as if it had no curated list.
        rejected: Rows that an editor has turned down for this article; with ``blind`` they count as any other.
        preferred: Rows that stand for their story in place of what tells it better.
        collapse: One suggestion for a story, the others in its ``also``. Without it nothing is diversified or
            left out: every candidate stands at its own rank.
    """

    k: int = 10
    filters: Filters = ANYTHING
    past_only: bool = False
    diversity: float = 0.1
    min_probability: float = 0.0
    per_provider: int = 0
    blind: bool = False
    rejected: frozenset[int] = frozenset()
    preferred: frozenset[int] = frozenset()
    collapse: bool = True


USUAL = Options()
