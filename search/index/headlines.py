"""What two headlines name that differs: equal words around other names, numbers or days tell of two events.

``Kestrel profit rises 9 percent`` and ``Aldermoor profit rises 14 percent`` are as alike as two headlines of one event
are. What tells them apart is that each names something that the other article says nowhere, and that what they share
names nothing.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from search.index.letters import folded
from search.index.lexical import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Words that begin alike are forms of one: rise, rises, rising.
_STEM: Final = 5
_DAYS: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december".split()
)
# What stands this often in a trillion words of English names nothing; a word that is none counts in full. Chosen by the
# likelihood of the pairs that scripts/learn_stories fits to.
_COMMONEST: Final = 2_000_000_000
_ENGLISH: Final = 1.6
_WORD = re.compile(r"\w+")


class Telling(NamedTuple):
    """What a word says of which event a headline tells, 0 to 1.

    Attributes:
        apart: Where the other article has it not: the more the fewer articles have it; 1 for numbers and days.
        shared: Where both headlines have it: as much, and no more than it is rare in English; 0 for numbers and days,
            which two events of one day have too.
    """

    apart: float
    shared: float


_OF_TIME: Final = Telling(1.0, 0.0)
_NOTHING: Final = Telling(0.0, 0.0)


class Headline(NamedTuple):
    """The words of an article, without stop words, cut to their beginnings.

    Attributes:
        title: Those of its title.
        text: Those of title and excerpt.
    """

    title: dict[str, Telling]
    text: frozenset[str]


def headline(title: str, excerpt: str, telling: Callable[[str], Telling]) -> Headline:
    """Return the words of an article.

    Args:
        title: Its title.
        excerpt: Its excerpt.
        telling: What a word tells, unless it is a number or a day.
    """
    words: dict[str, Telling] = {}
    for word in _words(title):
        stem = _stem(word)
        told, before = _OF_TIME if _is_of_time(word) else telling(word), words.get(stem, _NOTHING)
        words[stem] = Telling(max(told.apart, before.apart), max(told.shared, before.shared))
    return Headline(words, frozenset(words) | {_stem(word) for word in _words(excerpt)})


def telling_of(articles: Callable[[str], int], most: int, english: Mapping[str, int]) -> Callable[[str], Telling]:
    """Return what tells how telling words are.

    Args:
        articles: How many articles have a word.
        most: How many there are.
        english: How common words are in English; what is no word there is a name.
    """

    @cache
    def telling(word: str) -> Telling:
        rare = 1 - math.log(max(articles(word), 1)) / math.log(max(most, 2))
        name = _ENGLISH * (1 - math.log(english.get(word, 1)) / math.log(_COMMONEST))
        return Telling(rare, min(rare, max(name, 0.0)))

    return telling


def contrast(one: Headline, other: Headline) -> float:
    """Return how much two headlines name differing things in equal words, 0 to 1.

    The Dice coefficient of their words, times how telling the words are that only one of both articles has (the most
    telling word of each headline, and the lesser of both), times how little the words tell that both headlines have.
    """
    alone = one.title.keys() - other.text, other.title.keys() - one.text
    if not all(alone):
        return 0.0
    shared = one.title.keys() & other.title.keys()
    alike = 2 * len(shared) / (len(one.title) + len(other.title))
    apart = (max(head.title[word].apart for word in some) for head, some in zip((one, other), alone, strict=True))
    return alike * min(apart) * (1 - max((one.title[word].shared for word in shared), default=0.0))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(folded(text)) if word not in STOP_WORDS]


def _stem(word: str) -> str:
    return word if _is_of_time(word) else word[:_STEM]


def _is_of_time(word: str) -> bool:
    return word[0].isdigit() or word in _DAYS
