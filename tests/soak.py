"""How often the long tests run: a little in ``scripts/test``, in full in ``scripts/soak``."""

from __future__ import annotations

import os

SOAKING = bool(os.environ.get("SEARCH_SOAK"))


def times(short: int, full: int) -> int:
    """Return how often something is to be tried."""
    return full if SOAKING else short


def told(text: str) -> None:
    """Print a count, which ``scripts/soak`` shows."""
    print(f"\n    {text}")  # noqa: T201
