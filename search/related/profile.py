"""An article as the ranker sees it: vector, terms, date, and what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from search.content.text import document_text
from search.index.letters import folded
from search.index.rows import MICROSECONDS_A_DAY, microseconds, row_list
from search.index.schema import PROVIDER
from search.index.terms import terms_of, topics_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.encoders.base import Encoder, Vectors
    from search.index.opened import Index
    from search.index.terms import Terms
    from search.related.subject import Subject


# Lists of this many items that hold fewer than this share of a type show that the site does not list it here. By eye;
# of 200 items a single one is above it.
_MIN_ITEMS = 200
_MIN_SHARE = 0.002


@dataclass(frozen=True, slots=True)
class Profile:
    """What candidates are compared with.

    Attributes:
        title: As it stands in the article.
        vector: Of its text, shape (dim,).
        terms: Of its text.
        topics: Ids of topics that say something when they are shared, its own and those of its story.
        day: When published, days since 1970 UTC; NaN when unknown.
        quality: 0 to 1,000; NaN when unknown.
        provider: As in the columns of the index; -1 if no article there is by this provider.
        types: Types of article that may be suggested, as in the columns; empty for all.
        story: As in the columns; -1 for an article that is not in the index.
    """

    title: str
    vector: Vectors
    terms: Terms
    topics: tuple[int, ...]
    day: float
    quality: float
    provider: int
    types: tuple[int, ...]
    story: int


def profile_of(index: Index, subject: Subject, encoder: Encoder | None) -> Profile:
    """Return the profile of an article, from the index where its present text stands there.

    Raises:
        ValueError: The text is not encoded and there is no encoder.
    """
    article = subject.article
    stamp = microseconds(article.published_at)
    if subject.row is not None and subject.encoded:
        vector = index.vectors.get(np.array([subject.row], dtype=np.int64)).reshape(-1)
        terms = index.terms([subject.row])[subject.row]
    elif encoder is None:
        raise ValueError("an article whose text is not in the index needs an encoder")
    else:
        vector = encoder.encode_documents([document_text(article.title, article.excerpt)]).reshape(-1)
        terms = terms_of(article.title, article.excerpt)
    story = index.story_of(subject.row) if subject.row is not None and subject.encoded else -1
    return Profile(
        title=article.title,
        vector=vector,
        terms=terms,
        topics=_topics(index, [*article.topics, *_topics_of_story(index, story)]),
        day=np.nan if stamp is None else stamp / MICROSECONDS_A_DAY,
        quality=np.nan if article.quality is None else float(article.quality),
        provider=_provider(index, article.provider.name or article.provider.domain),
        types=_types(index, article.type),
        story=story,
    )


def _topics(index: Index, names: Iterable[str]) -> tuple[int, ...]:
    telling = topics_of(name for name in names if folded(name) not in index.habits.common_topics)
    return tuple(telling["id"].tolist())


def _topics_of_story(index: Index, story: int) -> list[str]:
    """Return the topics of all articles of a story; none of no story."""
    rows = index.columns.rows[index.columns.story == story]
    found = index.connection.execute(
        "SELECT DISTINCT name FROM topic WHERE row IN (SELECT value FROM json_each(?)) ORDER BY name",
        (row_list(rows.tolist()),),
    )
    return [name for (name,) in found]


def _types(index: Index, kind: str) -> tuple[int, ...]:
    """Return the types that the site's lists mix with an article's own; none if they do not say."""
    listed = index.habits.listed_types(kind)
    total = sum(listed.values())
    if total < _MIN_ITEMS:
        return ()
    mixed = [item for item, items in listed.items() if items >= _MIN_SHARE * total]
    rows = [
        row
        for item in mixed
        for (row,) in index.connection.execute("SELECT row FROM article WHERE type = ? LIMIT 1", (item,))
    ]
    return tuple(index.columns.type[index.columns.places(np.array(rows, dtype=np.int64))].tolist())


def _provider(index: Index, name: str) -> int:
    """Return the number that the columns have for a provider."""
    if not name:
        return -1
    found = index.connection.execute(f"SELECT row FROM article WHERE {PROVIDER} = ? LIMIT 1", (name,)).fetchall()
    codes: list[int] = index.columns.provider[index.columns.places(np.array(found, dtype=np.int64).ravel())].tolist()
    return codes[0] if codes else -1
