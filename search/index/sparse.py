"""Sparse TF-IDF vectors of articles, compared by cosine through an inverted index in arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np

from search.index.archive import archive
from search.index.terms import TERM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# Words are weighed by idf squared: between news of one company or one beat, only the rare words tell stories apart.
# On both sets of graded suggestions cosine + words gains 0.02 nDCG@5 by the square (scripts/eval_related).
WORD_IDF_POWER = 2.0
GRAM_IDF_POWER = 1.0
TOPIC_IDF_POWER = 1.0


@dataclass(frozen=True, slots=True)
class SparseIndex:
    """Unit sparse vectors of n articles, stored by term.

    A weight is (1 + ln tf) x idf^power, idf = ln((1 + n) / (1 + df)) + 1, then each article has length 1.

    Attributes:
        vocabulary: Ids of all terms, ascending, shape (terms,), uint32.
        idf: idf^power of each, shape (terms,), float32.
        starts: Where each term's postings begin, shape (terms + 1,), int64.
        places: Places of articles (0 to n - 1) in the order of terms, shape (postings,), int32.
        weights: Weights of the terms there, shape (postings,), float32.
        size: n, as an array of shape (1,), int64.
    """

    vocabulary: NDArray[np.uint32]
    idf: NDArray[np.float32]
    starts: NDArray[np.int64]
    places: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: NDArray[np.int64]

    @classmethod
    def build(cls, texts: Sequence[NDArray[np.void]], power: float) -> Self:
        """Return the index of texts, each an array of ``TERM``, in the order of their places."""
        every = np.concatenate([np.empty(0, TERM), *texts])
        places = np.repeat(np.arange(len(texts), dtype=np.int32), [len(text) for text in texts])
        vocabulary, term, df = np.unique(every["id"], return_inverse=True, return_counts=True)
        idf = ((np.log((1 + len(texts)) / (1 + df)) + 1) ** power).astype(np.float32)
        weights = (1 + np.log(every["count"].astype(np.float32))) * idf[term]
        lengths = np.sqrt(np.bincount(places, weights**2, minlength=len(texts)))
        weights = (weights / lengths[places]).astype(np.float32)
        order = np.argsort(term, kind="stable")
        starts = np.concatenate([[0], np.cumsum(df)]).astype(np.int64)
        return cls(vocabulary, idf, starts, places[order], weights[order], np.array([len(texts)], dtype=np.int64))

    def cosines(self, *texts: NDArray[np.void]) -> NDArray[np.float32]:
        """Return the mean cosine of every article with some texts, shape (n,).

        Args:
            texts: Arrays of ``TERM``; terms that no article has count towards a text's length with the
                highest idf there is.
        """
        units = [self._unit(text) for text in texts]
        # in the order of the terms: sums of floats depend on theirs
        terms, place = np.unique(np.concatenate([terms for terms, _ in units]), return_inverse=True)
        weights = np.bincount(place, np.concatenate([weights for _, weights in units])) / len(texts)
        if not len(terms):
            return np.zeros(int(self.size[0]), dtype=np.float32)
        begin, end = self.starts[terms], self.starts[terms + 1]
        spans = [slice(*span) for span in zip(begin.tolist(), end.tolist(), strict=True)]
        places = np.concatenate([self.places[span] for span in spans])
        parts = np.concatenate([self.weights[span] for span in spans])
        parts *= np.repeat(weights.astype(np.float32), end - begin)
        return np.bincount(places, parts, minlength=int(self.size[0])).astype(np.float32)

    def holders(self, term: int) -> NDArray[np.int32]:
        """Return the places of the articles that have a term, given by its id."""
        place = int(np.searchsorted(self.vocabulary, term))
        if place == len(self.vocabulary) or self.vocabulary[place] != term:
            return self.places[:0]
        return self.places[self.starts[place] : self.starts[place + 1]]

    def frequency(self, term: int) -> int:
        """Return how many articles have a term, given by its id."""
        return len(self.holders(term))

    def _unit(self, text: NDArray[np.void]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return the terms of a text that are in the vocabulary, as numbers, with weights of a vector of length 1."""
        if not len(text) or not len(self.vocabulary):
            return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
        place = np.searchsorted(self.vocabulary, text["id"])
        place[place == len(self.vocabulary)] = 0
        known = self.vocabulary[place] == text["id"]
        idf = np.where(known, self.idf[place], self.idf.max())
        weights = (1 + np.log(text["count"].astype(np.float32))) * idf
        weights /= np.sqrt((weights**2).sum())
        return place[known], weights[known]


def save(path: Path, indexes: Mapping[str, SparseIndex]) -> None:
    """Write sparse indexes under their names into one NumPy archive."""
    arrays = {
        f"{name}.{field.name}": getattr(index, field.name)
        for name, index in indexes.items()
        for field in fields(SparseIndex)
    }
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def load(stream: BinaryIO) -> dict[str, SparseIndex]:
    """Read what ``save`` wrote.

    Raises:
        IndexCorrupt: It is no such archive.
    """
    with archive(stream) as arrays:
        names = dict.fromkeys(key.split(".")[0] for key in arrays.files)
        return {name: SparseIndex(*(arrays[f"{name}.{field.name}"] for field in fields(SparseIndex))) for name in names}
