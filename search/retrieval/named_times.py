"""Times that a query names, as far as the corpus has articles of them; and what its words leave to be searched for.

What names a time is no word to search for: articles are of their time, they seldom say it. What says that it is of a
time, though, is of it too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from search.index.lexical import STOP_WORDS, matches, words_of
from search.retrieval.latest import ended_on, latest_in, newest_day
from search.retrieval.writers import rows_that_write
from search.times.names import SEASONS
from search.times.periods import periods_in
from search.times.written import ways_to_write

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from search.index.filters import Condition
    from search.index.opened import Index
    from search.retrieval.latest import Latest
    from search.times.period import Period

_MIN_ARTICLES = 2
# By eye: ``Windows Server 2019`` has more of the articles with 2019, ``record 2019`` and ``early 2019`` have less.
_NAME_SHARE = 0.02
# By eye: ``announced today`` has a tenth of the articles with today, where press releases are told.
_TODAY_SHARE = 0.2

# What articles may say of a time, though none is of it: a year with the word before it, and the year alone.
_YEAR = re.compile(r"(?:\b[^\W\d_]+\W+)?((?<!\d)(?:1[89]|20)\d\d)(?!\d)")
# What may be a subject as well as a time.
_SEASON = re.compile(rf"(?:in|during)\b.*\b({'|'.join(SEASONS)})", re.IGNORECASE)
# What every article of a news site is: beside a time these say nothing.
OF_ANYTHING = frozenset(
    "all anything article articles coverage event events everything happened headline headlines item items latest new "
    "news newest newly piece pieces post posted posts publish published recent recently reported stories story weekend "
    "wrote written".split()
)


@dataclass(frozen=True, slots=True)
class NamedTimes:
    """Times that a query names.

    Attributes:
        periods: Those that articles are of that pass its filters, or that these write.
        published: Those of them that articles are of by their dates.
        written: Rows of the articles that write one of these times: they are of it too.
        unmet: Those, said in more than a number, that no such article is of or writes.
        idle: Where the words stand that say nothing here, of times that no article is of.
        latest: What says that the newest are wanted, where no other time is named.
        alone: Whether the query asks for nothing but articles of these times.
        newest: The day of the newest article, where there are times that none is of.
    """

    periods: list[Period] = field(default_factory=list)
    published: frozenset[Period] = frozenset()
    written: dict[Period, frozenset[int]] = field(default_factory=dict)
    unmet: list[Period] = field(default_factory=list)
    idle: list[tuple[int, int]] = field(default_factory=list)
    latest: Latest | None = None
    alone: bool = False
    newest: date | None = None

    @property
    def words(self) -> list[str]:
        """What names them, as the query has it."""
        latest = [self.latest.words] if self.latest else []
        return [*(one.words for one in self.periods), *(one.words for one in self.unmet), *latest]

    @property
    def writers(self) -> frozenset[int]:
        """Rows of the articles that write any of them."""
        return frozenset[int]().union(*self.written.values())

    @property
    def are_firm(self) -> bool:
        """Whether there are any, and all are surely meant."""
        return bool(self.periods) and all(one.firm for one in self.periods)

    def beside(self, text: str) -> str:
        """Return what a query asks for beside its times."""
        return _without(text, [*(one.place for one in self.periods), *self._say_nothing])

    @property
    def _say_nothing(self) -> list[tuple[int, int]]:
        return [*self.idle, self.latest.place] if self.latest else self.idle

    def to_read(self, text: str) -> str:
        """Return what the encoder reads: all but times that are surely meant, and what says nothing.

        To an encoder a time draws near what merely names it; and what no article is of drowns the subject.
        """
        return (self.beside(text) if self.are_firm else _without(text, self._say_nothing)).strip() or text

    def written_out(self) -> list[str]:
        """Return how articles write those days that may be names as well, as phrases."""
        ways = (ways_to_write(one) for one in self.periods if one.bare)
        return [phrase for some in ways if some for phrase in some.phrases]


NO_TIMES = NamedTimes()


def named_times(index: Index, text: str, phrases: Sequence[str], where: Condition, now: datetime) -> NamedTimes:
    """Return the times that a query's text names; what stands in an exact phrase is exact.

    Args:
        index: Whose articles.
        text: Of the query.
        phrases: Exact ones in it, as they are searched for.
        where: What the query's filters let pass.
        now: What is past, where the query says so.
    """
    named = _periods(index.connection, text, phrases, now)
    published = {one for one in named if index.has(where.within(*one.days))}
    writers = {one: rows_that_write(index, one, where, years=one not in published) for one in named}
    written = {one: rows for one, rows in writers.items() if rows}
    periods = [one for one in named if one in published or one in written]
    # what a great many write is a word of theirs
    known = {one.place for one in named if one in periods or writers[one] is None}
    unmet = [one for one in named if one.place not in known and not one.bare]
    idle = [place for one in unmet for place in _idle(index.connection, one)]
    unmet = [one for one in unmet if not one.words.isdigit()]
    latest = None if named else latest_in(text, phrases, now)
    alone = not phrases and _asks_for_time_alone(index.connection, text, [*periods, *unmet], latest)
    newest = newest_day(index.connection, now) if unmet else None
    return NamedTimes(periods, frozenset(published), written, unmet, idle, latest, alone, newest)


def _periods(connection: sqlite3.Connection, text: str, phrases: Sequence[str], now: datetime) -> list[Period]:
    """Return the times that a text names.

    A year and the word beside it are a name where enough of the articles that have the year have both together, and so
    with today.
    """

    def is_name(words: str) -> bool:
        first, second = words.split()
        time, beside = (first, second) if first.isdigit() or first.startswith("today") else (second, first)
        share = _NAME_SHARE if time.isdigit() else _TODAY_SHARE
        least = max(_MIN_ARTICLES, share * matches(connection, time))
        return beside not in OF_ANYTHING and matches(connection, words) >= least

    return periods_in(text, now, is_name, phrases, ended_on(connection, now))


def _asks_for_time_alone(connection: sqlite3.Connection, text: str, times: list[Period], latest: Latest | None) -> bool:
    """Return whether a text asks for whatever is of some times; ``2021`` and no more may be a word of an article."""
    if latest:
        return (STOP_WORDS | OF_ANYTHING).issuperset(words_of(_without(text, [latest.place])))
    beside = words_of(_without(text, [one.place for one in times]))
    if not times or not (STOP_WORDS | OF_ANYTHING).issuperset(beside) or any(one.bare for one in times):
        return False
    return bool(beside) or not any(one.words.isdigit() and matches(connection, one.words) for one in times)


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


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return a text without what stands in some places."""
    left, end = [], 0
    for start, stop in sorted(set(places)):
        left.append(text[end:start])
        end = stop
    return " ".join([*left, text[end:]])
