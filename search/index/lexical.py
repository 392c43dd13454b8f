"""BM25 over title, excerpt and topics, by SQLite FTS5."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from search.index.filters import quoted
from search.index.letters import folded
from search.index.rows import row_list

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from search.index.filters import Condition

# A word in the title says three times as much as one in the excerpt (measured with scripts/eval_queries:
# weights of 1, 2, 3 and 5 give nDCG@10 within 0.01 of one another, 3 is the best of them). One in a topic as much as
# one in the excerpt: 0, 0.5, 1 and 2 give 0.841, 0.853, 0.857 and 0.853 on the sample content, the same on the other.
TITLE_WEIGHT = 3.0
EXCERPT_WEIGHT = 1.0
TOPICS_WEIGHT = 1.0
MAX_TERMS = 256
_K1 = 1.2

_WORD = re.compile(r"\w+")
# What is left of can't, won't, shan't and ain't would be no word, or another.
_CONTRACTED = re.compile(r"\b(?:ai|ca|wo|sha)n't\b|(?<=\w)(?:n't|'(?:s|d|m|re|ve|ll))\b")
# Function words and question words: they say nothing about what an article is about, and dropping
# them lifts BM25 from 0.53 to 0.58 nDCG@10 on the development queries.
STOP_WORDS = frozenset(
    "a about am an and any are as at be been being but by can could did do does doing for from had has have "
    "having he her hers him his how i if in into is it its itself just me my no nor not of on or our ours "
    "out over own she should so some such than that the their theirs them then there these they this those "
    "through to too under until up very was we were what when where which while who whom why will with would "
    "you your yours".split()
)
# In capitals these are operators, as other programs have them, sooner than names.
_OPERATORS = frozenset({"and", "not", "or"})


def terms(text: str) -> list[str]:
    """Return the distinct words of a text worth searching for, in order, at most ``MAX_TERMS``.

    Stop words are left out, unless there is nothing else; those in capitals are names (``capitals``).
    """
    words = list(dict.fromkeys(word.strip("_") for word in words_of(text)))
    words = [word for word in words if word]
    names = capitals(text)
    telling = [word for word in words if word not in STOP_WORDS or word in names]
    return (telling or words)[:MAX_TERMS]


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, in order, contractions as their first word.

    Examples:
        >>> words_of("Couldn't they've paid Moody's?")
        ['could', 'they', 'paid', 'moody']
    """
    return _WORD.findall(_CONTRACTED.sub("", folded(text).replace("’", "'")))


def capitals(text: str) -> list[str]:
    """Return the stop words, in lower case, that are names because they alone are typed in capitals.

    Examples:
        >>> capitals("what the WHO says"), capitals("WHO"), capitals("WHO SAYS"), capitals("who says")
        (['who'], ['who'], [], [])
    """
    alone = len(_WORD.findall(text)) == 1
    return [word for word in in_capitals(text) if word in STOP_WORDS and (word not in _OPERATORS or alone)]


def in_capitals(text: str) -> list[str]:
    """Return the words, in lower case, that are typed in capitals in a text that is not all in capitals."""
    words = _WORD.findall(text)
    if text.isupper() and len(words) > 1:
        return []
    return list(dict.fromkeys(word.casefold() for word in words if len(word) > 1 and word.isupper()))


def rows_in_capitals(connection: sqlite3.Connection, word: str) -> list[int]:
    """Return the rows of articles that have a word in capitals; FTS5 folds case, so their texts are read."""
    found = connection.execute(
        "SELECT rowid FROM words WHERE words MATCH ? "
        "AND ' ' || title || ' ' || excerpt || ' ' || topics || ' ' GLOB ? ORDER BY rowid",
        (quoted(word), f"*[^A-Za-z]{word.upper()}[^A-Za-z]*"),
    )
    return [row for (row,) in found]


def any_of(words: Iterable[str], column: str = "") -> str:
    """Return the FTS5 expression that matches any of some words, in one column if one is named."""
    expression = " OR ".join(quoted(word) for word in words)
    return f"{{{column}}} : ({expression})" if column and expression else expression


def matches(connection: sqlite3.Connection, *words: str) -> int:
    """Return how many articles have any of some words or phrases."""
    found = connection.execute("SELECT COUNT(*) FROM words WHERE words MATCH ?", (any_of(words),))
    return int(found.fetchone()[0])


def rarity(articles: int, having: int) -> float:
    """Return the inverse document frequency as SQLite has it: ln((N - n + 0.5) / (n + 0.5)), never below 1e-6."""
    return max(math.log((articles - having + 0.5) / (having + 0.5)), 1e-6)


def ceiling(articles: int, counts: Iterable[int]) -> float:
    """Return what an article could score at most for some words: all of them, as often as counts.

    The sum of rarity x (k1 + 1) with SQLite's k1 = 1.2; a word that no article has counts in full.

    Args:
        articles: How many there are.
        counts: How many of them have each word.
    """
    return sum(rarity(articles, having) * (_K1 + 1) for having in counts)


def bm25(
    connection: sqlite3.Connection,
    expression: str,
    condition: Condition,
    limit: int,
    among: Sequence[int] | None = None,
) -> list[tuple[int, float]]:
    """Return the best rows that match an FTS5 expression and a condition, with their BM25 scores.

    Args:
        connection: The catalogue.
        expression: From ``any_of``; nothing matches an empty one.
        condition: From ``filters.condition``.
        limit: How many rows at most.
        among: Only these rows.

    Returns:
        (row, score) by descending score, then by article id; scores are above 0.
    """
    if not expression:
        return []
    within, rows = ("", ()) if among is None else (" AND a.row IN (SELECT value FROM json_each(?))", (row_list(among),))
    found = connection.execute(
        f"SELECT a.row, -bm25(words, {TITLE_WEIGHT}, {EXCERPT_WEIGHT}, {TOPICS_WEIGHT}) AS score "
        "FROM words JOIN article AS a ON a.row = words.rowid "
        f"WHERE words MATCH ? AND {condition.sql}{within} ORDER BY score DESC, a.id LIMIT ?",
        (expression, *condition.values, *rows, limit),
    )
    return [(row, max(score, 1e-9)) for row, score in found]
