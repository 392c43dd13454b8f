"""The words of a query as the corpus would put them: misspellings set right, acronyms and other spellings beside them.

What names a time is no word to search for: articles are of their time, they seldom say it. The encoder reads the text
as it is typed, without times that are surely meant, as in a text they draw near what merely names them, and without
those that no article is of, as far as no article has their words either: those drown the subject.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from search.index import english
from search.index.letters import folded, without_accents
from search.index.lexical import STOP_WORDS, capitals, in_capitals, matches, rows_in_capitals, terms, words_of
from search.index.rows import moment_of
from search.retrieval.amounts import amounts_in, ends_amount, have_amount
from search.retrieval.forms import other_spellings
from search.retrieval.pairs import pairs_in
from search.retrieval.periods import periods_in
from search.retrieval.said import rows_that_write, ways_to_write
from search.retrieval.spans import SEASONS
from search.retrieval.spelling import MIN_LENGTH, Correction, Lexicon, corrections

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from search.encoders.base import Encoder
    from search.index.opened import Index
    from search.retrieval.period import Period
    from search.retrieval.query import Query

_WORD = re.compile(r"\w+")
# An acronym counts when this many articles explain it so; one that is typed in capitals is one.
_MIN_ARTICLES = 2
_MAX_LONG_FORMS = 2
# By eye: ``Windows Server 2019`` has more of the articles with 2019, ``record 2019`` and ``early 2019`` have less.
_NAME_SHARE = 0.02
# By eye: ``announced today`` has a tenth of the articles with today, where press releases are told.
_TODAY_SHARE = 0.2
# By eye: a site that has published nothing for this long is an archive.
_SILENCE = timedelta(days=90)
# Texts that may be read for who has a word in capitals; a word that more articles have is left to be a stop word.
_MOST_READ = 10_000

_LETTER = re.compile(r"[^\W\d_]")
# What articles may say of a time, though none is of it: a year with the word before it, and the year alone.
_YEAR = re.compile(r"(?:\b[^\W\d_]+\W+)?((?<!\d)(?:1[89]|20)\d\d)(?!\d)")
# What may be a subject as well as a time.
_SEASON = re.compile(rf"(?:in|during)\b.*\b({'|'.join(SEASONS)})", re.IGNORECASE)

# What every article of a news site is: beside a time these say nothing.
_OF_ANYTHING = frozenset(
    "all anything article articles coverage event events everything happened headline headlines item items latest new "
    "news newest newly piece pieces post posted posts publish published recent recently reported stories story weekend "
    "wrote written".split()
)


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
        corrected: What was set right.
        doubtful: What may be misspelt, and is searched for as typed.
        periods: Times that it names, and that articles are of that pass its filters, or that these write.
        written: Rows of the articles that write one of these times: they are of it too.
        unmet: Times that it names in more than a number, and that no such article is of or writes.
        time_alone: Whether it asks for nothing but articles of these times.
    """

    text: str
    words: list[str]
    counts: dict[str, int]
    pairs: list[tuple[str, str]]
    others: list[str]
    capitals: dict[str, list[int]]
    corrected: list[Correction]
    doubtful: list[Correction]
    periods: list[Period]
    written: dict[Period, frozenset[int]]
    unmet: list[Period]
    time_alone: bool

    @property
    def writers(self) -> frozenset[int]:
        """Rows of the articles that write any of its times."""
        return frozenset[int]().union(*self.written.values())


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
    text = query.text
    found: list[Correction] = []
    if encoder is not None and not as_typed:
        found = corrections(words_of(text), _lexicon(index, encoder), last_resort=last_resort)
    phrases = [folded(phrase) for phrase in query.filters.phrases]
    exact = {word for phrase in phrases for word in _WORD.findall(phrase)}
    corrected = [one for one in found if (one.sure or (last_resort and one.likely)) and one.typed not in exact]
    doubtful = [one for one in found if one not in corrected and one.typed not in exact]
    in_phrases = [one for one in found if one.typed in exact]
    doubtful += [
        Correction(f'"{one}"', f'"{meant}"') for one in phrases if (meant := _replaced(one, in_phrases)) != one
    ]
    text = _replaced(text, corrected)
    named = _periods(index, text, phrases, now) if has_times and not as_typed else []
    where = index.condition(query.filters)
    written = {one: rows for one in named if (rows := rows_that_write(index, one, where))}
    periods = [one for one in named if one in written or index.has(where.within(*one.days))]
    met = {one.place for one in periods}
    unmet = [one for one in named if one.place not in met and not one.bare]
    times = [one.place for one in periods]
    idle = [place for one in unmet for place in _idle(index.connection, one)]
    left = _without(text, [*times, *idle])
    words = terms(left) or terms(text)
    spellings = {} if as_typed else _spellings(index.connection, words)
    amounts = {} if as_typed else _amounts(index.connection, text)
    others = [] if as_typed else [*_same_meaning(index.connection, text, spellings), *spellings.values()]
    others += [way for ways in amounts.values() for way in ways]
    bare = [way for one in periods if one.bare for way in ways_to_write(one)]
    others += [way for way in bare if matches(index.connection, way)]
    words = [word for word in words if word not in amounts or not ends_amount(text, word)] or words
    same = {word: [spelling] for word, spelling in spellings.items()} | amounts
    shouted = [word for word in dict.fromkeys([*capitals(text), *others]) if word in STOP_WORDS]
    ordinary = [] if as_typed else [word for word in in_capitals(text) if word in words and _is_ordinary(word)]
    few = [word for word in [*shouted, *ordinary] if matches(index.connection, word) <= _MOST_READ]
    standing = {word: rows_in_capitals(index.connection, word) for word in few}
    standing = {word: rows for word, rows in standing.items() if rows or word in STOP_WORDS}
    counts = {
        word: len(standing[word]) if word in standing else matches(index.connection, word, *same.get(word, ()))
        for word in words
    }
    unmet = [one for one in unmet if not one.words.isdigit()]
    time_alone = not phrases and _asks_for_time_alone(index.connection, text, [*periods, *unmet])
    read = _without(text, [*times, *idle] if all(one.firm for one in periods) else idle).strip()
    pairs = [] if as_typed else pairs_in(index.connection, left, counts)
    if periods:
        in_pairs = {word for pair in pairs for word in pair}
        words = [word for word in words if word in in_pairs or word not in _OF_ANYTHING] or words
        counts = {word: counts[word] for word in words}
    return Wording(
        read or text, words, counts, pairs, others, standing, corrected, doubtful, periods, written, unmet, time_alone
    )


def _is_ordinary(word: str) -> bool:
    """Return whether a word says something else in small letters, as ``send`` does and ``nasa`` does not."""
    return word not in STOP_WORDS and english.count(word) >= english.RARE


def _asks_for_time_alone(connection: sqlite3.Connection, text: str, times: list[Period]) -> bool:
    """Return whether a text asks for whatever is of some times; ``2021`` and no more may be a word of an article."""
    beside = words_of(_without(text, [one.place for one in times]))
    if not times or not (STOP_WORDS | _OF_ANYTHING).issuperset(beside) or any(one.bare for one in times):
        return False
    return bool(beside) or all(_LETTER.search(one.words) or not matches(connection, one.words) for one in times)


def _idle(connection: sqlite3.Connection, unmet: Period) -> list[tuple[int, int]]:
    """Return where in a query the words stand that say nothing here, of a time that no article is of.

    Articles look back on years, and have them in names: a year that any of them has, with the month or the season
    before it where one has both, stays in. So does a season that may be the subject: ``swimming in winter``.
    """
    start, end = unmet.place
    if (season := _SEASON.fullmatch(unmet.words)) and matches(connection, season[1]):
        return []
    idle = []
    for year in _YEAR.finditer(unmet.words):
        for said in (0, 1):
            if matches(connection, year[said]):
                idle.append((start, unmet.place[0] + year.start(said)))
                start = unmet.place[0] + year.end(said)
                break
    return [*idle, (start, end)]


def _spellings(connection: sqlite3.Connection, words: list[str]) -> dict[str, str]:
    """Return the words that articles spell in the other way too, or only so, with that spelling."""
    return {
        word: other
        for word in words
        for other in other_spellings(word)
        if english.count(other) and _frequency(connection, other)
    }


def _amounts(connection: sqlite3.Connection, text: str) -> dict[str, list[str]]:
    """Return the ways to write the amounts of a text that articles have, by the last word of each that is one word."""
    found: dict[str, list[str]] = {}
    for word, ways in amounts_in(text):
        found.setdefault(word, []).extend(way for way in ways if have_amount(connection, way))
    return found


def _periods(index: Index, text: str, phrases: list[str], now: datetime) -> list[Period]:
    """Return the times that a text names; what stands in an exact phrase is exact.

    A year and the word beside it are a name where enough of the articles that have the year have both together, and so
    with today.
    """

    def is_name(words: str) -> bool:
        first, second = words.split()
        time, beside = (first, second) if first.isdigit() or first.startswith("today") else (second, first)
        share = _NAME_SHARE if time.isdigit() else _TODAY_SHARE
        least = max(_MIN_ARTICLES, share * matches(index.connection, time))
        return beside not in _OF_ANYTHING and matches(index.connection, words) >= least

    return periods_in(text, now, is_name, phrases, _ended(index.connection, now))


def _ended(connection: sqlite3.Connection, now: datetime) -> date | None:
    """Return the day of the newest article, where nothing has come for long: then the corpus goes on no longer."""
    (newest,) = connection.execute("SELECT MAX(published_at) FROM article").fetchone()
    last = moment_of(newest)
    return last.date() if last and now - last > _SILENCE else None


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return a text without what stands in some places."""
    left, end = [], 0
    for start, stop in sorted(set(places)):
        left.append(text[end:start])
        end = stop
    return " ".join([*left, text[end:]])


def _replaced(text: str, found: list[Correction]) -> str:
    for one in found:
        text = re.sub(rf"\b{re.escape(one.typed)}\b", one.meant, text, flags=re.IGNORECASE)
    return text


def _lexicon(index: Index, encoder: Encoder) -> Lexicon:
    return Lexicon(
        corpus=cache(partial(_vocabulary, index.connection)),
        frequency=partial(_frequency, index.connection),
        is_word=lambda word: word in encoder.vocabulary,
        words=cache(lambda: encoder.vocabulary.words(MIN_LENGTH)),
        english=english.count,
        together=lambda first, second: matches(index.connection, f"{first} {second}"),
    )


def _vocabulary(connection: sqlite3.Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT word, articles FROM vocabulary"))


def _frequency(connection: sqlite3.Connection, word: str) -> int:
    found = connection.execute("SELECT TOTAL(articles) FROM vocabulary WHERE plain = ?", (without_accents(word),))
    return int(found.fetchone()[0])


def _same_meaning(connection: sqlite3.Connection, text: str, spellings: dict[str, str]) -> list[str]:
    """Return what the acronyms in a text stand for, and the acronyms of the long forms in it, however spelt."""
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
