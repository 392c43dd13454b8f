"""Verifying an index: everything that can be checked without its content, and a sample against the model."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search.content.text import document_text
from search.index.columns import Columns
from search.index.encoder import encoder_of
from search.index.parts import COLUMNS_BY_ROW, VECTORS_BY_ROW, Check, check_parts, unlike
from search.index.rows import text_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from search.index.opened import Index

# The same model gives the same vector for the same text on one machine; another CPU may round otherwise.
_SAME: Final = 0.999


# Articles whose texts are encoded anew unless a number is given: so many, and of a large index this share.
_SAMPLE: Final = 50
_SAMPLE_SHARE: Final = 0.02


def verify(index: Index, sample: int | None = None) -> Iterator[Check]:
    """Yield what was checked of an index whose files have the sums of their manifest: opening saw to that.

    Args:
        index: What to check.
        sample: How many texts are encoded anew and compared; None for 2 % of them, 50 at least.

    Raises:
        EncoderUnavailable: The model of the vectors is not on this machine any more.
    """
    connection = index.connection
    yield Check("checksums of all files")
    problems = _integrity(connection)
    yield Check("catalogue, as SQLite checks it", problems)
    if problems:  # then no query need work
        return
    parts = list(check_parts(index))
    yield from parts
    wrong = {part.name for part in parts if part.fault}
    rows = [row for (row,) in connection.execute("SELECT row FROM article ORDER BY row")]
    if COLUMNS_BY_ROW not in wrong:
        yield Check("columns against the catalogue", _columns(index))
    yield Check("stories", _stories(index))
    yield Check("texts and their keys", _keys(index, rows))
    yield Check("words of every article", _words(index, len(rows)))
    if VECTORS_BY_ROW in wrong:
        return
    yield Check("vectors of unit length", _lengths(index, rows))
    if sample is None:
        sample = max(_SAMPLE, math.ceil(_SAMPLE_SHARE * len(rows)))
    if rows and sample:
        yield Check(f"{min(sample, len(rows)):,} texts encoded anew", _encoded(index, rows, sample))


def _integrity(connection: sqlite3.Connection) -> str:
    try:
        return "; ".join(text for (text,) in connection.execute("PRAGMA integrity_check(5)") if text != "ok")
    except sqlite3.DatabaseError as error:
        return str(error)


def _columns(index: Index) -> str:
    """Say which columns are not what the catalogue gives."""
    expected = Columns.read(index.connection)
    wrong = [
        field.name
        for field in fields(Columns)
        if not _same(getattr(index.columns, field.name), getattr(expected, field.name))
    ]
    return f"{', '.join(wrong)} {'is' if len(wrong) == 1 else 'are'} not as in the catalogue" if wrong else ""


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def _stories(index: Index) -> str:
    """Say how many articles are in a story that is none: alone in it, not there, or led by one that is not in it."""
    found = index.connection.execute(
        "SELECT COUNT(*) FROM story WHERE row NOT IN (SELECT row FROM article) "
        "OR leader NOT IN (SELECT own.row FROM story AS own WHERE own.leader = own.row) "
        "OR leader IN (SELECT leader FROM story GROUP BY leader HAVING COUNT(*) < 2)"
    )
    wrong = int(found.fetchone()[0])
    return f"{wrong:,} articles are in a story that is none" if wrong else ""


def _lengths(index: Index, rows: list[int]) -> str:
    lengths = np.linalg.norm(index.vectors.get(np.array(rows, dtype=np.int64)), axis=1)
    odd = int((~(np.abs(lengths - 1) < 1e-3)).sum())  # noqa: PLR2004 - float32
    return f"{odd:,} vectors are not of unit length" if odd else ""


def _keys(index: Index, rows: list[int]) -> str:
    keys = dict(index.connection.execute("SELECT row, text_key FROM article"))
    wrong = sum(text_key(article) != keys[row] for row, article in index.articles(rows).items())
    return f"{wrong:,} articles are not those whose vectors are stored" if wrong else ""


def _words(index: Index, articles: int) -> str:
    found = index.connection.execute("SELECT COUNT(*) FROM words_docsize").fetchone()[0]
    return unlike(int(found), articles, "articles have words", "articles")


def _encoded(index: Index, rows: list[int], sample: int) -> str:
    encoder = encoder_of(index)
    some = np.random.default_rng(0).permutation(np.array(rows, dtype=np.int64))[:sample]
    articles = index.articles(some.tolist())
    texts = [document_text(articles[row].title, articles[row].excerpt) for row in some.tolist()]
    encoded, stored = encoder.encode_documents(texts), index.vectors.get(some)
    if encoded.shape != stored.shape:
        return f"the model gives vectors of length {encoded.shape[1]}"
    cosines = (encoded * stored).sum(axis=1)
    wrong = int((~(cosines >= _SAME)).sum())
    return f"{wrong} come out otherwise (least cosine {cosines.min():.3f})" if wrong else ""
