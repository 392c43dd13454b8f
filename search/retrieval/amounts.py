"""Amounts as articles write them: ``31m``, ``31mn``, ``31 million``; ``1.2bn``, ``1.2 billion``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from search.index.lexical import any_of, words_of
from search.index.scales import SCALES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_WAYS = {way: scale for scale in SCALES for way in scale}
_ANY_WAY = "|".join(sorted(_WAYS, key=len, reverse=True))
# Of these it is no number: a 7b model, a 5k run, 4k video.
_OF_KIND = r"(?!\s+(?:models?|param\w*|race|resolution|run|tape|tv|videos?)\b)"
_AMOUNT = re.compile(
    rf"(?<![\w.,-])(?P<number>\d+(?:[.,]\d+)*)(?P<gap>[\s-]?)(?P<way>{_ANY_WAY})\b{_OF_KIND}", re.IGNORECASE
)
# So many articles show whether they have an amount: full-text search finds 5 billion in 59.5 billion.
_LOOKED_AT = 50
# A number that may be written with separators; years have four digits.
_LARGE = re.compile(r"(?<![\w.,-])[1-9]\d{4,11}(?![\w-]|[.,]\d)")


class Amount(NamedTuple):
    """An amount in a text.

    Attributes:
        typed: As it stands there.
        word: Its last word, by which it is looked up; empty where number and scale stand apart.
        ways: All ways to write it, as phrases.
    """

    typed: str
    word: str
    ways: tuple[str, ...]


def amounts_in(text: str) -> Iterator[Amount]:
    """Yield the amounts in a text.

    Examples:
        >>> for amount in amounts_in("lost 1.2bn, or 31 million"):
        ...     print(*amount)
        1.2bn 2bn ('1.2b', '1.2bn', '1.2bln', '1.2 billion')
        31 million  ('31m', '31mn', '31mln', '31 million')
    """
    for match in _AMOUNT.finditer(text):
        number, way = match["number"], match["way"].lower()
        *short, word = _WAYS[way]
        if match["gap"] and way != word:  # 5 m may be metres
            continue
        ways = [*(f"{number}{one}" for one in short), f"{number} {word}"]
        if way in SCALES[0] and number.isdigit():
            ways += [f"{number},000", f"{number}000"]
        yield Amount(match[0], "" if match["gap"] else words_of(match[0])[-1], tuple(ways))
    for match in _LARGE.finditer(text):
        yield Amount(match[0], match[0], (match[0], f"{int(match[0]):,}"))


def ends_amount(text: str, word: str) -> bool:
    """Return whether a word is but the end of an amount in a text, as ``2bn`` is of ``1.2bn``."""
    return re.search(rf"\d[.,]{re.escape(word)}\b", text, re.IGNORECASE) is not None


class Known(NamedTuple):
    """What articles have of an amount.

    Attributes:
        ways: Those to write it that articles have more often than a larger number that ends in it.
        nowhere: Whether surely no article has it, however written.
    """

    ways: list[str]
    nowhere: bool


def look_up(connection: sqlite3.Connection, amount: Amount) -> Known:
    """Return what articles have of an amount."""
    having = {way: _having(connection, way) for way in amount.ways}
    ways = [way for way, (have, found) in having.items() if 2 * have > found]
    return Known(ways, all(not have and found < _LOOKED_AT for have, found in having.values()))


def _having(connection: sqlite3.Connection, way: str) -> tuple[int, int]:
    """Return how many articles have an amount, of how many that full-text search finds; of the first of them."""
    found = connection.execute(
        "SELECT title, excerpt, topics FROM words WHERE words MATCH ? LIMIT ?", (any_of([way]), _LOOKED_AT)
    ).fetchall()
    number, *scale = way.split()
    itself = re.compile(rf"(?<![\d.,]){re.escape(number)}" + r"[\s-]+".join(["", *scale]) + r"\b", re.IGNORECASE)
    return sum(any(itself.search(text) for text in texts) for texts in found), len(found)
