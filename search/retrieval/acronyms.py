"""Acronyms of what a query names, and what its acronyms stand for, as the articles explain them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from search.index.letters import folded
from search.index.lexical import STOP_WORDS, capitals

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

_WORD = re.compile(r"\w+")
# An acronym counts when this many articles explain it so; one that is typed in capitals is one.
_MIN_ARTICLES = 2
_MAX_LONG_FORMS = 2


def same_meaning(connection: sqlite3.Connection, text: str, spellings: Mapping[str, str]) -> list[str]:
    """Return what the acronyms in a text stand for, and the acronyms of the long forms in it, however spelt.

    Args:
        connection: The catalogue.
        text: Of the query.
        spellings: Its words that are spelt in another way too, with that spelling.
    """
    words = _WORD.findall(folded(text))
    longest = _longest_form(connection)
    names = [*capitals(text), *(word for word in words if word not in STOP_WORDS)]
    long_forms = [*_phrases(words, longest), *_phrases([spellings.get(word, word) for word in words], longest)]
    given = dict.fromkeys([*names, *long_forms])
    has_cases = len(words) == 1 or not text.isupper()
    certain = [word.casefold() for word in _WORD.findall(text) if word.isupper() and has_cases]
    meanings: dict[str, list[str]] = {}
    for one, other, _ in connection.execute(
        "SELECT short, long, articles FROM acronym WHERE short IN (SELECT value FROM json_each(:given)) "
        "AND (articles >= :least OR short IN (SELECT value FROM json_each(:certain))) "
        "UNION ALL SELECT long, short, articles FROM acronym "
        "WHERE long IN (SELECT value FROM json_each(:given)) AND articles >= :least ORDER BY 3 DESC, 2",
        {"given": json.dumps(list(given)), "certain": json.dumps(certain), "least": _MIN_ARTICLES},
    ):
        meanings.setdefault(one, []).append(other)
    found = dict.fromkeys(other for one in given for other in meanings.get(one, ())[:_MAX_LONG_FORMS])
    return [other for other in found if f" {other} " not in f" {' '.join(words)} "]


def _longest_form(connection: sqlite3.Connection) -> int:
    """Return how many words the longest long form has."""
    found = connection.execute("SELECT MAX(LENGTH(long) - LENGTH(REPLACE(long, ' ', ''))) FROM acronym").fetchone()
    return 0 if found[0] is None else int(found[0]) + 1


def _phrases(words: list[str], longest: int) -> Iterator[str]:
    """Yield the runs of two words and more, up to a length."""
    for start in range(len(words)):
        for end in range(start + 2, min(start + longest, len(words)) + 1):
            yield " ".join(words[start:end])
