"""Whether anything comes near a query, and which of its words no article has.

Something comes near when an article is close in meaning, when it has a good part of the weight of the words, or when it
has one telling word of them: a name or a rare word says what is asked, however many other words the site lacks (of
``Carrow chief resigns`` an article has but ``Carrow``). Ordinary words say that only together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.index import english
from search.index.letters import is_unparted
from search.index.lexical import any_of, bm25

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.index.filters import Condition
    from search.index.opened import Index
    from search.retrieval.scores import Scores
    from search.retrieval.wording import Wording

# Chosen by trial: judged queries have an article above these, nonsense and subjects that no article treats stay below,
# or come near by accident with none of their words.
FLOOR_COSINE = 0.28
FLOOR_SHARE = 0.25
# A word is telling that is rare in English, as names are, and that few articles have: by trial on four sites names that
# an article has were lost without this beside words that none has. Where no article has it, a word that is rarer than
# this says what is asked for as well: bakery, burglary, refugees. Housing and heat do not.
_RARE_AND_ABSENT = 10_000_000
_FEW = 0.1
_MIN_LENGTH = 3
# Of a number that names something, as that of a patch does; years have four.
_MIN_DIGITS = 5


def is_near(index: Index, asked: Wording, scores: Scores, where: Condition) -> bool:
    """Return whether anything that passes a condition comes near enough to be said to be found."""
    if max(scores.dense.values(), default=0.0) >= FLOOR_COSINE:
        return True
    # words that most articles have weigh nothing, and are found all the same
    enough = FLOOR_SHARE * scores.ceiling if scores.ceiling > 1 else 0.0
    best = max(scores.lexical.values(), default=0.0)
    if best > enough:
        return True
    names = telling(asked.counts, index.manifest.articles)
    return best > 0 and bool(bm25(index.connection, any_of(names), where, 1))


def telling(counts: Mapping[str, int], articles: int, rare: int = english.RARE) -> list[str]:
    """Return the telling ones of the words that articles have.

    Args:
        counts: How many articles have each word of a query.
        articles: How many there are.
        rare: How common in English a word must not be; 1 for names alone, which no dictionary has.
    """
    few = max(_FEW * articles, 1)
    return [word for word, having in counts.items() if 0 < having <= few and _is_telling(word, rare)]


def absent(counts: Mapping[str, int]) -> list[str]:
    """Return the telling ones of the words that no article has; all of them where none of the words is found.

    Nothing is said of a script without spaces: a whole phrase is one word there, and what it holds may stand in many.

    Args:
        counts: How many articles have each word of a query.
    """
    words = [word for word in counts if not is_unparted(word)]
    none = [word for word in words if not counts[word]]
    return none if len(none) == len(words) else [word for word in none if _is_telling(word, _RARE_AND_ABSENT)]


def _is_telling(word: str, rare: int) -> bool:
    is_number = word.isdigit() and len(word) < _MIN_DIGITS
    return len(word) >= _MIN_LENGTH and not is_number and english.count(word) < rare
