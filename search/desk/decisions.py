"""What editors decided, kept beside the content in one file that git merges.

``.search/decisions.jsonl`` below the content root: one JSON object a line, only ever added to. What holds for a pair is
its latest line, so that the files of two editors merge by being put together: neither order nor repetition matters.

::

    {"article": "…", "candidate": "…", "verdict": "accepted", "decided_at": "2025-06-01T10:00:00.000000Z",
     "reason": "", "score": 0.91, "position": 2, "texts": ["…", "…"]}
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from search.content.article import Problem
from search.content.regular import open_regular, regular_descriptor
from search.content.text import plain_text
from search.content.walk import name_fault
from search.desk.files import SCRATCH, DeskNotWritable, locked, writing
from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

Verdict = Literal["accepted", "rejected", "removed", "undone", "applied"]
"""``undone`` takes the last verdict back; ``applied`` says that the file was changed accordingly."""

VERDICTS: Final[tuple[str, ...]] = get_args(Verdict)
# Why a suggestion is rejected. What says that the two are unrelated teaches a ranker; the rest is about the moment.
REASONS: Final[Mapping[str, str]] = {
    "unrelated": "not related",
    "repeats": "says nothing new",
    "outdated": "out of date",
    "weak": "poor source or quality",
    "other": "something else",
}
# A quarter of a million decisions; beyond, the file is not what it says.
MAX_SIZE: Final = 64 * 1024 * 1024
MAX_LINES: Final = 500_000
MAX_PROBLEMS: Final = 100
_LONGEST_LINE: Final = 64 * 1024
# Beside a decision, what a merge left and what was broken by hand may stand.
_FIRST_LINES: Final = 10
_NO_DECISION: Final = (ValueError, TypeError, KeyError, RecursionError, OverflowError)
_SHORTEN: Final = "delete the lines of pairs that were decided again later"
_ODD_ID: Final = "names an article by characters that no id has"
_LONGEST_ID: Final = 16 * 1024
_LONGEST_REASON: Final = 200
_LONGEST_KEY: Final = 200
_FOR_GIT: Final = {".gitattributes": "*.jsonl merge=union\n", ".gitignore": f"lock\n{SCRATCH}*/\n"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict on one pair.

    Attributes:
        article: Article id of the one whose list it is about.
        candidate: Article id of the one that was suggested, found or listed.
        verdict: What was decided.
        decided_at: When, ISO 8601 in UTC with microseconds, so that it sorts as text.
        reason: Of a rejection a key of ``REASONS``; of a removal where several items show the same article
            ``repeated`` if it is of one, ``every`` if it is of all of them; or ``""``.
        score: What it was ranked by when it was shown; None for what was searched for.
        position: The rank at which it was shown, None likewise; of a removal the 1-based place in the list.
        texts: Keys of the two document texts then: the verdict is about these.
    """

    article: str
    candidate: str
    verdict: Verdict
    decided_at: str
    reason: str = ""
    score: float | None = None
    position: int | None = None
    texts: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Decisions:
    """What holds for each pair.

    Attributes:
        latest: The latest verdict by article id and candidate id; what was undone is not in it.
        applied: Pairs whose latest verdict is in the file already.
        problems: Lines that could not be read.
    """

    latest: Mapping[tuple[str, str], Decision]
    applied: frozenset[tuple[str, str]]
    problems: tuple[Problem, ...] = ()
    _by_article: Mapping[str, tuple[Decision, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def articles(self) -> Collection[str]:
        """The ids of articles about which something holds."""
        return self._by_article.keys()

    def of(self, article: str) -> tuple[Decision, ...]:
        """Return what holds for an article, oldest first."""
        return self._by_article.get(article, ())

    def pending_of(self, article: str) -> list[Decision]:
        """Return what was accepted or removed for an article and is not yet in its file, oldest first."""
        return [
            one
            for one in self.of(article)
            if one.verdict in {"accepted", "removed"} and (article, one.candidate) not in self.applied
        ]

    def pending(self) -> dict[str, list[Decision]]:
        """Return what is not yet in the files, by article id."""
        return {article: some for article in sorted(self.articles) if (some := self.pending_of(article))}


def now_text(moment: datetime | None = None) -> str:
    """Return a moment, now by default, as decisions have it."""
    text = (moment or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    return f"{text.removesuffix('+00:00')}Z"


def read_decisions(*files: Path, root: Path | None = None) -> Decisions:
    """Read and merge files of decisions; those that do not exist hold none.

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
    return _merged(seen, problems)


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
            except _NO_DECISION as error:
                if len(problems) >= MAX_PROBLEMS:
                    left_out += 1
                    continue
                what = str(error) if isinstance(error, ValueError) and str(error) in _FAULTS else "is no decision"
                problems.append(Problem(name, number, what, "correct or delete the line"))
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
    except _NO_DECISION:
        return False
    return True


_FAULTS: Final = frozenset(
    {
        "is left from a merge",
        "is too long",
        "has a verdict that is not known",
        _ODD_ID,
    }
)


def id_fault(name: str) -> str:
    """Return why a text cannot name an article in a decision, or ``""``.

    What is wrong here is not read from a file of decisions either, so it is looked at before it is written.

    Args:
        name: An article id: a path below the content root, or a canonical URL.
    """
    if not name:
        return "names no article"
    if len(name) > _LONGEST_ID:
        return "is too long"
    return _ODD_ID if name_fault(name) else ""


def _decision(line: bytes) -> Decision:
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
        raise ValueError("is left from a merge")
    if len(line) > _LONGEST_LINE:
        raise ValueError("is too long")
    record = json.loads(line)
    if not isinstance(record, dict):
        raise TypeError
    known = {entry.name for entry in fields(Decision)}
    values = {name: value for name, value in record.items() if name in known}
    first, second = values.pop("texts", None) or ("", "")
    texts = (_key(first), _key(second))
    for name in ("article", "candidate", "decided_at", "verdict"):
        if not isinstance(values[name], str) or not values[name]:
            raise ValueError("is no decision")
    for name in ("article", "candidate"):
        if fault := id_fault(values[name]):
            raise ValueError(fault)
    if values["verdict"] not in VERDICTS:
        raise ValueError("has a verdict that is not known")
    moment = datetime.fromisoformat(values["decided_at"])
    values["decided_at"] = now_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    values["reason"] = plain_text(str(values.get("reason") or "")[:_LONGEST_REASON])
    values["score"] = _number(values.get("score"))
    position = _number(values.get("position"))
    values["position"] = None if position is None else int(position)
    return Decision(**values, texts=texts)


def _key(value: Any) -> str:
    """Return the key of a text: of what is none, nothing."""
    return value if isinstance(value, str) and value.isascii() and len(value) <= _LONGEST_KEY else ""


def _number(value: Any) -> float | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not isfinite(value):
        return None
    return float(value)


def _merged(seen: Iterable[Decision], problems: list[Problem]) -> Decisions:
    latest: dict[tuple[str, str], Decision] = {}
    applied: dict[tuple[str, str], str] = {}
    # all else of them breaks ties, so that the order of lines never matters
    for one in sorted(seen, key=_moment_and_rest):
        pair = (one.article, one.candidate)
        if one.verdict == "applied":
            applied[pair] = one.decided_at
        else:
            latest[pair] = one
    done = {pair for pair, moment in applied.items() if pair in latest and moment >= latest[pair].decided_at}
    kept = {pair: one for pair, one in latest.items() if one.verdict != "undone"}
    by_article: dict[str, list[Decision]] = defaultdict(list)
    for one in sorted(kept.values(), key=lambda one: (one.decided_at, one.candidate)):
        by_article[one.article].append(one)
    grouped = {article: tuple(some) for article, some in by_article.items()}
    return Decisions(kept, frozenset(done & kept.keys()), tuple(problems), grouped)


def _moment_and_rest(one: Decision) -> tuple[str, ...]:
    return one.decided_at, one.verdict, *map(repr, (one.reason, one.position, one.score, one.texts))


def check_writable(file: Path) -> None:
    """Make sure that decisions can be added to a file, before something is done that they shall tell of.

    Raises:
        DeskNotWritable: They cannot.
    """
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
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
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        for name, text in _FOR_GIT.items() if file.parent.name == ".search" else ():
            with suppress(FileExistsError), (file.parent / name).open("x", encoding="utf-8") as stream:
                stream.write(text)
    with locked(file.parent), writing(file):
        descriptor = regular_descriptor(file, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        with os.fdopen(descriptor, "ab") as stream:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                lines = b"\n" + lines
            if size + len(lines) > MAX_SIZE:
                raise DeskNotWritable(f"{file} would be larger than {MAX_SIZE >> 20} MB", _SHORTEN)
            stream.write(lines)
            stream.flush()
            os.fsync(descriptor)


def _record(one: Decision) -> dict[str, Any]:
    record = {name: value for name, value in asdict(one).items() if value not in ("", None, ("", ""))}
    if one.score is not None:
        record["score"] = round(one.score, 6)
    return record


def is_in_force(one: Decision, texts: tuple[str, str], rejected_for: timedelta | None, now: datetime) -> bool:
    """Return whether a rejection still keeps a pair from being proposed.

    Args:
        one: The rejection.
        texts: Keys of the two texts as they are now.
        rejected_for: How long a rejection counts; None for ever.
        now: The moment.
    """
    if one.verdict not in {"rejected", "removed"}:
        return False
    if any(then and then != current for then, current in zip(one.texts, texts, strict=True)):
        return False
    return rejected_for is None or now - datetime.fromisoformat(one.decided_at) < rejected_for
