"""Verifying an index: everything that can be checked without its content, and a sample against the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from search.content.text import document_text
from search.index.derived import GRAMS, WORDS
from search.index.encoder import encoder_of
from search.index.rows import text_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.index.opened import Index

# The same model gives the same vector for the same text on one machine; another CPU may round otherwise.
_SAME: Final = 0.999


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: What was checked.
        fault: What is wrong, or ``""``.
    """

    name: str
    fault: str = ""


def verify(index: Index, sample: int = 50) -> Iterator[Check]:
    """Yield what was checked of an index whose files have the sums of their manifest: opening saw to that.

    Args:
        index: What to check.
        sample: How many texts are encoded anew and compared.
    """
    connection = index.connection
    yield Check("checksums of all files")
    problems = [text for (text,) in connection.execute("PRAGMA integrity_check(5)") if text != "ok"]
    yield Check("catalogue, as SQLite checks it", "; ".join(problems))
    rows = [row for (row,) in connection.execute("SELECT row FROM article ORDER BY row")]
    yield Check("number of articles", _unlike(len(rows), index.manifest.articles, "rows", "in the manifest"))
    yield Check("vectors row by row", _rows(rows, np.sort(index.vectors.rows()).tolist()))
    yield Check("columns row by row", _rows(rows, index.columns.rows.tolist()))
    for name in (WORDS, GRAMS):
        yield Check(
            f"sparse vectors of {name}", _unlike(int(index.sparse[name].size[0]), len(rows), "vectors", "articles")
        )
    yield Check("vectors of unit length", _lengths(index, rows))
    yield Check("texts and their keys", _keys(index, rows))
    yield Check("words of every article", _words(index, len(rows)))
    if rows and sample:
        yield Check(f"{min(sample, len(rows))} texts encoded anew", _encoded(index, rows, sample))


def _unlike(found: int, expected: int, what: str, where: str) -> str:
    return "" if found == expected else f"{found:,} {what}, {expected:,} {where}"


def _rows(rows: list[int], others: list[int]) -> str:
    differing = set(rows) ^ set(others)
    return f"{len(differing):,} rows are in one and not in the other" if differing else ""


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
    return _unlike(int(found), articles, "articles have words", "articles")


def _encoded(index: Index, rows: list[int], sample: int) -> str:
    encoder = encoder_of(index)
    some = np.random.default_rng(0).permutation(np.array(rows, dtype=np.int64))[:sample]
    articles = index.articles(some.tolist())
    texts = [document_text(articles[row].title, articles[row].excerpt) for row in some.tolist()]
    cosines = (encoder.encode_documents(texts) * index.vectors.get(some)).sum(axis=1)
    wrong = int((~(cosines >= _SAME)).sum())
    return f"{wrong} come out otherwise (least cosine {cosines.min():.3f})" if wrong else ""
