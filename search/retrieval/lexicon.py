"""What the corpus and the encoder know of words: what spelling goes by."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from search.index import english
from search.index.letters import without_accents
from search.index.lexical import matches
from search.retrieval.spelling import MIN_LENGTH, Lexicon

if TYPE_CHECKING:
    import sqlite3

    from search.encoders.base import Encoder


def lexicon(connection: sqlite3.Connection, encoder: Encoder) -> Lexicon:
    """Return what is known of words to the articles of a catalogue, to an encoder and in English."""
    return Lexicon(
        corpus=cache(partial(_vocabulary, connection)),
        frequency=partial(frequency, connection),
        is_word=lambda word: word in encoder.vocabulary,
        words=cache(lambda: encoder.vocabulary.words(MIN_LENGTH)),
        english=english.count,
        together=lambda first, second: matches(connection, f"{first} {second}"),
    )


def _vocabulary(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT word, articles FROM vocabulary"))


def frequency(connection: sqlite3.Connection, word: str) -> int:
    """Return how many articles have a word, with whatever accents."""
    found = connection.execute("SELECT TOTAL(articles) FROM vocabulary WHERE plain = ?", (without_accents(word),))
    return int(found.fetchone()[0])
