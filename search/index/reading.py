"""Changed files into the catalogue of a new generation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.content.parallel import load_files
from search.index.ingest import drop_file, store_record, touch_file

if TYPE_CHECKING:
    import sqlite3

    from search.content.article import Article
    from search.index.changes import Changes
    from search.index.progress import Progress


def read_changes(connection: sqlite3.Connection, changes: Changes, progress: Progress) -> None:
    """Read every new and changed file and put it in place of what it gave before."""
    for path in [*changes.gone, *changes.changed]:
        drop_file(connection, path)
    for path, state in changes.touched.items():
        touch_file(connection, path, state)
    progress.phase("reading", len(changes.to_read))
    copies: dict[Article, bytes] = {}
    for record in load_files(changes.content_root, list(changes.to_read), changes.settings):
        store_record(connection, record, changes.to_read[record.path], copies)
        progress.advance(1)
