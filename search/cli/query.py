"""``search query``: free text against an index."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import log
from search.cli.asking import open_encoder, open_reranker, query_from, wishes_from
from search.cli.filters import filters_from
from search.cli.options import (
    DEFAULT_INDEX,
    AsTyped,
    Categories,
    Collapse,
    Count,
    EncoderName,
    Explain,
    Floor,
    Format,
    FormatOption,
    IndexFolder,
    MinQuality,
    Mode,
    ModeOption,
    Origin,
    Providers,
    Published,
    Recent,
    RerankModel,
    Since,
    Topics,
    Types,
    Until,
    no_effect,
    now,
)
from search.errors import ContentProblems, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.encoders.base import Encoder
    from search.encoders.reranker import Reranker
    from search.index.opened import Index
    from search.retrieval.query import Query
    from search.retrieval.scores import Wishes
    from search.retrieval.search import Answer


def query(
    text: Annotated[
        list[str] | None,
        typer.Argument(
            help=(
                'Words, "exact phrases", -without, provider:ft.com, topic:"Computer Vision", since:2023-06; '
                "in single quotes, so that the shell leaves the double ones."
            )
        ),
    ] = None,
    k: Count = 10,
    mode: Mode = ModeOption.HYBRID,
    collapse: Collapse = True,
    recent: Recent = None,
    as_typed: AsTyped = False,
    floor: Floor = True,
    rerank: RerankModel = None,
    folder: IndexFolder = DEFAULT_INDEX,
    output: FormatOption = Format.TABLE,
    explain: Explain = False,
    queries: Annotated[
        Path | None,
        typer.Option(
            help="A file of 'qid<TAB>text' lines ('-': standard input), instead of TEXT; with --format trec or jsonl."
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if any line of --queries could not be answered.")
    ] = False,
    encoder: EncoderName = None,
    since: Since = None,
    until: Until = None,
    topic: Topics = None,
    category: Categories = None,
    provider: Providers = None,
    type_: Types = None,
    min_quality: MinQuality = None,
    published: Published = None,
    origin: Origin = None,
) -> None:
    """Find articles by meaning and by words.

    Exits with 1 when nothing is found. Lines of --queries that cannot be answered are named, and the others are.
    """
    from search.index.opened import open_index
    from search.index.why_none import why_none

    if explain and output in {Format.PATHS, Format.MARKDOWN, Format.TREC}:
        no_effect("--explain", f"with --format {output.value}")
    if strict and not queries:
        no_effect("--strict", "without --queries")
    filters = filters_from(
        since=since,
        until=until,
        topics=topic,
        categories=category,
        providers=provider,
        types=type_,
        min_quality=min_quality,
        published=published,
        origin=origin,
    )
    problems: list[UsageError] = []
    questions = _asked(text or [], queries, output, problems)
    asked: list[tuple[_Question, Query]] = []
    for question in questions:
        with _told(question, problems):
            asked.append((question, query_from(question.text, filters, to_people=not queries)))
    measured = output is Format.TREC
    wishes = wishes_from(
        k=k,
        mode=mode,
        collapse=collapse and not measured,
        recent=recent,
        as_typed=as_typed,
        floor=floor and not measured,
    )
    has_text = any(one.text for _, one in asked)
    found, answered, why = False, 0, ""
    with open_index(folder) as index:
        opened = open_encoder(index, encoder) if has_text and mode is not ModeOption.LEXICAL else None
        reranker = open_reranker(rerank) if has_text and rerank else None
        for question, one in asked:
            started = time.perf_counter()
            with _told(question, problems):
                answer = _answer(index, one, wishes, opened, reranker)
                took_ms = (time.perf_counter() - started) * 1000
                sys.stdout.write(_rendered(index, question.id, answer, output, explain=explain, took_ms=took_ms))
                found, answered = found or bool(answer.hits), answered + 1
                if not queries and not answer.passing:
                    why = why_none(index.connection, one.filters)
    _end(queries, len(problems), answered=answered, found=found, strict=strict, why=why)


def _end(queries: Path | None, problems: int, *, answered: int, found: bool, strict: bool, why: str) -> None:
    """Raise what gives the exit code: a run over a file goes on after its bad lines.

    Args:
        queries: The file, if there is one.
        problems: How many of its lines could not be answered.
        answered: How many were.
        found: Whether anything was found.
        strict: Whether problems are an error.
        why: Why nothing was found, or ``""``.
    """
    if queries and not answered:
        raise UsageError(f"{queries} holds no query that can be answered", "one 'qid<TAB>text' a line")
    if problems:
        told = f"{problems:,} of {problems + answered:,} queries could not be answered"
        hint = "mend the lines named above"
        if strict:
            raise ContentProblems(told, hint)
        log.warning(told, hint=hint, event="problems", problems=problems)
    if not found:
        log.info(f"nothing found: {why}" if why else "nothing found")
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked.

    Attributes:
        id: Its id in a run.
        text: As typed.
        place: File and line it stands in; empty for what was typed on the command line.
    """

    id: str
    text: str
    place: str = ""


@contextmanager
def _told(question: _Question, problems: list[UsageError]) -> Iterator[None]:
    """Tell what is wrong with one query of a file, note it and go on; a typed query ends the run.

    Whatever else is told meanwhile names the query of the file that it is about.
    """
    try:
        with log.of_query(question.id if question.place else ""):
            yield
    except UsageError as error:
        if not question.place:
            raise
        told = f"{question.place}: query {question.id}: {error.message}"
        log.warning(told, hint=error.hint, event="problem", qid=question.id)
        problems.append(error)


def _asked(words: list[str], queries: Path | None, output: Format, problems: list[UsageError]) -> list[_Question]:
    """Return what is asked; lines of a file that are no queries are told and added to the problems."""
    if queries is None:
        return [_Question("1", " ".join(words))]
    from search.evaluation.trec import read_queries

    def left_out(error: UsageError) -> None:
        log.warning(error.message, hint=error.hint, event="problem")
        problems.append(error)

    if words:
        raise UsageError("give either TEXT or --queries", "one of them, not both")
    if output not in {Format.TREC, Format.JSONL}:
        raise UsageError(f"--queries cannot be printed as {output.value}", "use --format trec or --format jsonl")
    return [_Question(one.id, one.text, f"{queries}:{one.line}") for one in read_queries(queries, left_out)]


def _answer(index: Index, asked: Query, wishes: Wishes, encoder: Encoder | None, reranker: Reranker | None) -> Answer:
    from search.retrieval.notes import notes
    from search.retrieval.search import search

    answer = search(index, asked, wishes, encoder, now(), reranker)
    hinted = {name.casefold() for name, near in answer.query.no_fields if near}  # told with the query
    doubtful = [one for one in answer.doubtful if one.typed.casefold() not in hinted]
    for note in notes(replace(answer, doubtful=doubtful)):
        log.info(f"{note.text} (--as-typed keeps what is typed)" if note.as_typed else note.text, event=note.event)
    return answer


def _rendered(index: Index, query_id: str, answer: Answer, output: Format, *, explain: bool, took_ms: float) -> str:
    from search.cli.render import records
    from search.index.standing import standing_in

    match output:
        case Format.JSON:
            return records.as_json(records.answer_record(index, answer, took_ms, explain=explain))
        case Format.JSONL:
            hits = (records.hit_record(index, hit, explain=explain) for hit in answer.hits)
            return records.as_json_lines({"qid": query_id, **hit} for hit in hits)
        case Format.PATHS:
            paths = (records.file_path(index, hit.article) or hit.article.url for hit in answer.hits)
            return "".join(f"{path}\n" for path in paths)
        case Format.TREC:
            from search.cli.render.trec import trec_lines

            return trec_lines(query_id, ((hit.article.id, hit.score) for hit in answer.hits))
        case Format.MARKDOWN:
            from search.cli.render.markdown import answer_markdown

            return answer_markdown(answer, standing_in(index, now()))
        case _:
            from search.cli.render.answer import answer_text

            standing = standing_in(index, now())
            return answer_text(index, answer, standing, explain=explain, took_ms=took_ms) if answer.hits else ""
