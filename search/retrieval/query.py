"""A query as typed: words, ``"exact phrases"``, ``-words`` and ``field:value`` filters."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from unicodedata import normalize

from search.content.joiners import without_joiners
from search.content.values import BEST_QUALITY
from search.errors import UsageError
from search.index.filters import Filters
from search.index.lexical import STOP_WORDS
from search.times.points import parse_since, parse_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from search.content.article import Origin

# No encoder reads more, and no person types it: what comes after is not looked at.
MAX_CHARACTERS = 4000

_PIECE = re.compile(
    r"""
    (?P<minus>(?<!\S)-)?
    (?:
        (?P<field>(?<!\w)[A-Za-z]+):(?:"(?P<quoted_value>[^"]*)"|(?P<value>[^\s"]*))
      | "(?P<phrase>[^"]*)"
      | (?P<word>[^\s"]+)
      | (?P<stray>")
    )
    """,
    re.VERBOSE,
)
_BEFORE_COLON = re.compile(r"(?<!\S)-?([A-Za-z][A-Za-z_-]*):(?=[^\s/])")
_QUOTED = re.compile(r'"[^"]*"')
_FIELDS = {
    "provider": "provider",
    "topic": "topic",
    "topics": "topic",
    "tag": "topic",
    "category": "category",
    "type": "type",
    "since": "since",
    "after": "since",
    "until": "until",
    "before": "until",
    "quality": "quality",
    "origin": "origin",
    "published": "published",
}
_OPERATORS = frozenset({"OR", "AND"})
_LEAVING_OUT = frozenset(
    {"apart from", "but not", "except", "except for", "excluding", "not about", "other than", "rather than"}
)
# A name of several words is left out as a whole; a year, and what is on one side of it, by since: and until:
_NAME = re.compile(r"[A-Z]\w*(?:[ ][A-Z]\w*)+")
_A_YEAR = re.compile(r"(?:1[89]|20)\d\d\b")
_NOT_LEFT_OUT = STOP_WORDS | {"after", "all", "before", "not", "since", "until"}
_NOBODY = frozenset({"nobody", "none", "nothing", "one"})
# What to write for the opposite of a field that a minus cannot turn round.
_OPPOSITES = {
    "since": "use until: for what was published before",
    "until": "use since: for what was published later",
    "quality": "leave it out: quality:60 means 60 or more, and there is no filter for less",
    "published": "use published:yes or published:no",
    "origin": "use origin:file or origin:embedded",
}
# How alike a mistyped field is: min-quality is quality, time is not type.
_MIN_LIKENESS = 0.76
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
# A space of no width, and a byte order mark.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for.

    Attributes:
        text: The words and phrases, without operators and joiners: what the encoder reads.
        filters: What an article must be to be found.
        cut: Whether the text was too long and its end is not looked at.
        no_fields: What stands before a colon and names no field, so that it was read as words; with the field that
            is nearly meant, or ``""``.
        meant_without: What would leave something out and was read as words, NOT in upper case, *except*, *other than*,
            with what stands behind it as it is to be written to be left out: ``-football``; or twice ``""``.
        no_operators: ``OR`` and ``AND`` where they stand in upper case between words, and were read as words.
    """

    text: str
    filters: Filters
    cut: bool = False
    no_fields: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    meant_without: tuple[str, str] = field(default=("", ""), compare=False)
    no_operators: tuple[str, ...] = field(default=(), compare=False)

    def narrowed(self, filters: Filters) -> Query:
        """Return the query with more filters."""
        return replace(self, filters=self.filters.and_also(filters))


def parse_query(typed: str, now: datetime) -> Query:
    """Take a query apart.

    ``provider:ft.com topic:"Computer Vision" since:2023-06 "facial recognition" police -football -type:video``.
    A word with a colon whose first part names no field (``re:invent``, ``10:30``) is an ordinary word.

    Raises:
        UsageError: The query is empty or has no word, a field has no value or one that cannot be understood, or it
            has no opposite.
    """
    words: list[str] = []
    filters = Filters()
    # as the articles are; what is pasted is taken apart by some systems, and has marks in it that nobody sees
    typed = _INVISIBLE.sub("", normalize("NFC", typed))
    cut = len(typed) > MAX_CHARACTERS
    looked_at = typed[:MAX_CHARACTERS].rpartition(" ")[0] or typed[:MAX_CHARACTERS] if cut else typed
    for match in _PIECE.finditer(looked_at):
        name, value = _field_and_value(match)
        phrase = match["phrase"]
        if name:
            read = _unwanted_filter if match["minus"] else _field_filter
            filters = filters.pooled(read(name, value, now))
        elif match["minus"]:
            unwanted = phrase or match["word"] or f"{match['field'] or ''} {value}"
            if _has_word(unwanted):
                filters = filters.pooled(Filters(without=(unwanted,)))
        elif phrase is not None:
            if _has_word(phrase):
                filters = filters.pooled(Filters(phrases=(phrase,)))
                words.append(phrase)
        elif not match["stray"]:
            words.append(match[0])
    text = " ".join(without_joiners(" ".join(words)).split())
    if not _has_word(text):
        text = ""
    if not text and not filters:
        what = f"there is no word in the query {typed.strip()[:60]}" if typed.strip() else "the query is empty"
        raise UsageError(what, "say what to look for, for example: search query heat pumps in old houses")
    return Query(
        text, filters, cut, tuple(_no_fields(looked_at)), _meant_without(looked_at), tuple(_no_operators(looked_at))
    )


def _field_and_value(match: re.Match[str]) -> tuple[str, str]:
    """Return the field that a piece names, or nothing, and what stands after the colon."""
    name = _FIELDS.get((match["field"] or "").lower(), "")
    value = match["quoted_value"] or match["value"] or ""
    if name and match["quoted_value"] is None and match.string.startswith('"', match.end()):
        raise UsageError(f"{name}: has a quote that is not closed", f'close it: {name}:"two words"')
    if name and not value:
        raise UsageError(f"{name}: has no value", f"write it after the colon, without a space: {name}:…")
    return name, value


def _meant_without(typed: str) -> tuple[str, str]:
    """Return what first leaves something out outside of quotes, and that with a minus; nothing where it has one."""
    first = earlier = before = ""
    for match in _PIECE.finditer(typed):
        both = f"{earlier} {before}".lower()
        said = both if both in _LEAVING_OUT else before if before == "NOT" or before.lower() in _LEAVING_OUT else ""
        word = match[0].rstrip(",.;!?")
        is_nobody = said == both and first.lower() in _NOBODY  # no one other than
        if said and not is_nobody and _has_word(word) and _can_be_left_out(match, f"{before} {word}"):
            name = _NAME.match(typed, match.start())
            return said, f'-"{name[0]}"' if name else f"-{word}"
        first, earlier, before = earlier, before, match["word"] or ""
    return "", ""


def _can_be_left_out(match: re.Match[str], with_before: str) -> bool:
    """Return whether a minus can stand before a piece, and says something there."""
    field = _FIELDS.get((match["field"] or "").lower(), "")
    is_word = bool(match["word"]) and not match["field"]
    says_nothing = is_word and (match[0].lower() in _NOT_LEFT_OUT or bool(_A_YEAR.match(match[0])))
    is_for = with_before.lower() in _LEAVING_OUT
    return not match["minus"] and field not in _OPPOSITES and not says_nothing and not is_for


def _no_operators(typed: str) -> list[str]:
    """Return which of OR and AND stand between two words, fields or phrases, outside of quotes; each once."""
    pieces = list(_PIECE.finditer(typed))
    between = zip(pieces, pieces[1:], pieces[2:], strict=False)
    found = (
        match["word"]
        for before, match, after in between
        if match["word"] in _OPERATORS and not match["minus"] and _has_word(before[0]) and _has_word(after[0])
    )
    return list(dict.fromkeys(found))


def _no_fields(typed: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before a colon outside of quotes and is no field, with the field that it is nearly."""
    for name in dict.fromkeys(match[1].lower() for match in _BEFORE_COLON.finditer(_QUOTED.sub('""', typed))):
        if name not in _FIELDS:
            near = difflib.get_close_matches(name, _FIELDS, n=1, cutoff=_MIN_LIKENESS)
            yield name, near[0] if near else ""


def _field_filter(name: str, value: str, now: datetime) -> Filters:
    readers: dict[str, Callable[[], Filters]] = {
        "provider": lambda: Filters(providers=(value,)),
        "topic": lambda: Filters(topics=(value,)),
        "category": lambda: Filters(categories=(value,)),
        "type": lambda: Filters(types=(value,)),
        "since": lambda: Filters(since=parse_since(value, now)),
        "until": lambda: Filters(until=parse_until(value, now)),
        "quality": lambda: Filters(min_quality=_quality(value)),
        "published": lambda: Filters(published=_flag(value)),
        "origin": lambda: Filters(origin=_origin(value)),
    }
    return readers[name]()


def _unwanted_filter(name: str, value: str, now: datetime) -> Filters:
    """Return the filter that passes what a filter of a field does not."""
    wanted = _field_filter(name, value, now)
    if name in _OPPOSITES:
        raise UsageError(f"-{name}:{value[:60]} has no meaning", _OPPOSITES[name])
    return Filters(
        without_topics=wanted.topics,
        without_categories=wanted.categories,
        without_providers=wanted.providers,
        without_types=wanted.types,
    )


def _quality(value: str) -> int:
    number = value.lstrip(">=")
    if not _NUMBER.fullmatch(number) or int(number) > BEST_QUALITY:
        raise UsageError(
            f"quality:{value[:60]} is no number from 0 to {BEST_QUALITY}",
            "for example quality:60, which means 60 or more",
        )
    return int(number)


def _flag(value: str) -> bool:
    folded = value.lower()
    if folded in {"yes", "true", "1", "no", "false", "0"}:
        return folded in {"yes", "true", "1"}
    raise UsageError(f"published:{value} is neither yes nor no", "use published:yes or published:no")


def _origin(value: str) -> Origin:
    if value == "file":
        return "file"
    if value == "embedded":
        return "embedded"
    raise UsageError(f"origin:{value} is neither file nor embedded", "use origin:file or origin:embedded")


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)
