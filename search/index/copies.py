"""Which articles are the same one printed again: word for word, or under one headline by another outlet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy as np
    from numpy.typing import NDArray

# What is printed again this much later is the same still.
COPY_DAYS = 30.0


def find_copies(
    days: NDArray[np.float64],
    keys: Sequence[Hashable],
    titles: Sequence[Hashable | None],
    providers: NDArray[np.int32],
) -> list[list[int]]:
    """Return all places, those of one article together as long as one follows the other within ``COPY_DAYS``.

    A long headline that another provider has too is that of one release or dispatch, however each of them cuts the
    text below it (``scripts/learn_stories`` prints what stories find with it). One provider may have it over two
    articles: a preview of something, and then the thing. Copies without a date belong together: nothing tells them
    apart.

    Args:
        days: When each was published, in days since any epoch; NaN when unknown; shape (n,).
        keys: Equal for texts of the same words.
        titles: Equal for headlines of the same words; None for those of few.
        providers: Equal numbers for equal providers, -1 for none that is named; shape (n,).
    """
    groups: list[list[int]] = []
    by_text: dict[Hashable, list[int]] = {}
    by_title: dict[Hashable, list[int]] = {}
    order = sorted(range(len(keys)), key=lambda place: (math.inf if math.isnan(days[place]) else days[place], place))

    def goes_on(group: list[int], place: int) -> bool:
        if not group:
            return False
        dates = days[group[-1]], days[place]
        return all(map(math.isnan, dates)) or bool(dates[1] - dates[0] <= COPY_DAYS)

    def is_reprint(group: list[int], place: int) -> bool:
        named = providers[[*group, place]]
        return bool((named >= 0).all() and (named[:-1] != named[-1]).all())

    for place in order:
        title = titles[place]
        group = by_text.get(keys[place], [])
        if not goes_on(group, place):
            group = by_title.get(title, []) if title is not None else []
            if not (goes_on(group, place) and is_reprint(group, place)):
                group = []
                groups.append(group)
        group.append(place)
        by_text[keys[place]] = group
        if title is not None:
            by_title[title] = group
    return groups
