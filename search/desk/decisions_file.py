"""Where decisions are kept: beside the content, in one file that git merges.

``.search/decisions.jsonl`` below the content root: one JSON object a line, only ever added to.

::

    {"article": "…", "candidate": "…", "verdict": "accepted", "decided_at": "2025-06-01T10:00:00.000000Z",
     "reason": "", "score": 0.91, "position": 2, "texts": ["…", "…"]}
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, fields
from datetime import UTC, datetime
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from search.content.article import Problem
from search.content.regular import open_regular, regular_descriptor
from search.content.text import plain_text
from search.desk.decisions import VERDICTS, Decision, Decisions, id_fault, merged, now_text
from search.desk.files import DeskNotWritable, locked, writing
from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# A quarter of a million decisions; beyond, the file is not what it says.
MAX_SIZE: Final = 64 * 1024 * 1024
MAX_LINES: Final = 500_000
MAX_PROBLEMS: Final = 100
_LONGEST_LINE: Final = 64 * 1024
# Beside a decision, what a merge left and what was broken by hand may stand.
_FIRST_LINES: Final = 10
_NEEDED: Final = ("article", "candidate", "verdict", "decided_at")
# What odd JSON raises when it is taken for a decision.
_ODD: Final = (ValueError, TypeError, KeyError, RecursionError, OverflowError)
_SHORTEN: Final = "delete the lines of pairs that were decided again later"
_LONGEST_REASON: Final = 200
_DIGITS: Final = 6
_LONGEST_KEY: Final = 200


class _NoDecision(Exception):
    """A line that is no decision; says what is wrong with it."""


def read_decisions(*files: Path, root: Path | None = None) -> Decisions:
    """Read and merge files of decisions; see ``read_lines``."""
    return merged(*read_lines(*files, root=root))


def read_lines(*files: Path, root: Path | None = None) -> tuple[set[Decision], list[Problem]]:
    """Return every decision of some files, and what is wrong with them; files that do not exist hold none.

    Lines that cannot be read are problems, and the others count. Of a file that is no regular one, or too large, no
    line counts: what is in a part of it may have been taken back in the rest.

    Args:
        files: Where they are.
        root: The content root, links followed: problems name files below it as relative to it, others as given.
    """
    seen: set[Decision] = set()
    problems: list[Problem] = []
    for file in files:
        name = file.relative_to(root).as_posix() if root and file.is_relative_to(root) else str(file)
        try:
            found, faults = _read(file, name)
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(
                Problem(name, 0, f"cannot be read: {error.strerror}", "check what it is, and its permissions")
            )
            continue
        seen |= found
        problems += faults
    return seen, problems


def _read(file: Path, name: str) -> tuple[set[Decision], list[Problem]]:
    found: set[Decision] = set()
    problems: list[Problem] = []
    left_out = 0
    with open_regular(file) as stream:
        if os.fstat(stream.fileno()).st_size > MAX_SIZE:
            return set(), [Problem(name, 0, f"is larger than {MAX_SIZE >> 20} MB and is not read", _SHORTEN)]
        for number, line in enumerate(stream, start=1):
            if number > MAX_LINES:
                return set(), [Problem(name, 0, f"has more than {MAX_LINES:,} lines and is not read", _SHORTEN)]
            if not line.strip():
                continue
            try:
                found.add(_decision(line))
            except _NoDecision as error:
                if len(problems) >= MAX_PROBLEMS:
                    left_out += 1
                    continue
                problems.append(Problem(name, number, str(error), "correct or delete the line"))
    if left_out:
        problems.append(Problem(name, 0, f"has {left_out:,} more lines that cannot be read", "correct those first"))
    return found, problems


def holds_decisions(file: Path) -> bool:
    """Return whether a file is one of decisions: a line that is one stands among its first.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        with open_regular(file) as stream:
            lines = list(islice(stream, _FIRST_LINES))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "name another file") from error
    return any(_is_decision(line) for line in lines)


def _is_decision(line: bytes) -> bool:
    try:
        _decision(line)
    except _NoDecision:
        return False
    return True


def _decision(line: bytes) -> Decision:
    """Return the decision of a line; raises _NoDecision."""
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
        raise _NoDecision("is left from a merge")
    if len(line) > _LONGEST_LINE:
        raise _NoDecision("is too long")
    try:
        return _read_from(json.loads(line))
    except _ODD as error:
        raise _NoDecision("is no decision") from error


def _read_from(record: Any) -> Decision:
    """Return the decision that JSON holds; raises what it raises where it is none."""
    if not isinstance(record, dict):
        raise TypeError
    if lacking := [name for name in _NEEDED if not isinstance(record.get(name), str)]:
        raise _NoDecision(f"has no text as {', '.join(lacking)}")
    known = {entry.name for entry in fields(Decision)}
    values = {name: value for name, value in record.items() if name in known}
    first, second = values.pop("texts", None) or ("", "")
    texts = (_key(first), _key(second))
    for name in ("article", "candidate"):
        if fault := id_fault(values[name]):
            raise _NoDecision(fault)
    if values["verdict"] not in VERDICTS:
        raise _NoDecision(f"has a verdict that is not known; known are {', '.join(VERDICTS)}")
    moment = _moment(values["decided_at"])
    values["decided_at"] = now_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    values["reason"] = plain_text(str(values.get("reason") or "")[:_LONGEST_REASON])
    score = _number(values.get("score"))
    values["score"] = None if score is None else round(score, _DIGITS)  # as it is written
    position = _number(values.get("position"))
    values["position"] = None if position is None else int(position)
    return Decision(**values, texts=texts)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        shown = plain_text(text[:40])
        raise _NoDecision(f"has a decided_at that is no time: {shown}; write it like 2025-06-01T10:00:00Z") from None


def _key(value: Any) -> str:
    """Return the key of a text: of what is none, nothing."""
    return value if isinstance(value, str) and value.isascii() and len(value) <= _LONGEST_KEY else ""


def _number(value: Any) -> float | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not isfinite(value):
        return None
    return float(value)


def check_writable(file: Path) -> None:
    """Make sure that decisions can be added to a file, before something is done that they shall tell of.

    Raises:
        DeskNotWritable: They cannot.
    """
    with locked(file.parent), writing(file):
        os.close(regular_descriptor(file, os.O_RDWR | os.O_APPEND | os.O_CREAT))


def write_decisions(file: Path, decisions: Iterable[Decision]) -> None:
    """Add decisions to a file, made with its folder if it is missing; on the disk before this returns.

    Raises:
        DeskNotWritable: It cannot be written.
    """
    lines = "".join(json.dumps(_record(one), ensure_ascii=False) + "\n" for one in decisions).encode()
    if not lines:
        return
    with locked(file.parent), writing(file):
        descriptor = regular_descriptor(file, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        with os.fdopen(descriptor, "ab") as stream:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                lines = b"\n" + lines
            if size + len(lines) > MAX_SIZE:
                raise DeskNotWritable(f"{file} would be larger than {MAX_SIZE >> 20} MB", _SHORTEN)
            # a line has a byte or more, and a file that is far from the limit is not read for one decision
            if size + len(lines) > MAX_LINES and _count_lines(descriptor) + lines.count(b"\n") > MAX_LINES:
                raise DeskNotWritable(f"{file} would have more than {MAX_LINES:,} lines", _SHORTEN)
            stream.write(lines)
            stream.flush()
            os.fsync(descriptor)


def _count_lines(descriptor: int) -> int:
    count = place = 0
    while some := os.pread(descriptor, 1 << 20, place):
        count += some.count(b"\n")
        place += len(some)
    return count


def _record(one: Decision) -> dict[str, Any]:
    record = {name: value for name, value in asdict(one).items() if value not in ("", None, ("", ""))}
    if one.score is not None:
        record["score"] = round(one.score, _DIGITS)
    return record
