"""Which articles need an editor, and in which order: the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from search.index.opened import Index

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
_FILES: Final = "FROM article AS a WHERE a.origin = 'file' AND NOT a.removed"
_LISTED: Final = "(SELECT COUNT(*) FROM curated WHERE curated.path = a.id)"
_NEWEST: Final = "ORDER BY a.published_at IS NULL, a.published_at DESC, a.id"
# Its story went on: another article of it came out later than everything that is listed.
_STALE: Final = """
SELECT a.id FROM article AS a JOIN story ON story.row = a.row
WHERE a.origin = 'file' AND NOT a.removed AND EXISTS (SELECT 1 FROM curated WHERE curated.path = a.id) AND (
  SELECT MAX(other.published_at) FROM story AS told JOIN article AS other ON other.row = told.row
  WHERE told.leader = story.leader AND told.row != a.row
) > (
  SELECT MAX(listed.published_at) FROM curated JOIN address ON address.url = curated.target
  JOIN article AS listed ON listed.row = address.row WHERE curated.path = a.id
)
"""
_FAULTY: Final = """
SELECT DISTINCT path FROM (
  SELECT path FROM curated WHERE target != '' GROUP BY path, target HAVING COUNT(*) > 1
  UNION SELECT curated.path FROM curated JOIN address ON address.url = curated.target
    JOIN article ON article.row = address.row WHERE article.id = curated.path OR article.removed
)
"""


@dataclass(frozen=True, slots=True)
class Queues:
    """Article ids by queue, in order."""

    ids: dict[str, list[str]]

    def around(self, queue: str, article: str) -> tuple[str | None, int, str | None]:
        """Return the article before, the 1-based place (0 when it is not in the queue), and the article after."""
        ids = self.ids[queue]
        try:
            place = ids.index(article)
        except ValueError:
            return None, 0, ids[0] if ids else None
        before = ids[place - 1] if place else None
        return before, place + 1, ids[place + 1] if place + 1 < len(ids) else None


def queues_of(index: Index) -> Queues:
    """Return the queues of an index."""

    def ids(query: str) -> list[str]:
        return [name for (name,) in index.connection.execute(query)]

    every = ids(f"SELECT a.id {_FILES} {_NEWEST}")
    none = ids(f"SELECT a.id {_FILES} AND {_LISTED} = 0 {_NEWEST}")
    few = ids(f"SELECT a.id {_FILES} AND {_LISTED} BETWEEN 1 AND {FEW} {_NEWEST}")
    order = {name: place for place, name in enumerate(every)}
    stale = sorted((name for name in ids(_STALE) if name in order), key=order.__getitem__)
    faulty = sorted((name for name in ids(_FAULTY) if name in order), key=order.__getitem__)
    needs = sorted({*none, *few, *stale, *faulty}, key=order.__getitem__)
    return Queues({"needs": needs, "none": none, "few": few, "stale": stale, "faulty": faulty, "all": every})
