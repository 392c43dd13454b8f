"""Changed files into the catalogue of a new generation."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from search.content.article import FileRecord
from search.content.parallel import load_files
from search.content.walk import why_left_out
from search.index.ingest import drop_file, store_record, touch_file

if TYPE_CHECKING:
    import sqlite3

    from search.index.changes import Changes
    from search.index.progress import Progress


def read_changes(connection: sqlite3.Connection, changes: Changes, progress: Progress) -> None:
    """Read every new and changed file and put it in place of what it gave before."""
    for path in [*changes.gone, *changes.changed]:
        drop_file(connection, path)
    for path, state in changes.touched.items():
        touch_file(connection, path, state)
    progress.phase("reading", len(changes.to_read))
    copies: dict[str, bytes] = {}
    left_out = {path: why for path in changes.to_read if (why := why_left_out(path, changes.settings))}
    problems = {one.path: one.problem for one in changes.candidates if one.problem}
    wanted = [path for path in changes.to_read if path not in left_out and path not in problems]
    unread = (FileRecord(path, not_article=why) for path, why in left_out.items())
    failed = (
        FileRecord(path, problems=(problem,))
        for path, problem in problems.items()
        if path in changes.to_read and path not in left_out
    )
    for record in chain(unread, failed, load_files(changes.content_root, wanted, changes.settings)):
        store_record(connection, record, changes.to_read[record.path], copies)
        progress.advance(1)
