"""``search apply``: accepted suggestions into the files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import log
from search.cli.decided import with_problems_told
from search.cli.inert import inert
from search.cli.options import DEFAULT_INDEX, IndexFolder
from search.cli.render.counts import counted
from search.errors import ContentProblems, SearchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from search.desk.apply import Change, Refusal


def apply(
    decisions: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of decisions, which join those of the content root; these count anyway."),
    ] = None,
    folder: IndexFolder = DEFAULT_INDEX,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print a unified diff, change nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit with 1 when something would.")] = False,
) -> None:
    """Write accepted suggestions into the related lists of their articles, and take out what was removed.

    Only lines of the list change, and only the list as it stands now says what is left to do: other changes since a
    decision do not matter. Decisions of files that are named join those of the content, rejections with them. A file
    that cannot be changed safely, or changes while it is written, is left alone and named, and so is a decision that
    cannot be carried out, and a line that is none; the exit code is then 3.
    """
    from search.desk.apply import Change, Refusal, applied, plan
    from search.desk.decisions_file import check_writable, write_decisions
    from search.desk.place import desk_at
    from search.index.opened import open_index

    for file in decisions or []:
        if not file.is_file():
            raise UsageError(f"there is no file {file}", "name a file of decisions")
    with open_index(folder) as index:
        desk = desk_at(index.content_root)
        decided, joining = desk.decisions_with(*(decisions or []))
        pending = with_problems_told(decided).pending()
        planned = list(plan(index, desk.settings, pending))
    changes = [one for one in planned if isinstance(one, Change)]
    refused = [one for one in planned if isinstance(one, Refusal)]
    single = [one for change in changes for one in change.refused]
    for refusal in [*refused, *single]:
        log.warning(str(refusal), event="refused", path=refusal.article, line=refusal.line)
    wanted = [change for change in changes if change.before != change.after]
    # what cannot be carried out stays in the file that asks for it: it would be named at each run
    left_out = {(one.article, one.candidate) for one in single}
    left_out |= {(one.article, some.candidate) for one in refused for some in pending[one.article]}
    joining = [one for one in joining if (one.article, one.candidate) not in left_out]
    if dry_run or check:
        (write_diffs if dry_run else _write_names)(wanted)
        _tell_joining(len(joining), "would join")
    else:
        write_decisions(desk.decisions_file, joining)
        _tell_joining(len(joining), "joined")
        if wanted:
            check_writable(desk.decisions_file)
        refused += write_changes(changes, desk.folder, lambda told: sys.stdout.write(f"{told}\n"))
        left = {refusal.article for refusal in refused}
        waiting = {(refusal.article, refusal.candidate) for refusal in single}
        carried = [one for article, some in pending.items() if article not in left for one in some]
        done = [one for one in carried if (one.article, one.candidate) not in waiting]
        write_decisions(desk.decisions_file, applied(done))
    if refused or single or decided.problems:
        raise ContentProblems(_left(len(refused), len(planned), len(single), len(decided.problems)), "see above")
    if check and (wanted or joining):
        raise typer.Exit(1)
    if not planned and not joining:
        log.info("nothing to apply")


def _tell_joining(decisions: int, does: str) -> None:
    if decisions:
        log.info(f"{counted(decisions, 'decision')} {does} those of the content")


def _left(files: int, planned: int, decisions: int, lines: int) -> str:
    told = f"{files} of {planned} files were left as they are" if files else ""
    some = f"{counted(decisions, 'decision')} cannot be carried out" if decisions else ""
    bad = f"{counted(lines, 'line')} {'is no decision' if lines == 1 else 'are no decisions'}" if lines else ""
    return " and ".join(filter(None, [told, some, bad]))


def _write_names(changes: list[Change]) -> None:
    sys.stdout.writelines(f"{change.article}\n" for change in changes)


def write_diffs(changes: list[Change]) -> None:
    """Print diffs: byte for byte for what applies them, harmless to a terminal."""
    for change in changes:
        if sys.stdout.isatty():
            lines = change.shown_diff().split("\n")
            sys.stdout.write("\n".join("\t".join(map(inert, line.split("\t"))) for line in lines))
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(change.diff().encode("utf-8", "surrogateescape"))


def write_changes(changes: list[Change], folder: Path, tell: Callable[[str], object]) -> list[Refusal]:
    """Write changes and tell of each; return what could not be written."""
    from search.desk.apply import Refusal, write

    failed: list[Refusal] = []
    for change, error in write(changes, folder):
        if error is not None:
            what = error.message if isinstance(error, SearchError) else error.strerror
            todo = error.hint if isinstance(error, SearchError) else "check its permissions"
            failed.append(Refusal(change.article, 0, f"not written: {what}", todo))
            log.warning(str(failed[-1]), event="refused", path=change.article)
        elif change.before != change.after:
            tell(in_short(change))
    return failed


def in_short(change: Change) -> str:
    """Return the article of a change, and how many items come and go."""
    told = [f"+{len(change.added)}" if change.added else "", f"-{len(change.removed)}" if change.removed else ""]
    return f"{change.article}  {' '.join(filter(None, told))}"
