"""What the texts of an article show of names: runs of capitalised words, and those that stand where only names do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Final

from search.index.lexical import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

# ``U.S.``; ``.NET``; words, with points within numbers (``20.04``) and before what ends such names (``Node.js``).
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}|(?<![\w.])\.[A-Z]{2,}\b|\w(?:[\w&'’-]*\w)?"
    r"(?:\.(?:(?<=\d\.)\d(?:[\w&'’-]*\w)?|(?:[Jj][Ss]|[Nn][Ee][Tt]|ai|io)\b))*|\S"
)
_ADDRESS = re.compile(r"https?://\S+")
# ``London-based``, ``214-page``: no names, whatever they begin with.
_COMPOUND = re.compile(r".*-[^\W\d_]+")
_APOSTROPHE = re.compile("['’]")
_POSSESSIVE = re.compile(r"['’]s?$")
# After these a capital says nothing.
_STARTS = frozenset(".!?…:;|•·–—-\"“”„«»‘’'([")
# Where and by whom a release was sent out, at the head of an excerpt: no part of what it says.
_DATELINE = re.compile(
    r"^[^!?]{0,80}?(?:/(?i:PR ?Newswire)[^/\n]{0,60}/|\((?i:BUSINESS WIRE|GLOBE NEWSWIRE)\)"
    r"|\((?:AP|Reuters)\)(?=\s*[–—-]))[\s–—-]*"
)
_MOST_JOINED = 2
# What joins capitalised words to one name.
JOINTS = frozenset({"of", "&", "de", "del", "di", "da", "du", "la", "van", "von", "der", "den", "al", "bin"})
_AMOUNT = re.compile(r"[\d.,-]+(?:[KMBTkmbt]|bn|st|nd|rd|th)?")
# Function words, and names of days and months: written large, and saying nothing.
_EMPTY: Final = STOP_WORDS.union(
    "january february march april may june july august september october november december "
    "feb apr jun jul aug sep sept oct nov dec "
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday".split()
)
# What begins a sentence before the name of whom it describes: Drugmaker Veritane. Those of titles are parts of names.
_DESCRIBE: Final = frozenset(
    "airline airlines analyst analysts automaker brewer brokerage builder carmaker chipmaker company developer "
    "developers drugmaker engineers firm giant housebuilder insurer investor lender maker manufacturer operator owner "
    "producer provider publisher regulator regulators researchers retailer rival shares startup supermarket supplier "
    "vendor".split()
)
# A text with fewer words in lower case is a headline with Every Word Large.
_MIN_LOWER = 0.25
_MIN_LETTERS = 4
_MAX_WORDS = 8
# Names come early, and what comes late need not slow an editor's page down.
_MAX_TEXT = 4_000
# The article at hand is read beside each of its suggestions.
_KEPT_TEXTS = 128
_KEPT_WORDS = 8_192


@dataclass(slots=True)
class Text:
    """What the texts of an article show.

    Attributes:
        words: Capitalised words, and what joins them.
        runs: Runs of them.
        named: The same, and all parts of them.
        proven: Those that stand where only names are written large.
        lower: Words that stand there in lower case.
        joined: Names of two words and more with what *and* or *for* joins to them.
    """

    words: set[str] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)
    lower: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)


@lru_cache(maxsize=_KEPT_TEXTS)
def read_kept(title: str, excerpt: str) -> Text:
    """Read a text that will be read again."""
    return read_text(title, excerpt, None)


def read_text(title: str, excerpt: str, among: set[str] | None) -> Text:
    """Read a text; of its names only those of some words, if they are given."""
    text = Text()
    for part in (title, _DATELINE.sub("", excerpt[:_MAX_TEXT])):
        tokens = _TOKEN.findall(_ADDRESS.sub(" . ", part[:_MAX_TEXT]))
        text.joined.update(_joined(tokens))
        text.lower.update(token for token in tokens if token.islower())
        speaks, shouts = _is_sentence(tokens), part.isupper()
        for run, starts in _runs(tokens):
            if starts and len(run) > 1 and run[0].casefold() in _DESCRIBE:
                run, starts = run[1:], False  # noqa: PLW2901 - what describes is no part of it
            text.runs.add(" ".join(run))
            text.words.update(run)
            for name, inside in _parts(run, among):
                text.named.add(name)
                alone = " " not in name
                if (speaks and not (alone and starts and not inside)) or (alone and not shouts and is_code(name)):
                    text.proven.add(name)
    return text


def _is_sentence(tokens: list[str]) -> bool:
    words = [
        token
        for token in tokens[1:]
        if len(token) >= _MIN_LETTERS and token.isalpha() and token.casefold() not in _EMPTY and not token.isupper()
    ]
    return sum(word.islower() for word in words) > _MIN_LOWER * len(words)


def _runs(tokens: list[str]) -> Iterator[tuple[list[str], bool]]:
    """Yield runs of capitalised words, joints among them, each with whether it begins a sentence."""
    run: list[str] = []
    starts = True
    for before, token in pairwise(["", *tokens]):
        if _is_large(token):
            if not run:
                starts = before in _STARTS or not before
            bare = token if token.isalnum() else _POSSESSIVE.sub("", token)
            run.append(bare)
            if bare == token:
                continue
        elif run and token in JOINTS:
            run.append(token)
            continue
        if run:
            yield run, starts
        run = []
    if run:
        yield run, starts


def _joined(tokens: list[str]) -> Iterator[str]:
    """Yield names of two words and more with what *for* or *and* joins to them: ``Azure Cache for Redis``.

    Behind *and* one word alone, as in ``Tips and Tricks``: two are another name.
    """
    for place, joint in enumerate(tokens):
        if joint not in {"and", "for"}:
            continue
        before = [*takewhile(_is_large, reversed(tokens[max(place - _MAX_WORDS, 0) : place]))][::-1]
        behind = [*takewhile(_is_large, tokens[place + 1 : place + 1 + _MOST_JOINED])]
        if joint == "and" and (len(behind) != 1 or not JOINTS.isdisjoint(tokens[place + 2 : place + 3])):
            continue
        for start in range(len(before) - 1):
            for end in range(1, len(behind) + 1):
                yield " ".join([*before[start:], joint, *behind[:end]])


def _parts(run: list[str], among: set[str] | None) -> Iterator[tuple[str, bool]]:
    """Yield the names of some words that a run can hold, each with whether it stands after the beginning of the run."""
    for start, first in enumerate(run):
        if (
            first in JOINTS
            or (among is not None and first not in among)
            or (not first.isalpha() and _AMOUNT.fullmatch(first))
        ):
            continue
        for end in range(start + 1, min(len(run), start + _MAX_WORDS) + 1):
            if among is not None and run[end - 1] not in among:
                break
            if run[end - 1] in JOINTS:
                continue
            name = " ".join(run[start:end])
            if len(name) > 2:  # noqa: PLR2004 - two letters are rarely a name
                yield name, start > 0


@lru_cache(maxsize=_KEPT_WORDS)
def _is_large(token: str) -> bool:
    if not (token[0].isdigit() or token != token.lower()) or _APOSTROPHE.split(token.casefold())[0] in _EMPTY:
        return False
    return "-" not in token or not _COMPOUND.fullmatch(token) or not token.rpartition("-")[2].islower()


def is_code(word: str) -> bool:
    """Return whether a word is an acronym, a product code, or written like BlueJeans."""
    capitals = sum(map(str.isupper, word))
    return " " not in word and (capitals > 1 or (capitals == 1 and any(map(str.isdigit, word))))
