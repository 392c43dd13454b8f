"""The ranker: what an editor would take, and what the site would list.

::

    lead   = 1.75 x taken + affinity x (1.5 + 1.25 x listed)   what the five that lead are chosen and ordered by
    follow = 2 x (listed + 0.1 x (taken + affinity))           what those after them are
    taken  = probability that an editor would take it: boosted trees over TAKEN_FEATURES, then Platt scaling
    listed = probability that the site would list it: boosted trees over LISTED_FEATURES, then Platt scaling

Trees fitted to curated lists imitate the lists' faults: by graded judgements they are worse than the cosine alone.
Trees fitted to graded judgements know nothing of the site's habits. Affinity, plain likeness, tells apart what the
trees do not, most of all at other sites than they were fitted to, and what a site lists counts only as far as it is
alike. No one score serves both: what wins lists loses judgements. But an editor looks first at what leads, and there
judgement rules: what is listed weighs no more than leaves every fold of the graded articles above likeness alone. The
site's habit rules what follows; where it says little, as at sites without lists, likeness does.
``scripts/learn_default`` prints the figures, for other weights too.

What is taken was learnt at four sites that have little in common, and its trees may only rise with likeness and fall
with distance (``search/learning/fit.py``): what was learnt at some sites has to hold at others, and
``scripts/learn_default`` prints how it holds at each of them when it is learnt at the others alone. What a site lists
is its habit: where it has no lists, none is known.
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
from search.index.durable import make_folder, sync
from search.related.features import FEATURES
from search.related.trees import NotUnderstoodError, Trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CARD_FILE = "ranker.json"
# From this grade on (good) an editor takes a suggestion.
TAKEN_GRADE = 3
DEFAULT_FOLDER = Path(__file__).parent / "default"

LISTED_WEIGHT = 1.25
AFFINITY_WEIGHT = 1.5
# ``scripts/learn_default`` prints 1 and 2.5 too: with more the worst fold of graded articles stands further above
# likeness alone, and lists lose.
TAKEN_WEIGHT = 1.75
# How many lead, and what sets their scores above those of all that follow: affinity is at most 2.6, probabilities 1,
# and no text is so unlike another that its affinity would be below -0.5.
LEADERS = 5
LEAD = 5.0
# Development lists want less of it (scripts/learn_default), those of the sample content more (scripts/check_relevance).
REST_WEIGHT = 0.1
# By this both scores differ as much from one candidate to the next: what is said against repetition weighs alike.
FOLLOW_SCALE = 2.0
_AFFINITY = FEATURES.index("affinity")
TAKEN_FEATURES = (
    "dense",
    "words",
    "grams",
    "days",
    "apart",
    "same_start",
    "peers_dense",
    "peers_words",
    "peers_near",
    "same_story",
    "affinity",
    "affinity_rank",
    "standing",
    "mutual_rank",
    "kinship",
)
LISTED_FEATURES = FEATURES[: FEATURES.index("first") + 1]


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """Platt scaling: probability = 1 / (1 + exp(-(slope x + intercept))) (Platt, 1999)."""

    slope: float
    intercept: float

    def __call__(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities, of the shape of ``values``."""
        probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-(self.slope * values + self.intercept)))
        return probabilities

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Sigmoid:
        """Return one as it was written by ``asdict``."""
        return cls(float(record["slope"]), float(record["intercept"]))


@dataclass(frozen=True, slots=True)
class Card:
    """What a ranker is and what it was found to be worth.

    Attributes:
        provenance: In words: what it was fitted on.
        created_on: ISO date.
        listed: From the sum of the trees of lists to the probability of being listed.
        taken: From the sum of the trees of grades to the probability that an editor would take it (grade 3 or 4).
        listed_trees: XXH3-64 of the trees' text.
        taken_trees: The same of the other.
        figures: Measures on held-out data, by name.
    """

    provenance: str
    created_on: str
    listed: Sigmoid
    taken: Sigmoid
    listed_trees: str
    taken_trees: str
    figures: dict[str, float]


class Scores(NamedTuple):
    """What is said of candidates; arrays of shape (candidates,).

    Attributes:
        lead: What those that lead are chosen and ordered by.
        follow: What the others are ordered by.
        probability: That an editor would take it.
        listed: Probability that the site would list it; 0 where nothing is known of its habits.
    """

    lead: NDArray[np.float64]
    follow: NDArray[np.float64]
    probability: NDArray[np.float64]
    listed: NDArray[np.float64]

    def ranked(self) -> NDArray[np.float64]:
        """Return one score for each, shape (candidates,): of the best by ``lead``, and below them by ``follow``."""
        score = self.follow.copy()
        first = np.argsort(-self.lead, kind="stable")[:LEADERS]
        score[first] = LEAD + self.lead[first]
        return score

    def of(self, places: NDArray[np.intp]) -> Scores:
        """Return the scores of some candidates, in their order."""
        return Scores(*(values[places] for values in self))


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees of both sorts and their card."""

    listed: Trees
    taken: Trees
    card: Card

    def scores(self, matrix: NDArray[np.float64], *, has_lists: bool) -> Scores:
        """Score the lines of a feature matrix.

        Args:
            matrix: Shape (candidates, features).
            has_lists: Whether the site has lists: without any, it has no habit that could be imitated.
        """
        taken = self.card.taken(tree_sums(self.taken, matrix))
        listed = self.card.listed(tree_sums(self.listed, matrix)) if has_lists else np.zeros(len(matrix))
        return blend(matrix, taken, listed)


def blend(
    matrix: NDArray[np.float64],
    taken: NDArray[np.float64],
    listed: NDArray[np.float64],
    weight: float = LISTED_WEIGHT,
    rest: float = REST_WEIGHT,
    *,
    taken_weight: float = TAKEN_WEIGHT,
) -> Scores:
    """Return the scores of candidates.

    Args:
        matrix: Their features, shape (candidates, features).
        taken: The probabilities that they are taken.
        listed: The probabilities that they are listed.
        weight: What being listed counts among those that lead.
        rest: What anything else counts among those that follow.
        taken_weight: What being taken counts among those that lead.
    """
    close = matrix[:, _AFFINITY]
    lead = taken_weight * taken + close * (AFFINITY_WEIGHT + weight * listed)
    follow = FOLLOW_SCALE * (listed + rest * (taken + close))
    return Scores(lead, follow, taken, listed)


def tree_sums(trees: Trees, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum of trees for each line of a matrix of all ``FEATURES``, shape (candidates,)."""
    return trees.predict(matrix[:, columns_of(trees.features)])


def columns_of(names: tuple[str, ...]) -> list[int]:
    """Return the columns of some features in a feature matrix."""
    return [FEATURES.index(name) for name in names]


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
        listed, taken = _trees(folder, card.listed_trees), _trees(folder, card.taken_trees)
    except FileNotFoundError as error:
        if written != (folder / CARD_FILE).read_text(encoding="utf-8", errors="replace"):
            return load_ranker(folder)  # another was written between our two reads
        raise _unusable(folder, str(error)) from error
    except KeyError as error:
        raise _unusable(folder, f"it was made by another version: {error} is missing") from error
    except (OSError, ValueError, TypeError, NotUnderstoodError) as error:
        raise _unusable(folder, str(error)) from error
    return Ranker(listed, taken, card)


def _trees(folder: Path, name: str) -> Trees:
    text = (folder / f"{name}.txt").read_text(encoding="utf-8", errors="replace")
    if name != checksum(text):
        raise NotUnderstoodError("the trees are not those of the card")
    trees = Trees.parse(text)
    if not set(trees.features) <= set(FEATURES):
        raise NotUnderstoodError("it was made for other features")
    return trees


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


def save_ranker(folder: Path, ranker: Ranker) -> None:
    """Write a ranker's files: the trees under the names of their checksums, then in one step the card naming them."""
    make_folder(folder)
    card = ranker.card
    texts = {f"{card.listed_trees}.txt": ranker.listed.text, f"{card.taken_trees}.txt": ranker.taken.text}
    for name, text in {**texts, CARD_FILE: json.dumps(with_sum(asdict(card)), indent=2, sort_keys=True) + "\n"}.items():
        if name == CARD_FILE:
            sync(folder)  # what the card names is there before the card is
        # In one step each: the trees of the ranker in use may be among them, and somebody may read them now.
        aside = folder / f"{name}.part"
        aside.write_text(text, encoding="utf-8")
        sync(aside)
        aside.replace(folder / name)
    sync(folder)
    for left in folder.glob("*.txt"):
        if left.name not in texts:
            left.unlink(missing_ok=True)


def checksum(text: str) -> str:
    """Return the XXH3-64 hex digest of the trees' text."""
    return xxhash.xxh3_64_hexdigest(text.encode())
