"""Misspelt words of a query, set right from the words of the corpus and of the encoder.

A word is taken for misspelt when no article has it in any form and the encoder does not know it as a word either.
Another that no article has as it stands (``sever``) is set right only where its neighbour in the query says so: many
articles have ``flexible server``. Words with digits are names of things and stay. Only the first ``MAX_SUSPICIOUS``
words that no article has as they stand are looked into: a query with more of them is no slip of a finger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

MIN_LENGTH = 4
MAX_SUSPICIOUS = 16
# Two slips are only believed of words long enough to have room for them.
_TWO_SLIPS_LENGTH = 7
_MIN_TOGETHER = 2
_MIN_SIMILARITY = 0.91


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as typed, and the word that was searched for instead; both in lower case."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of words; all in lower case.

    Attributes:
        corpus: Words of the articles, with the number of articles that have them; asked for each suspicious word.
        frequency: How many articles have exactly this word.
        forms: How many articles have any form of a word.
        is_word: Whether the encoder knows a word whole.
        words: All words that it knows; asked for each misspelt word.
        together: In how many articles two words stand side by side, in this order.
    """

    corpus: Callable[[], Mapping[str, int]]
    frequency: Callable[[str], int]
    forms: Callable[[str], int]
    is_word: Callable[[str], bool]
    words: Callable[[], Collection[str]]
    together: Callable[[str, str], int]


def corrections(words: Sequence[str], lexicon: Lexicon) -> list[Correction]:
    """Return what to search for instead of the misspelt ones among a query's words, in lower case and in order."""
    suspicious: dict[str, int] = {}
    for place, word in enumerate(words):
        if len(suspicious) == MAX_SUSPICIOUS:
            break
        if word not in suspicious and _is_suspicious(word, lexicon):
            suspicious[word] = place
    found: list[Correction] = []
    for word, place in suspicious.items():
        neighbours = (words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else "")
        if meant := _meant(word, neighbours, lexicon):
            found.append(Correction(word, meant))
    return found


def _is_suspicious(word: str, lexicon: Lexicon) -> bool:
    return len(word) >= MIN_LENGTH and word.isalpha() and not lexicon.frequency(word)


def _meant(word: str, neighbours: tuple[str, str], lexicon: Lexicon) -> str:
    corpus = lexicon.corpus()
    if lexicon.is_word(word) or lexicon.forms(word):
        before, after = neighbours
        together = {
            near: max(
                lexicon.together(before, near) if before else 0,
                lexicon.together(near, after) if after else 0,
            )
            for near in _near(word, corpus, 1)
        }
        best = max(together, key=lambda near: (together[near], near), default="")
        return best if best and together[best] >= _MIN_TOGETHER else ""
    slips = 1 if len(word) < _TWO_SLIPS_LENGTH else 2
    near = _near(word, corpus, slips) | _near(word, lexicon.words(), slips)
    near = {one: distance for one, distance in near.items() if _is_believable(word, one, distance)}
    # Fewest slips; of those swapped letters before wrong ones; then the word that more articles have.
    letters = sorted(word)
    return min(near, key=lambda one: (near[one], sorted(one) != letters, -corpus.get(one, 0), one), default="")


def _is_believable(word: str, meant: str, distance: int) -> bool:
    """Return whether a person may well have mistyped a word so.

    Slips are rare at a word's beginning, and two wrong letters make another word sooner than a misspelt one
    (``chatbot`` is no ``chariot``): Jaro-Winkler similarity weighs both.
    """
    from rapidfuzz.distance import JaroWinkler

    if (distance == 1 and len(word) != len(meant)) or sorted(word) == sorted(meant):
        return True
    return JaroWinkler.similarity(word, meant) >= _MIN_SIMILARITY


def _near(word: str, words: Collection[str], slips: int) -> dict[str, int]:
    """Return words within some slips (optimal string alignment distance: a swap is one), with their distance."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    found = extract(word, list(words), scorer=OSA.distance, processor=None, score_cutoff=slips, limit=None)
    return {near: int(distance) for near, distance, _ in found if near != word}
