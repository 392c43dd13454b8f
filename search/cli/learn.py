"""``search learn``: a ranker of the site's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli.options import DEFAULT_INDEX, IndexFolder, no_effect

if TYPE_CHECKING:
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.learning.fit import Grades
    from search.learning.learn import Learnt


def learn(
    folder: IndexFolder = DEFAULT_INDEX,
    judgements: Annotated[
        Path | None, typer.Option(help="Graded pairs as TREC qrels: 'article-id 0 candidate-id grade', 0 to 4.")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Adopt it, or keep the encoder, even where it does not win.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Measure only.")] = False,
    by_time: Annotated[
        bool,
        typer.Option("--by-time", help="Decide by the newest fifth of the lists, not by a fifth chosen by chance."),
    ] = False,
    encoder: Annotated[
        bool,
        typer.Option(
            "--encoder",
            help="Tune the encoder instead, and keep it in the index folder where it wins; minutes without a GPU.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:
    """Fit a ranker to the curated lists of an index, and adopt it where it wins.

    A fifth of the lists, whole components of the curated graph, is held out to decide. It is adopted when it is
    surely better on these (95 % interval) than the ranker that ships, and no worse by the graded pairs: editors'
    decisions, and judgements where they are given. With fewer than 100 lists these alone decide how likely a suggestion
    is to be taken, adopted when that is surely nearer to what was taken.
    """
    from search.cli.progress import Bars

    ignored = {"--json": as_json, "--by-time": by_time}
    for option in [name for name, given in ignored.items() if given and encoder]:
        no_effect(option, "with --encoder")
    with Bars() as progress:
        told = (
            tune(folder, judgements, progress, anyway=anyway, dry_run=dry_run)
            if encoder
            else fit_and_adopt(
                folder, judgements, progress, anyway=anyway, dry_run=dry_run, as_json=as_json, by_time=by_time
            )
        )
    sys.stdout.write(told)


def fit_and_adopt(
    folder: Path,
    judgements: Path | None,
    progress: Progress,
    *,
    anyway: bool = False,
    dry_run: bool = False,
    as_json: bool = False,
    by_time: bool = False,
) -> str:
    """Fit a ranker for an index, write it where it may be used, and return what is to be said of it.

    Raises:
        UsageError: There are too few lists and decisions, or the judgements cannot be read.
    """
    from search.index.lock import writer_lock
    from search.index.opened import open_index
    from search.learning.learn import learn as fit
    from search.related.ranker import load_ranker, save_ranker

    with open_index(folder) as index:
        grades = _grades(index, judgements, progress)
        found = fit(index, grades, load_ranker(), index.content_root.name, progress, by_time=by_time)
    adopt = (found.adopted or anyway) and not dry_run
    if adopt:
        with writer_lock(folder):
            save_ranker(folder / "ranker", found.ranker)
    if as_json:
        record = {"adopted": adopt, "why": found.why, "figures": _figures(found)}
        return json.dumps(record, indent=2) + "\n"
    return _told(found, folder, adopt=adopt, dry_run=dry_run)


def _grades(index: Index, judgements: Path | None, progress: Progress) -> Grades:
    """Return what editors decided and what was judged; where both speak of a pair, the judgement counts."""
    from search.cli.decided import with_problems_told
    from search.desk.place import desk_of
    from search.desk.rejections import grades as decided
    from search.evaluation.trec import graded_rows, judgements_of

    known = with_problems_told(desk_of(index.content_root).decisions())
    grades = decided(index, known.latest.values())
    judged = graded_rows(index, judgements_of(index, judgements), progress.notice) if judgements else {}
    for row, some in judged.items():
        grades[row] = {**grades.get(row, {}), **some}
    return grades


def tune(
    folder: Path, judgements: Path | None, progress: Progress, *, anyway: bool = False, dry_run: bool = False
) -> str:
    """Tune the encoder of an index, keep it where it may be used, and return what is to be said of it.

    Raises:
        SearchError: There is too little to learn from, or the model cannot be trained here.
    """
    from search.index.opened import open_index
    from search.learning.encoder import tune_encoder
    from search.learning.tuned import keep, training_folder

    place = None
    with open_index(folder) as index, training_folder(folder) as aside:
        found = tune_encoder(index, _grades(index, judgements, progress), aside / "model", progress)
        root = index.content_root
        if (found.adopted or anyway) and not dry_run:
            place = keep(folder, aside / "model", found.fingerprint, progress.notice)
    lines = [f"{found.pairs:,} pairs; cosines alone, before and after"]
    for name, (before, after) in {"held-out lists, nDCG@10": found.lists, "graded, nDCG@5": found.graded}.items():
        if before:
            lines.append(f"{name:>26}  {fmean(before.values()):.3f}  {fmean(after.values()):.3f}")
    lines.append(found.why)
    if place:
        lines.append(f"to use it: search index --encoder {place} --index {folder} {root}")
    else:
        lines.append("nothing was written" if dry_run else "not kept: it does not win (--anyway to insist)")
    return "\n".join(lines) + "\n"


def _figures(found: Learnt) -> dict[str, dict[str, float]]:
    from search.evaluation.curated import by_bucket

    return {
        name: {
            f"lists of {bucket}": round(fmean(some), 3) for bucket, some in by_bucket(found.held_out, way.lists).items()
        }
        | ({"graded": round(fmean(way.graded.values()), 3)} if way.graded else {})
        for name, way in found.ways.items()
    }


def _told(found: Learnt, folder: Path, *, adopt: bool, dry_run: bool) -> str:
    lists = f"{len(found.held_out)} lists held out; nDCG@10 by size of list; " if found.held_out else ""
    lines = [f"{lists}graded nDCG@5"]
    for name, figures in _figures(found).items():
        lines.append(f"{name:>16}  " + "  ".join(f"{part} {figure:.3f}" for part, figure in figures.items()))
    lines.append(found.why)
    if adopt:
        lines.append(f"adopted: {folder / 'ranker'} (delete the folder to go back to the default)")
    else:
        lines.append("nothing was written" if dry_run else "not adopted: the ranker in use stays (--anyway to insist)")
    return "\n".join(lines) + "\n"
