"""Letters that have no decomposition, as people type them who have no such key.

FTS5's unicode61 takes accents off (``å`` is an ``a`` with a ring), but to Unicode ``ø`` is no ``o`` with anything.
"""

from __future__ import annotations

import unicodedata
from typing import Final

# The Latin letters of Latin-1 Supplement and Latin Extended-A that NFD leaves as they are.
_PLAIN: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "Ae", "ð": "d", "Ð": "D", "ø": "o", "Ø": "O", "þ": "th", "Þ": "Th",
        "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ĸ": "k", "ł": "l", "Ł": "L", "ŋ": "n", "Ŋ": "N",
        "œ": "oe", "Œ": "Oe", "ŧ": "t", "Ŧ": "T", "ẞ": "SS",
    }
)  # fmt: skip


# Stands between texts that no phrase may run across. Of the letters for private use, which unicode61 takes for words;
# that of no icon font, so that none is lost where it is typed.
BOUNDARY: Final = "\U0010f5e4"


def plain_letters(text: str) -> str:
    """Return text with such letters replaced: ``Ødegård`` becomes ``Odegård``."""
    return text if text.isascii() else text.translate(_PLAIN)


def without_accents(word: str) -> str:
    """Return a word as it is found: in plain letters, without accents; ``ødegård`` becomes ``odegard``."""
    decomposed = unicodedata.normalize("NFD", plain_letters(word))
    return word if word.isascii() else "".join(letter for letter in decomposed if not unicodedata.combining(letter))
