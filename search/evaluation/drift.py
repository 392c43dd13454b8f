"""Whether two indexes hold the same articles, so that measures of the two can be set side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from search.errors import UsageError

if TYPE_CHECKING:
    from search.index.opened import Index

# What is published between two builds does not decide between them; another site's articles do.
MOST_DRIFT: Final = 0.05


@dataclass(frozen=True, slots=True)
class Drift:
    """How the articles of two indexes differ.

    Attributes:
        ours: How many stand in the first only.
        theirs: How many stand in the second only.
        changed: How many stand in both with different texts.
        articles: How many there are in either.
    """

    ours: int
    theirs: int
    changed: int
    articles: int

    @property
    def differing(self) -> int:
        """How many are not the same in both."""
        return self.ours + self.theirs + self.changed

    @property
    def share(self) -> float:
        """Which share is not the same in both, from 0 to 1."""
        return self.differing / max(self.articles, 1)

    def __str__(self) -> str:
        where = (
            f"{self.ours:,} in the first only, {self.theirs:,} in the second only, {self.changed:,} with other texts"
        )
        return f"{self.differing:,} of {self.articles:,} articles differ ({where})"


def drift_between(index: Index, other: Index) -> Drift:
    """Compare the articles of two indexes, by id and text.

    Raises:
        UsageError: More than ``MOST_DRIFT`` of them differ: what a list or a judgement names is not there to be found.
    """
    ours, theirs = _texts(index), _texts(other)
    both = ours.keys() & theirs.keys()
    changed = sum(ours[name] != theirs[name] for name in both)
    drift = Drift(len(ours) - len(both), len(theirs) - len(both), changed, len(ours | theirs))
    if drift.share > MOST_DRIFT:
        raise UsageError(
            f"{index.folder} and {other.folder} cannot be compared: {drift}",
            "compare two indexes of the same content; bring both up to date with: search index CONTENT_ROOT",
        )
    return drift


def _texts(index: Index) -> dict[str, bytes]:
    """Return the keys of all texts by article id."""
    return dict(index.connection.execute("SELECT id, text_key FROM article"))
