"""When what was learnt may replace what was there: it surely wins on held-out lists and loses nothing by judgements."""

from __future__ import annotations

from statistics import fmean

from search.evaluation.metrics import paired_interval

LISTS_DEPTH = 10
GRADED_DEPTH = 5

Sides = tuple[dict[int, float], dict[int, float]]
"""nDCG by row of the article, before and after; both of the same articles in the same order."""


def verdict(lists: Sides, graded: Sides) -> tuple[bool, str]:
    """Return whether it may, and why in words.

    Args:
        lists: nDCG@10 of held-out lists.
        graded: nDCG@5 of graded articles; empty without judgements.
    """
    gain, low, high = paired_interval(list(lists[1].values()), list(lists[0].values()))
    told = f"held-out lists {gain:+.3f} nDCG@{LISTS_DEPTH} (95 % interval {low:+.3f} to {high:+.3f})"
    if low <= 0:
        return False, f"{told}: no gain that is sure"
    if graded[0]:
        loss = fmean(graded[1].values()) - fmean(graded[0].values())
        told += f", graded judgements {loss:+.3f} nDCG@{GRADED_DEPTH}"
        if loss < 0:
            return False, f"{told}: worse by the judgements"
    return True, told
