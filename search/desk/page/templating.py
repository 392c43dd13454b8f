"""Templates of the page: everything from content is escaped, addresses are http(s) or no link at all."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from search.content.dates import iso_utc
from search.related.reasons import calendar_days

if TYPE_CHECKING:
    from datetime import datetime

    from search.content.article import Article
    from search.related.suggest import Suggestion

FOLDER = Path(__file__).parent
_LONGEST_TITLE = 300
_WEB = ("http://", "https://")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(day=_day, iso=iso_utc, percent=_percent, short=short, is_web=is_web)
    made.filters.update(apart=_apart, byline=byline)
    return made


def render(template: str, **values: Any) -> str:
    """Return a template filled in."""
    return environment().get_template(template).render(**values)


def stylesheet() -> str:
    """Return the style of all pages."""
    return (FOLDER / "static" / "desk.css").read_text(encoding="utf-8")


def short(text: str, longest: int = _LONGEST_TITLE) -> str:
    """Return text cut to a length that a page can bear."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def is_web(url: str) -> bool:
    """Return whether an address may become a link."""
    return url.startswith(_WEB)


def byline(article: Article, standing: str) -> str:
    """Return who published an article, and when, and what readers of the site do not see of it."""
    when = _day(article.published_at) if article.published_at else ""
    return " · ".join(filter(None, [short(article.provider.name or article.provider.domain), when, standing]))


def _day(moment: datetime) -> str:
    return moment.strftime("%-d %b %Y")


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _apart(one: Suggestion, article: Article) -> str:
    if math.isnan(one.days):
        return "a date is unknown"
    of_calendar = calendar_days(article, one.article)
    days = round(one.days) if of_calendar is None else of_calendar
    if not days:
        return "the same day"
    return f"{abs(days):,} day{'s' if abs(days) > 1 else ''} {'later' if days > 0 else 'earlier'}"
