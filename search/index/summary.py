"""What is in an index, counted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from search.index.ingest import read_problems
from search.index.schema import PROVIDER

if TYPE_CHECKING:
    from search.content.article import Problem
    from search.encoders.base import EncoderInfo
    from search.index.opened import Index

_TOP = 10


@dataclass(frozen=True, slots=True)
class Summary:
    """An index in figures.

    Attributes:
        index: The index folder.
        content_root: The folder that was indexed.
        created_at: When its generation was made, ISO 8601, UTC.
        bytes: Size of the generation's files.
        encoder: The model of the vectors.
        articles: Articles by origin.
        types: Articles by type.
        files: Files by outcome: ``article``, ``not-article``, ``problem``.
        topics: The most frequent topics with their number of articles.
        categories: The same for categories.
        providers: The same for providers.
        distinct: How many topics, categories and providers there are in all.
        first: Day of the oldest article, ISO, or None.
        last: Day of the newest.
        with_curated: Files with a curated list.
        curated: Items in all lists.
        removed: Articles flagged as removed.
        unpublished: Articles flagged as not published.
        not_articles: Files that are no articles, with the reason, by path.
        problems: All faults in the content.
    """

    index: str
    content_root: str
    created_at: str
    bytes: int
    encoder: EncoderInfo
    articles: dict[str, int]
    types: dict[str, int]
    files: dict[str, int]
    topics: dict[str, int]
    categories: dict[str, int]
    providers: dict[str, int]
    distinct: dict[str, int]
    first: str | None
    last: str | None
    with_curated: int
    curated: int
    removed: int
    unpublished: int
    not_articles: dict[str, str]
    problems: list[Problem]

    def record(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self)


def summarize(index: Index) -> Summary:
    """Count what is in an index."""

    def counts(sql: str) -> dict[str, Any]:
        return dict(index.connection.execute(sql))

    def one(sql: str) -> Any:
        return index.connection.execute(sql).fetchone()[0]

    # Names with their articles, by what they are names of.
    named = {
        "topics": "SELECT name, COUNT(*) FROM topic GROUP BY name",
        "categories": "SELECT category, COUNT(*) FROM article WHERE category != '' GROUP BY category",
        "providers": f"SELECT {PROVIDER} AS name, COUNT(*) FROM article WHERE name != '' GROUP BY name",
    }
    top = {what: counts(f"{sql} ORDER BY 2 DESC, 1 LIMIT {_TOP}") for what, sql in named.items()}
    day = "SELECT date({}(published_at + utc_offset) / 1000000, 'unixepoch') FROM article"
    return Summary(
        index=str(index.folder),
        content_root=index.manifest.content_root,
        created_at=index.manifest.created_at,
        bytes=sum(file.size for file in index.manifest.files.values()),
        encoder=index.manifest.encoder,
        articles={"file": 0, "embedded": 0} | counts("SELECT origin, COUNT(*) FROM article GROUP BY origin"),
        types=counts("SELECT type, COUNT(*) FROM article GROUP BY type ORDER BY 2 DESC, 1"),
        files={"article": 0, "not-article": 0, "problem": 0}
        | counts("SELECT state, COUNT(*) FROM file GROUP BY state"),
        topics=top["topics"],
        categories=top["categories"],
        providers=top["providers"],
        distinct={what: one(f"SELECT COUNT(*) FROM ({sql})") for what, sql in named.items()},
        first=one(day.format("MIN")),
        last=one(day.format("MAX")),
        with_curated=one("SELECT COUNT(DISTINCT path) FROM curated"),
        curated=one("SELECT COUNT(*) FROM curated"),
        removed=one("SELECT COUNT(*) FROM article WHERE removed"),
        unpublished=one("SELECT COUNT(*) FROM article WHERE published = 0"),
        not_articles=counts("SELECT path, reason FROM file WHERE state = 'not-article' ORDER BY path"),
        problems=read_problems(index.connection),
    )
