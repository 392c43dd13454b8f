"""What the articles themselves teach of language: their words, and what their acronyms stand for."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from search.index.letters import folded, without_accents

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

_WORD = re.compile(r"\w+")
# "Azure Kubernetes Service (AKS)", "AKS (Azure Kubernetes Service)" is left alone: rare, and less sure.
_IN_BRACKETS = re.compile(r"\(([A-Z][A-Za-z0-9&-]{1,9})\)")
_MAX_WORDS_BEFORE = 10


def store_language(connection: sqlite3.Connection) -> None:
    """Count anew in how many articles each word stands, and each acronym with what it stands for."""
    words: Counter[str] = Counter()
    acronyms: Counter[tuple[str, str]] = Counter()
    for title, excerpt in connection.execute("SELECT title, excerpt FROM article"):
        words.update({word for word in _WORD.findall(folded(f"{title} {excerpt}")) if word.isalpha()})
        acronyms.update({pair for text in (title, excerpt) for pair in find_acronyms(text)})
    connection.execute("DELETE FROM vocabulary")
    connection.executemany(
        "INSERT INTO vocabulary (word, plain, articles) VALUES (?, ?, ?)",
        [(word, without_accents(word), count) for word, count in sorted(words.items())],
    )
    connection.execute("DELETE FROM acronym")
    connection.executemany(
        "INSERT INTO acronym (short, long, articles) VALUES (?, ?, ?)",
        [(short, long, count) for (short, long), count in sorted(acronyms.items())],
    )


def find_acronyms(text: str) -> Iterator[tuple[str, str]]:
    """Yield the acronyms that a text explains in brackets with their long forms, both in lower case.

    Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text" (PSB 2003):
    the shortest run of words before the bracket that has the acronym's letters in order, beginning with its first.
    """
    for match in _IN_BRACKETS.finditer(text):
        short = match[1]
        if sum(letter.isupper() for letter in short) < 2:  # noqa: PLR2004 - a word in brackets
            continue
        before = text[: match.start()].split()[-min(len(short) + 5, len(short) * 2, _MAX_WORDS_BEFORE) :]
        if long := _long_form(short, " ".join(before)):
            yield short.casefold(), " ".join(_WORD.findall(folded(long)))


def _long_form(short: str, before: str) -> str:
    """Return the end of a text that an acronym can stand for, or nothing."""
    letters = [letter for letter in short.casefold() if letter.isalnum()]
    text = before.casefold()
    place = len(text)
    for number in range(len(letters) - 1, -1, -1):
        place -= 1
        while place >= 0 and (
            text[place] != letters[number] or (number == 0 and place > 0 and text[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
    long = before[place:]
    return long if len(long.split()) > 1 and short.casefold() not in long.casefold().split() else ""
