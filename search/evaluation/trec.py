"""Judgements and queries as TREC and BEIR write them."""

from __future__ import annotations

import json
import re
import sys
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from search.index.opened import Index

Judgements = dict[str, dict[str, int]]
"""Grades by query id and article id."""

# The gain is 2^grade: a grade beyond every scale in use would outweigh all others, or be no number at all.
MAX_GRADE: Final = 10

# The formats separate by white space, so ids stand without it; no white space lies beyond this code point.
_LAST_SPACE: Final = 0x3000
_ESCAPES: Final = {
    character: "".join(f"%{byte:02X}" for byte in character.encode())
    for character in ["%", *filter(str.isspace, map(chr, range(_LAST_SPACE + 1)))]
}
_ESCAPED: Final = {escape: character for character, escape in _ESCAPES.items()}
_ESCAPE: Final = re.compile("|".join(_ESCAPED))
_ESCAPABLE: Final = str.maketrans(_ESCAPES)


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


def read_judgements(
    path: Path, told: Callable[[str], None] | None = None, known: Callable[[str], bool] | None = None
) -> Judgements:
    """Read ``qid 0 id grade`` lines, or ``qid<TAB>id<TAB>grade`` lines below a header (BEIR).

    Where a line has tabs they alone separate, and ids may hold spaces. Ids are read by ``decoded_id``. TREC has grades
    below 0 too, for what is worse than not relevant: they count as 0. Of two grades of one pair the later one counts.

    Args:
        path: The file; ``-`` is standard input.
        told: Told once of pairs with two unlike grades, if there are any.
        known: Tells whether a query or an article has an id as it stands in the file: that is not decoded.

    Raises:
        UsageError: A line is not of this form, or its grade is above ``MAX_GRADE``; names file and line. Or there is
            no line.
    """
    judgements: Judgements = {}
    twice: list[str] = []
    for number, raw in _lines(path):
        line = _text(path, number, raw)
        if number == 1 and line.startswith("query-id"):
            continue
        try:
            columns = _columns(line)
            query_id, article_id, grade = columns if len(columns) == 3 else (columns[0], *columns[2:])  # noqa: PLR2004
            query_id, article_id = (
                one if known and "%" in one and known(one) else decoded_id(one) for one in (query_id, article_id)
            )
            graded = int(grade)
        except (ValueError, IndexError):
            raise UsageError(
                f"{path}:{number}: not 'qid 0 id grade'",
                "columns separated by spaces, or by tabs where ids hold spaces; the grade a whole number",
            ) from None
        if graded > MAX_GRADE:
            raise UsageError(f"{path}:{number}: a grade above {MAX_GRADE}", "0 for not relevant, 4 for the best")
        grades, graded = judgements.setdefault(query_id, {}), max(graded, 0)
        if grades.get(article_id, graded) != graded:
            twice.append(f"{path}:{number}: {query_id} and {article_id} have another grade above")
        grades[article_id] = graded
    if not judgements:
        raise UsageError(f"{path} holds no judgement", "one 'qid 0 id grade' a line")
    if told and twice:
        others = f", and {len(twice) - 1:,} more have" if len(twice) > 1 else ""
        told(f"{twice[0]}{others}; the later grade counts")
    return judgements


def _columns(line: str) -> list[str]:
    by_tabs = [column.strip() for column in line.split("\t")]
    return by_tabs if len(by_tabs) in {3, 4} and all(by_tabs) else line.split()


def encoded_id(text: str) -> str:
    """Return an id as one word: white space and ``%`` percent-encoded, as UTF-8.

    An address has escapes of its own and stands as it is.
    """
    return text if _is_address(text) else text.translate(_ESCAPABLE)


def decoded_id(word: str) -> str:
    """Return the id that ``encoded_id`` wrote; what that never writes (``100%.md``, ``caf%C3%A9.md``) stays."""
    return word if _is_address(word) else _ESCAPE.sub(lambda found: _ESCAPED[found[0]], word)


def _is_address(text: str) -> bool:
    return text.startswith("https://") and not any(map(str.isspace, text))


def read_queries(path: Path, left_out: Callable[[UsageError], None] | None = None) -> list[JudgedQuery]:
    """Read ``qid<TAB>text[<TAB>type[<TAB>corrected]]`` lines, or JSON Lines with ``_id`` and ``text`` (BEIR).

    Args:
        path: The file; ``-`` is standard input.
        left_out: Told of each line that is no query, which is then left out; without it such a line is an error.

    Raises:
        UsageError: The file cannot be read; or a line is not of this form, or has the id of another, and nobody is
            told. Names file and line.
    """
    read = _beir_query if path.suffix == ".jsonl" else _trec_query
    queries: list[JudgedQuery] = []
    lines: dict[str, int] = {}
    for number, raw in _lines(path):
        try:
            query = read(path, number, _text(path, number, raw))
            if query.id in lines:
                raise UsageError(  # noqa: TRY301
                    f"{path}:{number}: query id {query.id} stands in line {lines[query.id]} too",
                    "give each query an id of its own",
                )
        except UsageError as error:
            if left_out is None:
                raise
            left_out(error)
        else:
            lines[query.id] = number
            queries.append(query)
    return queries


def judged_queries(queries: Iterable[JudgedQuery], judgements: Judgements) -> list[JudgedQuery]:
    """Return the queries that anything is judged for; as trec_eval has it, the others are not measured."""
    return [query for query in queries if query.id in judgements]


def _trec_query(path: Path, number: int, line: str) -> JudgedQuery:
    columns = [column.strip() for column in line.split("\t")]
    if len(columns) < 2 or not columns[0] or not columns[1]:  # noqa: PLR2004
        raise UsageError(f"{path}:{number}: not 'qid<TAB>text'", "put a tab between the query's id and its text")
    return JudgedQuery(*columns[:4], line=number)


def _beir_query(path: Path, number: int, line: str) -> JudgedQuery:
    try:
        record = json.loads(line)
        return JudgedQuery(str(record["_id"]), str(record["text"]), line=number)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(f"{path}:{number}: no query", 'one {"_id": "…", "text": "…"} a line') from None


def judgements_of(index: Index, path: Path, told: Callable[[str], None] | None = None) -> Judgements:
    """Read judgements of articles by the ids of others, those of an index as they stand; as ``read_judgements``."""
    return read_judgements(path, told, lambda one: index.row_of_id(one) is not None)


def graded_rows(
    index: Index, judgements: Judgements, told: Callable[[str], None] | None = None
) -> dict[int, dict[int, int]]:
    """Return judgements of articles by rows of an index.

    What it does not hold is left out, and so is what is judged against itself: no article is related to itself.

    Args:
        index: Whose rows.
        judgements: Of articles by the ids of others.
        told: Told what is judged against itself, if anything is.
    """
    ids = {article for some in judgements.values() for article in some} | judgements.keys()
    rows = {article: row for article in ids if (row := index.row_of_id(article)) is not None}
    if told and (selves := sorted(article for article, some in judgements.items() if article in some)):
        others = f", and {len(selves) - 1:,} more" if len(selves) > 1 else ""
        told(f"judged against itself, which is ignored: {selves[0]}{others}")
    graded = {
        rows[article]: {rows[other]: grade for other, grade in some.items() if other in rows and other != article}
        for article, some in judgements.items()
        if article in rows
    }
    return {row: some for row, some in graded.items() if some}


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file (``-`` is standard input) that are not empty, with their numbers.

    Lines end in a line feed, perhaps after a carriage return: what else Unicode breaks lines at may stand in a text.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        told = (error.strerror or str(error)).lower()
        raise UsageError(f"{path} cannot be read: {told}", "give a UTF-8 text file") from error
    for number, line in enumerate(data.removeprefix(BOM_UTF8).split(b"\n"), start=1):
        if line.strip():
            yield number, line.removesuffix(b"\r")


def _text(path: Path, number: int, line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}:{number}: not UTF-8", "give a UTF-8 text file") from error
