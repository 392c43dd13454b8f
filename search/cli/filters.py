"""Filter options into filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.cli.options import now

if TYPE_CHECKING:
    from search.cli.options import OriginOption
    from search.index.filters import Filters


def filters_from(
    *,
    since: str | None,
    until: str | None,
    topics: list[str] | None,
    categories: list[str] | None,
    providers: list[str] | None,
    types: list[str] | None,
    min_quality: int | None,
    published: bool | None,
    origin: OriginOption | None,
) -> Filters:
    """Return the filters that the options of a command stand for; raises UsageError for bad dates."""
    from search.index.filters import Filters
    from search.times.points import parse_since, parse_until

    moment = now()
    return Filters(
        since=parse_since(since, moment) if since else None,
        until=parse_until(until, moment) if until else None,
        topics=tuple(topics or ()),
        categories=tuple(categories or ()),
        providers=tuple(providers or ()),
        types=tuple(types or ()),
        min_quality=min_quality,
        published=published,
        origin=origin.value if origin else None,
    )
