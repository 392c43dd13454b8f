"""What an English word may be a form of: its endings taken off, its halves; and how else it is spelt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Shorter halves are found in too many misspellings: hosepip is no hose and pip.
_MIN_HALF = 4
_TWICE = re.compile(r"(.)\1$")
# Endings, what may have stood in their place, and the fewest letters before them: of a form, of another word.
_ENDINGS = (
    ("s", ("",), 3),
    ("es", ("",), 3),
    ("ies", ("y",), 3),
    ("ed", ("", "e"), 3),
    ("ied", ("y",), 3),
    ("ing", ("", "e"), 3),
    *((end, ("", "e"), 4) for end in ("er", "ers", "or", "ors", "ise", "ize", "ised", "ized", "isation", "ization")),
    ("ly", ("",), 4),
)
# The same ending spelt in two ways: one of the two is no word as a rule.
_MAKER = re.compile(r"[eo]r(?=s?$)")
# Spellings of Britain and America, each for the other: what stands before, the one, the other, what stands behind.
_SPELLINGS = tuple(
    (re.compile(f"(?<={before}){one}(?={behind}$)"), other)
    for before, pair, behind in (
        (r"\w{3}", ("is", "iz"), r"(?:e|ed|es|er|ers|ing|ation|ations|ational)"),
        (r"\w{3}", ("ys", "yz"), r"(?:e|ed|es|er|ers|ing)"),
        (r"\w{3}", ("our", "or"), r"(?:s|ed|ing|er|ers|ite|ites|able|al|ful|hood|ly)?"),
        (r"\w{2}[bcdgt]", ("re", "er"), r"s?"),
        # the last syllable of several: councillor, travelled, modelling; filed is not filled
        *((rf"[aeiou][^aeiou]{{{n}}}[aeiou]", ("ll", "l"), r"(?:ed|er|ers|ing|or|ors)") for n in (1, 2, 3)),
    )
    for one, other in (pair, pair[::-1])
)
_BEGINNINGS = (
    "anti",
    "co",
    "counter",
    "cyber",
    "de",
    "non",
    "over",
    "pre",
    "re",
    "self",
    "semi",
    "tele",
    "un",
    "under",
)


def bases(word: str) -> Iterator[str]:
    """Yield what a word may be a form of, a word or not.

    Examples:
        >>> sorted(set(bases("swapped")))
        ['swap', 'swapp', 'swappe']
    """
    for ending, others, least in _ENDINGS:
        if not word.endswith(ending) or len(word) - len(ending) < least:
            continue
        rest = word.removesuffix(ending)
        if ending == "s" and rest.endswith("s"):
            continue  # postgress is no plural
        for other in others:
            yield rest + other
        if _TWICE.search(rest) and ending[0] in "aeiou":
            yield rest[:-1]


def are_forms_of_one(first: str, second: str) -> bool:
    """Return whether two words may be forms of one word: ``scan`` and ``scanned``, ``pump`` and ``pumps``.

    ``conducter`` is no form beside ``conductor``: it is misspelt.
    """
    if first != second and _MAKER.sub("-", first) == _MAKER.sub("-", second):
        return False
    return not {first, *bases(first)}.isdisjoint({second, *bases(second)})


def other_spellings(word: str) -> Iterator[str]:
    """Yield how a word is spelt beyond the Atlantic, a word or not.

    Examples:
        >>> list(other_spellings("organisation")), list(other_spellings("centers"))
        (['organization'], ['centres'])
        >>> list(other_spellings("traveler")), list(other_spellings("labelled")), list(other_spellings("filed"))
        (['traveller'], ['labeled'], [])
    """
    for one, other in _SPELLINGS:
        if (spelt := one.sub(other, word)) != word:
            yield spelt


def halves(word: str) -> Iterator[tuple[str, ...]]:
    """Yield the words that a word may be put together from, less what stands before many: ``chat`` and ``bots``."""
    for beginning in _BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= _MIN_HALF:
            yield (word.removeprefix(beginning),)
    for end in range(_MIN_HALF, len(word) - _MIN_HALF + 1):
        yield word[:end], word[end:]
