"""A time that a query means, and how near to it articles were published."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from numpy.typing import NDArray

# By eye. News go on for a while after what they are about; before it, it can only be announced.
_OF_DAY, _LEAST_AFTERMATH, _MOST_AFTERMATH = timedelta(days=7), timedelta(days=14), timedelta(days=90)
_FORENOTICE = 0.5
_ONE_DAY = timedelta(days=1)
_DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Period:
    """A time that is meant.

    Attributes:
        words: As the query has it.
        place: Where they begin and end in it.
        since: Its first moment; None where it has no beginning.
        until: The moment just after its last; None where it has no end.
        firm: Whether what was published then is surely meant: since, before or until it, from one time to another, this
            week, the last three.
        bare: Whether its words may be a name as well, of what happened then: as phrases they are searched for too.
    """

    words: str
    place: tuple[int, int]
    since: datetime | None
    until: datetime | None
    firm: bool = False
    bare: bool = False

    @property
    def as_filter(self) -> str:
        """The filter of the same time, to be written into a query."""
        since = [f"since:{self.since:%Y-%m-%d}"] if self.since else []
        until = [f"until:{self.until - timedelta(days=1):%Y-%m-%d}"] if self.until else []
        return " ".join(since + until)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """Its first day, and the one after its last; None where it is open."""
        return self.since and self.since.date(), self.until and self.until.date()

    def holds(self, moment: datetime | None) -> bool:
        """Return whether a moment is of it by the clock where it was written; None is not."""
        if moment is None:
            return False
        first, end = self.days
        return (first is None or moment.date() >= first) and (end is None or moment.date() < end)

    def within(self, days: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which of some times are of it, shape (n,); the argument is that of ``nearness``."""
        first, end = self._ends
        within: NDArray[np.bool_] = (days >= first) & (days < end)
        return within

    @property
    def _ends(self) -> tuple[float, float]:
        """Its first moment and the one after its last, in days since 1970 UTC."""
        first = self.since.timestamp() / _DAY_SECONDS if self.since else -math.inf
        return first, self.until.timestamp() / _DAY_SECONDS if self.until else math.inf

    @property
    def aftermath(self) -> timedelta:
        """How long afterwards what is published counts but e^-1 of what was published within."""
        if self.since is None or self.until is None:
            return _LEAST_AFTERMATH
        if self.until - self.since <= _ONE_DAY:
            return _OF_DAY
        return min(max((self.until - self.since) / 2, _LEAST_AFTERMATH), _MOST_AFTERMATH)

    def nearness(self, days: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how near to it articles were published, 1 within, 0 far away or without a date.

        Args:
            days: When published, days since 1970 UTC, shape (n,); NaN when unknown.
        """
        first, end = self._ends
        away = np.maximum(days - end, 0.0) + np.maximum(first - days, 0.0) / _FORENOTICE
        near: NDArray[np.float64] = np.exp(-np.nan_to_num(away, nan=np.inf) / (self.aftermath / timedelta(days=1)))
        return near


def nearest(periods: Iterable[Period], days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how near to any of some periods articles were published, shape (n,)."""
    near = np.zeros(len(days))
    for period in periods:
        near = np.maximum(near, period.nearness(days))
    return near
