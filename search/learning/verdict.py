"""When what was learnt may replace what was there: it surely wins on what it did not see, loses by no judgements."""

from __future__ import annotations

from statistics import fmean

from search.evaluation.metrics import paired_interval

LISTS_DEPTH = 10
GRADED_DEPTH = 5

Sides = tuple[dict[int, float], dict[int, float]]
"""A measure by row of the article, before and after; both of the same articles in the same order."""


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
    if not graded[0]:
        return True, told
    loss = fmean(graded[1].values()) - fmean(graded[0].values())
    told += f", graded judgements {loss:+.3f} nDCG@{GRADED_DEPTH}"
    return (False, f"{told}: worse by the judgements") if loss < 0 else (True, told)


def verdict_by_grades(losses: Sides, graded: Sides) -> tuple[bool, str]:
    """Return whether it may where graded pairs are all there is, and why in words.

    It is then measured by what it was learnt from, held out: the order may not be surely worse.

    Args:
        losses: Mean log loss of the probabilities of graded pairs, of probabilities that did not see them.
        graded: nDCG@5 of graded articles.
    """
    gain, low, high = paired_interval(list(losses[0].values()), list(losses[1].values()))
    told = f"log loss of what was taken {-gain:+.3f} (95 % interval {-high:+.3f} to {-low:+.3f})"
    if low <= 0:
        return False, f"{told}: no gain that is sure"
    # The order is that of the same pairs, and of few: it may vary a little where probabilities come true.
    loss, low, high = paired_interval(list(graded[1].values()), list(graded[0].values()))
    told += f", their order {loss:+.3f} nDCG@{GRADED_DEPTH} ({low:+.3f} to {high:+.3f})"
    return (False, f"{told}: surely worse") if high < 0 else (True, told)
