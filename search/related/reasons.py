"""Why a suggestion is one, in plain words and from what the two articles say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from search.index.lexical import STOP_WORDS

if TYPE_CHECKING:
    from search.content.article import Article
    from search.related.candidates import Candidate

_NAME = re.compile(r"\b[^\W\d_]*[A-Z\d][\w&'’-]*(?:\s+[^\W\d_]*[A-Z\d][\w&'’-]*)*")
_MAX_NAMES = 2
_MAX_TOPICS = 2
_WEEK, _MONTH, _YEAR = 14, 60, 730


def reasons_for(subject: Article, candidate: Candidate) -> tuple[str, ...]:
    """Return short reasons, the most telling first; may be empty."""
    other = candidate.article
    reasons = [f"both name {name}" for name in _shared_names(subject, other)[:_MAX_NAMES]]
    topics = {topic.casefold() for topic in subject.topics}
    shared = [topic for topic in other.topics if topic.casefold() in topics]
    reasons += [f"shares '{topic}'" for topic in shared[:_MAX_TOPICS]]
    if candidate.days is not None:
        reasons.append(_distance(candidate.days))
    return tuple(reasons)


def _shared_names(subject: Article, other: Article) -> list[str]:
    """Return names that stand in both texts, longest first, none of which is part of another."""
    text = f"{other.title} . {other.excerpt}"
    names: list[str] = []
    for name in sorted(_names(f"{subject.title} . {subject.excerpt}"), key=lambda name: (-len(name), name)):
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) and not any(name in longer for longer in names):
            names.append(name)
    return names


def _names(text: str) -> set[str]:
    """Return runs of capitalised words, and of all parts of these runs, that are not mere function words."""
    names: set[str] = set()
    for run in _NAME.findall(text):
        words = run.split()
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + 4) + 1):
                part = words[start:end]
                if part[0].casefold() in STOP_WORDS or part[-1].casefold() in STOP_WORDS:
                    continue
                name = " ".join(part).rstrip("'’-")
                if len(name) > 2 and not name.isdigit():  # noqa: PLR2004 - two letters are rarely a name
                    names.add(name)
    return names


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
