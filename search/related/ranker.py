"""The ranker: what an editor would take, and what the site would list, in one score and one probability.

::

    affinity = (dense + words) x (1 + 0.15 exp(-apart / 30 days))
    score    = affinity x (1 + 2.5 listed)
    listed   = probability that the site would list it: boosted trees over FEATURES, then Platt scaling
    probability = Platt scaling, on graded judgements, of the score and of whether both belong to one story

Trees fitted to curated lists imitate the lists' faults: by graded judgements they are worse than the cosine alone.
Affinity knows nothing of the site's habits. Multiplied, what is like the article *and* what the site would list leads,
and what only the lists' habits speak for stays behind. ``scripts/learn_default`` prints the figures of all three.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import xxhash

from search.checked import with_sum, without_sum
from search.errors import IndexCorrupt
from search.related.features import FEATURES
from search.related.trees import NotUnderstoodError, Trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CARD_FILE = "ranker.json"
DEFAULT_FOLDER = Path(__file__).parent / "default"

LISTED_WEIGHT = 2.5
NEARNESS_WEIGHT = 0.15
NEARNESS_DAYS = 30.0
_DENSE, _WORDS, _APART, _SAME_STORY = (FEATURES.index(name) for name in ("dense", "words", "apart", "same_story"))


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """Platt scaling: probability = 1 / (1 + exp(-(slopes . x + intercept))) (Platt, 1999)."""

    slopes: tuple[float, ...]
    intercept: float

    def __call__(self, *values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities from one array of shape (n,) for each slope."""
        slopes = zip(self.slopes, values, strict=True)
        probabilities: NDArray[np.float64] = 1 / (
            1 + np.exp(-(sum(slope * value for slope, value in slopes) + self.intercept))
        )
        return probabilities

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Sigmoid:
        """Return one as it was written by ``asdict``."""
        return cls(tuple(float(slope) for slope in record["slopes"]), float(record["intercept"]))


@dataclass(frozen=True, slots=True)
class Card:
    """What a ranker is and what it was found to be worth.

    Attributes:
        provenance: In words: what it was fitted on.
        created_on: ISO date.
        listed: From the trees' sum to the probability of being listed.
        taken: From the score and whether it is the same story (1 or 0) to the probability that an editor would
            take it (grade 3 or 4 of 4).
        trees: XXH3-64 of the trees' text.
        figures: Measures on held-out data, by name.
    """

    provenance: str
    created_on: str
    listed: Sigmoid
    taken: Sigmoid
    trees: str
    figures: dict[str, float]


class Scores(NamedTuple):
    """Arrays of shape (candidates,)."""

    score: NDArray[np.float64]
    affinity: NDArray[np.float64]
    listed: NDArray[np.float64]
    probability: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees and their card."""

    trees: Trees
    card: Card

    def scores(self, matrix: NDArray[np.float64]) -> Scores:
        """Score the lines of a feature matrix, shape (candidates, features)."""
        listed = self.card.listed(self.trees.predict(matrix))
        close = affinity(matrix)
        score = blend(close, listed)
        return Scores(score, close, listed, self.card.taken(score, same_story(matrix)))


def blend(close: NDArray[np.float64], listed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the score of candidates from their affinity and their probability of being listed."""
    return close * (1 + LISTED_WEIGHT * listed)


def same_story(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 for candidates of the article's own story, 0 for others."""
    return matrix[:, _SAME_STORY]


def affinity(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how alike candidates are to the article, a little more when they are near in time."""
    apart = np.nan_to_num(matrix[:, _APART], nan=np.inf)
    near = 1 + NEARNESS_WEIGHT * np.exp(-apart / NEARNESS_DAYS)
    alike: NDArray[np.float64] = (matrix[:, _DENSE] + matrix[:, _WORDS]) * near
    return alike


def load_ranker(folder: Path = DEFAULT_FOLDER) -> Ranker:
    """Read a ranker.

    Raises:
        FileNotFoundError: There is none in the folder.
        IndexCorrupt: Its files are damaged, or it was made for other features.
    """
    written = (folder / CARD_FILE).read_text(encoding="utf-8", errors="replace")
    try:
        record = without_sum(json.loads(written))
        card = Card(**{**record, "listed": Sigmoid.of(record["listed"]), "taken": Sigmoid.of(record["taken"])})
        text = (folder / f"{card.trees}.txt").read_text(encoding="utf-8", errors="replace")
        trees = Trees.parse(text)
    except (OSError, ValueError, TypeError, KeyError, NotUnderstoodError) as error:
        raise _unusable(folder, str(error)) from error
    if card.trees != checksum(text):
        raise _unusable(folder, "the trees are not those of the card")
    if trees.features != FEATURES:
        raise _unusable(folder, "it was made for other features")
    return Ranker(trees, card)


def _unusable(folder: Path, why: str) -> IndexCorrupt:
    return IndexCorrupt(
        f"the ranker in {folder} cannot be used: {why}", f"fit it again with search learn, or delete {folder}"
    )


def ranker_for(index_folder: Path) -> Ranker:
    """Return the ranker of an index: the site's own if one was adopted, else the default."""
    try:
        return load_ranker(index_folder / "ranker")
    except FileNotFoundError:
        return load_ranker()


def save_ranker(folder: Path, text: str, card: Card) -> None:
    """Write a ranker's two files: the trees under the name of their checksum, then in one step the card naming them."""
    folder.mkdir(parents=True, exist_ok=True)
    trees = folder / f"{card.trees}.txt"
    trees.write_text(text, encoding="utf-8")
    aside = folder / f"{CARD_FILE}.part"
    aside.write_text(json.dumps(with_sum(asdict(card)), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    aside.replace(folder / CARD_FILE)
    for left in folder.glob("*.txt"):
        if left != trees:
            left.unlink(missing_ok=True)


def checksum(text: str) -> str:
    """Return the XXH3-64 hex digest of the trees' text."""
    return xxhash.xxh3_64_hexdigest(text.encode())
