"""Searching for something else to list: what a query finds, or the one article that a text names."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from search.desk.page.lists import listed_items
from search.desk.page.templating import byline, short
from search.errors import SearchError
from search.index.standing import standing_in
from search.related.subject import find_subject
from search.retrieval.notes import notes
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from search.content.article import Article
    from search.desk.decisions import Decision
    from search.desk.page.bench import Bench
    from search.desk.page.view import Listed
    from search.index.opened import Index
    from search.related.subject import Subject

FOUND: Final = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of the page found.

    Attributes:
        results: Articles, as the page's script wants them.
        notes: What a person is to be told beside them.
    """

    results: list[dict[str, Any]]
    notes: list[str]


def find(bench: Bench, subject: Subject, text: str, pending: Sequence[Decision]) -> Found:
    """Return what a query finds; never the article at hand.

    Args:
        bench: The index.
        subject: The article at hand.
        text: The query, or the path, id or address of an article.
        pending: What was accepted or removed for the article, and is not in its file.
    """
    index, own, now = bench.index, subject.article.id, datetime.now(UTC)
    named = _named(index, text)
    if named is not None:
        articles, told = [named], ["this is the article itself"] if named.id == own else []
    else:
        answer = search(index, parse_query(text, now), Wishes(k=FOUND + 1), bench.encoder, now)
        articles, told = [hit.article for hit in answer.hits], [note.text for note in notes(answer)]
    standing = standing_in(index, now)
    listed = listed_items(index, subject, pending, standing)
    others = (one for one in articles if one.id != own)
    return Found([_record(one, listed, standing(one)) for one in islice(others, FOUND)], told)


def _named(index: Index, text: str) -> Article | None:
    """Return the article of the index that a text names as a whole."""
    with suppress(SearchError):
        subject = find_subject(index, text.strip())
        return None if subject.row is None else subject.article
    return None


def _record(article: Article, listed: Iterable[Listed], standing: str) -> dict[str, Any]:
    """Return an article that a search found, as the page's script wants it."""
    names = {known for item in listed if not item.removed for known in (item.id, item.url) if known}
    return {
        "id": article.id,
        "title": short(article.title),
        "url": article.url,
        "meta": byline(article, standing),
        "listed": bool(names & {article.id, article.url}),
    }
