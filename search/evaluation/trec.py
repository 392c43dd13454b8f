"""TREC judgements and queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    """

    id: str
    text: str
    type: str = ""
    corrected: str = ""


def read_judgements(path: Path) -> Judgements:
    """Read ``qid 0 id grade`` lines.

    Raises:
        UsageError: A line is not of this form; names file and line.
    """
    judgements: Judgements = {}
    for number, line in _lines(path):
        try:
            query_id, _, article_id, grade = line.split()
            judgements.setdefault(query_id, {})[article_id] = int(grade)
        except ValueError:
            raise UsageError(f"{path}:{number}: not 'qid 0 id grade'", "four columns separated by spaces") from None
    return judgements


def read_queries(path: Path) -> list[JudgedQuery]:
    """Read ``qid<TAB>text[<TAB>type[<TAB>corrected]]`` lines.

    Raises:
        UsageError: A line has no tab; names file and line.
    """
    queries: list[JudgedQuery] = []
    for number, line in _lines(path):
        columns = [column.strip() for column in line.split("\t")]
        if len(columns) < 2 or not columns[0] or not columns[1]:  # noqa: PLR2004
            raise UsageError(f"{path}:{number}: not 'qid<TAB>text'", "put a tab between the query's id and its text")
        queries.append(JudgedQuery(*columns[:4]))
    return queries


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "give a UTF-8 text file") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line
