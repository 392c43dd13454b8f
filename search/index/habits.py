"""What a site's own content shows of its habits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

# Fewer items or articles than this show no habit.
_MIN_HABIT: Final = 50


def has_lists(connection: sqlite3.Connection) -> bool:
    """Return whether articles list enough others for a habit."""
    return bool(connection.execute("SELECT TOTAL(items) FROM listed_type").fetchone()[0] >= _MIN_HABIT)


def lists_unpublished(connection: sqlite3.Connection) -> bool:
    """Return whether most of what published articles list is unpublished: then copies are meant to stand alone.

    One real site has 1,754 such items in 290 lists, and not one that is published.
    """
    items, unpublished = connection.execute(
        "SELECT COUNT(*), TOTAL(target.published = 0) FROM curated "
        "JOIN article AS subject ON subject.id = curated.path AND subject.published = 1 "
        "JOIN address ON address.url = curated.target "
        "JOIN article AS target ON target.row = address.row AND target.published IS NOT NULL"
    ).fetchone()
    return bool(items >= _MIN_HABIT and unpublished > items / 2)


def holds_drafts_back(connection: sqlite3.Connection) -> bool:
    """Return whether what is not published is no suggestion.

    It is one where published articles list it, and where most articles are unpublished: there the flag says something
    else. An article without the flag counts as published, as it does for every filter; most sites write it into
    drafts alone.
    """
    articles, unpublished = connection.execute(
        "SELECT COUNT(*), TOTAL(published = 0) FROM article WHERE origin = 'file'"
    ).fetchone()
    if not unpublished:
        return False
    most_are = articles >= _MIN_HABIT and unpublished > articles / 2
    return not most_are and not lists_unpublished(connection)
