"""Why a suggestion is one, in plain words and from what the two articles say."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from search.related.names import shared_names

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from search.content.article import Article
    from search.related.kinds import Kind

_MAX_NAMES = 2
# Inverse document frequency, ln(articles / articles with the word): 2.3 is every tenth article.
_MIN_RARITY = 2.3
_MAX_TOPICS = 2
_WEEK, _MONTH, _YEAR = 14, 60, 730


def reasons_for(
    subject: Article,
    other: Article,
    kind: Kind,
    days: float,
    *,
    rarity: Callable[[str], float],
    common_topics: Collection[str],
) -> tuple[str, ...]:
    """Return short reasons, the most telling first; may be empty.

    Args:
        subject: The article at hand.
        other: What is suggested for it.
        kind: What it was found to be.
        days: From the one to the other; NaN when a date is unknown.
        rarity: ln(articles / articles with a word).
        common_topics: Topics in lower case that say nothing, because most articles have them.
    """
    reasons = ["covers the same event"] if kind == "same-story" else []
    reasons += [f"both name {name}" for name in _telling_names(subject, other, rarity)[:_MAX_NAMES]]
    topics = {topic.casefold() for topic in subject.topics}.difference(common_topics)
    shared = [topic for topic in other.topics if topic.casefold() in topics]
    reasons += [f"shares '{topic}'" for topic in shared[:_MAX_TOPICS]]
    if not math.isnan(days):
        reasons.append(_distance(days))
    return tuple(reasons)


def _telling_names(subject: Article, other: Article, rarity: Callable[[str], float]) -> list[str]:
    """Return names that stand in both texts, rarest first.

    A name whose rarest word stands in every tenth article (the beat of the site) tells nothing.
    """
    names = shared_names(subject, other)
    rarities = {name: max((rarity(word) for word in re.findall(r"\w+", name)), default=0.0) for name in names}
    telling = [name for name in names if rarities[name] >= _MIN_RARITY]
    return sorted(telling, key=lambda name: (-rarities[name], name))


def _distance(days: float) -> str:
    size = abs(days)
    if size < 1:
        return "same day"
    if size < _WEEK:
        amount = _plural(round(size), "day")
    elif size < _MONTH:
        amount = _plural(round(size / 7), "week")
    elif size < _YEAR:
        amount = _plural(round(size / 30.44), "month")
    else:
        amount = _plural(round(size / 365.25), "year")
    return f"{amount} {'later' if days > 0 else 'earlier'}"


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
