"""What an English word may be a form of: its endings taken off, its halves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Shorter halves are found in too many misspellings: hosepip is no hose and pip.
_MIN_HALF = 4
_TWICE = re.compile(r"(.)\1$")
# Endings, what may have stood in their place, and the fewest letters before them: of a form, of another word.
_ENDINGS = (
    ("s", ("",), 3),
    ("es", ("",), 3),
    ("ies", ("y",), 3),
    ("ed", ("", "e"), 3),
    ("ied", ("y",), 3),
    ("ing", ("", "e"), 3),
    *((end, ("", "e"), 4) for end in ("er", "ers", "or", "ors", "ise", "ize", "ised", "ized", "isation", "ization")),
    ("ly", ("",), 4),
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
    for ending, others, least in _ENDINGS:
        if not word.endswith(ending) or len(word) - len(ending) < least:
            continue
        rest = word.removesuffix(ending)
        if ending == "s" and rest.endswith("s"):
            continue  # postgress is no plural
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
