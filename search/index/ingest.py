"""File records into the catalogue, and embedded articles derived from all curated lists."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from search.content.article import Problem
from search.index.references import store_slug
from search.index.rows import article_from_json, article_json, insert_article, read_articles

if TYPE_CHECKING:
    import sqlite3

    from search.content.article import Article, FileRecord


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells whether a file changed: size and time first, then a digest of its bytes."""

    size: int
    mtime_ns: int
    digest: bytes


def read_file_states(connection: sqlite3.Connection) -> dict[str, FileState]:
    """Return the state of every known file, by path."""
    rows = connection.execute("SELECT path, size, mtime_ns, digest FROM file")
    return {path: FileState(size, mtime_ns, digest) for path, size, mtime_ns, digest in rows}


def read_failures(connection: sqlite3.Connection) -> dict[str, list[Problem]]:
    """Return why files could not be read of which there is no digest, by path."""
    failures: dict[str, list[Problem]] = {}
    for path, line, what, todo, fatal in connection.execute(
        "SELECT path, line, what, todo, fatal FROM problem JOIN file USING (path) WHERE digest = x''"
    ):
        failures.setdefault(path, []).append(Problem(path, line, what, todo, fatal=bool(fatal)))
    return failures


def touch_file(connection: sqlite3.Connection, path: str, state: FileState) -> None:
    """Note a new time for a file whose bytes are the same."""
    connection.execute(
        "UPDATE file SET size = ?, mtime_ns = ? WHERE path = ?",
        (state.size, state.mtime_ns, path),
    )


def drop_file(connection: sqlite3.Connection, path: str) -> None:
    """Forget a file: its article, its curated list, its problems."""
    connection.execute("DELETE FROM file WHERE path = ?", (path,))
    connection.execute("DELETE FROM problem WHERE path = ?", (path,))
    connection.execute("DELETE FROM curated WHERE path = ?", (path,))
    connection.execute("DELETE FROM article WHERE id = ? AND origin = 'file'", (path,))


def store_record(
    connection: sqlite3.Connection, record: FileRecord, state: FileState, copies: dict[str, bytes]
) -> None:
    """Put what a file gave into the catalogue, where ``drop_file`` made room.

    Args:
        connection: The catalogue.
        record: What the file gave.
        state: What will tell whether the file changed.
        copies: Digests of the embedded items stored so far by their JSON, added to.
    """
    if record.article is not None:
        outcome = "article"
        # An embedded article may bear the id of a file only by accident of names; the file wins.
        connection.execute("DELETE FROM article WHERE id = ?", (record.article.id,))
        row = insert_article(connection, record.article)
        if record.slug:
            store_slug(connection, row, record.slug)
    else:
        outcome = "not-article" if record.not_article else "problem"
    connection.execute(
        "INSERT INTO file (path, size, mtime_ns, digest, state, reason) VALUES (?, ?, ?, ?, ?, ?)",
        (record.path, state.size, state.mtime_ns, state.digest, outcome, record.not_article),
    )
    store_problems(connection, record.problems)
    connection.executemany(
        "INSERT INTO curated (path, position, target, title, copy) VALUES (?, ?, ?, ?, ?)",
        [
            (record.path, item.position, item.target, item.title, _store_copy(connection, item.article, copies))
            for item in record.curated
        ],
    )


def _store_copy(connection: sqlite3.Connection, article: Article | None, copies: dict[str, bytes]) -> bytes | None:
    """Store an embedded item as written and return its digest; the same copy stands in many lists."""
    if article is None:
        return None
    text = article_json(article)
    digest = copies.get(text)
    if digest is None:
        digest = copies[text] = blake2b(text.encode(), digest_size=16).digest()
        connection.execute("INSERT OR IGNORE INTO copy (digest, record) VALUES (?, ?)", (digest, text))
    return digest


def store_problems(connection: sqlite3.Connection, problems: tuple[Problem, ...]) -> None:
    """Add problems to those already noted."""
    connection.executemany(
        "INSERT INTO problem (path, line, what, todo, fatal) VALUES (?, ?, ?, ?, ?)",
        [(fault.path, fault.line, fault.what, fault.todo, fault.fatal) for fault in problems],
    )


def settle_embedded(connection: sqlite3.Connection) -> None:
    """Make embedded articles of those curated items whose address no file owns, and drop the rest.

    Where copies of one item differ, the first by path and position stands, so that the outcome
    depends on the content alone and not on the order in which files were indexed.
    """
    connection.execute("DELETE FROM copy WHERE digest NOT IN (SELECT copy FROM curated WHERE copy IS NOT NULL)")
    owned = {
        url
        for (url,) in connection.execute(
            "SELECT address.url FROM address JOIN article USING (row) WHERE article.origin = 'file'"
        )
    }
    wanted: dict[str, Article] = {}
    seen: set[bytes] = set()
    for digest, text in connection.execute(
        "SELECT copy.digest, copy.record FROM curated JOIN copy ON copy.digest = curated.copy "
        "ORDER BY curated.target, curated.path, curated.position"
    ):
        if digest in seen:
            continue
        seen.add(digest)
        article = article_from_json(text)
        urls = {article.canonical_url, *article.alias_urls} - {""}
        if not urls or urls & owned:
            continue
        owned |= urls
        wanted[article.id] = article
    for row, article_id in connection.execute("SELECT row, id FROM article WHERE origin = 'embedded'").fetchall():
        if article_id not in wanted or not _is_stored(connection, row, wanted[article_id]):
            connection.execute("DELETE FROM article WHERE row = ?", (row,))
        else:
            del wanted[article_id]
    for article in wanted.values():
        insert_article(connection, article)


def _is_stored(connection: sqlite3.Connection, row: int, article: Article) -> bool:
    # As JSON: of two equal moments the offsets may differ.
    stored = read_articles(connection, [row]).get(row)
    return stored is not None and article_json(stored) == article_json(article)


def read_problems(connection: sqlite3.Connection) -> list[Problem]:
    """Return all problems, by path and line."""
    rows = connection.execute("SELECT path, line, what, todo, fatal FROM problem ORDER BY path, line, what")
    return [Problem(path, line, what, todo, fatal=bool(fatal)) for path, line, what, todo, fatal in rows]
