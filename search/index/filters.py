"""Filters: which articles an answer may come from, as SQL over the catalogue."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from search.errors import UsageError
from search.index.letters import BOUNDARY, folded, plain_letters, without_accents
from search.index.rows import MICROSECONDS_A_DAY, microseconds, row_list

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator

    from search.content.article import Origin


# What an article has, of which there are few: what is asked for must be among them.
_NAMES: Final = {
    "topic": "SELECT DISTINCT name FROM topic",
    "category": "SELECT DISTINCT category FROM article",
    "type": "SELECT DISTINCT type FROM article",
}
# So many names that are near a wrong one are told.
_NEAREST: Final = 3
# People say one for the other, and of several categories all but the first are topics.
_MAY_BE: Final = {"topic": "category", "category": "topic"}

# A moment, or a day, which begins and ends when the clock says so where the article was written.
Bound: TypeAlias = datetime | date


def moment_of(bound: Bound) -> datetime:
    """Return a moment, and of a day where it begins in UTC."""
    return bound if isinstance(bound, datetime) else datetime.combine(bound, time(), UTC)


@dataclass(frozen=True, slots=True)
class Filters:
    """What an article must be to be found; several values of one field mean any of them.

    Attributes:
        since: Published at this moment (aware) or later, or on this day or later by the article's own clock.
        until: Published before this moment, or before this day.
        topics: Has one of these topics, in any letter case.
        categories: As above, for the category.
        providers: Domain or name; a domain also stands for its subdomains.
        types: ``article``, ``video``, …
        min_quality: Quality of at least this; an article without quality does not pass.
        published: The published flag; an article without the flag counts as published.
        origin: ``"file"`` or ``"embedded"``.
        phrases: Contains each of these word for word (after stemming).
        without: Contains none of these words or phrases.
        without_topics: Has none of these topics.
        without_categories: As above, for the category.
        without_providers: As above, for the provider.
        without_types: As above, for the type.
        also: Further filters that have to be passed.
    """

    since: Bound | None = None
    until: Bound | None = None
    topics: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    min_quality: int | None = None
    published: bool | None = None
    origin: Origin | None = None
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    without_topics: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    without_providers: tuple[str, ...] = ()
    without_types: tuple[str, ...] = ()
    also: tuple[Filters, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()

    def pooled(self, other: Filters) -> Filters:
        """Return the filters with more of one wish: values of a field are put together, the narrower bound holds."""
        lists = {field.name for field in fields(self) if isinstance(getattr(self, field.name), tuple)}
        return replace(
            self,
            since=max((one for one in (self.since, other.since) if one), default=None, key=moment_of),
            until=min((one for one in (self.until, other.until) if one), default=None, key=moment_of),
            min_quality=max((q for q in (self.min_quality, other.min_quality) if q is not None), default=None),
            published=other.published if other.published is not None else self.published,
            origin=other.origin or self.origin,
            **{name: getattr(self, name) + getattr(other, name) for name in lists},
        )

    def and_also(self, other: Filters) -> Filters:
        """Return the filters that pass what both pass."""
        both = [name for name in _ANY_OF if getattr(self, name) not in _NONE and getattr(other, name) not in _NONE]
        rest = replace(other, **{name: getattr(ANYTHING, name) for name in both})
        apart = replace(ANYTHING, **{name: getattr(other, name) for name in both})
        pooled = self.pooled(rest)
        return replace(pooled, also=(*pooled.also, apart)) if apart else pooled


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL over the table ``article`` named ``a``, with its parameters."""

    sql: str
    values: tuple[Any, ...]

    def within(self, since: Bound | None, until: Bound | None) -> Condition:
        """Return the condition that also asks for a date from one bound on and before another."""
        parts = [self, *_plain_parts(Filters(since=since, until=until))]
        return Condition(" AND ".join(part.sql for part in parts), tuple(one for part in parts for one in part.values))

    def within_any(
        self, spans: Iterable[tuple[Bound | None, Bound | None]], or_rows: Collection[int] = ()
    ) -> Condition:
        """Return the condition that also asks for a date within one of some spans, as ``within`` does of one.

        Or for one of some rows, whatever its date.
        """
        some = [self.within(since, until) for since, until in spans]
        if or_rows:
            rows = "a.row IN (SELECT value FROM json_each(?))"
            some.append(Condition(f"{self.sql} AND {rows}", (*self.values, row_list(or_rows))))
        sql = " OR ".join(f"({one.sql})" for one in some) or "0"
        return Condition(f"({sql})", tuple(value for one in some for value in one.values))


ANYTHING = Filters()
# Fields of which one value suffices: two wishes for one of them are two conditions.
_ANY_OF = ("topics", "categories", "providers", "types", "published", "origin")
_NONE = ((), None)


def quoted(text: str) -> str:
    """Return text as one FTS5 string, in the letters that are searched; it asks for no boundary between texts."""
    return '"' + plain_letters(text).replace(BOUNDARY, " ").replace('"', '""') + '"'


def condition(connection: sqlite3.Connection, filters: Filters) -> Condition:
    """Return the SQL condition of some filters.

    Raises:
        UsageError: A topic, category, provider or type that no article has; the nearest ones are named.
    """
    parts = [*_plain_parts(filters), *_named_parts(connection, filters), *_word_parts(filters)]
    parts += [condition(connection, one) for one in filters.also]
    sql = " AND ".join(part.sql for part in parts) or "1"
    return Condition(sql, tuple(value for part in parts for value in part.values))


def _plain_parts(filters: Filters) -> Iterator[Condition]:
    if filters.since:
        yield _compared(">=", filters.since)
    if filters.until:
        yield _compared("<", filters.until)
    if filters.min_quality is not None:
        yield Condition("a.quality >= ?", (filters.min_quality,))
    if filters.published is not None:
        yield Condition("COALESCE(a.published, 1) = ?", (filters.published,))
    if filters.origin:
        yield Condition("a.origin = ?", (filters.origin,))


def _compared(sign: str, bound: Bound) -> Condition:
    at = microseconds(moment_of(bound)) or 0
    if isinstance(bound, datetime):
        return Condition(f"a.published_at {sign} ?", (at,))
    # The first comparison, which no offset reaches beyond, is for the index.
    margin = -MICROSECONDS_A_DAY if sign == ">=" else MICROSECONDS_A_DAY
    return Condition(f"a.published_at {sign} ? AND a.published_at + a.utc_offset {sign} ?", (at + margin, at))


def _named_parts(connection: sqlite3.Connection, filters: Filters) -> Iterator[Condition]:
    for having, wanted, unwanted in (
        (_having_topic, filters.topics, filters.without_topics),
        (_having_category, filters.categories, filters.without_categories),
        (_having_type, filters.types, filters.without_types),
        (_having_provider, filters.providers, filters.without_providers),
    ):
        if wanted:
            yield having(connection, wanted)
        if unwanted:
            these = having(connection, unwanted)
            yield Condition(f"NOT ({these.sql})", these.values)


def _having_topic(connection: sqlite3.Connection, wanted: tuple[str, ...]) -> Condition:
    names = _known(connection, "topic", wanted)
    return Condition(f"a.row IN (SELECT row FROM topic WHERE name IN ({_marks(names)}))", tuple(names))


def _having_category(connection: sqlite3.Connection, wanted: tuple[str, ...]) -> Condition:
    names = _known(connection, "category", wanted)
    return Condition(f"a.category IN ({_marks(names)})", tuple(names))


def _having_type(connection: sqlite3.Connection, wanted: tuple[str, ...]) -> Condition:
    names = _known(connection, "type", wanted)
    return Condition(f"a.type IN ({_marks(names)})", tuple(names))


def _having_provider(connection: sqlite3.Connection, wanted: tuple[str, ...]) -> Condition:
    domains, names = _known_providers(connection, wanted)
    sql = f"(a.provider_domain IN ({_marks(domains)}) OR a.provider_name IN ({_marks(names)}))"
    return Condition(sql, (*domains, *names))


def _word_parts(filters: Filters) -> Iterator[Condition]:
    # One expression for all: SQLite bounds how many conditions a query may have.
    if filters.phrases:
        wanted = " AND ".join(map(quoted, dict.fromkeys(filters.phrases)))
        yield Condition("a.row IN (SELECT rowid FROM words WHERE words MATCH ?)", (wanted,))
    if filters.without:
        unwanted = " OR ".join(map(quoted, dict.fromkeys(filters.without)))
        yield Condition("a.row NOT IN (SELECT rowid FROM words WHERE words MATCH ?)", (unwanted,))


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))


def _known(connection: sqlite3.Connection, field: str, wanted: tuple[str, ...]) -> list[str]:
    by_folded = _by_folded(connection, field)
    found: list[str] = []
    for value in wanted:
        same = by_folded.get(folded(value), [])
        same = same or [name for some in by_folded.values() for name in some if _plainly(name) == _plainly(value)]
        if not same:
            other = _MAY_BE.get(field)
            there = _by_folded(connection, other).get(folded(value)) if other else None
            names = [name for several in by_folded.values() for name in several]
            raise _unknown(field, value, names, f'some have it as a {other}: {other}:"{there[0]}"' if there else "")
        found.extend(same)
    return found


def _by_folded(connection: sqlite3.Connection, field: str) -> dict[str, list[str]]:
    by_folded: dict[str, list[str]] = {}
    for (name,) in connection.execute(_NAMES[field]):
        if name:
            by_folded.setdefault(folded(name), []).append(name)
    return by_folded


def _plainly(name: str) -> str:
    """Return a name as people type it who have no accents."""
    return without_accents(folded(name))


def _known_providers(connection: sqlite3.Connection, wanted: tuple[str, ...]) -> tuple[list[str], list[str]]:
    pairs = connection.execute("SELECT DISTINCT provider_domain, provider_name FROM article").fetchall()
    domains: list[str] = []
    names: list[str] = []
    for value in wanted:
        sought = folded(value).removeprefix("www.")
        some_domains = [domain for domain, _ in pairs if f".{folded(domain)}".endswith(f".{sought}")]
        some_names = [name for _, name in pairs if folded(name) == sought]
        if not sought or not (some_domains or some_names):
            raise _unknown("provider", value, sorted({text for pair in pairs for text in pair if text}))
        domains.extend(dict.fromkeys(some_domains))
        names.extend(dict.fromkeys(some_names))
    return domains, names


def _unknown(field: str, value: str, names: list[str], hint: str = "") -> UsageError:
    """Return the error for a value that no article has, with a hint, or else with the names that are nearest."""
    by_folded = {folded(name): name for name in names}
    begun = [name for name in by_folded if value and name.startswith(folded(value))]
    near = [*difflib.get_close_matches(folded(value), by_folded, n=_NEAREST), *sorted(begun, key=len)]
    if not hint and near:
        some = list(dict.fromkeys(near))[:_NEAREST]
        hint = "did you mean " + " or ".join(repr(by_folded[name]) for name in some) + "?"
    elif not hint:
        hint = "search status lists what there is" if names else f"no article has a {field}"
    return UsageError(f"no article has the {field} {value!r}", hint)
