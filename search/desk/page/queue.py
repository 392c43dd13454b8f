"""Which articles need an editor, and in which order: the newest first."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from search.desk.audit import faults_of, present_subject
from search.desk.faults import SHOWN
from search.errors import SearchError
from search.index.filters import ANYTHING
from search.index.progress import Silent
from search.index.rows import row_list
from search.related.candidates import curated_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from search.content.settings import Settings
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.related.ranker import Ranker
    from search.related.subject import Subject

QUEUES: Final = {
    "needs": "need work",
    "none": "nothing curated",
    "few": "few curated",
    "stale": "gone stale",
    "faulty": "faulty lists",
    "all": "all articles",
}
# A list of one or two leaves a reader with nowhere to go.
FEW: Final = 2
_NEWEST: Final = "ORDER BY a.published_at IS NULL, a.published_at DESC, a.id"
_STORY_SINCE: Final = """
SELECT MAX(other.published_at) FROM story AS mine JOIN story AS told ON told.leader = mine.leader
JOIN article AS other ON other.row = told.row WHERE mine.row = ? AND told.row != mine.row
"""


@dataclass(frozen=True, slots=True)
class Queues:
    """Article ids by queue, in order.

    Attributes:
        ids: By queue.
        order: The place of each article among all.
    """

    ids: Mapping[str, list[str]]
    order: Mapping[str, int]

    def around(self, queue: str, article: str) -> tuple[str | None, int, str | None]:
        """Return the article before, the 1-based place (0 when it is not in the queue), and the article after.

        Of what is in no queue any more, those around it are those between which it was.
        """
        ids = self.ids[queue]
        if article not in self.order:
            return None, 0, ids[0] if ids else None
        place = bisect(ids, self.order[article], key=self.order.__getitem__)
        within = place > 0 and ids[place - 1] == article
        before = place - 1 - within
        return ids[before] if before >= 0 else None, place * within, ids[place] if place < len(ids) else None

    def moved(self, article: str, wanted: Collection[str]) -> Queues:
        """Return the queues with an article in just some of them; one that is in none of these queues stays out."""
        if article not in self.order:
            return self
        ids = {name: [one for one in some if one != article] for name, some in self.ids.items()}
        for name in wanted:
            ids[name].insert(bisect(ids[name], self.order[article], key=self.order.__getitem__), article)
        return Queues(ids, self.order)


def queues_of(
    index: Index,
    settings: Settings,
    ranker: Ranker,
    filters: Filters = ANYTHING,
    progress: Progress | None = None,
) -> Queues:
    """Return the queues of an index.

    Args:
        index: Whose articles.
        settings: How the site's content is read.
        ranker: That of the index.
        filters: What an article must be to stand in a queue.
        progress: Told of every article.

    Raises:
        UsageError: A filter names what no article has.
    """
    where = index.condition(replace(filters, origin="file"))
    rows = index.connection.execute(
        f"SELECT a.row, a.id, EXISTS (SELECT 1 FROM curated WHERE curated.path = a.id) "
        f"FROM article AS a WHERE {where.sql} AND NOT a.removed {_NEWEST}",
        where.values,
    ).fetchall()
    ids: dict[str, list[str]] = {name: [] for name in QUEUES}
    progress = progress or Silent()
    progress.phase("looking for work", len(rows))
    for _, name, has_list in rows:
        # most articles of most sites have no list, and need not be read to know it
        try:
            wanted = queues_for(index, settings, ranker, present_subject(index, name)) if has_list else _WITHOUT_LIST
        except SearchError:
            wanted = frozenset()  # its file is gone, or no article any more: nothing to work on
        for queue in wanted:
            ids[queue].append(name)
        progress.advance(1)
    return Queues(ids, {name: place for place, (_, name, _) in enumerate(rows)})


_WITHOUT_LIST: Final = frozenset({"none", "needs", "all"})


def queues_for(index: Index, settings: Settings, ranker: Ranker, subject: Subject) -> frozenset[str]:
    """Return the queues that an article belongs into, as its list is now."""
    count = len(subject.curated)
    if not count:
        return _WITHOUT_LIST
    found = {
        "few": count <= FEW,
        "stale": _is_stale(index, subject),
        "faulty": bool(faults_of(index, settings, subject, SHOWN, ranker)),
    }
    work = {name for name, holds in found.items() if holds}
    return frozenset({"all", *work, *(["needs"] if work else [])})


def _is_stale(index: Index, subject: Subject) -> bool:
    """Return whether the story went on: another article of it came out later than everything that is listed."""
    (latest,) = index.connection.execute(_STORY_SINCE, (subject.row,)).fetchone()
    if latest is None:
        return False
    rows = {row for some in curated_rows(index, subject.curated) for row in some}
    (listed,) = index.connection.execute(
        "SELECT MAX(published_at) FROM article WHERE row IN (SELECT value FROM json_each(?))", (row_list(rows),)
    ).fetchone()
    return listed is not None and latest > listed
