"""What the page shows of one article."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from search.desk.decisions import REASONS
from search.related.ranker import LEADERS
from search.related.suggest import are_listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.index.standing import Standing
    from search.related.suggest import Related


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of the list on the page.

    Attributes:
        id: Article id, or what the item names when no article is known under it.
        title: What is shown.
        url: Its address, may be empty.
        position: 0-based place in the file's list; None while it is not in the file.
        meta: Provider and date, one line.
        removed: Whether it was removed here, and stands in the file until the list is saved.
    """

    id: str
    title: str
    url: str
    position: int | None
    meta: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class TurnedDown:
    """An article that is not proposed, as an editor decided.

    Attributes:
        id: Article id.
        title: What is shown.
        url: Its address, may be empty.
        meta: Provider, date and reason, one line.
    """

    id: str
    title: str
    url: str
    meta: str


@dataclass(frozen=True, slots=True)
class View:
    """Everything the page shows of one article.

    ``standing`` tells of the article and of what is proposed what of it readers do not see.
    ``unread`` tells what of the decisions cannot be read.
    ``undoable`` holds what was decided and is not in the file: ids of candidates and verdicts, oldest first.
    """

    answer: Related
    standing: Standing
    listed: list[Listed]
    digest: str
    editable: bool
    refusal: str
    turned_down: list[TurnedDown]
    unread: list[str]
    undoable: list[tuple[str, str]]
    faults: list[str]
    titles: dict[str, str]
    images: dict[str, str]
    queue: str
    queues: list[tuple[str, str, int]]
    place: int
    total: int
    looked_at: int
    previous: str | None
    next: str | None
    reasons: Mapping[str, str] = field(default_factory=lambda: REASONS)
    leaders: int = LEADERS

    @property
    def by_lists(self) -> bool:
        """Whether this site's lists had a part in the order of those that follow."""
        return are_listed(one for one in self.answer.suggested if one.rank > self.leaders)
