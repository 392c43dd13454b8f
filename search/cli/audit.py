"""``search audit``: faults in the curated lists."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import log
from search.cli.options import DEFAULT_INDEX, IndexFolder, no_effect
from search.cli.render.counts import counted
from search.errors import ContentProblems, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from search.desk.faults import Finding
    from search.desk.place import Desk
    from search.index.opened import Index


class AuditFormat(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Level(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


def audit(
    folder: IndexFolder = DEFAULT_INDEX,
    output: Annotated[AuditFormat, typer.Option("--format", help="How to print.")] = AuditFormat.TEXT,
    severity: Annotated[Level, typer.Option(help="Show this and worse; never: nothing.")] = Level.WARNING,
    rule: Annotated[list[str] | None, typer.Option(help="Only these rules; see --rules.")] = None,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what has one right answer.")] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="With --fix: change nothing; as text, print a diff, and what is left beside."),
    ] = False,
    fail_on: Annotated[Level, typer.Option(help="Exit with 3 for this and worse, shown or not.")] = Level.ERROR,
) -> None:
    """Find faults in curated lists: repeated, gone, drifted or unrelated items, missing lists.

    Works on the index: run search index first. A list that was changed since is read from its file. With --fix JSON and
    SARIF hold what is left, and standard error tells what was changed.
    """
    from search.cli.progress import Bars
    from search.desk.audit import audit as find
    from search.desk.faults import RULES, SEVERITIES
    from search.desk.mend import with_lines
    from search.desk.place import desk_at
    from search.index.opened import open_index
    from search.index.progress import Silent
    from search.related.ranker import ranker_for

    if rules:
        sys.stdout.write("".join(f"{name:<15} {level:<8} {text}\n" for name, (level, text) in RULES.items()))
        return
    if dry_run and not fix:
        no_effect("--dry-run", "without --fix: nothing is changed anyway")
    for_people = output is AuditFormat.TEXT
    shown = _wanted(rule, severity)
    wanted = shown | _wanted(rule, fail_on)
    with open_index(folder) as index:
        desk = desk_at(index.content_root)
        with Bars() as progress:
            found = list(find(index, desk.settings, wanted, ranker_for(folder), progress))
        if fix:
            found, changed = _mended(index, desk, found, shown, dry_run=dry_run, for_people=for_people)
            if changed:  # items that went have moved the others
                again = find(index, desk.settings, wanted, ranker_for(folder), Silent(), among=changed)
                found = sorted([*found, *again], key=lambda one: one.path)
        printed = list(with_lines(index, desk.settings, (one for one in found if one.rule in shown)))
        if fix and dry_run and for_people:  # standard output is a diff
            for one, line in zip(printed, _lines(index, printed), strict=True):
                log.info(line, event="finding", path=one.path, line=one.line, rule=one.rule)
        else:
            sys.stdout.write(_rendered(index, printed, output))
    if found:
        by_rule = Counter(one.rule for one in found).most_common()
        log.info("by rule: " + ", ".join(f"{name} {count:,}" for name, count in by_rule), event="by-rule")
    counts = Counter(one.severity for one in found)
    told = ", ".join(counted(counts[level], level) for level in SEVERITIES)
    order = list(Level)
    bad = sum(count for level, count in counts.items() if order.index(Level(level)) <= order.index(fail_on))
    if bad and fail_on is not Level.NEVER:
        raise ContentProblems(f"{told} in curated lists", "see above; --fix mends some, --fail-on sets the bar")
    log.info(told, event="audited")


def _wanted(named: list[str] | None, severity: Level) -> frozenset[str]:
    """Return the rules that are named, else those of a severity and worse; of ``never`` none."""
    from search.desk.faults import RULES

    for name in named or []:
        if name not in RULES:
            raise UsageError(f"there is no rule {name!r}", f"known: {', '.join(RULES)}")
    if severity is Level.NEVER:
        return frozenset()
    if named:
        return frozenset(named)
    order = list(Level)
    return frozenset(name for name, (level, _) in RULES.items() if order.index(Level(level)) <= order.index(severity))


def _rendered(index: Index, found: list[Finding], output: AuditFormat) -> str:
    from importlib.metadata import version

    from search.cli.render.records import as_json
    from search.cli.render.sarif import as_sarif

    if output is AuditFormat.SARIF:
        return as_sarif(found, _prefix(index), version("search"))
    if output is AuditFormat.JSON:
        return as_json([asdict(one) | {"severity": one.severity} for one in found])
    return "".join(f"{line}\n" for line in _lines(index, found))


def _lines(index: Index, found: list[Finding]) -> list[str]:
    """Return findings as people read them, one a line."""
    from search.content.text import plain_text

    prefix = _prefix(index)
    return [
        plain_text(f"{prefix}{one.path}:{one.line}: {one.severity}: {one.what}; {one.todo} [{one.rule}]")
        for one in found
    ]


def _prefix(index: Index) -> str:
    """Return what leads from the current folder to paths below the content root, if it is above."""
    root, here = index.content_root, Path.cwd()
    return f"{root.relative_to(here).as_posix()}/" if root.is_relative_to(here) and root != here else ""


def _mended(
    index: Index, desk: Desk, found: list[Finding], rules: Collection[str], *, dry_run: bool, for_people: bool
) -> tuple[list[Finding], set[str]]:
    """Mend what some rules found, where it can be mended; return what is left in other files than were changed.

    What is done is told on standard output where people read it, else on standard error.
    """
    from search.cli.apply import in_short, write_changes, write_diffs
    from search.desk.apply import Change, Refusal
    from search.desk.mend import mend

    planned = list(mend(index, desk.settings, (one for one in found if one.rule in rules)))
    changes = [one for one in planned if isinstance(one, Change)]
    for refusal in planned:
        if isinstance(refusal, Refusal):
            log.warning(str(refusal), event="refused", path=refusal.article)
    changed = {one.article for one in changes}
    if dry_run:
        if for_people:
            write_diffs(changes)
        else:
            for change in changes:
                log.info(f"{in_short(change)}, not written", event="would-mend", path=change.article)
        mended = {one for one in found if one.path in changed and one.rule in rules and one.has_one_answer}
        return [one for one in found if one not in mended], set()

    def tell(told: str) -> None:
        sys.stdout.write(f"{told}\n") if for_people else log.info(told, event="mended")

    if changes:
        changed -= {refusal.article for refusal in write_changes(changes, desk.folder, tell)}
    return [one for one in found if one.path not in changed], changed
