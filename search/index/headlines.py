"""What speaks against one event in two headlines: equal words around other names, numbers or days; one that asks.

``Kestrel profit rises 9 percent`` and ``Aldermoor profit rises 14 percent`` are as alike as two headlines of one event
are. What tells them apart is that each names something that the other article says nowhere, and that what they share
names nothing.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from search.index.letters import folded, is_unparted
from search.index.lexical import STOP_WORDS
from search.index.nations import COUNTRIES, COUNTRY
from search.index.scales import SCALES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Words of English that begin alike are forms of one: rise, rises, rising. Names are not: Austria, Australia.
_STEM: Final = 5
_DAYS: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august september "
    "october november december".split()
)
# Small numbers and places in words are those in digits; "one" is mostly none.
_NUMBERS: Final = {
    word: str(number)
    for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
} | dict(zip("first second third fourth fifth sixth".split(), "1st 2nd 3rd 4th 5th 6th".split(), strict=True))
# A headline that asks or explains, not one of Inside Housing or of what the WHO says.
_ASKS = re.compile(
    r"""[?？؟]|[:–—] (?:[Hh]ow|[Ww]hat|[Ww]hy|who|when|where)\b|^["'“‘]?(?:How|HOW|What|WHAT|Why|WHY)\b|"""
    r"^(?:Analysis|Comment|Explained|Explainer|Inside|Opinion|Preview|Profile|Q&A):"
)
# What begins a sentence, or a part of it: capitals there are no names.
_BEGINS = re.compile(r"""(?:^|[.:;!?–—"“‘]\s*)\w+""")
# With fewer words of this many letters that are not capitalised, a headline may be in title case.
_LOWER_WORDS: Final = 2
_LOWER_LETTERS: Final = 4
# What stands this often in a trillion words of English names nothing; a word that is none counts in full. By trial.
_COMMONEST: Final = 2_000_000_000
_ENGLISH: Final = 1.6
# Months that are words too, and so no days; nor are they names.
_MONTHS: Final = frozenset({"march", "may"})
# A day that differs tells more than a number: tolls rise within one event.
_DAY_TELLS: Final = 1.0
_NUMBER_TELLS: Final = 0.5
# A number with its separators, or a word.
_WORD = re.compile(r"\d+(?:[.,]\d+)+|\w+")
# Polish, and not polish.
_LARGE = re.compile(r"\b[A-Z][A-Za-z]+\b")
_OF_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
# 1.5bn is 1.5 billion, $5m are 5 million, though 5m are metres; 9% are 9 percent.
_SCALE: Final = {way: word for *ways, word in SCALES for way in ways}
_SCALED = re.compile(
    rf"(?<=\d)\s?({'|'.join(way for way in _SCALE if len(way) > 1)})\b"
    r"|(?<=[$£€])(\d+(?:[.,]\d+)*)\s?([kmb])\b"
)
_PER_CENT = re.compile(r"(?<=\d)\s*(?:%|pct\b|per\s?cent\b)")


class Headline(NamedTuple):
    """The words of an article, without stop words, those of English cut to their beginnings.

    Attributes:
        title: Those of its title, each with what it says of which event this is, 0 to 1; none where the script leaves
            no spaces between words.
        text: Those of title and excerpt.
    """

    title: dict[str, float]
    text: frozenset[str]


@dataclass(frozen=True, slots=True)
class Language:
    """What is known of words.

    Attributes:
        articles: How many articles have a word.
        most: How many there are.
        english: How common words are in English; what is no word there is a name.
    """

    articles: Callable[[str], int]
    most: int
    english: Mapping[str, int]

    def headline(self, title: str, excerpt: str) -> Headline:
        """Return the words of an article."""
        words: dict[str, float] = {}
        names = _names(title)
        for word in _words(title) if not is_unparted(title) else ():
            stem = self._stem(word)
            tells = self._rarity(word) if word in names and not _is_of_time(word) else self.telling(word)
            words[stem] = max(tells, words.get(stem, 0.0))
        return Headline(words, frozenset(words) | {self._stem(word) for word in _words(excerpt)})

    def telling(self, word: str) -> float:
        """Return what a word tells: the more the fewer articles have it, no more than it is rare in English; 0 to 1."""
        if _is_of_time(word):
            return _DAY_TELLS if word in _DAYS else _NUMBER_TELLS
        name = _ENGLISH * (1 - math.log(self.english.get(word, 1)) / math.log(_COMMONEST))
        return min(self._rarity(word), max(name, 0.0))

    def _rarity(self, word: str) -> float:
        return 1 - math.log(max(self.articles(word), 1)) / math.log(max(self.most, 2))

    def _stem(self, word: str) -> str:
        # kept by the thousand, most of them equal
        is_form = word in self.english and word not in _DAYS and word not in COUNTRIES
        return sys.intern(word[:_STEM] if is_form else word)


def contrast(one: Headline, other: Headline) -> float:
    """Return how much two headlines name differing things in equal words, 0 or more; whichever comes first.

    As odds, c / (1 - c), so that the more it is the more each bit of it counts. c is the Dice coefficient of their
    words, times how telling the words are that only one of both articles has (the most telling word of each headline,
    and the lesser of both), times how little the words tell that both headlines have; numbers and days do not count
    there, for two events of one day have them too.
    """
    alone = one.title.keys() - other.text, other.title.keys() - one.text
    if not all(alone):
        return 0.0
    shared = one.title.keys() & other.title.keys()
    alike = 2 * len(shared) / (len(one.title) + len(other.title))
    apart = (max(head.title[word] for word in some) for head, some in zip((one, other), alone, strict=True))
    names = (min(one.title[word], other.title[word]) for word in shared if not _is_of_time(word))
    share = alike * min(apart) * (1 - max(names, default=0.0))
    return share / (1 - share)


def asks(title: str) -> bool:
    """Return whether a headline asks or explains, in English or with a question mark: it reports nothing new."""
    return _ASKS.search(title) is not None


def _words(text: str) -> list[str]:
    named = folded(_LARGE.sub(lambda word: COUNTRY.get(word[0].lower(), word[0]), text))
    spelt = _PER_CENT.sub(" percent", _SCALED.sub(_written_out, named))
    found = (_OF_THOUSANDS.sub("", word) for word in _WORD.findall(spelt))
    return [_NUMBERS.get(word, word) for word in found if word not in STOP_WORDS]


def _written_out(amount: re.Match[str]) -> str:
    return f"{amount[2] or ''} {_SCALE[amount[1] or amount[3]]}"


def _names(title: str) -> set[str]:
    """Return the words, folded, that are capitalised within a headline that is not all in title case."""
    words = re.findall(r"\w+", _BEGINS.sub(" ", title))
    lower = [word for word in words if word[0].islower() and len(word) >= _LOWER_LETTERS and word not in STOP_WORDS]
    if len(lower) < _LOWER_WORDS:
        return set()
    names = {folded(word) for word in words if word[0].isupper()} - _MONTHS
    return {COUNTRY.get(name, name) for name in names}


def _is_of_time(word: str) -> bool:
    return word in _DAYS or not word.isalpha()
