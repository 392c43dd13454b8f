"""What articles share of topics that few have: more of those of one running story than of those of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from search.index.derived import TOPICS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from search.index.opened import Index
    from search.index.vectors import Rows

# By eye: at a site of less than 1,200 articles this many may share a rare topic.
_FEW = 12
# Of ``_cohesion``, by trial at three sites with topics: of unlike texts that share a rare topic hardly any are graded
# good together below the one, and most above the other: places and sections are there, running stories here.
_APART, _TOGETHER = 0.1, 0.3
# What the former count of the latter: better than nothing where there is nothing better. By trial at three sites.
_LEAST = 0.5


def kinship(index: Index, topics: Iterable[int]) -> NDArray[np.float64]:
    """Return how much every article shares of some topics that few have, 0 to 1, shape (articles,).

    A topic that one article in a hundred has, or a dozen, names a running story or a subject, as far as what has it is
    alike; a more common one is a section of the site.
    """
    count = len(index.columns)
    shared = np.zeros(count)
    for topic in topics:
        holders = index.sparse[TOPICS].holders(topic)
        if 1 < len(holders) <= max(_FEW, count // 100):
            rarity = np.log(count / len(holders)) / np.log(count)
            shared[holders] += rarity * _telling(_cohesion(index, holders.astype(np.int64)))
    return np.minimum(shared, 1.0)


def _telling(cohesion: float) -> float:
    share = min(max((cohesion - _APART) / (_TOGETHER - _APART), 0.0), 1.0)
    return _LEAST + (1 - _LEAST) * share


def _cohesion(index: Index, holders: Rows) -> float:
    """Return how alike some articles are, beyond what any two are: 0 as those, 1 as one text; of a story one counts.

    Args:
        index: Of which they are.
        holders: Their places, shape (n,).
    """
    columns = index.columns
    holders = holders[np.argsort(columns.order[holders])]  # whatever order the index was built in
    _, firsts = np.unique(columns.story[holders], return_index=True)
    if len(firsts) == 1:
        return 1.0
    vectors = index.vectors.get(columns.rows[holders[np.sort(firsts)]]).astype(np.float64)
    n = len(vectors)
    mean = (np.square(vectors.sum(axis=0)).sum() - n) / (n * (n - 1))
    any_two = index.vectors.mean_cosine
    return float((mean - any_two) / max(1.0 - any_two, 1e-9))
