"""What follows from all articles of a generation together: sparse vectors, stories, columns."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from search.content.text import document_text
from search.index import english, sparse
from search.index.columns import codes, headline_key, words_key
from search.index.headlines import Headline, Language, asks
from search.index.rows import MICROSECONDS_A_DAY, row_list
from search.index.schema import PROVIDER
from search.index.sparse import GRAM_IDF_POWER, TOPIC_IDF_POWER, WORD_IDF_POWER, SparseIndex
from search.index.stories import Coverage, find_stories
from search.index.terms import TERM, terms_of, topics_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.index.vectors import VectorIndex

WORDS = "words"
GRAMS = "grams"
TOPICS = "topics"


def write_sparse(connection: sqlite3.Connection, path: Path) -> None:
    """Store the terms of articles that have none yet, and write the sparse vectors of all of them."""
    missing = connection.execute(
        "SELECT row, title, excerpt FROM article WHERE row NOT IN (SELECT row FROM terms) ORDER BY row"
    ).fetchall()
    connection.executemany(
        "INSERT INTO terms (row, words, grams) VALUES (?, ?, ?)",
        (
            (row, terms.words.tobytes(), terms.grams.tobytes())
            for row, terms in ((row, terms_of(title, excerpt)) for row, title, excerpt in missing)
        ),
    )
    words, grams = [], []
    for some_words, some_grams in connection.execute("SELECT words, grams FROM terms ORDER BY row"):
        words.append(np.frombuffer(some_words, TERM))
        grams.append(np.frombuffer(some_grams, TERM))
    indexes = {
        WORDS: SparseIndex.build(words, WORD_IDF_POWER),
        GRAMS: SparseIndex.build(grams, GRAM_IDF_POWER),
        TOPICS: SparseIndex.build(_topics(connection), TOPIC_IDF_POWER),
    }
    sparse.save(path, indexes)


def _topics(connection: sqlite3.Connection) -> list[NDArray[np.void]]:
    """Return the topics of every article, in the order of rows."""
    named: dict[int, list[str]] = {row: [] for (row,) in connection.execute("SELECT row FROM article ORDER BY row")}
    for row, name in connection.execute("SELECT row, name FROM topic ORDER BY row, position"):
        named[row].append(name)
    return [topics_of(names) for names in named.values()]


def store_stories(connection: sqlite3.Connection, vectors: VectorIndex) -> None:
    """Find the stories anew and store them.

    Each story is led by the article that stands for it: a file before an embedded item, then the best quality,
    then the earliest.
    """
    rows, articles = coverage(connection, vectors)
    standing = [
        (origin != "file", -(quality or 0), published_at or 0, article_id)
        for published_at, origin, quality, article_id in connection.execute(
            "SELECT published_at, origin, quality, id FROM article ORDER BY row"
        )
    ]
    stories = find_stories(articles)
    connection.execute("DELETE FROM story")
    for places in stories:
        leader = rows[min(places, key=lambda place: standing[place])]
        connection.executemany(
            "INSERT INTO story (row, leader) VALUES (?, ?)", [(rows[place], leader) for place in places]
        )


def coverage(connection: sqlite3.Connection, vectors: VectorIndex) -> tuple[list[int], Coverage]:
    """Return the rows of all articles, ascending, and the articles in that order as stories see them.

    The words of the articles must have been counted.
    """
    rows, days, keys, titles, providers, asking = [], [], [], [], [], []
    for row, published_at, title, excerpt, provider in connection.execute(
        f"SELECT row, published_at, title, excerpt, {PROVIDER} FROM article ORDER BY row"
    ):
        rows.append(row)
        days.append(np.nan if published_at is None else published_at / MICROSECONDS_A_DAY)
        keys.append(words_key(document_text(title, excerpt)))
        titles.append(headline_key(title))
        providers.append(provider)
        asking.append(asks(title))
    unit = vectors.get(np.array(rows, dtype=np.int64))

    def having(word: str) -> int:
        found = connection.execute("SELECT articles FROM vocabulary WHERE word = ?", (word,)).fetchone()
        return int(found[0]) if found else 0

    language = Language(cache(having), len(rows), english.counts())

    def headlines(places: Sequence[int]) -> list[Headline]:
        found = connection.execute(
            "SELECT title, excerpt FROM json_each(?) JOIN article ON article.row = value ORDER BY json_each.key",
            (row_list([rows[place] for place in places]),),
        )
        return [language.headline(title, excerpt) for title, excerpt in found]

    dates = np.array(days, dtype=np.float64)
    return rows, Coverage(unit, dates, keys, titles, codes(providers), np.array(asking, dtype=np.bool_), headlines)


def count_listed_types(connection: sqlite3.Connection) -> None:
    """Count anew which types of article list which types."""
    connection.execute("DELETE FROM listed_type")
    connection.execute(
        "INSERT INTO listed_type (type, item, items) "
        "SELECT subject.type, target.type, COUNT(DISTINCT curated.path || ' ' || curated.position) FROM curated "
        "JOIN article AS subject ON subject.id = curated.path JOIN address ON address.url = curated.target "
        "JOIN article AS target ON target.row = address.row GROUP BY subject.type, target.type"
    )
