"""Names that two articles share: what stands there as a name, not what merely begins a sentence or a headline."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from search.index.lexical import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from search.content.article import Article

# ``U.S.``; ``.NET``; words, with points within numbers (``20.04``) and before what ends such names (``Node.js``).
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}|(?<![\w.])\.[A-Z]{2,}\b|\w(?:[\w&'’-]*\w)?"
    r"(?:\.(?:(?<=\d\.)\d(?:[\w&'’-]*\w)?|(?:[Jj][Ss]|[Nn][Ee][Tt]|ai|io)\b))*|\S"
)
_ADDRESS = re.compile(r"https?://\S+")
# ``London-based``, ``214-page``: no names, whatever they begin with.
_COMPOUND = re.compile(r".*-[^\W\d_]+")
_POSSESSIVE = re.compile(r"['’]s?$")
# After these a capital says nothing.
_STARTS = frozenset(".!?…:;|•·–—-\"“”„«»‘’'([")
# What joins capitalised words to one name.
_JOINTS = frozenset({"of", "&", "de", "del", "di", "da", "du", "la", "van", "von", "der", "den", "al", "bin"})
_AMOUNT = re.compile(r"[\d.,-]+(?:[KMBTkmbt]|bn|st|nd|rd|th)?")
# Function words, and names of days and months: written large, and saying nothing.
_EMPTY: Final = STOP_WORDS.union(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday".split()
)
# Words that are written large as part of a name or before one, and name nothing by themselves.
_PARTS: Final = frozenset(
    "agency association authority bank board bureau center centre ceo cfo chairman chief city co commission committee "
    "company congress corp corporation council county court cto defence defense department director district doctor "
    "dr eur executive federal foundation fund gbp general government group harbour house inc institute international "
    "island judge justice limited ltd minister ministry mr mrs ms national office officer party police president "
    "prime professor road school secretary senate senator service services sir society state street supreme trust "
    "union university usd".split()
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
_MAX_NAME = 80
# Names come early, and what comes late need not slow an editor's page down.
_MAX_TEXT = 4_000
# The article at hand is read beside each of its suggestions.
_KEPT_TEXTS = 128
_KEPT_WORDS = 8_192


@dataclass(slots=True)
class _Text:
    """What the texts of an article show.

    Attributes:
        words: Capitalised words, and what joins them.
        runs: Runs of them.
        named: The same, and all parts of them.
        proven: Those that stand where only names are written large.
        lower: Words that stand there in lower case.
    """

    words: set[str] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)
    lower: set[str] = field(default_factory=set)


def _never(_: str) -> bool:
    return False


def shared_names(subject: Article, other: Article, is_rare: Callable[[str], bool] = _never) -> list[str]:
    """Return names that stand in the texts of both, none of which is part of another; never that of a provider.

    A name has evidence in one text or the other: a capital within a sentence, several words with capitals in a text
    that does not write every word large, an acronym, a product code. One word of a longer name is one where it stands
    alone in a text: ``Bezos`` after ``Jeff Bezos``, but no ``Analytics`` out of two names that end like this.

    Args:
        subject: The article at hand.
        other: The other one.
        is_rare: Says of a word that begins both texts, or is large among large words, whether it can be but a name.
    """
    ours = _read(subject.title, subject.excerpt)
    theirs = _text_of(other.title, other.excerpt, ours.words)
    lower = ours.lower | theirs.lower
    outlets = _outlets(subject) | _outlets(other)
    alone = ours.runs | theirs.runs
    found = [
        name
        for name in sorted(ours.named & theirs.named)
        if len(name) <= _MAX_NAME
        and (" " in name or name in alone or _is_code(name))
        and (name in ours.proven or name in theirs.proven or (" " not in name and is_rare(name)))
        and _squeezed(name) not in outlets
        and _is_telling(name, lower)
    ]
    found = [name for name in found if not any(name != longer and f" {name} " in f" {longer} " for longer in found)]
    quiet = {name.casefold() for name in found if not name.isupper()}
    return [name for name in found if not (name.isupper() and name.casefold() in quiet)]


def _is_telling(name: str, lower: set[str]) -> bool:
    """Return whether a name is made of more than words that the texts use as words."""
    words = [word for word in name.split() if word not in _JOINTS]
    plain = {word.casefold() for word in words if word[0].isalpha()}
    if plain and plain <= _PARTS and len(words) == len(name.split()):
        return False
    return all(_is_code(word) or word.isdigit() for word in words) or not plain <= lower


@lru_cache(maxsize=_KEPT_TEXTS)
def _read(title: str, excerpt: str) -> _Text:
    return _text_of(title, excerpt, None)


def _text_of(title: str, excerpt: str, among: set[str] | None) -> _Text:
    """Read a text; of its names only those of some words, if they are given."""
    text = _Text()
    for part in (title, excerpt):
        tokens = _TOKEN.findall(_ADDRESS.sub(" . ", part[:_MAX_TEXT]))
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
                if (speaks and not (alone and starts and not inside)) or (alone and not shouts and _is_code(name)):
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
        elif run and token in _JOINTS:
            run.append(token)
            continue
        if run:
            yield run, starts
        run = []
    if run:
        yield run, starts


def _parts(run: list[str], among: set[str] | None) -> Iterator[tuple[str, bool]]:
    """Yield the names of some words that a run can hold, each with whether it stands after the beginning of the run."""
    for start, first in enumerate(run):
        if (
            first in _JOINTS
            or (among is not None and first not in among)
            or (not first.isalpha() and _AMOUNT.fullmatch(first))
        ):
            continue
        for end in range(start + 1, min(len(run), start + _MAX_WORDS) + 1):
            if among is not None and run[end - 1] not in among:
                break
            if run[end - 1] in _JOINTS:
                continue
            name = " ".join(run[start:end])
            if len(name) > 2:  # noqa: PLR2004 - two letters are rarely a name
                yield name, start > 0


@lru_cache(maxsize=_KEPT_WORDS)
def _is_large(token: str) -> bool:
    if not (token[0].isdigit() or token != token.lower()) or token.casefold() in _EMPTY:
        return False
    return "-" not in token or not _COMPOUND.fullmatch(token) or not token.rpartition("-")[2].islower()


def _is_code(word: str) -> bool:
    """Return whether a word is an acronym, a product code, or written like BlueJeans."""
    capitals = sum(map(str.isupper, word))
    return " " not in word and (capitals > 1 or (capitals == 1 and any(map(str.isdigit, word))))


def _outlets(article: Article) -> set[str]:
    """Return what an article's provider is called, as ``_squeezed``."""
    name, domain = article.provider.name, article.provider.domain
    names = {name, domain, domain.partition(".")[0], *name.split()}
    return {_squeezed(name) for name in names if name}


def _squeezed(name: str) -> str:
    return "".join(name.casefold().removeprefix("the ").split()).replace("-", "")
