"""What was decided at the desk, for every command that goes by it: what is wrong with its file is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from search.cli import log
from search.cli.options import now

if TYPE_CHECKING:
    from search.desk.decisions import Decisions
    from search.index.opened import Index
    from search.related.options import Options
    from search.related.subject import Subject

    WithDecisions = Callable[[Subject, Options], Options]


def with_problems_told(decisions: Decisions) -> Decisions:
    """Return decisions whose bad lines have been named: the others count."""
    for problem in decisions.problems:
        log.warning(str(problem), event="problem", path=problem.path, line=problem.line)
    return decisions


def with_decisions(index: Index, rejected_for: timedelta | None) -> WithDecisions:
    """Return what adds to options what was turned down for an article; bad lines of decisions are named."""
    from search.desk.place import desk_of
    from search.desk.rejections import without_rejected

    decisions = with_problems_told(desk_of(index.content_root).decisions())

    def narrowed(subject: Subject, options: Options) -> Options:
        return without_rejected(index, subject, options, decisions, now(), rejected_for)

    return narrowed


def rejected_age(text: str | None) -> timedelta | None:
    """Return how long a rejection counts; None for ever."""
    if not text:
        return None
    from search.times.points import parse_age

    return timedelta(days=parse_age(text))
