"""The vectors of an index: exact inner-product search in FAISS, by catalogue row."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

import faiss
import numpy as np
from numpy.typing import NDArray

from search.errors import REBUILD, IndexCorrupt

if TYPE_CHECKING:
    from pathlib import Path

    from search.encoders.base import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

# What the order of a sum does not change.
_DIGITS = 6


class VectorIndex:
    """Unit vectors under the rows of the catalogue, compared by inner product (cosine).

    Exact (``IndexFlatIP`` below ``IndexIDMap2``): 5,000 vectors of 384 take 0.1 ms a query, so nothing
    is gained by approximation before some hundred thousand.
    """

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def empty(cls, dim: int) -> VectorIndex:
        """Return an index without vectors."""
        return cls(faiss.IndexIDMap2(faiss.IndexFlatIP(dim)))

    @classmethod
    def load(cls, stream: BinaryIO, dim: int, count: int) -> VectorIndex:
        """Read an index of ``count`` vectors of length ``dim`` that ``save`` wrote.

        Raises:
            IndexCorrupt: The file cannot be read, or is no such index.
        """
        try:
            index = faiss.read_index(faiss.PyCallbackIOReader(stream.read))  # type: ignore[attr-defined]
        except (RuntimeError, OSError) as error:
            raise IndexCorrupt(f"{stream.name} cannot be read", REBUILD) from error
        fault = _fault(index, dim, count)
        if fault:
            raise IndexCorrupt(f"{stream.name} holds {fault}", REBUILD)
        return cls(index)

    def save(self, path: Path) -> None:
        """Write the index as one FAISS file, flushed to disk.

        Not by its path: FAISS does not tell if the last of its writes fails.

        Raises:
            OSError: It cannot be written.
        """
        with path.open("wb") as stream:
            faiss.write_index(self._index, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]
            stream.flush()
            os.fsync(stream.fileno())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def rows(self) -> Rows:
        """Return all rows that have a vector, in no particular order."""
        return faiss.vector_to_array(self._index.id_map).astype(np.int64)

    def add(self, rows: Rows, vectors: Vectors) -> None:
        """Add ``vectors`` (n, dim) under ``rows`` (n,), none of which may be there already."""
        self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), rows)

    def remove(self, rows: Rows) -> None:
        """Remove the vectors of ``rows``; rows without a vector are ignored."""
        self._index.remove_ids(faiss.IDSelectorBatch(rows))

    def get(self, rows: Rows) -> Vectors:
        """Return the vectors of ``rows``, shape (n, dim), float32.

        Raises:
            IndexCorrupt: A row has no vector.
        """
        if not len(rows):
            return np.empty((0, self.dim), dtype=np.float32)
        try:
            vectors: Vectors = self._index.reconstruct_batch(rows)
        except RuntimeError as error:
            raise IndexCorrupt("catalogue and vectors disagree", REBUILD) from error
        return vectors

    def search(self, queries: Vectors, k: int, among: Rows | None = None) -> tuple[Scores, Rows]:
        """Return the best ``min(k, available)`` rows of each query, best first.

        Args:
            queries: ndarray of shape (n_queries, dim), float32, rows of unit length.
            k: How many rows a query wants.
            among: Only these rows, all of which have a vector; None for all.

        Returns:
            Scores (cosine) and rows, both of shape (n_queries, min(k, available)).
        """
        k = min(k, len(self) if among is None else len(among))
        if k <= 0:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
        parameters = None
        if among is not None:
            selector = faiss.IDSelectorBatch(among)
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self._index.search(queries, k, params=parameters)
        return scores, rows

    def all_scores(self, query: Vectors) -> Scores:
        """Return the cosine of one query, shape (dim,), with every vector, in ascending order of rows."""
        scores: Scores = self._stored() @ query
        rows = self.rows()
        return scores if (np.diff(rows) > 0).all() else scores[np.argsort(rows, kind="stable")]

    @cached_property
    def mean_cosine(self) -> float:
        """The mean cosine of two vectors, 0 where there are fewer; the same in whatever order they were added."""
        n = len(self)
        if n < 2:  # noqa: PLR2004 - two make a pair
            return 0.0
        total = self._stored().sum(axis=0, dtype=np.float64)
        return round((float(np.square(total).sum()) - n) / (n * (n - 1)), _DIGITS)

    def _stored(self) -> Vectors:
        flat: Any = faiss.downcast_index(self._index.index)
        stored: Vectors = faiss.rev_swig_ptr(flat.get_xb(), len(self) * self.dim).reshape(len(self), self.dim)
        return stored

    def scores(self, query: Vectors, rows: Rows) -> Scores:
        """Return the cosine of one query, shape (dim,), with each of ``rows``, shape (n,)."""
        return self.get(rows) @ query


def _fault(index: Any, dim: int, count: int) -> str:
    """Return what an index is that is not of the kind that is written here, or ``""``."""
    inner = faiss.downcast_index(index.index) if isinstance(index, faiss.IndexIDMap2) else None
    if not isinstance(inner, faiss.IndexFlat):
        return f"another kind of index: {type(index if inner is None else inner).__name__}"
    if {index.metric_type, inner.metric_type} != {faiss.METRIC_INNER_PRODUCT}:
        return "vectors of another metric than the inner product"
    if (index.d, inner.d) != (dim, dim):
        return f"vectors of length {inner.d}, not of {dim}"
    if (index.ntotal, inner.ntotal, index.id_map.size()) != (count, count, count):
        return f"{index.ntotal:,} vectors, not {count:,}"
    return ""
