"""How much candidates of a query are of the time that it names, and what that counts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from search.retrieval.floor import FLOOR_COSINE, FLOOR_SHARE
from search.retrieval.fusion import fuse, share_of
from search.retrieval.latest import newest_day
from search.times.period import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from search.index.filters import Condition
    from search.index.opened import Index
    from search.retrieval.named_times import NamedTimes

# What being of the time that the query names adds (scripts/eval_queries prints other weights).
PERIOD_WEIGHT = 0.3
# What being of a time adds that is surely meant, to what comes near: more than all else together.
FIRM_WEIGHT = 3.0
# What being the newest adds where that is wanted, to what comes near, which shares of the best are that, as below, and
# at which age half of it is left. By eye: with lower shares what is newer and of something else leads.
_LATEST_SHARES = 0.5, 0.75
LATEST_WEIGHT = 1.0
_HALF_DAYS = 90.0
_LATEST_SPANS = timedelta(days=90), timedelta(days=365)
_DAY_SECONDS = 86_400.0
# By eye: what scores less than the first part of the best of all times is not what is asked for, whatever its time;
# what scores more than the second is, and between them it may be.
_FIRM_SHARES = 0.4, 0.5
# How many candidates each retriever hands on from that time, whatever ranks higher elsewhere; of a time that has more
# than this share of all articles there are enough among the others.
PERIOD_POOL = 100
_PERIOD_SHARE = 0.25


def time_weight(times: NamedTimes) -> float:
    """Return what being of the times of a query adds."""
    if times.latest:
        return LATEST_WEIGHT
    return FIRM_WEIGHT if times.are_firm else PERIOD_WEIGHT


def nearness(
    index: Index, times: NamedTimes, dense: dict[int, float], lexical: dict[int, float], most: float
) -> dict[int, float]:
    """Return how much candidates are of the time that is named, 0 to 1; nothing where none is.

    Of a time that is surely meant all count fully that come near, and not much less so than what is of other times;
    whatever else is there counts as beside other times.
    """
    if not dense or not (times.periods or times.latest):
        return {}
    days, writers = index.days(dense), times.writers
    if times.latest:
        near = _freshness(
            days, _come_near(dense, lexical, most, _LATEST_SHARES), times.latest.now.timestamp() / _DAY_SECONDS
        )
        return dict(zip(dense, near.tolist(), strict=True))
    writes = np.fromiter((row in writers for row in dense), dtype=np.bool_, count=len(dense))
    near = np.maximum(nearest(times.periods, days), writes)
    if times.are_firm:
        within = writes | np.any([one.within(days) for one in times.periods], axis=0)
        near = np.maximum(_come_near(dense, lexical, most) * within, near * PERIOD_WEIGHT / FIRM_WEIGHT)
    return dict(zip(dense, near.tolist(), strict=True))


def _come_near(
    dense: dict[int, float], lexical: dict[int, float], most: float, shares: tuple[float, float] = _FIRM_SHARES
) -> NDArray[np.float64]:
    """Return how surely candidates are what is asked for, 0 to 1, shape (n,)."""
    alike = fuse(dense, lexical, most)
    least, enough = (share * max(alike.values()) for share in shares)
    comes_near = [
        cosine >= FLOOR_COSINE or share_of(lexical.get(row, 0.0), most) >= FLOOR_SHARE for row, cosine in dense.items()
    ]
    scores = np.fromiter(alike.values(), dtype=np.float64, count=len(dense))
    surely: NDArray[np.float64] = np.clip((scores - least) / max(enough - least, 1e-9), 0.0, 1.0) * comes_near
    return surely


def _freshness(days: NDArray[np.float64], meant: NDArray[np.float64], now: float) -> NDArray[np.float64]:
    """Return how new candidates are, 1 for the newest of what is meant, less as it is less surely meant; shape (n,).

    What has no date, or one that is still to come, is 0.
    """
    out = days <= now
    newest = np.max(days, where=out & (meant > 0), initial=-np.inf)
    ages = np.maximum(np.where(out, newest - days, np.inf), 0.0)
    fresh: NDArray[np.float64] = meant / (1 + ages / _HALF_DAYS)
    return fresh


def of_their_time(index: Index, times: NamedTimes, where: Condition) -> list[Condition]:
    """Return what passes a condition and is of a time that is named, where that is not much of all there is.

    Where the newest are wanted, those are times of the latest year and quarter that anything is of.
    """
    few = index.manifest.articles * _PERIOD_SHARE
    spans = [(one.since, one.until and one.until + one.aftermath) for one in times.periods]
    if times.latest and (newest := newest_day(index.connection, times.latest.now)):
        spans = [(datetime.combine(newest - back, time(), UTC), None) for back in _LATEST_SPANS]
    some = dict.fromkeys(where.within(since, until) for since, until in spans)
    return [one for one in some if index.count(one) <= few]
