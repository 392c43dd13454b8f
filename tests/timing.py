"""How long work takes this thread, whatever else the machine does meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# More than any of the tests needs on a slow machine, less than any of the attacks takes that it keeps out.
PATIENCE = 10.0


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that work takes."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def growth(work: Callable[[Any], object], small: Any, large: Any) -> float:
    """Return how many times as long work takes with the large as with the small, the best of five tries each."""
    least, most = (min(seconds(lambda what=what: work(what)) for _ in range(5)) for what in (small, large))  # type: ignore[misc]
    return most / max(least, 1e-4)
