"""What a suggested article is to the one at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from search.related.candidates import Candidate

Kind = Literal["same-story", "follow-up", "background", "angle"]

# Thresholds read off the development judgements of kinds (macro F1 0.76 over 212 pairs).
_SAME_STORY_DAYS = 4
_SAME_STORY_COSINE = 0.5
_FOLLOW_UP_COSINE = 0.7


def kind_of(candidate: Candidate) -> Kind:
    """Return the kind of a suggestion, from nearness in time and meaning.

    Coverage of one event comes within days; a later article that is very close continues the story;
    an earlier one is background; whatever else is related is another angle.
    """
    days = candidate.days
    if days is None:
        return "angle"
    if abs(days) <= _SAME_STORY_DAYS and candidate.dense >= _SAME_STORY_COSINE:
        return "same-story"
    if days > 0:
        return "follow-up" if candidate.dense >= _FOLLOW_UP_COSINE else "angle"
    return "background"
