"""Times in a query's words: ``march 2021``, ``late spring 2020``, ``since June``, ``last week``.

Who writes a time wants what was published then, or soon after: news of an event are of its days, what came of it
follows. A time in words hides nothing, though (``since:2021-03`` does): it may be the time of what an article looks
back on. Who says ``since June`` or ``the last three weeks`` hardly means that, though: what was published then comes
first.

Only English is read, and only what can hardly be anything else: ``may`` and ``march`` are months beside a year or
behind ``in``, ``since``, ``last`` and the like, and a year or a today that the corpus has in a name, as in Windows
Server 2019, belongs to the name. A day by itself, ``11 May``, is the latest such, and may be a name all the same: it
is searched for as a phrase too. General date parsers find dates in words that are none, give points instead of
periods, and take longer to import than a query takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from search.index.lexical import STOP_WORDS
from search.times.forms import ALONE, SOME_TIME, TO, TODAY, UNTIL_NOW, WEEKDAY, WITHOUT_YEAR, forms_in
from search.times.names import WORDS_TOO
from search.times.period import Period
from search.times.portion import AROUND, PORTION, portion_of
from search.times.relative import latest_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from search.times.span import Reader, Span

# What stands before a time: which side of it is meant, or that it is a time at all, and which part of it.
_OPENING = re.compile(
    rf"(?:\b{PORTION.format('early')}(?:\s+the)?[\s-]+)?"
    r"(?:\b(?P<opening>since|after|before|until|till|in|during|of|from|between|last|past|this|on)\s+)?"
    rf"(?:\bthe\s+)?(?:\b{PORTION.format('part')}[\s-]+)?$"
)
_OF_AN_EVENT = re.compile(r"\bthe\s+$")
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b")
# Since last week: the last one begins what is meant, and does not end it.
_BOUND = re.compile(r"\b(?P<bound>since|after|before|until|till)\s+(?:the\s+)?$")
_AND = re.compile(r"\W*(?:and|but)?\W*")
_NOTHING_MORE = re.compile(r"\s*(?:$|[,.;:!?)]|(?:and|but)\s+(?:before|until|till)\b)", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|except(?:\s+for)?|excluding|other\s+than)\s+$")
_CALENDAR = frozenset({"last", "past", "this"})
_LONGEST_OPENING = 40
_ONE_DAY = timedelta(days=1)
_TO = re.compile(TO)
_BESIDE = re.compile(r"(\w+)\W*$"), re.compile(r"\W*(\w+)")
# A text of more words is out of an article: what says no year in it, on Monday, last week, counts from the day of that.
MOST_WORDS = 20
_SAYS_YEAR = re.compile(r"(?:1[89]|20)\d\d")
# A query that names more times than this means none of them.
_MAX_PERIODS = 8


def periods_in(
    text: str, now: datetime, is_name: Callable[[str], bool], exact: Iterable[str] = (), ended: date | None = None
) -> list[Period]:
    """Return the times that a query names, in its order; none where it names a great many.

    A text as long as a paragraph is out of an article, and only what has a year is a time in it.

    Args:
        text: As typed, without operators.
        now: What is past, and what the last one is.
        is_name: Says of two words, one of them a number or today, whether they are a name of the corpus.
        exact: Phrases in it that are what they are, and name no time.
        ended: The last day of a corpus that goes on no longer: ``in may`` is the latest May of which it may have news.
    """
    today = now.astimezone(UTC).date()
    rest = _lowered(text)
    is_pasted = len(rest.split()) > MOST_WORDS
    for phrase in exact:
        rest = rest.replace(_lowered(phrase), "\0" * len(phrase))
    is_name = cache(is_name)
    found: list[_Found] = []
    for form, read in forms_in(rest):
        for match in _times(form, rest, has_year=is_pasted):
            start, opening, part = _before(rest, match)
            if _NEGATED.search(rest, max(start - _LONGEST_OPENING, 0), start):
                rest = _blanked(rest, start, match.end())  # not before june: neither is meant
                continue
            if not (opening or part) and _is_of_a_name(rest, match, is_name, form):
                continue
            bare = read is latest_day and not (opening or part)
            if bare and not _is_day(text, match):
                continue
            latest = ended if ended and read in WITHOUT_YEAR and opening not in _CALENDAR else today
            try:
                spans = list(_spans(match, read, (opening, part), latest))
            except (ValueError, OverflowError):  # the year after the last; since 31 June is not since June
                rest = _blanked(rest, start, match.end()) if opening and match.groupdict().get("day") else rest
                continue
            if spans:
                one = _found(rest, match, (start, opening), spans, bare=bare)
                found.append(one)
                rest = _blanked(rest, *one.place)
            if len(found) > 2 * _MAX_PERIODS:
                return []
    periods = _joined(text, sorted(found, key=lambda one: one.place))
    return periods if len({(one.since, one.until) for one in periods}) <= _MAX_PERIODS else []


def _times(form: re.Pattern[str], text: str, *, has_year: bool) -> Iterator[re.Match[str]]:
    """Yield where a form of times stands in a text; those that say a year alone if so wanted."""
    for match in form.finditer(text):
        if not has_year or _SAYS_YEAR.search(match[0]):
            yield match


@dataclass(frozen=True, slots=True)
class _Found:
    """A time as it was read: where it stands with what is before it, that, the days that it names, and how surely."""

    place: tuple[int, int]
    opening: str
    spans: list[Span]
    firm: bool
    bare: bool


def _found(text: str, match: re.Match[str], before: tuple[int, str], spans: list[Span], *, bare: bool) -> _Found:
    """Return what was read, with what stands before it: since last week, from june until now."""
    (start, opening), end = before, match.end()
    firm = _is_firm(match, opening)
    if opening in _CALENDAR and (bound := _BOUND.search(text, max(start - _LONGEST_OPENING, 0), start)):
        start, opening = bound.start(), bound["bound"]
    if opening in {"", "from", "since"} and (until_now := UNTIL_NOW.match(text, end)):
        opening, end = "since", until_now.end()
    return _Found((start, end), opening, spans, firm=firm, bare=bare)


def _lowered(text: str) -> str:
    """Return text in lower case, of the same length: a few letters have longer small forms."""
    return "".join(small if len(small := one.lower()) == 1 else one for one in text)


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + "\0" * (end - start) + text[end:]


def _before(text: str, time: re.Match[str]) -> tuple[int, str, str]:
    """Return where a time begins with what stands before it, the word that opens it, and the part that is meant."""
    start = time.start()
    if time.groupdict().get("day") and (weekday := WEEKDAY.search(text, max(start - _LONGEST_OPENING, 0), start)):
        start = weekday.start()
    match = _OPENING.search(text, max(start - _LONGEST_OPENING, 0), start)
    if not match:
        return start, "", ""
    if time.groupdict().get("day") and (around := AROUND.search(text, max(start - _LONGEST_OPENING, 0), start)):
        return around.start("around"), "of", around["around"]
    opening, part = match["opening"] or "", match["early"] or match["part"] or ""
    if part and time.re is ALONE and _OF_AN_EVENT.search(text, 0, start) and _BESIDE[1].match(text, time.end()):
        return start, "", ""  # the last day of the 2021 session
    said = [match.start(name) for name in ("early", "opening", "part") if match[name]]
    begins = min(said, default=start)
    if opening in {"before", "after"} and SOME_TIME.search(text, max(begins - _LONGEST_OPENING, 0), begins):
        return start, "", ""
    return begins, opening, part


def _ends_a_name(text: str, time: re.Match[str], is_name: Callable[[str], bool]) -> bool:
    before = _BESIDE[0].search(text[max(time.start() - _LONGEST_OPENING, 0) : time.start()])
    return bool(before and before[1] not in STOP_WORDS and is_name(f"{before[1]} {time['day']}"))


def _is_day(text: str, time: re.Match[str]) -> bool:
    """Return whether a day without a year or a word before it is one: not 2-1 november, nor what 5 may hold."""
    if text[: time.start()].rstrip().endswith(("-", "–")):
        return False
    return time["month"] != "may" or text[time.start("month")].isupper() or bool(_ORDINAL.search(time[0]))


def _joined(text: str, found: list[_Found]) -> list[Period]:
    """Return the periods; two that are the ends of one are one: ``from 2019 to 2021``."""
    periods: list[Period] = []
    before: _Found | None = None
    for one in found:
        if before and _are_ends(text, before, one):
            whole = _whole(before.spans, one.spans)
            place = (before.place[0], one.place[1])
            periods[-len(before.spans) :] = [_opened(whole, "", text, place, firm=True)] if whole else []
            before = None
        else:
            periods += [_opened(span, one.opening, text, one.place, firm=one.firm, bare=one.bare) for span in one.spans]
            before = one
    some = [one for one in periods if one.since is None or one.until is None or one.since < one.until]
    return _both(text, some)


def _whole(first: list[Span], last: list[Span]) -> Span | None:
    """Return the time from one to another; of days that may be read in two ways the shortest, both read in one way."""
    pairs = zip(first, last, strict=True) if len(first) == len(last) else product(first, last)
    found = [(one[0], other[1]) for one, other in pairs if one[0] < other[1]]
    return min(found, key=lambda whole: whole[1] - whole[0], default=None)


def _both(text: str, periods: list[Period]) -> list[Period]:
    """Return the time between two of which one has no end and one no beginning: since march and before june."""
    match periods:
        case [first, last] if first.firm and last.firm:
            pass
        case _:
            return periods
    between = text[first.place[1] : last.place[0]].lower()
    since, until = first.since or last.since, first.until or last.until
    are_open = (first.since is None) != (last.since is None) and (first.until is None) != (last.until is None)
    if not (are_open and since and until and since < until and _AND.fullmatch(between)):
        return periods
    place = (first.place[0], last.place[1])
    return [Period(text[place[0] : place[1]], place, since, until, firm=True)]


def _are_ends(text: str, first: _Found, last: _Found) -> bool:
    """Return whether two times are the ends of one; what may be two times is none, but for a day read in two ways."""
    both = (first.spans, last.spans)
    are_clear = all(len(some) == 1 or all(end - day <= _ONE_DAY for day, end in some) for some in both)
    if not are_clear or first.bare or last.bare or last.opening not in {"", "until", "till"}:
        return False
    between = text[first.place[1] : last.place[0]].lower() + last.opening
    is_list = "or" in between or ("and" in between and first.opening != "between")
    return not is_list and first.opening not in {"after", "before"} and bool(_TO.fullmatch(between))


def _opened(span: Span, opening: str, text: str, place: tuple[int, int], *, firm: bool, bare: bool = False) -> Period:
    since, until = (datetime.combine(day, time(), UTC) for day in span)
    words = text[place[0] : place[1]]
    match opening:
        case "since":
            return Period(words, place, since, None, firm=True)
        case "after":  # what follows may be an event: after the march 2021 outage
            return Period(words, place, until, None, firm=bool(_NOTHING_MORE.match(text, place[1])))
        case "before":
            return Period(words, place, None, since, firm=True)
        case "until" | "till":
            return Period(words, place, None, until, firm=True)
        case _:
            return Period(words, place, since, until, firm=firm, bare=bare)


def _is_firm(match: re.Match[str], opening: str) -> bool:
    """Return whether a time is so many weeks until now, the week that it is, or from one to another.

    Last week is a time like others.
    """
    groups = match.groupdict()
    if "unit" in groups:
        return opening in {"past", "this"} or (opening == "last" and bool(groups["count"]))
    return opening in {"from", "between"} and not groups.keys().isdisjoint({"first_month", "first_day"})


def _spans(match: re.Match[str], read: Reader, said: tuple[str, str], latest: date) -> Iterator[Span]:
    """Yield the days that a time names, or that part of them: late october is that of last year until it has begun."""
    opening, part = said
    is_month = match.groupdict().get("month") not in WORDS_TOO or part not in {"early", "late"}  # better late may be
    for span in read(match, opening or ("in" if part and is_month else ""), latest):
        some = portion_of(span, part)
        if part and read in WITHOUT_YEAR and some[0] > latest:
            yield from (
                portion_of(before, part) for before in read(match, opening or "in", span[0] - timedelta(days=1))
            )
        else:
            yield some


def _is_of_a_name(text: str, time: re.Match[str], is_name: Callable[[str], bool], form: re.Pattern[str]) -> bool:
    """Return whether what begins a time is part of a name: a year or a today alone, the 10 of Windows 10 May 2020."""
    if form not in {ALONE, TODAY}:
        return time.groupdict().get("day") == time[0].split()[0] and _ends_a_name(text, time, is_name)
    start, end = max(time.start() - _LONGEST_OPENING, 0), time.end() + _LONGEST_OPENING
    before, after = _BESIDE[0].search(text[start : time.start()]), _BESIDE[1].match(text[time.end() : end])
    words = (before[1] if before else "", after[1] if after else "")
    pairs = (f"{words[0]} {time[0]}", f"{time[0]} {words[1]}")
    return any(word and word not in STOP_WORDS and is_name(pair) for word, pair in zip(words, pairs, strict=True))
