"""``search eval``: how good the answers are."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli.options import DEFAULT_INDEX, MOST, IndexFolder, now
from search.errors import UsageError

if TYPE_CHECKING:
    from search.evaluation.compare import Report
    from search.index.opened import Index
    from search.index.progress import Progress


class EvalFormat(StrEnum):
    """How a report is printed."""

    TABLE = "table"
    JSON = "json"


def evaluate(
    folder: IndexFolder = DEFAULT_INDEX,
    queries: Annotated[
        Path | None, typer.Option(help="Queries: 'qid<TAB>text[<TAB>type]' lines, or BEIR's queries.jsonl.")
    ] = None,
    judgements: Annotated[
        Path | None,
        typer.Option(help="TREC qrels, or BEIR's TSV: of the queries, or of articles when no queries are given."),
    ] = None,
    decisions: Annotated[
        bool, typer.Option("--decisions", help="By what editors accepted and rejected on the desk.")
    ] = False,
    against: Annotated[
        list[str] | None,
        typer.Option(help="Ways to compare with: taken, listed, affinity, cosine, words; for queries dense, lexical."),
    ] = None,
    k: Annotated[
        int | None, typer.Option("-k", min=1, max=MOST, help="How far down to look; 5 for articles, else 10.")
    ] = None,
    worst: Annotated[int, typer.Option(min=0, max=MOST, help="How many of the worst cases to list.")] = 5,
    output: Annotated[EvalFormat, typer.Option("--format", help="How to print.")] = EvalFormat.TABLE,
    plot: Annotated[Path | None, typer.Option(help="Write a picture of it as SVG.")] = None,
) -> None:
    """Measure answers against curated lists, graded articles, or judged queries.

    Without options the curated lists of the index are the truth, each article's own list hidden.
    """
    from search.cli.progress import Bars
    from search.index.opened import open_index

    if decisions and (queries or judgements):
        raise UsageError("decisions are judgements of their own", "leave out --queries and --judgements")
    if queries and not judgements:
        raise UsageError("queries without judgements measure nothing", "add --judgements FILE.qrels")
    with open_index(folder) as index, Bars() as progress:
        if queries and judgements:
            report = _of_queries(index, queries, judgements, against, k or 10, worst)
        else:
            report = _of_articles(index, judgements, against, k, worst, progress, decisions=decisions)
    if plot:
        from search.cli.render.plot import report_svg

        try:
            plot.write_text(report_svg(report), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{plot} cannot be written: {error.strerror}", "name a file that can be") from error
    if output is EvalFormat.JSON:
        sys.stdout.write(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n")
    else:
        from search.cli.render.report import report_text

        sys.stdout.write(report_text(report))


def _of_queries(index: Index, queries: Path, judgements: Path, against: list[str] | None, k: int, worst: int) -> Report:
    from search.evaluation.cases import query_cases
    from search.evaluation.compare import compare
    from search.evaluation.trec import read_judgements, read_queries
    from search.index.encoder import encoder_of
    from search.retrieval.search import Wishes

    known = {"hybrid": Wishes(k, "hybrid"), "dense": Wishes(k, "dense"), "lexical": Wishes(k, "lexical")}
    ways = {name: known[name] for name in _ways("hybrid", against or ["dense", "lexical"], tuple(known))}
    asked = read_queries(queries)
    cases = list(query_cases(index, asked, read_judgements(judgements), ways, encoder_of(index), now()))
    if not cases:
        raise UsageError(f"{queries} holds no query", "one 'qid<TAB>text' a line")
    return compare("1 query" if len(cases) == 1 else f"{len(cases)} queries", cases, k, worst, {})


def _of_articles(
    index: Index,
    judgements: Path | None,
    against: list[str] | None,
    k: int | None,
    worst: int,
    progress: Progress,
    *,
    decisions: bool,
) -> Report:
    from search.evaluation.cases import RELATED_WAYS, related_cases
    from search.evaluation.compare import compare
    from search.evaluation.curated import curated_lists
    from search.evaluation.trec import graded_rows, read_judgements
    from search.related.ranker import ranker_for

    ways = _ways("ranker", against or ["affinity", "listed", "cosine"], RELATED_WAYS)
    if decisions:
        from search.desk.place import desk_of
        from search.desk.rejections import grades as decided

        known = decided(index, desk_of(index.content_root).decisions().latest.values())
        graded = [(row, "", grades) for row, grades in known.items()]
        name = _count(len(graded), "decided article")
    elif judgements:
        graded = [(row, "", grades) for row, grades in graded_rows(index, read_judgements(judgements)).items()]
        name = _count(len(graded), "graded article")
    else:
        graded = [(one.row, one.bucket, dict.fromkeys(one.items, 1)) for one in curated_lists(index)]
        name = _count(len(graded), "curated list")
    if not graded:
        raise UsageError("there is nothing to measure by", "the index holds no curated lists; give --judgements")
    progress.phase("ranking", len(graded))
    cases, found = [], {}
    for case, share in related_cases(index, graded, ranker_for(index.folder), ways):
        cases.append(case)
        found[case.id] = share
        progress.advance(1)
    return compare(name, cases, k or (5 if judgements or decisions else 10), worst, found)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _ways(ours: str, against: list[str], known: tuple[str, ...]) -> list[str]:
    for name in against:
        if name not in known:
            raise UsageError(f"there is no way of ranking called {name}", f"one of {', '.join(known)}")
    return list(dict.fromkeys([ours, *against]))
