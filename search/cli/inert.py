"""Text from files and arguments made harmless to a terminal."""

from __future__ import annotations

import unicodedata


def inert(text: str) -> str:
    r"""Return a text in one line, with what a terminal might obey or not show as an escape: ``\x1b``.

    Examples:
        >>> inert("a\x1b[2Jb\nc\u202ed é")
        'a\\x1b[2Jb\\nc\\u202ed é'
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or unicodedata.category(one) == "Zs" else _escaped(one) for one in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
