"""Training examples: the candidates of articles, their features, and what is known of each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.index.filters import Filters
from search.related.candidates import excluded_rows, find_pool
from search.related.features import feature_matrix
from search.related.profile import profile_of
from search.related.subject import subject_of_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from search.index.opened import Index
    from search.index.vectors import Rows


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one article, its own list hidden, and no curated list looked into.

    Attributes:
        row: The article.
        rows: Its candidates, shape (n,).
        matrix: Their features, shape (n, features).
    """

    row: int
    rows: Rows
    matrix: NDArray[np.float64]

    def marks(self, items: Iterable[int]) -> NDArray[np.bool_]:
        """Return which candidates are among some rows."""
        return np.isin(self.rows, np.fromiter(items, dtype=np.int64))


def gather(index: Index, rows: Iterable[int], advance: Callable[[int], None] = lambda _: None) -> dict[int, Example]:
    """Return the example of each article that is in the index."""
    examples: dict[int, Example] = {}
    for row in rows:
        subject = subject_of_row(index, row)
        copies, _ = excluded_rows(index, subject, blind=True)
        pool = find_pool(index, profile_of(index, subject, None), Filters(), copies, lists=False)
        examples[row] = Example(row, pool.rows, feature_matrix(index, pool))
        advance(1)
    return examples
