"""What stands in an index, and readers of the site do not see: drafts, what was removed, what is yet to come out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from search.content.article import Article
    from search.index.opened import Index

# A date without a zone reads as UTC: what is out already at its site may be hours ahead.
GRACE: Final = timedelta(days=1)

Standing = Callable[["Article"], str]
"""What a person is to be told of an article beside its date: ``draft``, ``removed``, ``scheduled``, or ``""``."""


def standing_in(index: Index, now: datetime) -> Standing:
    """Return what tells the standing of articles.

    Nothing is a draft at a site where the flag says something else, nor scheduled at a calendar of what is to come
    (``habits.py``). Of other sites' articles, which stand in lists only, neither flag nor date tells what readers see.

    Args:
        index: Knows the site's habits.
        now: From which on dates are in the future.
    """
    after = now + GRACE

    def standing(article: Article) -> str:
        is_own = article.origin == "file"
        is_later = is_own and article.published_at is not None and article.published_at > after
        marks = {
            "draft": is_own and article.published is False and bool(index.columns.held_back.any()),
            "removed": article.removed,
            "scheduled": is_later and index.habits.scheduled(after).held_back,
        }
        return ", ".join(mark for mark, holds in marks.items() if holds)

    return standing
