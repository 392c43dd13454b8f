"""What editors decided: one verdict on one pair, and what holds of many.

What holds for a pair is its latest verdict, so that the decisions of two editors merge by being put together: neither
order nor repetition matters. ``decisions_file.py`` keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from search.content.walk import name_fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from search.content.article import Problem

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
_ODD_ID: Final = "names an article by characters that no id has"
_LONGEST_ID: Final = 16 * 1024


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


def merged(seen: Iterable[Decision], problems: Iterable[Problem] = ()) -> Decisions:
    """Return what holds of some decisions, in whatever order they come."""
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
