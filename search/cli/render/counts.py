"""Numbers of things, as people say them."""

from __future__ import annotations


def counted(number: int, unit: str) -> str:
    """Return a number with its unit: ``1 file``, ``1,754 files``."""
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
