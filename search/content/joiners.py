"""Zero-width joiner and non-joiner, where a reader would miss them.

Persian, Urdu and the scripts of India write some words with them (``نمی‌شود``), and emoji are put together by them.
Between other letters, at the edges of words and several in a row they show nothing, and can only hide something.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NON_JOINER: Final = "\u200c"
_JOINER: Final = "\u200d"
_RUN = re.compile(f"[{_NON_JOINER}{_JOINER}]+")
# The blocks of scripts whose letters take another shape beside a joiner: Arabic, Syriac and the like, those of Indian
# descent, Mongolian, Adlam. Of these blocks only letters, marks and digits count.
_SHAPED = re.compile(
    "[\u0600-\u0dff\u0f00-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uaaff\uabc0-\uabff\ufb50-\ufdff\ufe70-\ufeff"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
_VIRAMA: Final = 9
"""The combining class of the sign that takes a consonant's vowel: behind it a joiner shapes the consonant alone."""
_EMOJI_STYLE: Final = "\ufe0f"
_FIRST_SYMBOL: Final = "\u2190"
_SKIN_TONES: Final = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


def is_seen(text: str, place: int) -> bool:
    r"""Return whether the character at a place is printable, or a joiner that a reader would miss.

    Examples:
        >>> is_seen("نمی\u200cشود", 3), is_seen("a\u200cb", 1)
        (True, False)
    """
    one = text[place]
    if one not in {_NON_JOINER, _JOINER}:
        return one.isprintable()
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    if one == _JOINER and before == _EMOJI_STYLE:
        before = text[max(place - 2, 0) : place - 1]
    if one == _JOINER and _is_emoji(after) and (_is_emoji(before) or before in _SKIN_TONES):
        return True
    return _is_shaped(before) and _is_shaped(after)


def is_all_seen(text: str) -> bool:
    """Return whether every character of a text is seen."""
    return text.isprintable() or all(is_seen(text, place) for place in range(len(text)))


def without_idle_joiners(text: str) -> str:
    """Return a text with no more joiners than a reader would miss, one where several stand in a row."""
    if _NON_JOINER not in text and _JOINER not in text:
        return text
    text = _RUN.sub(lambda run: run[0][0], text)
    return _RUN.sub(lambda run: run[0] if is_seen(text, run.start()) else "", text)


def without_joiners(text: str) -> str:
    """Return a text without any: how it is searched, for people type words with and without them."""
    return text.replace(_NON_JOINER, "").replace(_JOINER, "")


def _is_shaped(character: str) -> bool:
    return bool(_SHAPED.match(character)) and unicodedata.category(character)[0] in "LMN"


def _is_emoji(character: str) -> bool:
    return character >= _FIRST_SYMBOL and unicodedata.category(character) == "So"
