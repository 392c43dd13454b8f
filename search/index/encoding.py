"""The vectors of a new generation: those of the last one, those of an interrupted run, and new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from search.content.text import document_text
from search.encoders.select import prepare_encoder
from search.index.generation import ENCODED
from search.index.vector_cache import VectorCache
from search.index.vectors import VectorIndex

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from search.encoders.base import EncoderInfo, Vectors
    from search.index.opened import Index
    from search.index.progress import Progress

# Texts between two writes of the cache: what an interruption can cost, about a second of encoding.
_CHUNK = 256


def encode_missing(
    connection: sqlite3.Connection,
    folder: Path,
    info: EncoderInfo,
    last: Index | None,
    progress: Progress,
    lap: Callable[[str], None],
) -> tuple[VectorIndex, int]:
    """Return the vectors of all articles of a catalogue, and how many texts had to be encoded.

    A text is encoded once, however many articles share it.
    """
    keys: dict[int, bytes] = dict(connection.execute("SELECT row, text_key FROM article ORDER BY row"))
    vectors, held = _vectors_of(last, info)
    rows_by_key: dict[bytes, int] = {key: row for row, key in held.items()}
    stale = np.array([row for row, key in held.items() if keys.get(row) != key], dtype=np.int64)
    fresh = {row: key for row, key in keys.items() if held.get(row) != key}

    known: dict[bytes, Vectors] = {}
    wanted = dict.fromkeys(fresh.values())
    shared = [key for key in wanted if key in rows_by_key]
    known.update(zip(shared, vectors.get(np.array([rows_by_key[key] for key in shared], dtype=np.int64)), strict=True))
    with VectorCache(folder / ENCODED, info.fingerprint) as cache:
        for key in wanted:
            vector = None if key in known else cache.get(key)
            if vector is not None:
                known[key] = vector
        missing = {key: row for row, key in fresh.items() if key not in known}
        encoded = len(missing)
        if missing:
            _encode(connection, missing, info, cache, known, progress, lap)
    if len(stale):
        vectors.remove(stale)
    if fresh:
        rows = np.fromiter(fresh, dtype=np.int64)
        vectors.add(rows, np.stack([known[key] for key in fresh.values()]))
    return vectors, encoded


def _vectors_of(last: Index | None, info: EncoderInfo) -> tuple[VectorIndex, dict[int, bytes]]:
    """Return the vectors of the last generation, and the text key by row, if the same encoder made them."""
    if last is None or last.manifest.encoder.fingerprint != info.fingerprint:
        return VectorIndex.empty(info.dim), {}
    return last.vectors, dict(last.connection.execute("SELECT row, text_key FROM article"))


def _encode(
    connection: sqlite3.Connection,
    missing: dict[bytes, int],
    info: EncoderInfo,
    cache: VectorCache,
    known: dict[bytes, Vectors],
    progress: Progress,
    lap: Callable[[str], None],
) -> None:
    encoder = prepare_encoder(info.name, notice=progress.notice)
    lap("load")
    texts: dict[bytes, str] = {}
    for key, row in missing.items():
        title, excerpt = connection.execute("SELECT title, excerpt FROM article WHERE row = ?", (row,)).fetchone()
        texts[key] = document_text(title, excerpt)
    # Texts of like length together: less padding, and chunks whose time can be foretold.
    order = sorted(texts, key=lambda key: (-len(texts[key]), key))
    progress.phase("encoding", len(order))
    for start in range(0, len(order), _CHUNK):
        some = order[start : start + _CHUNK]
        encoded = encoder.encode_documents([texts[key] for key in some])
        cache.put(some, encoded)
        known.update(zip(some, encoded, strict=True))
        progress.advance(len(some))
