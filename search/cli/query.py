"""``search query``: free text against an index."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from search.cli import log
from search.cli.options import (
    DEFAULT_INDEX,
    Categories,
    Count,
    EncoderName,
    Explain,
    Format,
    FormatOption,
    IndexFolder,
    MinQuality,
    ModeOption,
    Origin,
    Providers,
    Published,
    Since,
    Topics,
    Types,
    Until,
    now,
)
from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.encoders.base import Encoder
    from search.encoders.reranker import Reranker
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.retrieval.search import Answer, Wishes


_UNWANTED_WORD = re.compile(r"-[^\W\d_][\w'-]+")


class QueryCommand(TyperCommand):
    """Takes ``-football`` for an unwanted word, not for the options ``-f -o -o …``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line with unwanted words kept from being taken apart."""
        # What begins with a space is no option, and the space means nothing to the query.
        return super().parse_args(ctx, [f" {word}" if _UNWANTED_WORD.fullmatch(word) else word for word in args])


def query(
    text: Annotated[
        list[str] | None,
        typer.Argument(
            help='Words, "exact phrases", -without, provider:ft.com, topic:"Computer Vision", since:2023-06.'
        ),
    ] = None,
    k: Count = 10,
    mode: Annotated[ModeOption, typer.Option(help="Both words and meaning, or one of them.")] = ModeOption.HYBRID,
    collapse: Annotated[bool, typer.Option("--collapse/--no-collapse", help="One result for a story.")] = True,
    recent: Annotated[
        str | None, typer.Option(help="Prefer what is recent; half the preference is left at this age: 30d, 6m.")
    ] = None,
    as_typed: Annotated[bool, typer.Option("--as-typed", help="Set nothing right, add no acronyms.")] = False,
    floor: Annotated[
        bool, typer.Option("--floor/--no-floor", help="Say that nothing is found when nothing comes near.")
    ] = True,
    rerank: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Let a CrossEncoder (folder or hub id) read the best again."),
    ] = None,
    folder: IndexFolder = DEFAULT_INDEX,
    output: FormatOption = Format.TABLE,
    explain: Explain = False,
    queries: Annotated[
        Path | None, typer.Option(help="A file of 'qid<TAB>text' lines, instead of TEXT ('-' for standard input).")
    ] = None,
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

    Exits with 1 when nothing is found.
    """
    from search.cli.filters import filters_from
    from search.index.opened import open_index
    from search.retrieval.dates import parse_age
    from search.retrieval.search import Wishes

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
    asked = _asked(text or [], queries, output)
    measured = output is Format.TREC
    wishes = Wishes(
        k=k,
        mode=mode.value,
        collapse=collapse and not measured,
        floor=floor and not measured,
        as_typed=as_typed,
        half_life_days=parse_age(recent) if recent else 0.0,
    )
    found = False
    with open_index(folder) as index:
        opened = None if mode is ModeOption.LEXICAL else _open_encoder(index, encoder)
        reranker = _open_reranker(rerank) if rerank else None
        for query_id, typed in asked:
            started = time.perf_counter()
            answer = _answer(index, typed, filters, wishes, opened, reranker)
            took_ms = (time.perf_counter() - started) * 1000
            sys.stdout.write(_rendered(index, query_id, answer, output, explain=explain, took_ms=took_ms))
            found = found or bool(answer.hits)
    if not found:
        log.info("nothing found")
        raise typer.Exit(1)


def _open_encoder(index: Index, insisted: str | None) -> Encoder:
    """Open the encoder while FAISS is imported and the vectors are read: much of either is not Python."""
    from concurrent.futures import ThreadPoolExecutor

    from search.index.encoder import encoder_of

    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(encoder_of, index, insisted)
        len(index.vectors)
        return opening.result()


def _open_reranker(name: str) -> Reranker:
    from search.encoders.reranker import open_reranker

    return open_reranker(name, notice=log.info)


def _asked(words: list[str], queries: Path | None, output: Format) -> list[tuple[str, str]]:
    for word in words:
        if word.startswith("--") and len(word) > 2:  # noqa: PLR2004
            raise UsageError(
                f"no such option: {word}", "search query --help lists them; quote text that begins with --"
            )
    if queries is None:
        return [("1", " ".join(words))]
    if words:
        raise UsageError("give either TEXT or --queries", "one of them, not both")
    if output not in {Format.TREC, Format.JSONL}:
        raise UsageError(f"--queries cannot be printed as {output.value}", "use --format trec or --format jsonl")
    return list(_read_queries(queries))


def _read_queries(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "give a UTF-8 file of 'qid<TAB>text' lines") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        query_id, tab, rest = line.partition("\t")
        query_text = rest.partition("\t")[0].strip()
        if not tab or not query_id.strip() or not query_text:
            raise UsageError(f"{path}:{number}: not 'qid<TAB>text'", "put a tab between the query's id and its text")
        yield query_id.strip(), query_text


def _answer(
    index: Index,
    typed: str,
    filters: Filters,
    wishes: Wishes,
    encoder: Encoder | None,
    reranker: Reranker | None,
) -> Answer:
    from search.index.filters import Filters as NoFilters
    from search.retrieval.query import Query, parse_query
    from search.retrieval.search import search

    # Filter options alone are a question too: what have we of these, newest first.
    parsed = Query("", NoFilters()) if filters and not typed.strip() else parse_query(typed, now())
    if parsed.cut:
        log.warning(f"the query has {len(typed):,} characters; only its beginning is looked at")
    answer = search(index, parsed.narrowed(filters), wishes, encoder, now(), reranker)
    for one in answer.corrected:
        log.info(f"searched for {one.meant} instead of {one.typed} (--as-typed to keep it)", event="corrected")
    return answer


def _rendered(index: Index, query_id: str, answer: Answer, output: Format, *, explain: bool, took_ms: float) -> str:
    from search.cli.render import records

    match output:
        case Format.JSON:
            return records.as_json(records.answer_record(index, answer, took_ms))
        case Format.JSONL:
            return records.as_json_lines({"qid": query_id, **records.hit_record(index, hit)} for hit in answer.hits)
        case Format.PATHS:
            paths = (records.file_path(index, hit.article) or hit.article.url for hit in answer.hits)
            return "".join(f"{path}\n" for path in paths)
        case Format.TREC:
            from search.cli.render.trec import trec_lines

            return trec_lines(query_id, ((hit.article.id, hit.score) for hit in answer.hits))
        case Format.MARKDOWN:
            from search.cli.render.markdown import answer_markdown

            return answer_markdown(answer)
        case _:
            from search.cli.render.text import answer_text

            return answer_text(index, answer, explain=explain, took_ms=took_ms) if answer.hits else ""
