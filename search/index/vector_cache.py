"""Vectors that were encoded but do not stand in a generation yet.

An interrupted build leaves them here, so that the next one encodes nothing twice.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from search.encoders.base import Vectors


class VectorCache:
    """Vectors by (encoder fingerprint, text key) in one SQLite file; float32, little-endian."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._connection = sqlite3.connect(path)
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS vector ("
            "fingerprint TEXT, text_key BLOB, vector BLOB NOT NULL, PRIMARY KEY (fingerprint, text_key)) WITHOUT ROWID"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def get(self, text_key: bytes) -> Vectors | None:
        """Return the vector of a text, shape (dim,), or None."""
        found = self._connection.execute(
            "SELECT vector FROM vector WHERE fingerprint = ? AND text_key = ?", (self._fingerprint, text_key)
        ).fetchone()
        return None if found is None else np.frombuffer(found[0], dtype="<f4").astype(np.float32)

    def put(self, text_keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep the vectors (n, dim) of n texts; they are on disk when this returns."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vector (fingerprint, text_key, vector) VALUES (?, ?, ?)",
                [
                    (self._fingerprint, key, vector.astype("<f4").tobytes())
                    for key, vector in zip(text_keys, vectors, strict=True)
                ],
            )

    def delete(self) -> None:
        """Remove the file: all that it held stands in a generation now."""
        self._connection.close()
        self._path.unlink(missing_ok=True)
