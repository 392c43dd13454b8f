"""Letters that have no decomposition, or one for compatibility only, as people type them who have no such key.

FTS5's unicode61 takes accents off (``å`` is an ``a`` with a ring), but to Unicode ``ø`` is no ``o`` with anything, and
it leaves the ligature of ``ﬁ`` and letters of full width as they are.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from search.content.joiners import without_joiners

# The Latin letters of Latin-1 Supplement and Latin Extended-A that NFD leaves as they are.
_WITHOUT_DECOMPOSITION: Final = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "Ae", "ð": "d", "Ð": "D", "ø": "o", "Ø": "O", "þ": "th", "Þ": "Th",
        "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ĸ": "k", "ł": "l", "Ł": "L", "ŋ": "n", "Ŋ": "N",
        "œ": "oe", "Œ": "Oe", "ŧ": "t", "Ŧ": "T", "ẞ": "SS",
    }
)  # fmt: skip


# Ligatures, digraphs, the long s, and digits and letters of full width: only these of what NFKD takes apart, for others
# (``½``, ``²``, ``™``) say something else then.
_RANGES: Final = (
    range(0x0132, 0x0134), range(0x013F, 0x0141), range(0x0149, 0x014A), range(0x017F, 0x0180), range(0x01C4, 0x01CD),
    range(0x01F1, 0x01F4), range(0xFB00, 0xFB07), range(0xFF10, 0xFF1A), range(0xFF21, 0xFF3B), range(0xFF41, 0xFF5B),
)  # fmt: skip
_PLAIN: Final = _WITHOUT_DECOMPOSITION | {
    code: unicodedata.normalize("NFKD", chr(code)) for codes in _RANGES for code in codes
}

# Stands between texts that no phrase may run across. Of the letters for private use, which unicode61 takes for words;
# that of no icon font, so that none is lost where it is typed.
BOUNDARY: Final = "\U0010f5e4"


# Scripts that leave no spaces between words, by how Unicode names their letters.
_UNPARTED: Final = ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


def is_unparted(text: str) -> bool:
    """Return whether a text holds letters of a script without spaces: what looks like a word there is a phrase."""
    return not text.isascii() and any(unicodedata.name(letter, "").startswith(_UNPARTED) for letter in text)


def plain_letters(text: str) -> str:
    """Return text with such letters replaced, no joiners: ``Ødegård`` becomes ``Odegård``, ``ﬁnance`` ``finance``."""
    return text if text.isascii() else without_joiners(text).translate(_PLAIN)


def folded(text: str) -> str:
    """Return text in small letters of which none falls apart, without joiners: ``İzmir`` becomes ``izmir``.

    Case folding sets marks beside letters (``İ`` becomes an ``i`` and a dot), and there a word would be split, as it
    would be at a joiner.
    """
    if text.isascii():
        return text.casefold()
    return unicodedata.normalize("NFC", without_joiners(text).casefold()).replace("i\u0307", "i")


def without_accents(word: str) -> str:
    """Return a word as it is found: in plain letters, without accents; ``ødegård`` becomes ``odegard``."""
    decomposed = unicodedata.normalize("NFD", plain_letters(word))
    return word if word.isascii() else "".join(letter for letter in decomposed if not unicodedata.combining(letter))
