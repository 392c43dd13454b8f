"""Between articles and the rows of the catalogue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from search.content.article import Article, Provider
from search.content.text import document_text
from search.index.letters import BOUNDARY, plain_letters

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS_A_DAY = 86_400_000_000
_MICROSECOND = timedelta(microseconds=1)
_COLUMNS = (
    "id, origin, title, excerpt, url, canonical_url, published_at, utc_offset, type, category, "
    "provider_name, provider_domain, quality, published, removed"
)


def microseconds(moment: datetime | None) -> int | None:
    """Return whole microseconds since 1970 UTC, or None."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def moment_of(value: int | None, offset: int = 0) -> datetime | None:
    """Return the aware datetime of ``microseconds`` in an offset, in microseconds too; or None."""
    if value is None:
        return None
    at = _EPOCH + value * _MICROSECOND
    return at.astimezone(timezone(offset * _MICROSECOND)) if offset else at


def _offset(moment: datetime | None) -> int:
    return (moment.utcoffset() or timedelta()) // _MICROSECOND if moment else 0


def text_key(article: Article) -> bytes:
    """Return the 16-byte BLAKE2b digest of an article's document text: the key of its vector."""
    return blake2b(document_text(article.title, article.excerpt).encode(), digest_size=16).digest()


def insert_article(connection: sqlite3.Connection, article: Article) -> int:
    """Insert an article with its addresses, topics and words, and return its row."""
    values = (
        article.id,
        article.origin,
        article.title,
        article.excerpt,
        article.url,
        article.canonical_url,
        microseconds(article.published_at),
        _offset(article.published_at),
        article.type,
        article.category,
        article.provider.name,
        article.provider.domain,
        article.quality,
        article.published,
        article.removed,
        text_key(article),
    )
    marks = ", ".join("?" * len(values))
    cursor = connection.execute(f"INSERT INTO article ({_COLUMNS}, text_key) VALUES ({marks})", values)
    row = cursor.lastrowid
    if row is None:
        raise AssertionError("an INSERT gives a row")
    urls = {article.canonical_url, *article.alias_urls} - {""}
    connection.executemany("INSERT INTO address (url, row) VALUES (?, ?)", [(url, row) for url in sorted(urls)])
    connection.executemany(
        "INSERT INTO topic (row, position, name) VALUES (?, ?, ?)",
        [(row, position, name) for position, name in enumerate(article.topics)],
    )
    searched = map(plain_letters, (article.title, article.excerpt, f" {BOUNDARY} ".join(article.topics)))
    connection.execute("INSERT INTO words (rowid, title, excerpt, topics) VALUES (?, ?, ?, ?)", (row, *searched))
    return row


def row_list(rows: Iterable[int]) -> str:
    """Return rows as the JSON that ``IN (SELECT value FROM json_each(?))`` takes: any number of them, one parameter."""
    return json.dumps([int(row) for row in rows])


def read_articles(connection: sqlite3.Connection, rows: Iterable[int]) -> dict[int, Article]:
    """Return the articles of some rows, by row; rows that do not exist are left out."""
    wanted = (row_list(rows),)
    these = "row IN (SELECT value FROM json_each(?))"
    urls: dict[int, list[str]] = {}
    own = f"SELECT row, url FROM address WHERE {these} AND NOT derived ORDER BY row, url"
    for row, url in connection.execute(own, wanted):
        urls.setdefault(row, []).append(url)
    topics: dict[int, list[str]] = {}
    for row, name in connection.execute(f"SELECT row, name FROM topic WHERE {these} ORDER BY row, position", wanted):
        topics.setdefault(row, []).append(name)
    articles: dict[int, Article] = {}
    for row, *values in connection.execute(f"SELECT row, {_COLUMNS} FROM article WHERE {these}", wanted):
        (
            article_id,
            origin,
            title,
            excerpt,
            url,
            canonical_url,
            published_at,
            utc_offset,
            kind,
            category,
            provider_name,
            provider_domain,
            quality,
            published,
            removed,
        ) = values
        articles[row] = Article(
            id=article_id,
            origin=origin,
            title=title,
            excerpt=excerpt,
            url=url,
            canonical_url=canonical_url,
            alias_urls=tuple(url for url in urls.get(row, ()) if url != canonical_url),
            published_at=moment_of(published_at, utc_offset),
            type=kind,
            category=category,
            provider=Provider(provider_name, provider_domain),
            topics=tuple(topics.get(row, ())),
            quality=quality,
            published=None if published is None else bool(published),
            removed=bool(removed),
        )
    return articles


def article_json(article: Article) -> str:
    """Return an article as one line of JSON, the same for equal articles."""
    record: dict[str, Any] = {
        "id": article.id,
        "origin": article.origin,
        "title": article.title,
        "excerpt": article.excerpt,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "alias_urls": article.alias_urls,
        "published_at": microseconds(article.published_at),
        "utc_offset": _offset(article.published_at),
        "type": article.type,
        "category": article.category,
        "provider": [article.provider.name, article.provider.domain],
        "topics": article.topics,
        "quality": article.quality,
        "published": article.published,
        "removed": article.removed,
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def article_from_json(text: str) -> Article:
    """Return the article that ``article_json`` wrote."""
    record = json.loads(text)
    name, domain = record["provider"]
    offset = record.pop("utc_offset")
    return Article(
        **{
            **record,
            "alias_urls": tuple(record["alias_urls"]),
            "published_at": moment_of(record["published_at"], offset),
            "provider": Provider(name, domain),
            "topics": tuple(record["topics"]),
        }
    )
