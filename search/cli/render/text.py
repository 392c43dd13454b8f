"""What texts for people share: titles, bylines, dates; folded at a terminal, whole lines in a pipe."""

from __future__ import annotations

import sys
from datetime import datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from search.cli.render.cells import cut, fold
from search.cli.render.counts import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from search.cli.render.style import Style
    from search.content.article import Article
    from search.related.suggest import CuratedEntry

INDENT = " " * 5
_MAX_WIDTH = 110
_MIN_WIDTH = 20
_TITLE_LINES = 3
# Cells that a title or a byline takes where lines are not folded, as in a pipe.
_LONGEST = 300
_SHOWN_TOPICS = 3
NAMED_OF_STORY = 3
"""How many of the articles that tell one story are named in a line at a terminal."""


def titled(rank: int, article: Article, style: Style, mark: Callable[[str], str] = str) -> list[str]:
    """Return the title after its rank: folded at a terminal, on one line in a pipe, which may be searched by lines."""
    title = article.title
    lines = fold(title, width(), _TITLE_LINES) if sys.stdout.isatty() else [shortened(title)]
    starts = [f"{rank:>3}  ", *[INDENT] * (len(lines) - 1)]
    return [
        f"{start}{style.bold(style.link(mark(line), article.url))}" for start, line in zip(starts, lines, strict=True)
    ]


def byline(article: Article, standing: str) -> str:
    """Return who published an article, when, and what it is about, in a line, and what readers do not see of it."""
    parts = [article.provider.name or article.provider.domain, human_date(article.published_at)]
    topics = ", ".join(article.topics[:_SHOWN_TOPICS])
    if article.type not in {"", "article"}:
        parts.append(article.type)
    return shortened(" · ".join(part for part in [*parts, standing, topics] if part))


def also_told(ids: Sequence[str], *, named: int | None = None) -> str:
    """Return that others tell the same story, and which: all, or the first of them and how many more."""
    told = ", ".join(ids[:named])
    more = len(ids) - named if named else 0
    return f"also told in {counted(len(ids), 'more article')}: {told}{f' and {more:,} more' if more > 0 else ''}"


def human_date(moment: datetime | None) -> str:
    """Return a date as people say it: ``today``, ``yesterday``, ``12 Mar 2024``."""
    if moment is None:
        return "no date"
    today = datetime.now(moment.tzinfo).date()
    day = moment.date()
    if day == today:
        return "today"
    if (today - day).days == 1:
        return "yesterday"
    return f"{day.day} {day:%b %Y}"


def curated_name(entry: CuratedEntry) -> str:
    """Return what a person knows an item of a curated list by."""
    return shortened(entry.title or entry.url or entry.id or entry.named) or "an item without title and address"


def shortened(text: str) -> str:
    """Return a text that nobody reads to its end with an ellipsis in place of it."""
    return cut(text, _LONGEST)


def width() -> int:
    """Return how many cells a line has beside its indent."""
    return max(min(get_terminal_size().columns, _MAX_WIDTH) - len(INDENT), _MIN_WIDTH)
