"""Why no article passes some filters."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from search.index.filters import Filters, condition, moment_of

if TYPE_CHECKING:
    import sqlite3

    from search.index.filters import Bound


def why_none(connection: sqlite3.Connection, filters: Filters) -> str:
    """Say which filter no article passes by itself, or that none passes all of them; nothing where one does."""
    if not filters or _any_passes(connection, filters):
        return ""
    told = _of_dates(connection, filters) or _of_quality(connection, filters) or _of_words(connection, filters)
    return told or _of_any(connection, filters) or "no article passes all of the filters"


def _of_dates(connection: sqlite3.Connection, filters: Filters) -> str:
    since, until = filters.since, filters.until
    newest, oldest = connection.execute(
        "SELECT date(MAX(at) / 1000000, 'unixepoch'), date(MIN(at) / 1000000, 'unixepoch') "
        "FROM (SELECT published_at + utc_offset AS at FROM article)"
    ).fetchone()
    if (since or until) and newest is None:
        return "no article has a date"
    if since and until and moment_of(until) <= moment_of(since):
        return f"no time is both since {_told(since)} and until {_told(until, -1)}"
    if since and not _any_passes(connection, Filters(since=since)):
        return f"the newest article is of {newest}"
    if until and not _any_passes(connection, Filters(until=until)):
        return f"the oldest article is of {oldest}"
    return ""


def _of_quality(connection: sqlite3.Connection, filters: Filters) -> str:
    quality = filters.min_quality
    (best,) = connection.execute("SELECT MAX(quality) FROM article").fetchone()
    if quality is None or (best is not None and best >= quality):
        return ""
    return "no article has a quality" if best is None else f"no article has a quality above {best}"


def _of_words(connection: sqlite3.Connection, filters: Filters) -> str:
    for word in filters.without:
        if not _any_passes(connection, Filters(without=(word,))):
            return f"every article has {word}, which is to be left out"
    for phrase in filters.phrases:
        if not _any_passes(connection, Filters(phrases=(phrase,))):
            return f'no article has "{phrase}"'
    return ""


def _of_any(connection: sqlite3.Connection, filters: Filters) -> str:
    for one in fields(filters):
        alone = replace(Filters(), **{one.name: getattr(filters, one.name)})
        if one.name != "also" and not _any_passes(connection, alone):
            return f"no article passes the filter {one.name.replace('_', ' ')} by itself"
    return ""


def _told(bound: Bound, days: int = 0) -> str:
    """Return a moment as it is typed, and a day some days on."""
    return bound.strftime("%Y-%m-%dT%H:%M") if isinstance(bound, datetime) else str(bound + timedelta(days=days))


def _any_passes(connection: sqlite3.Connection, filters: Filters) -> bool:
    where = condition(connection, filters)
    sql = f"SELECT EXISTS (SELECT 1 FROM article AS a WHERE {where.sql})"
    return bool(connection.execute(sql, where.values).fetchone()[0])
