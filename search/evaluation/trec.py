"""Judgements and queries as TREC and BEIR write them."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from search.index.opened import Index

Judgements = dict[str, dict[str, int]]
"""Grades by query id and article id."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query that judgements exist for.

    Attributes:
        id: Its id in the judgements.
        text: What a person typed.
        type: ``keyword``, ``question``, ``paraphrase``, ``entity``, ``event``, ``typo`` or empty.
        corrected: For a typo, what was meant; may be empty.
        line: Where it stands in its file, from 1.
    """

    id: str
    text: str
    type: str = ""
    corrected: str = ""
    line: int = field(default=0, compare=False, kw_only=True)


def read_judgements(path: Path) -> Judgements:
    """Read ``qid 0 id grade`` lines, or ``qid<TAB>id<TAB>grade`` lines below a header (BEIR).

    Raises:
        UsageError: A line is not of this form; names file and line.
    """
    judgements: Judgements = {}
    for number, line in _lines(path):
        if number == 1 and line.startswith("query-id"):
            continue
        try:
            columns = line.split()
            query_id, article_id, grade = columns if len(columns) == 3 else (columns[0], *columns[2:])  # noqa: PLR2004
            judgements.setdefault(query_id, {})[article_id] = int(grade)
        except (ValueError, IndexError):
            raise UsageError(
                f"{path}:{number}: not 'qid 0 id grade'", "columns separated by spaces, the grade a whole number"
            ) from None
    return judgements


def read_queries(path: Path) -> list[JudgedQuery]:
    """Read ``qid<TAB>text[<TAB>type[<TAB>corrected]]`` lines, or JSON Lines with ``_id`` and ``text`` (BEIR).

    Raises:
        UsageError: A line is not of this form, or two have one id; names file and line.
    """
    queries = _read_beir_queries(path) if path.suffix == ".jsonl" else _read_trec_queries(path)
    lines: dict[str, int] = {}
    for query in queries:
        first = lines.setdefault(query.id, query.line)
        if first != query.line:
            raise UsageError(
                f"{path}:{query.line}: query id {query.id} stands in line {first} too",
                "give each query an id of its own",
            )
    return queries


def _read_trec_queries(path: Path) -> list[JudgedQuery]:
    queries: list[JudgedQuery] = []
    for number, line in _lines(path):
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) < 2 or not columns[0] or not columns[1]:  # noqa: PLR2004
            raise UsageError(f"{path}:{number}: not 'qid<TAB>text'", "put a tab between the query's id and its text")
        queries.append(JudgedQuery(*columns[:4], line=number))
    return queries


def _read_beir_queries(path: Path) -> list[JudgedQuery]:
    queries: list[JudgedQuery] = []
    for number, line in _lines(path):
        try:
            record = json.loads(line)
            queries.append(JudgedQuery(str(record["_id"]), str(record["text"]), line=number))
        except (ValueError, TypeError, KeyError):
            raise UsageError(f"{path}:{number}: no query", 'one {"_id": "…", "text": "…"} a line') from None
    return queries


def graded_rows(index: Index, judgements: Judgements) -> dict[int, dict[int, int]]:
    """Return judgements of articles by rows of an index; what it does not hold is left out."""
    ids = {article for some in judgements.values() for article in some} | judgements.keys()
    rows = {article: row for article in ids if (row := index.row_of_id(article)) is not None}
    return {
        rows[article]: {rows[other]: grade for other, grade in some.items() if other in rows}
        for article, some in judgements.items()
        if article in rows
    }


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file (``-`` is standard input) that are not empty, with their numbers.

    Lines end in a line feed, perhaps after a carriage return: what else Unicode breaks lines at may stand in a text.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{number}: not UTF-8", "give a UTF-8 text file") from error
    except OSError as error:
        told = (error.strerror or str(error)).lower()
        raise UsageError(f"{path} cannot be read: {told}", "give a UTF-8 text file") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.removesuffix("\r")
