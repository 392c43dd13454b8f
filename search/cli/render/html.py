"""Suggestions as one page that needs nothing else: to read, to send, to print."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from search.desk.page.templating import render, stylesheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.index.opened import Index
    from search.related.suggest import Related


def suggestions_page(index: Index, answers: Sequence[Related]) -> str:
    """Return suggestions as an HTML document."""
    return render(
        "suggestions.html",
        answers=answers,
        site=index.content_root.name,
        today=datetime.now(UTC).strftime("%-d %b %Y"),
        css=stylesheet(),
    )
