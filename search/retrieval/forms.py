"""What an English word may be a form of: its endings taken off, its halves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What is left when an ending is taken off has at least this many letters: of a form, of another word.
_MIN_BASE = 3
_MIN_OTHER = 4
# Shorter halves are found in too many misspellings: hosepip is no hose and pip.
_MIN_HALF = 4
_TWICE = re.compile(r"(.)\1$")
# An ending, and what may have stood in its place.
_FORMS = (
    ("s", ("",)),
    ("es", ("",)),
    ("ies", ("y",)),
    ("ed", ("", "e")),
    ("ied", ("y",)),
    ("ing", ("", "e")),
)
_OTHERS = (
    *((ending, ("", "e")) for ending in ("er", "ers", "or", "ors", "ise", "ize", "ised", "ized", "isation", "ization")),
    ("ly", ("",)),
)
_BEGINNINGS = (
    "anti",
    "co",
    "counter",
    "cyber",
    "de",
    "non",
    "over",
    "pre",
    "re",
    "self",
    "semi",
    "tele",
    "un",
    "under",
)


def bases(word: str) -> Iterator[str]:
    """Yield what a word may be a form of, a word or not.

    Examples:
        >>> sorted(set(bases("swapped")))
        ['swap', 'swapp', 'swappe']
    """
    for ending, others in (*_FORMS, *_OTHERS):
        least = _MIN_BASE if (ending, others) in _FORMS else _MIN_OTHER
        if not word.endswith(ending) or len(word) - len(ending) < least:
            continue
        rest = word.removesuffix(ending)
        for other in others:
            yield rest + other
        if _TWICE.search(rest) and ending[0] in "aeiou":
            yield rest[:-1]


def are_forms_of_one(first: str, second: str) -> bool:
    """Return whether two words may be forms of one word: ``scan`` and ``scanned``, ``pump`` and ``pumps``."""
    return not {first, *bases(first)}.isdisjoint({second, *bases(second)})


def halves(word: str) -> Iterator[tuple[str, ...]]:
    """Yield the words that a word may be put together from, less what stands before many: ``chat`` and ``bots``."""
    for beginning in _BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= _MIN_HALF:
            yield (word.removeprefix(beginning),)
    for end in range(_MIN_HALF, len(word) - _MIN_HALF + 1):
        yield word[:end], word[end:]
