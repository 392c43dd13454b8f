"""Text from files and arguments made harmless to a terminal: lines, and JSON."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from search.content.joiners import is_seen


def inert(text: str) -> str:
    r"""Return a text in one line, with what a terminal might obey or not show as an escape: ``\x1b``.

    Examples:
        >>> inert("a\x1b[2Jb\nc\u202ed é")
        'a\\x1b[2Jb\\nc\\u202ed é'
    """
    if text.isprintable():
        return text
    return "".join(
        one if is_seen(text, place) or unicodedata.category(one) == "Zs" else _escaped(one)
        for place, one in enumerate(text)
    )


def inert_json(record: Any, indent: int | None = None) -> str:
    r"""Return a record as JSON in UTF-8, in which no more than its own line breaks is a control or unseen character.

    Examples:
        >>> inert_json(["a\x9b2Jb\u202ed é"])
        '["a\\u009b2Jb\\u202ed é"]'
    """
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    if text.isascii() or text.replace("\n", "").isprintable():
        return text.replace("\x7f", "\\u007f")
    return "".join(
        json.dumps(one)[1:-1] if unicodedata.category(one) in _UNSEEN and one != "\n" else one for one in text
    )


# Controls, format characters (bidirectional ones among them), line and paragraph separators, halves of characters.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
