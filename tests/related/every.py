"""What tests of suggestions ask for."""

from __future__ import annotations

from search.index.filters import Filters


def every_file(index):
    """Return the ids of all articles that have a file."""
    rows = index.rows(index.condition(Filters(origin="file")))
    return sorted(index.ids(rows).values())
