"""Vectors that were encoded but do not stand in a generation yet.

An interrupted build leaves them here, so that the next one encodes nothing twice.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Self

import numpy as np
import xxhash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from search.encoders.base import Vectors

_DIGEST_BYTES = 8
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class VectorCache:
    """Vectors by (encoder fingerprint, text key) in one SQLite file.

    A vector is float32, little-endian, followed by the XXH3-64 digest of key and vector: what a damaged disk made of
    one is encoded again instead of being believed. A file that is no database any more is begun anew.
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _DAMAGED:
                raise
            path.unlink(missing_ok=True)
            self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path)
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vector ("
            "fingerprint TEXT, text_key BLOB, vector BLOB NOT NULL, PRIMARY KEY (fingerprint, text_key)) WITHOUT ROWID"
        )
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            connection.close()
            self._path.unlink()
            return self._open()
        return connection

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
        if found is None:
            return None
        data, digest = found[0][:-_DIGEST_BYTES], found[0][-_DIGEST_BYTES:]
        if digest != xxhash.xxh3_64_digest(text_key + data):
            return None
        return np.frombuffer(data, dtype="<f4").astype(np.float32)

    def put(self, text_keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep the vectors (n, dim) of n texts; they are on disk when this returns."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vector (fingerprint, text_key, vector) VALUES (?, ?, ?)",
                [
                    (self._fingerprint, key, data + xxhash.xxh3_64_digest(key + data))
                    for key, data in (
                        (key, vector.astype("<f4").tobytes()) for key, vector in zip(text_keys, vectors, strict=True)
                    )
                ],
            )
