"""The words of a query as the corpus would put them: misspellings set right, acronyms and other spellings added."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.index import english
from search.index.letters import folded
from search.index.lexical import STOP_WORDS, capitals, in_capitals, matches, rows_in_capitals, terms, words_of
from search.retrieval.acronyms import same_meaning
from search.retrieval.amounts import Amount, Known, amounts_in, ends_amount, look_up
from search.retrieval.forms import other_spellings
from search.retrieval.lexicon import frequency, lexicon
from search.retrieval.named_times import NO_TIMES, OF_ANYTHING, named_times
from search.retrieval.pairs import pairs_in
from search.retrieval.spelling import Correction, corrections

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from search.encoders.base import Encoder
    from search.index.opened import Index
    from search.retrieval.named_times import NamedTimes
    from search.retrieval.query import Query

_WORD = re.compile(r"\w+")
# Texts that may be read for who has a word in capitals; a word that more articles have is left to be a stop word.
_MOST_READ = 10_000


@dataclass(frozen=True, slots=True)
class Wording:
    """What is searched for.

    Attributes:
        text: The query's text, misspellings set right, without times that are surely meant or say nothing here: what
            the encoder reads.
        words: Its words worth searching for.
        counts: How many articles have each of these words.
        pairs: Words side by side in it that articles often have so, where they have the rarer one.
        others: Acronyms of what it names, what its acronyms stand for, as phrases, other spellings of its words, and
            the ways to write its amounts, and days that may be names.
        capitals: Those of the words and the others that are names in capitals and stop words or ordinary words
            otherwise (WHO, SEND), with the rows of the articles that have them in capitals.
        missing: Amounts of several words that no article has.
        corrected: What was set right.
        doubtful: What may be misspelt, and is searched for as typed.
        times: Those that it names.
    """

    text: str
    words: list[str]
    counts: dict[str, int]
    pairs: list[tuple[str, str]]
    others: list[str]
    capitals: dict[str, list[int]]
    missing: list[str]
    corrected: list[Correction]
    doubtful: list[Correction]
    times: NamedTimes


def wording(
    index: Index,
    query: Query,
    encoder: Encoder | None,
    now: datetime,
    *,
    as_typed: bool,
    has_times: bool = True,
    last_resort: bool = False,
) -> Wording:
    """Return a query's text in the words of the corpus.

    An exact phrase is what it is: what looks misspelt in it is doubtful, however sure.

    Args:
        index: Whose articles.
        query: As typed.
        encoder: Knows which words are words; without it nothing is set right.
        now: What is past, where the query says so.
        as_typed: Set nothing right, add nothing, and take words for nothing but words.
        has_times: Read what names a time as a time.
        last_resort: Nothing was found: doubt more, and take what is likely for sure.
    """
    connection = index.connection
    phrases = [folded(phrase) for phrase in query.filters.phrases]
    found: list[Correction] = []
    if encoder is not None and not as_typed:
        found = corrections(words_of(query.text), lexicon(connection, encoder), last_resort=last_resort)
    corrected, doubtful = _sure_and_doubtful(found, phrases, last_resort=last_resort)
    text = _replaced(query.text, corrected)
    times = NO_TIMES
    if has_times and not as_typed:
        times = named_times(index, text, phrases, index.condition(query.filters), now)
    left = times.beside(text)
    words = terms(left) or terms(text)
    amounts = {} if as_typed else {one: look_up(connection, one) for one in amounts_in(text)}
    same = {} if as_typed else _spellings(connection, words) | _by_word(amounts)
    others = [] if as_typed else _others(connection, text, same)
    others += [way for way in times.written_out() if matches(connection, way)]
    words = [word for word in words if word not in same or not ends_amount(text, word)] or words
    standing = _standing(connection, text, words, others, as_typed=as_typed)
    counts = {
        word: len(standing[word]) if word in standing else matches(connection, word, *same.get(word, ()))
        for word in words
    }
    pairs = [] if as_typed else pairs_in(connection, left, counts)
    if times.periods or times.latest:
        in_pairs = {word for pair in pairs for word in pair}
        words = [word for word in words if word in in_pairs or word not in OF_ANYTHING] or words
        counts = {word: counts[word] for word in words}
    missing = [one.typed.lower() for one, known in amounts.items() if known.nowhere and one.word not in counts]
    return Wording(times.to_read(text), words, counts, pairs, others, standing, missing, corrected, doubtful, times)


def _sure_and_doubtful(
    found: list[Correction], phrases: Sequence[str], *, last_resort: bool
) -> tuple[list[Correction], list[Correction]]:
    """Return what is set right, and what is but asked about: phrases, and words that are surely no others."""
    exact = {word for phrase in phrases for word in _WORD.findall(phrase)}
    corrected = [one for one in found if (one.sure or (last_resort and one.likely)) and one.typed not in exact]
    doubtful = [one for one in found if one not in corrected and one.typed not in exact]
    in_phrases = [one for one in found if one.typed in exact]
    doubtful += [
        Correction(f'"{one}"', f'"{meant}"') for one in phrases if (meant := _replaced(one, in_phrases)) != one
    ]
    return corrected, doubtful


def _replaced(text: str, found: list[Correction]) -> str:
    for one in found:
        text = re.sub(rf"\b{re.escape(one.typed)}\b", one.meant, text, flags=re.IGNORECASE)
    return text


def _spellings(connection: sqlite3.Connection, words: list[str]) -> dict[str, list[str]]:
    """Return the words that articles spell in the other way too, or only so, with that spelling.

    What is one word to full-text search, as cancelled and canceled are, would count twice.
    """
    return {
        word: [other]
        for word in words
        for other in other_spellings(word)
        if english.count(other)
        and frequency(connection, other)
        and not matches(connection, word) == matches(connection, other) == matches(connection, word, other)
    }


def _by_word(amounts: Mapping[Amount, Known]) -> dict[str, list[str]]:
    """Return the ways to write amounts by the last word of each that is one word; by "" those of all others."""
    found: dict[str, list[str]] = {}
    for one, known in amounts.items():
        found.setdefault(one.word, []).extend(known.ways)
    return found


def _others(connection: sqlite3.Connection, text: str, same: dict[str, list[str]]) -> list[str]:
    """Return what is searched for beside the words of a text: other names of what they name, and all that is the same.

    Args:
        connection: The catalogue.
        text: Of the query.
        same: What is the same as some of its words.
    """
    in_long_forms = {word: ways[0] for word, ways in same.items() if ways}
    return [*same_meaning(connection, text, in_long_forms), *(way for ways in same.values() for way in ways)]


def _standing(
    connection: sqlite3.Connection, text: str, words: list[str], others: Iterable[str], *, as_typed: bool
) -> dict[str, list[int]]:
    """Return the words that are names where they stand in capitals, with the rows of the articles that have them so."""
    shouted = [word for word in dict.fromkeys([*capitals(text), *others]) if word in STOP_WORDS]
    ordinary = [] if as_typed else [word for word in in_capitals(text) if word in words and _is_ordinary(word)]
    few = [word for word in [*shouted, *ordinary] if matches(connection, word) <= _MOST_READ]
    standing = {word: rows_in_capitals(connection, word) for word in few}
    return {word: rows for word, rows in standing.items() if rows or word in STOP_WORDS}


def _is_ordinary(word: str) -> bool:
    """Return whether a word says something else in small letters, as ``send`` does and ``nasa`` does not."""
    return word not in STOP_WORDS and english.count(word) >= english.RARE
