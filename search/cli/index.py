"""``search index``: build an index or bring it up to date."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import log
from search.cli.options import DEFAULT_INDEX, IndexFolder, folder_named
from search.cli.render.counts import counted
from search.errors import ContentProblems, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.content.article import Problem
    from search.index.build import BuildReport
    from search.index.progress import Progress


# More lines than this hide the summary; `search status --problems` lists them all.
_SHOWN_PROBLEMS = 20
# Articles without an address are worth a word when there are so many, and so large a share of all.
_MANY, _SHARE = 10, 0.2


def index(
    content_root: Annotated[Path, typer.Argument(parser=folder_named, help="The folder of articles.")],
    folder: IndexFolder = DEFAULT_INDEX,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="A model by hub id or folder, or 'static'; by default that of the index at hand, for a new one "
            "all-MiniLM-L6-v2+news."
        ),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read and encode everything again, another site's content too.")
    ] = False,
    learn: Annotated[
        bool, typer.Option("--learn", help="Then fit a ranker to the curated lists, as search learn does.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if any file has a problem.")] = False,
) -> None:
    """Build an index of a folder of articles, or bring it up to date."""
    from search.cli.progress import Bars
    from search.index.build import build_index

    with _told_what_is_kept(), Bars() as bars:
        report = build_index(content_root, folder, encoder=encoder, rebuild=rebuild, progress=bars)
        learnt = _learn(folder, bars) if learn and report.switched else ""
    _show_problems(report.problems)
    if report.not_articles and not report.articles:
        log.warning("none of the files is an article: search status --not-articles tells why", event="no-articles")
    log.debug("indexed", event="indexed", articles=report.articles, encoded=report.encoded, seconds=report.seconds)
    sys.stdout.write(_summary(report, folder) + "\n" + learnt)
    _advise(report, content_root)
    if strict and report.problems:
        raise ContentProblems(
            f"{counted(len(report.problems), 'problem')} in the content",
            "the index holds everything else; mend the files named above and run again",
        )
    if strict and not report.articles:
        raise ContentProblems("there is no article in the content", "give the folder that holds the articles")


@contextmanager
def _told_what_is_kept() -> Iterator[None]:
    """Say what Ctrl-C does not lose."""
    try:
        yield
    except KeyboardInterrupt:
        log.info("what is encoded so far is kept: the next run goes on from there")
        raise


def _learn(folder: Path, progress: Progress) -> str:
    """Fit a ranker, unless there are too few lists to fit one."""
    from search.cli.learn import fit_and_adopt

    try:
        return fit_and_adopt(folder, None, progress)
    except UsageError as error:
        return f"{error.message}\n"


def _summary(report: BuildReport, folder: Path) -> str:
    if not report.switched:
        return (
            f"{folder}: nothing changed, {counted(report.articles, 'article')} ({sum(report.seconds.values()):.1f} s)"
        )
    failed = len({problem.path for problem in report.problems if problem.fatal})
    parts = [counted(report.files, "file"), f"{report.read:,} read"]
    if report.gone:
        parts.append(f"{report.gone:,} gone")
    if report.not_articles:
        parts.append(f"{report.not_articles:,} {'is no article' if report.not_articles == 1 else 'are no articles'}")
    if failed:
        parts.append(f"{failed:,} with errors")
    parts.append(f"{counted(report.encoded, 'text')} encoded by {report.encoder.name} ({report.encoder.backend})")
    return f"{folder}: {counted(report.articles, 'article')}; {', '.join(parts)} ({sum(report.seconds.values()):.1f} s)"


def _advise(report: BuildReport, content_root: Path) -> None:
    """Say what many articles without an address lack; once for each new state of the content."""
    many = report.without_address
    if report.switched and many >= _MANY and many > _SHARE * report.in_files:
        log.info(
            f"{counted(many, 'article')} name no address: lists that show them by it are not understood; write into "
            f'{content_root / "search.toml"}: [content], and below it site_url = "https://your.site"',
            event="no-site-url",
            articles=many,
        )


def _show_problems(problems: list[Problem]) -> None:
    worst_first = sorted(problems, key=lambda problem: (not problem.fatal, problem.path, problem.line))
    shown = len(problems) if log.is_structured() else _SHOWN_PROBLEMS
    for problem in worst_first[:shown]:
        log.warning(str(problem), event="problem", **asdict(problem))
    if len(problems) > shown:
        log.warning(f"… and {len(problems) - shown:,} more: search status --problems")
