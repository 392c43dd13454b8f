"""The vectors of an index: exact inner-product search in FAISS, by catalogue row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import faiss
import numpy as np
from numpy.typing import NDArray

from search.errors import IndexCorrupt

if TYPE_CHECKING:
    from pathlib import Path

    from search.encoders.base import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


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
    def load(cls, path: Path) -> VectorIndex:
        """Read an index that ``save`` wrote.

        Raises:
            IndexCorrupt: The file is missing or is no such index.
        """
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise IndexCorrupt(f"{path} cannot be read", "rebuild with: search index CONTENT_ROOT") from error

    def save(self, path: Path) -> None:
        """Write the index as one FAISS file."""
        faiss.write_index(self._index, str(path))

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
            raise IndexCorrupt(
                "catalogue and vectors disagree", "rebuild with: search index --rebuild CONTENT_ROOT"
            ) from error
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
        flat: Any = faiss.downcast_index(self._index.index)
        stored = faiss.rev_swig_ptr(flat.get_xb(), len(self) * self.dim).reshape(len(self), self.dim)
        scores: Scores = stored @ query
        rows = self.rows()
        return scores if (np.diff(rows) > 0).all() else scores[np.argsort(rows, kind="stable")]

    def scores(self, query: Vectors, rows: Rows) -> Scores:
        """Return the cosine of one query, shape (dim,), with each of ``rows``, shape (n,)."""
        return self.get(rows) @ query
