"""Suggestions as one page that needs nothing else: to read, to send, to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.desk.page.templating import render, stylesheet
from search.index.standing import standing_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from search.index.opened import Index
    from search.related.suggest import Related


def suggestions_page(index: Index, answers: Sequence[Related], now: datetime) -> str:
    """Return suggestions as an HTML document of a moment."""
    folded = {other for answer in answers for one in answer.suggested for other in one.also}
    rows = [row for other in folded if (row := index.row_of_id(other)) is not None]
    return render(
        "suggestions.html",
        answers=answers,
        told={article.id: article for article in index.articles(rows).values()},
        site=index.content_root.name,
        standing=standing_in(index, now),
        today=now.strftime("%-d %b %Y"),
        css=stylesheet(),
    )
