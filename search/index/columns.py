"""The columns that a ranker reads of every article, as arrays: asking the catalogue would cost more than ranking."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, BinaryIO, Self
from zlib import crc32

import numpy as np

from search.index.archive import archive
from search.index.habits import holds_drafts_back
from search.index.letters import folded
from search.index.rows import MICROSECONDS_A_DAY
from search.index.schema import PROVIDER

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.index.vectors import Rows

START_WORDS = 8
# Fewer words head two events now and then: Bulgarian government survives no-confidence vote. By trial on the archives
# of scripts/learn_stories.
_LONG_HEADLINE = 8
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Columns:
    """Arrays of shape (n,); an article's place in them is that of its row among all rows, ascending.

    Attributes:
        rows: Rows of the catalogue, ascending, int64.
        days: When published, days since 1970 UTC, float64; NaN when unknown.
        quality: 0 to 1,000, float32; NaN when unknown.
        provider: Equal numbers for equal providers, int32; -1 for none.
        type: Equal numbers for equal types, int32.
        title_length: Characters of the title, int32.
        title_key: Equal for titles of the same words, int64.
        title_start: The first words of the title as numbers, 0 for none, uint32, shape (n, ``START_WORDS``).
        story: Row of the article that stands for its story, its own row when it shares none, int64.
        removed: Whether it is flagged as removed.
        held_back: Whether it is not published, and no suggestion at this site unless somebody asks for such.
        order: Its place in the order of article ids, int32: equal scores stand in this order, whatever was built first.
        text: Equal for equal document texts, int64.
    """

    rows: Rows
    days: NDArray[np.float64]
    quality: NDArray[np.float32]
    provider: NDArray[np.int32]
    type: NDArray[np.int32]
    title_length: NDArray[np.int32]
    title_key: NDArray[np.int64]
    title_start: NDArray[np.uint32]
    story: Rows
    removed: NDArray[np.bool_]
    held_back: NDArray[np.bool_]
    order: NDArray[np.int32]
    text: NDArray[np.int64]

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Self:
        """Read the columns of a catalogue whose stories are settled."""
        records = connection.execute(
            f"SELECT row, published_at, quality, {PROVIDER}, type, "
            "title, COALESCE(leader, row), removed, origin = 'file' AND published IS 0, id, text_key "
            "FROM article LEFT JOIN story USING (row) ORDER BY row"
        ).fetchall()
        row, published, quality, provider, kind, title, story, removed, draft, ids, texts = (
            zip(*records, strict=True) if records else [()] * 11
        )
        return cls(
            rows=np.array(row, dtype=np.int64),
            days=np.array([np.nan if at is None else at / MICROSECONDS_A_DAY for at in published], dtype=np.float64),
            quality=np.array([np.nan if one is None else one for one in quality], dtype=np.float32),
            provider=codes(provider),
            type=codes(kind),
            title_length=np.array([len(one) for one in title], dtype=np.int32),
            title_key=np.array([words_key(one) for one in title], dtype=np.int64),
            title_start=np.array([title_start(one) for one in title], dtype=np.uint32).reshape(-1, START_WORDS),
            story=np.array(story, dtype=np.int64),
            removed=np.array(removed, dtype=np.bool_),
            held_back=np.array(draft, dtype=np.bool_) & holds_drafts_back(connection),
            order=_order(ids),
            text=np.array([int.from_bytes(key[:8], signed=True) for key in texts], dtype=np.int64),
        )

    @classmethod
    def load(cls, stream: BinaryIO) -> Self:
        """Read what ``save`` wrote.

        Raises:
            IndexCorrupt: It is no such archive.
        """
        with archive(stream) as arrays:
            return cls(*(arrays[field.name] for field in fields(cls)))

    def save(self, path: Path) -> None:
        """Write all columns as one NumPy archive."""
        with path.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **{field.name: getattr(self, field.name) for field in fields(self)})

    def __len__(self) -> int:
        return len(self.rows)

    def places(self, rows: Rows) -> Rows:
        """Return the places of rows, all of which exist."""
        return np.searchsorted(self.rows, rows)

    @cached_property
    def by_time(self) -> Rows:
        """Places of the articles with a date, oldest first."""
        order = np.lexsort((self.order, self.days))
        return order[: int(np.isfinite(self.days).sum())]

    @cached_property
    def twin(self) -> Rows:
        """Places of the first article with the same text, for each: its own for most.

        How a product of vectors is rounded depends on where they stand; what is said of one text is to be the same.
        """
        _, first, group = np.unique(self.text, return_index=True, return_inverse=True)
        return first[group]

    @cached_property
    def times(self) -> NDArray[np.float64]:
        """The days of ``by_time``, ascending."""
        return self.days[self.by_time]

    def nearest_in_time(self, day: float, count: int) -> Rows:
        """Return the places of the ``count`` articles published last before and first after a day, each."""
        if np.isnan(day):
            return np.empty(0, dtype=np.int64)
        middle = int(np.searchsorted(self.times, day))
        return self.by_time[max(0, middle - count) : middle + count]

    def crowd(self, days: NDArray[np.float64], within: float) -> NDArray[np.float64]:
        """Return how many articles were published within some days of each of ``days``; 0 where that is NaN."""
        high = np.searchsorted(self.times, days + within, side="right")
        found = (high - np.searchsorted(self.times, days - within)).astype(np.float64)
        found[np.isnan(days)] = 0
        return found


def words_key(text: str) -> int:
    """Return a number that is the same for texts that differ in case and punctuation only."""
    return int.from_bytes(blake2b(" ".join(_words(text)).encode(), digest_size=8).digest(), signed=True)


def headline_key(title: str) -> int | None:
    """Return the same for a headline; None for one of so few words that others may have it by chance."""
    return words_key(title) if len(_words(title)) >= _LONG_HEADLINE else None


def title_start(title: str) -> list[int]:
    """Return the first words of a title as numbers, ``START_WORDS`` of them, 0 where there is none."""
    first = [crc32(word.encode()) or 1 for word in _words(title)[:START_WORDS]]
    return first + [0] * (START_WORDS - len(first))


def _words(title: str) -> list[str]:
    return _WORD.findall(folded(title))


def _order(ids: Sequence[str]) -> NDArray[np.int32]:
    """Return the place of each id among all of them, ascending."""
    order = np.empty(len(ids), dtype=np.int32)
    order[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids), dtype=np.int32)
    return order


def codes(names: Sequence[str]) -> NDArray[np.int32]:
    """Return equal numbers for equal names, -1 for the empty one."""
    code_of = {name: code for code, name in enumerate(sorted({*names} - {""}))}
    return np.array([code_of.get(name, -1) for name in names], dtype=np.int32)
