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
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from search.content.article import Problem
from search.content.walk import name_fault
from search.desk.files import SCRATCH, locked, writing

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
_LONGEST_LINE: Final = 64 * 1024
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
    return (moment or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_decisions(*files: Path) -> Decisions:
    """Read and merge files of decisions; those that do not exist hold none.

    Lines that cannot be read are problems, and the others count.
    """
    seen: set[Decision] = set()
    problems: list[Problem] = []
    for file in files:
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(Problem(str(file), 0, f"cannot be read: {error.strerror}", "check its permissions"))
            continue
        for number, line in enumerate(data.split(b"\n"), start=1):
            if not line.strip():
                continue
            try:
                seen.add(_decision(line))
            except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
                what = str(error) if isinstance(error, ValueError) and str(error) in _FAULTS else "is no decision"
                problems.append(Problem(file.name, number, what, "correct or delete the line"))
    return _merged(seen, problems)


_FAULTS: Final = frozenset(
    {
        "is left from a merge",
        "is too long",
        "has a verdict that is not known",
        "names an article by characters that no id has",
    }
)


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
    texts = (str(first), str(second))
    for name in ("article", "candidate", "decided_at", "verdict"):
        if not isinstance(values[name], str) or not values[name]:
            raise ValueError("is no decision")
    if name_fault(values["article"]) or name_fault(values["candidate"]):
        raise ValueError("names an article by characters that no id has")
    if values["verdict"] not in VERDICTS:
        raise ValueError("has a verdict that is not known")
    moment = datetime.fromisoformat(values["decided_at"])
    values["decided_at"] = now_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    values["reason"] = str(values.get("reason") or "")
    values["score"] = _number(values.get("score"))
    position = _number(values.get("position"))
    values["position"] = None if position is None else int(position)
    return Decision(**values, texts=texts)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _merged(seen: Iterable[Decision], problems: list[Problem]) -> Decisions:
    latest: dict[tuple[str, str], Decision] = {}
    applied: dict[tuple[str, str], str] = {}
    # the verdict breaks ties, so that the order of lines never matters
    for one in sorted(seen, key=lambda one: (one.decided_at, one.verdict, one.reason)):
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


def write_decisions(file: Path, decisions: Iterable[Decision]) -> None:
    """Add decisions to a file, made with its folder if it is missing; on the disk before this returns.

    Raises:
        DeskNotWritable: It cannot be written.
    """
    lines = "".join(json.dumps(_record(one), ensure_ascii=False) + "\n" for one in decisions)
    if not lines:
        return
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        for name, text in _FOR_GIT.items() if file.parent.name == ".search" else ():
            with suppress(FileExistsError), (file.parent / name).open("x", encoding="utf-8") as stream:
                stream.write(text)
    with locked(file.parent), writing(file), file.open("ab") as stream:
        if stream.tell() and not _ends_with_line_break(file):
            lines = "\n" + lines
        stream.write(lines.encode())
        stream.flush()
        os.fsync(stream.fileno())


def _record(one: Decision) -> dict[str, Any]:
    record = {name: value for name, value in asdict(one).items() if value not in ("", None, ("", ""))}
    if one.score is not None:
        record["score"] = round(one.score, 6)
    return record


def _ends_with_line_break(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


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
