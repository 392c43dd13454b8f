"""``search eval``: how good the answers are."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import log
from search.cli.inert import inert_json
from search.cli.options import DEFAULT_INDEX, MOST, IndexFolder, folder_named, now, path_named
from search.cli.render.counts import counted
from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.evaluation.compare import Report
    from search.evaluation.trec import JudgedQuery, Judgements
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
    against_index: Annotated[
        Path | None,
        typer.Option(
            parser=folder_named,
            metavar="<path>",
            help="Another index of the same content to compare with: another encoder, another ranker.",
        ),
    ] = None,
    k: Annotated[
        int | None, typer.Option("-k", min=1, max=MOST, help="How far down to look; 5 for articles, else 10.")
    ] = None,
    worst: Annotated[int, typer.Option(min=0, max=MOST, help="How many of the worst cases to list.")] = 5,
    output: Annotated[EvalFormat, typer.Option("--format", help="How to print.")] = EvalFormat.TABLE,
    plot: Annotated[
        Path | None, typer.Option(parser=path_named, metavar="FILE", help="Write a picture of it as SVG.")
    ] = None,
) -> None:
    """Measure answers against curated lists, graded articles, or judged queries.

    Without options the curated lists of the index are the truth, each article's own list hidden.
    """
    from search.cli.progress import Bars
    from search.desk.output import PICTURES, STANDARD_OUTPUT, and_made, check_place, write_whole
    from search.evaluation.drift import drift_between
    from search.index.opened import open_index

    if decisions and (queries or judgements):
        raise UsageError("decisions are judgements of their own", "leave out --queries and --judgements")
    if plot == STANDARD_OUTPUT:
        raise UsageError("standard output has the report, and no picture beside it", "name a file: --plot report.svg")
    if queries and not judgements:
        raise UsageError("queries without judgements measure nothing", "add --judgements FILE.qrels")
    wanted = _Wanted(queries, judgements, decisions, against, k, worst)
    with ExitStack() as stack:
        progress = stack.enter_context(Bars())
        index = stack.enter_context(open_index(folder))
        other = stack.enter_context(open_index(against_index)) if against_index else None
        made = check_place(plot, PICTURES, index) if plot else None
        if other is not None and (drift := drift_between(index, other)).differing:
            log.info(str(drift), event="drift")
        measure = _of_queries if queries else _of_articles
        report = measure(index, other, wanted, progress)
    if plot:
        from search.cli.render.plot import report_svg

        write_whole(plot, [report_svg(report)])
        log.info(f"wrote {plot}{and_made(made)}", event="written")
    if output is EvalFormat.JSON:
        told = {**asdict(report), "calibration_error": report.calibration_error}
        sys.stdout.write(inert_json(told, indent=2) + "\n")
    else:
        from search.cli.render.report import report_text

        sys.stdout.write(report_text(report))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for on the command line."""

    queries: Path | None
    judgements: Path | None
    decisions: bool
    against: list[str] | None
    k: int | None
    worst: int


def _of_queries(index: Index, other: Index | None, wanted: _Wanted, progress: Progress) -> Report:
    from search.evaluation.cases import query_cases, with_another_way
    from search.evaluation.compare import compare
    from search.evaluation.trec import read_judgements, read_queries
    from search.index.encoder import encoder_of
    from search.retrieval.scores import Wishes

    queries, judgements, k = wanted.queries or Path(), wanted.judgements or Path(), wanted.k or 10
    known = {"hybrid": Wishes(k, "hybrid"), "dense": Wishes(k, "dense"), "lexical": Wishes(k, "lexical")}
    ways = {name: known[name] for name in _ways("hybrid", wanted.against or ["dense", "lexical"], tuple(known))}
    asked = read_queries(queries)
    ids = {query.id for query in asked}
    judged = read_judgements(judgements, progress.notice, lambda one: one in ids or index.row_of_id(one) is not None)
    if not asked:
        raise UsageError(f"{queries} holds no query", "one 'qid<TAB>text' a line")
    if not _is_any_known(index, asked, judged):
        todo = "give the queries' own ids, and ids of articles as results show them"
        raise UsageError(f"{judgements} judges no article of the index for any of these queries", todo)
    if gone := _not_there(index, asked, judged):
        more = f", and {len(gone) - 1:,} more" if len(gone) > 1 else ""
        progress.notice(f"relevant, not in the index, and so never found: {gone[0]}{more}")
    progress.phase("asking", len(asked))
    cases = list(query_cases(index, asked, judged, ways, encoder_of(index), now()))
    progress.advance(len(asked))
    if other is not None:
        theirs = query_cases(other, asked, judged, {"hybrid": known["hybrid"]}, encoder_of(other), now())
        cases = with_another_way(cases, theirs, "hybrid", f"hybrid of {other.folder}")
    name = "1 query" if len(cases) == 1 else f"{len(cases)} queries"
    return replace(compare(name, cases, k, wanted.worst, {}), not_judged=len(asked) - len(cases))


def _is_any_known(index: Index, asked: list[JudgedQuery], judged: Judgements) -> bool:
    return any(index.row_of_id(article) is not None for query in asked for article in judged.get(query.id, {}))


def _not_there(index: Index, asked: list[JudgedQuery], judged: Judgements) -> list[str]:
    """Return the ids that are relevant to a query and that the index does not hold, sorted."""
    relevant = {article for query in asked for article, grade in judged.get(query.id, {}).items() if grade > 0}
    return sorted(article for article in relevant if index.row_of_id(article) is None)


def _of_articles(index: Index, other: Index | None, wanted: _Wanted, progress: Progress) -> Report:
    from search.evaluation.cases import RELATED_WAYS, related_cases, with_another_way
    from search.evaluation.compare import compare
    from search.related.ranker import ranker_for

    ways = _ways("ranker", wanted.against or ["affinity", "listed", "cosine"], RELATED_WAYS)
    graded, thing = _graded(index, wanted, progress.notice)
    if not graded:
        raise _nothing_to_measure_by(wanted)
    progress.phase("ranking", len(graded))
    cases, found, said = [], {}, []
    for one in related_cases(index, graded, ranker_for(index.folder), ways):
        cases.append(one.case)
        if one.found is not None:
            found[one.case.id] = one.found
        said += one.said
        progress.advance(1)
    if other is not None:
        their_graded, _ = _graded(other, wanted, None)
        theirs = (one.case for one in related_cases(other, their_graded, ranker_for(other.folder), ("ranker",)))
        cases = with_another_way(cases, theirs, "ranker", f"ranker of {other.folder}")
    by_grades = bool(wanted.judgements or wanted.decisions)
    depth = wanted.k or (5 if by_grades else 10)
    report = compare(counted(len(graded), thing), cases, depth, wanted.worst, found)
    if not by_grades or not said:
        return report
    if untold := _untold([grade for _, grade in said], decided=wanted.decisions):
        return replace(report, untold=untold)
    return replace(report, reliability=_reliability(said))


def _untold(grades: list[int], *, decided: bool) -> str:
    """Say why the grades of judged pairs cannot tell how true a probability is; nothing where they can.

    Judgements that name what is good and leave out what is not (most do that hold no 0) would make every probability
    look too low.
    """
    from search.related.ranker import TAKEN_GRADE

    pairs = counted(len(grades), "judged pair")
    if max(grades) < TAKEN_GRADE:
        return f"none of {pairs} is graded {TAKEN_GRADE} or more, which is what a probability is of"
    if decided and min(grades) >= TAKEN_GRADE:
        return f"none of {pairs} was turned down"
    if not decided and min(grades) > 0:
        return f"none of {pairs} is graded 0: what is good is named, and what is not is left out"
    return ""


def _reliability(said: list[tuple[float, int]]) -> list[tuple[float, float, float, int]]:
    import numpy as np

    from search.evaluation.metrics import reliability
    from search.related.ranker import TAKEN_GRADE

    return reliability(np.array([chance for chance, _ in said]), np.array([grade >= TAKEN_GRADE for _, grade in said]))


def _nothing_to_measure_by(wanted: _Wanted) -> UsageError:
    what = "there is nothing to measure by"
    if wanted.decisions:
        return UsageError(what, "no article of the index was accepted or rejected on the desk: search review")
    if wanted.judgements:
        ids = "give ids as results show them, paths from the content root on"
        return UsageError(f"{wanted.judgements} judges no two articles of the index", ids)
    return UsageError(what, "the index holds no curated lists; give --judgements")


def _graded(
    index: Index, wanted: _Wanted, told: Callable[[str], None] | None
) -> tuple[list[tuple[int, str, dict[int, int]]], str]:
    """Return row, group and grades of the articles to measure on, and what they are called."""
    from search.evaluation.curated import curated_lists
    from search.evaluation.trec import graded_rows, judgements_of

    if wanted.decisions:
        from search.cli.decided import with_problems_told
        from search.desk.place import desk_of
        from search.desk.rejections import grades as grades_of

        known = desk_of(index.content_root).decisions()
        if told:
            with_problems_told(known)
        return [(row, "", grades) for row, grades in grades_of(index, known.latest.values()).items()], "decided article"
    if wanted.judgements:
        judged = graded_rows(index, judgements_of(index, wanted.judgements, told), told)
        return [(row, "", grades) for row, grades in judged.items()], "graded article"
    lists = curated_lists(index)
    return [(one.row, one.bucket, dict.fromkeys(one.items, 1)) for one in lists], "curated list"


def _ways(ours: str, against: list[str], known: tuple[str, ...]) -> list[str]:
    for name in against:
        if name not in known:
            raise UsageError(f"there is no way of ranking called {name}", f"one of {', '.join(known)}")
    return list(dict.fromkeys([ours, *against]))
