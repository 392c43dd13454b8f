"""What a person is to be told of an answer beside what was found: how the words were read, and which are not there."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from search.index.lexical import terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.retrieval.search import Answer, Hit
    from search.times.period import Period

# Of the words that no article has this many are told.
_TOLD: Final = 5


class Note(NamedTuple):
    """Something to tell.

    Attributes:
        event: Its name for programs.
        text: In plain words.
        as_typed: Whether what is typed can be kept by asking for it as it is.
    """

    event: str
    text: str
    as_typed: bool = False


def notes(answer: Answer) -> Iterator[Note]:
    """Yield what is to be told of an answer."""
    if some := answer.corrected:
        meant, typed = ", ".join(one.meant for one in some), ", ".join(one.typed for one in some)
        yield Note("corrected", f"searched for {meant} instead of {typed}", as_typed=True)
    for one in answer.times.periods if answer.hits else ():
        if _is_shown(answer, one) or not _may_be_another(answer, one):
            yield Note("period", _of_time(answer, one))
    if (latest := answer.times.latest) and (answer.times.alone or _counts_time(answer)) and answer.hits:
        counts = "newest first" if answer.times.alone else "what is newer counts more"
        yield Note("latest", f"{counts}: {latest.words}", as_typed=True)
    for one in answer.times.unmet:
        newest = answer.times.newest
        ends = f"; the newest is of {newest}" if newest and one.since and newest < one.since.date() else ""
        yield Note("unmet", f"no article here is of that time: {one.words} ({one.as_filter}){ends}")
    if doubtful := answer.doubtful:
        yield Note("doubtful", f"did you mean {' and '.join(one.meant for one in doubtful)}?")
    told = terms(" ".join([*(one.typed for one in doubtful), *(name for name, _ in answer.query.no_fields)]))
    if words := [word for word in answer.absent if word.casefold() not in told]:
        quoted = ", ".join(f'"{word}" in capitals' if word.isupper() else f'"{word}"' for word in words[:_TOLD])
        has_none = bool(answer.hits) and not any(hit.lexical for hit in answer.hits) and answer.near
        by_meaning = "; these come nearest in meaning" if has_none else ""
        yield Note(
            "absent", f"no title, excerpt or topic has the word{'s' if len(words) > 1 else ''} {quoted}{by_meaning}"
        )
    if answer.hits and not answer.near:
        what = "are the nearest that pass the filters" if answer.query.filters else "are the nearest"
        yield Note("not-near", f"nothing comes near this query; these {what}")


def _of_time(answer: Answer, period: Period) -> str:
    """Say what became of a time that the query names."""
    is_written = any(period in hit.writes for hit in answer.hits)
    of_it = "what is of that time or writes it" if is_written else "what is of that time"
    if period not in answer.times.published:  # a filter of that time finds nothing
        then = ""
    elif is_written:
        then = f" ({period.as_filter} for what was published then)"
    else:
        then = f" ({period.as_filter}{'' if answer.times.alone else ' hides all else'})"
    became = f"{of_it}, newest first" if answer.times.alone else _became(answer, period, of_it)
    return f"{became}: {period.words}{then}"


def _may_be_another(answer: Answer, period: Period) -> bool:
    """Return whether the words of a time may be no time, or are another one that something here is of."""
    alike = (one for one in answer.times.periods if one.place == period.place)
    return period.bare or any(_is_shown(answer, one) for one in alike)


def _is_shown(answer: Answer, period: Period) -> bool:
    return any(_is_told_in(hit, period) for hit in answer.hits)


def _became(answer: Answer, period: Period, of_it: str) -> str:
    some = sum(_is_told_in(hit, period) for hit in answer.hits)
    if not some:
        return f"none of these is of that time{' or writes it' if period in answer.times.written else ''}"
    if not _counts_time(answer):
        return f"{some} of these {len(answer.hits)} {'is' if some == 1 else 'are'} of that time"
    if not all(one.firm for one in answer.times.periods):
        return f"{of_it} counts more"
    if any(_is_told_in(hit, period) for hit in _leaders(answer)):
        return f"{of_it} comes first"
    return f"{of_it} is too far from this query to lead"


def _counts_time(answer: Answer) -> bool:
    """Return whether the order is by time too, not by a reranker, which knows of none."""
    return any(part.name == "time" for hit in answer.hits for part in hit.parts)


def _leaders(answer: Answer) -> Iterator[Hit]:
    """Return what stands before all that is of no time that the query names."""
    return takewhile(lambda hit: any(_is_told_in(hit, one) for one in answer.times.periods), answer.hits)


def _is_told_in(hit: Hit, period: Period) -> bool:
    """Return whether an article, or one of its story that is folded under it, is of a time, or writes it."""
    return period in hit.writes or any(period.holds(moment) for moment in (hit.article.published_at, *hit.also_at))
