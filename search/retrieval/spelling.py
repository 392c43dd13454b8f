"""Misspelt words of a query, set right from the words of the corpus and of the encoder.

Most words that no article has are no slips but words all the same: in the list of English words, known to the encoder,
a form of such a word or two in one. They stay, unless a neighbour in the query says what was meant: most articles with
``flexible`` have ``flexible server``, and none has ``sever``. Of other words nothing is known. They may be names, so
they are set right only where the slip is of a kind that people make more often than there are such names: letters in
another order, one letter for two of the same, one left out of a long word. What is less sure is asked, not done. Words
with digits are names of things and stay. Only the first ``MAX_SUSPICIOUS`` words that no article has as they stand are
looked into: a query with more of them is no slip of a finger.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from search.retrieval.forms import are_forms_of_one, bases, halves

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

MIN_LENGTH = 4
MAX_SUSPICIOUS = 16
# Two slips are only believed of words long enough to have room for them.
_TWO_SLIPS_LENGTH = 7
# A neighbour that stands beside a word in this many of its articles says that this word was meant. Less is chance: some
# articles have microsoft news, and microsoft newts is asked for all the same.
_MIN_TOGETHER = 2
_MIN_SHARE = 0.25
_MIN_SIMILARITY = 0.91
# A word of English this common is meant more often than a name that is spelt nearly so.
_COMMON = 2_000_000
# What is rarer than this is not put together with other words.
_IN_USE = 500_000
_MIN_ARTICLES = 2
# Where nothing is found, any word with this many letters is asked for that differs in two.
_LAST_RESORT_LENGTH = 8
_LAST_RESORT_SLIPS = 2
# Letters that are taken for one another: what a word sounds like is its other letters.
_VOWELS = frozenset("aeiouy")
_ALIKE = str.maketrans("ckqzjvw", "ssssgff")


class Slip(IntEnum):
    """Kinds of slips, the likeliest first."""

    ORDER = 0
    DOUBLED = 1
    LEFT_OUT = 2
    ALIKE = 3
    ADDED = 4
    WRONG = 5
    SEVERAL_ALIKE = 6
    SEVERAL = 7


# The shortest word as typed in which a slip of a kind is believed; shorter ones are names sooner than slips.
_SURE_LENGTH = {
    Slip.ORDER: 4,
    Slip.DOUBLED: 4,
    Slip.LEFT_OUT: 5,
    Slip.ALIKE: 6,
    Slip.ADDED: 8,
    Slip.WRONG: 8,
    Slip.SEVERAL_ALIKE: 10,
    Slip.SEVERAL: 11,
}
# What is this much shorter is asked.
_LESS_TO_ASK = 1


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as typed, and the word that was meant; both in lower case.

    Attributes:
        typed: As it stands in the query.
        meant: What it may be a slip of.
        sure: Whether to search for it instead, not only to ask.
        likely: Whether to do so where nothing is found as typed: it is not sure because one article alone has it.
    """

    typed: str
    meant: str
    sure: bool = True
    likely: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of words; all in lower case.

    Attributes:
        corpus: Words of the articles, with the number of articles that have them; asked for each suspicious word.
        frequency: How many articles have exactly this word.
        is_word: Whether the encoder knows a word whole.
        words: All words that it knows; asked for each word of which nothing is known.
        english: How common a word of English is; 0 for what is none.
        together: In how many articles two words stand side by side, in this order.
    """

    corpus: Callable[[], Mapping[str, int]]
    frequency: Callable[[str], int]
    is_word: Callable[[str], bool]
    words: Callable[[], Collection[str]]
    english: Callable[[str], int]
    together: Callable[[str, str], int]

    def knows(self, word: str) -> bool:
        """Return whether a word or what it is a form of is known, from whatever source."""
        return any(self._has(one) for one in (word, *bases(word)))

    def is_put_together(self, word: str) -> bool:
        """Return whether a word may be made of two words that are in use."""
        return any(all(self.frequency(one) or self.english(one) >= _IN_USE for one in both) for both in halves(word))

    def _has(self, word: str) -> bool:
        return bool(self.is_word(word) or self.english(word) or self.frequency(word))


def corrections(words: Sequence[str], lexicon: Lexicon, *, last_resort: bool = False) -> list[Correction]:
    """Return what the misspelt ones among a query's words are taken for.

    Args:
        words: In lower case and in order.
        lexicon: What is known of words.
        last_resort: Nothing was found: ask for words of articles that are less alike, too.
    """
    suspicious: dict[str, int] = {}
    for place, word in enumerate(words):
        if len(suspicious) == MAX_SUSPICIOUS:
            break
        if word not in suspicious and _is_suspicious(word, lexicon):
            suspicious[word] = place
    found: list[Correction] = []
    for word, place in suspicious.items():
        neighbours = (words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else "")
        is_known = lexicon.knows(word)
        one = _of_known(word, neighbours, lexicon) if is_known else _of_unknown(word, neighbours, lexicon)
        if one is None and last_resort and not is_known:
            one = _of_articles(word, lexicon)
        if one:
            found.append(one)
    return found


def _is_suspicious(word: str, lexicon: Lexicon) -> bool:
    return len(word) >= MIN_LENGTH and word.isalpha() and not lexicon.frequency(word)


def _of_known(word: str, neighbours: tuple[str, str], lexicon: Lexicon) -> Correction | None:
    """Return the word of the corpus that a neighbour mostly goes with, where a known word stands in its place."""
    share = {near: _share(near, neighbours, lexicon) for near in _near(word, lexicon.corpus(), 1)}
    best = max(share, key=lambda near: (share[near], near), default="")
    if not best or share[best] < _MIN_SHARE:
        return None
    return Correction(word, best, sure=_slip(word, best) <= Slip.ADDED)


def _of_unknown(word: str, neighbours: tuple[str, str], lexicon: Lexicon) -> Correction | None:
    """Return what a word that is not known is likeliest a slip of."""
    corpus = lexicon.corpus()
    slips = 1 if len(word) < _TWO_SLIPS_LENGTH else 2
    near = _near(word, corpus, slips) | _near(word, lexicon.words(), slips)
    near = {one: distance for one, distance in near.items() if _is_believable(word, one)}
    if not near:
        return None

    def is_mere_name(one: str) -> bool:
        return one not in corpus and lexicon.english(one) < _COMMON

    def rank(one: str) -> tuple[object, ...]:
        return near[one], is_mere_name(one), _slip(word, one), -corpus.get(one, 0), -lexicon.english(one), one

    # Fewest slips; of those the likeliest kind, though a word that is in use before a name that no article has.
    best = min(near, key=rank)
    if best not in corpus and any(one.startswith(word) for one in corpus):
        return None  # streik where articles have streiken is no slip of streak
    slip = _slip(word, best)
    articles, english = corpus.get(best, 0), lexicon.english(best)
    is_sure_slip = slip <= Slip.DOUBLED and bool(articles)
    # pesa is no slip of peas where no article has them: of a word so short that is chance
    is_english = english >= _COMMON and (bool(articles) or len(word) > MIN_LENGTH)
    is_common = articles >= _MIN_ARTICLES or is_english or _share(best, neighbours, lexicon) >= _MIN_SHARE
    # spacex is no slip of space, and edtech none of edtechx
    is_cut = slip > Slip.DOUBLED and (word.startswith(best) or (best.startswith(word) and not english))
    # what a single article has is worth a question, though no more
    is_worth_asking = bool(articles) and slip <= Slip.WRONG and len(word) >= _SURE_LENGTH[slip]
    if is_cut or not (is_sure_slip or is_common or is_worth_asking) or len(word) < _SURE_LENGTH[slip] - _LESS_TO_ASK:
        return None
    if not (is_sure_slip or is_common):
        return Correction(word, best, sure=False, likely=True)
    sure = len(word) >= _SURE_LENGTH[slip] and (slip <= Slip.DOUBLED or not lexicon.is_put_together(word))
    return Correction(word, best, sure)


def _of_articles(word: str, lexicon: Lexicon) -> Correction | None:
    """Return the word of the articles that a long word is nearest to, to be asked for, however it was mistyped."""
    if len(word) < _LAST_RESORT_LENGTH:
        return None
    corpus = lexicon.corpus()
    near = _near(word, corpus, _LAST_RESORT_SLIPS)
    best = min(near, key=lambda one: (near[one], _slip(word, one), -corpus[one], one), default="")
    return Correction(word, best, sure=False) if best else None


def _share(word: str, neighbours: tuple[str, str], lexicon: Lexicon) -> float:
    """Return in what part of a neighbour's articles it stands beside a word; of two neighbours the greater."""
    before, after = neighbours
    shares = [
        together / max(lexicon.frequency(neighbour), together)
        for neighbour, pair in ((before, (before, word)), (after, (word, after)))
        if neighbour and (together := lexicon.together(*pair)) >= _MIN_TOGETHER
    ]
    return max(shares, default=0.0)


def _slip(word: str, meant: str) -> Slip:
    """Return how a word was mistyped."""
    if _is_one_letter_moved(word, meant):
        return Slip.ORDER
    if _singled(word) == _singled(meant):
        return Slip.DOUBLED
    is_alike = _sound(word) == _sound(meant)
    shorter, longer = sorted((word, meant), key=len)
    if len(longer) == len(shorter) + 1 and any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))):
        return Slip.LEFT_OUT if word == shorter else Slip.ADDED
    if len(word) == len(meant) and sum(one != other for one, other in zip(word, meant, strict=True)) == 1:
        return Slip.ALIKE if is_alike else Slip.WRONG
    return Slip.SEVERAL_ALIKE if is_alike else Slip.SEVERAL


def _is_one_letter_moved(word: str, meant: str) -> bool:
    if sorted(word) != sorted(meant):
        return False
    wrong = [place for place, (one, other) in enumerate(zip(word, meant, strict=True)) if one != other]
    some, others = (text[wrong[0] : wrong[-1] + 1] for text in (word, meant))
    return some[1:] + some[0] == others or some[-1] + some[:-1] == others


def _singled(word: str) -> str:
    return "".join(letter for place, letter in enumerate(word) if not place or word[place - 1] != letter)


def _sound(word: str) -> str:
    """Return the consonants of a word, those that sound alike as one."""
    return _singled("".join(letter for letter in word.translate(_ALIKE) if letter not in _VOWELS))


def _is_believable(word: str, meant: str) -> bool:
    """Return whether a person may well have mistyped a word so.

    Wrong letters make another word sooner than a misspelt one (``chatbot`` is no ``chariot``): Jaro-Winkler
    similarity, which trusts a word's beginning, weighs them.
    """
    from rapidfuzz.distance import JaroWinkler

    return _slip(word, meant) <= Slip.ADDED or JaroWinkler.similarity(word, meant) >= _MIN_SIMILARITY


def _near(word: str, words: Collection[str], slips: int) -> dict[str, int]:
    """Return words within some slips (optimal string alignment distance: a swap is one), with their distance.

    Nearly nobody gets the first letter wrong, and the last letters of a word are its form, no slip.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    found = extract(word, list(words), scorer=OSA.distance, processor=None, score_cutoff=slips, limit=None)
    return {
        near: int(distance)
        for near, distance, _ in found
        if near != word
        and (near[0] == word[0] or near[:2] == word[1::-1])
        and (_singled(near) == _singled(word) or not are_forms_of_one(word, near))
    }
