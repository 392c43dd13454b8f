"""What a suggested article is to the one at hand."""

from __future__ import annotations

from typing import Literal

Kind = Literal["same-story", "follow-up", "background", "angle"]

# What comes a fortnight later or more and is among the ten articles most alike continues the story. A rank carries
# over from site to site where a threshold on the cosine does not: a cosine of 0.7 did better at the one set of judged
# kinds and much worse at the other when this was chosen. scripts/eval_related prints the macro F1 of what is here.
_FOLLOW_UP_DAYS = 14.0
_FOLLOW_UP_RANK = 10
# What comes out within a day is as a rule no background, by trial on both sets of judged kinds.
_SAME_DAY = 1.0
# Without a story found at index time (a draft), coverage of one event is what is close in time and meaning.
_DRAFT_DAYS = 4.0
_DRAFT_COSINE = 0.5


def kind_of(*, same_story: bool | None, days: float, cosine: float, rank: int) -> Kind:
    """Return the kind of a suggestion.

    Coverage of one event was found when the index was built; a later article that is among the most alike
    continues the story; one that is 24 hours earlier is background; whatever else is related is another angle.

    Args:
        same_story: Whether both belong to one story; None when the article at hand is not in the index.
        days: From the article at hand to the suggested one; NaN when a date is unknown.
        cosine: Of the two texts.
        rank: How many candidates are more alike by cosine.
    """
    if same_story or (same_story is None and abs(days) <= _DRAFT_DAYS and cosine >= _DRAFT_COSINE):
        return "same-story"
    if days > 0:
        return "follow-up" if days >= _FOLLOW_UP_DAYS and rank < _FOLLOW_UP_RANK else "angle"
    return "background" if days <= -_SAME_DAY else "angle"
