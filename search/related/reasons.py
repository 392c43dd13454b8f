"""Why a suggestion is one, in plain words and from what the two articles say."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from search.index import english
from search.index.derived import WORDS
from search.index.letters import folded
from search.index.lexical import STOP_WORDS
from search.index.terms import word_id
from search.related.names import shared_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from search.content.article import Article
    from search.index.opened import Index
    from search.related.kinds import Kind

_MAX_NAMES = 2
_WORD = re.compile(r"\w+")
# Of ``rarity_in``: 2.3 is every tenth article.
_MIN_RARITY = 2.3
_MAX_TOPICS = 2
# By eye: what few articles have, and no dictionary, is a name wherever it is written large. 4 is every 55th article.
_SURELY_RARE = 4.0
_MIN_LETTERS = 4
# Days from which on a distance is told in weeks, in months, in years.
_IN_WEEKS, _IN_MONTHS, _IN_YEARS = 14, 60, 730


def reasons_for(
    subject: Article,
    other: Article,
    kind: Kind,
    days: float,
    *,
    rarity: Callable[[str], float],
    common_topics: Collection[str],
) -> tuple[str, ...]:
    """Return short reasons, the most telling first.

    Where they share no telling name and no topic, that is that they are close in meaning.

    Args:
        subject: The article at hand.
        other: What is suggested for it.
        kind: What it was found to be.
        days: From the one to the other; NaN when a date is unknown.
        rarity: Of a word, as ``rarity_in`` has it.
        common_topics: Topics in lower case that say nothing.
    """
    reasons = ["covers the same event"] if kind == "same-story" else []
    names = _telling_names(subject, other, rarity)[:_MAX_NAMES]
    topics = {folded(topic) for topic in subject.topics}.difference(common_topics)
    shared = [topic for topic in other.topics if folded(topic) in topics and not _is_part(topic, names)][:_MAX_TOPICS]
    reasons += [f"both name {name}" for name in names if not _is_part(name, shared)]
    reasons += [f"shares '{topic}'" for topic in shared]
    reasons = reasons or ["close in meaning"]
    if not math.isnan(days):
        reasons.append(_distance(days, calendar_days(subject, other)))
    return tuple(reasons)


def rarity_in(index: Index, word: str) -> float:
    """Return ln((articles + 1) / articles with a word in title or excerpt), as if at least one had it.

    0 for function words, which count nowhere.
    """
    if word.casefold() in STOP_WORDS:
        return 0.0
    return math.log((index.manifest.articles + 1) / max(index.sparse[WORDS].frequency(word_id(word)), 1))


def calendar_days(subject: Article, other: Article) -> int | None:
    """Return how many days of the calendar lie from one article to another; None when a date is unknown."""
    if subject.published_at is None or other.published_at is None:
        return None
    return (other.published_at.date() - subject.published_at.date()).days


def _is_part(one: str, others: Iterable[str]) -> bool:
    """Return whether a name or a topic stands as a whole in one of some others: saying it too would say nothing."""
    return any(_words(one) in _words(other) for other in others)


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _telling_names(subject: Article, other: Article, rarity: Callable[[str], float]) -> list[str]:
    """Return names that stand in both texts, rarest first.

    A name whose rarest word stands in every tenth article (the beat of the site) tells nothing.
    """

    def is_rare(word: str) -> bool:
        return len(word) >= _MIN_LETTERS and rarity(word) >= _SURELY_RARE and not english.count(word.casefold())

    names = shared_names(subject, other, is_rare)
    rarities = {name: max((rarity(word) for word in _WORD.findall(name)), default=0.0) for name in names}
    telling = [name for name in names if rarities[name] >= _MIN_RARITY]
    return sorted(telling, key=lambda name: (-rarities[name], name))


def _distance(days: float, of_calendar: int | None) -> str:
    size = abs(days)
    if size < _IN_WEEKS:
        days = round(days) if of_calendar is None else of_calendar
        if not days:
            return "same day"
        amount = _plural(round(abs(days)), "day")
    elif size < _IN_MONTHS:
        amount = _plural(round(size / 7), "week")
    elif size < _IN_YEARS:
        amount = _plural(round(size / 30.44), "month")
    else:
        amount = _plural(round(size / 365.25), "year")
    return f"{amount} {'later' if days > 0 else 'earlier'}"


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
