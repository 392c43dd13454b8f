"""Text by the cells of a terminal that it takes: two for a Chinese character, none for an accent.

By the standard library alone: Rich has the same, and takes longer to import than a search takes.
"""

from __future__ import annotations

import unicodedata
from itertools import accumulate

_ELLIPSIS = "…"
_UNSEEN = frozenset({"Mn", "Me", "Cf"})


def cells(text: str) -> int:
    """Return how many cells a text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, width: int) -> str:
    """Return the beginning of a text, an ellipsis in place of what is more than ``width`` cells."""
    if cells(text) <= width:
        return text
    space = _space(text, _fitting(text, width - 2))
    return f"{text[:space].rstrip()} {_ELLIPSIS}" if space else text[: _fitting(text, width - 1)].rstrip() + _ELLIPSIS


def fold(text: str, width: int, lines: int) -> list[str]:
    """Return a text in at most so many lines of ``width`` cells, broken at spaces where it can be.

    A word that is wider than a line is broken where the line ends, as Chinese and Japanese are, which have no spaces.
    """
    folded: list[str] = []
    rest = text.strip()
    while rest and len(folded) < lines - 1 and cells(rest) > width:
        end = _fitting(rest, width)
        end = _space(rest, end) or end
        folded.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*folded, cut(rest, width)] if rest else folded


def _space(text: str, end: int) -> int:
    """Return the last space up to ``end``; 0 where it would leave more than half of the line empty."""
    space = text.rfind(" ", 0, end + 1)
    return space if space * 2 > end else 0


def _fitting(text: str, width: int) -> int:
    """Return how many characters fit into some cells, at least one."""
    # No more than so many characters are seen in these cells, but for accents upon accents, which are cut.
    taken = accumulate(map(_cells, text[: 4 * width]))
    return max(1, sum(cell <= width for cell in taken))


def _cells(character: str) -> int:
    if unicodedata.category(character) in _UNSEEN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
