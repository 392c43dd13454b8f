"""How many cores there are for this process."""

from __future__ import annotations

import os


def cores() -> int:
    """Return on how many cores this process may run: in a container or a batch job fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
