"""Building an index and bringing it up to date: read what changed, encode what is new, switch.

::

    walk ─▶ compare with the last generation ─▶ read changed files ─▶ catalogue ─▶ encode new texts ─▶ vectors ─▶ switch

Everything is written aside; until the switch the old generation answers. What was encoded is kept
even if the run is interrupted.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from search.content.dates import iso_utc
from search.encoders.select import fingerprint_of
from search.errors import (
    IndexCorrupt,
    IndexFromTheFuture,
    IndexMissing,
    IndexNotWritable,
    IndexVersionMismatch,
    UsageError,
)
from search.index.changes import Changes, find_changes
from search.index.collect import collect
from search.index.durable import make_folder, sync
from search.index.generation import (
    CATALOGUE,
    COLUMNS,
    FILES,
    SPARSE,
    VECTORS,
    Manifest,
    checksum,
    current_name,
    new_generation,
    switch,
    write_manifest,
)
from search.index.ingest import read_problems, settle_embedded
from search.index.lock import WriterLock, writer_lock
from search.index.parts import open_whole, read_back
from search.index.progress import Progress, Silent
from search.index.schema import CATALOGUE_SCHEMA, FORMAT_VERSION
from search.index.target import Earlier, check_articles, check_content, check_folder, check_root, check_some, earlier

if TYPE_CHECKING:
    from pathlib import Path

    from search.content.article import Problem
    from search.encoders.base import EncoderInfo
    from search.index.opened import Index

# What SQLite says when it is the disk that fails.
_NOT_OURS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}

_PERMISSIONS = "check permissions, or use --index"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        files: Candidate files found.
        read: Files that were read because they were new or changed.
        gone: Files that stood in the last generation and are no more.
        articles: Articles in the index now.
        in_files: Those of them that have a file.
        not_articles: Files with front matter that are no articles.
        encoded: Texts that went through the encoder.
        problems: All faults in the content, those of unchanged files included.
        without_address: Articles in files that name no address and are given none, as the site's own is not set.
        encoder: The model of the vectors.
        switched: Whether there is a new generation; False when nothing had changed.
        seconds: Wall time by phase: ``walk``, ``read``, ``catalogue``, ``load``, ``encode``, ``derive``,
            ``write``.
    """

    files: int
    read: int
    gone: int
    articles: int
    in_files: int
    not_articles: int
    encoded: int
    problems: list[Problem]
    without_address: int
    encoder: EncoderInfo
    switched: bool
    seconds: dict[str, float]


class Stopwatch:
    """Wall time by phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, phase: str) -> None:
        """Count the time since the last lap for a phase."""
        now = time.perf_counter()
        self.seconds[phase] = self.seconds.get(phase, 0.0) + now - self._last
        self._last = now


def build_index(
    content_root: Path,
    folder: Path,
    *,
    encoder: str | None = None,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Bring an index up to date with a content root, or make it.

    Args:
        content_root: The folder of articles.
        folder: The index folder, made if missing.
        encoder: As on the command line; None for that of the index at hand, or the default.
        rebuild: Read every file and encode every text again, whatever content the index at hand was made of.
        progress: Told of phases and steps.

    Raises:
        UsageError: The content root is no folder, or holds no candidate file; or the index folder holds something
            else, or without ``rebuild`` the index of another site or of articles of which none is left.
        IndexLocked: Another process writes this index, or may do so because the lock was removed.
        IndexNotWritable: The folder cannot be written, holds links, or the disk is full or failing.
        EncoderUnavailable: The model cannot be found or used.
    """
    if not content_root.is_dir():
        raise UsageError(f"{content_root} is not a folder", "give the folder that holds the articles")
    try:
        check_folder(folder, content_root.resolve())
        make_folder(folder)
        with writer_lock(folder) as lock:
            return _build(content_root.resolve(), folder, lock, encoder, progress or Silent(), rebuild=rebuild)
    except OSError as error:
        raise _not_writable(folder, error) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in _NOT_OURS:
            raise
        raise IndexNotWritable(f"{folder} cannot be written: {error}", "free some space or use --index") from error


def _build(
    content_root: Path, folder: Path, lock: WriterLock, encoder: str | None, progress: Progress, *, rebuild: bool
) -> BuildReport:
    from search.content.settings import load_settings

    watch = Stopwatch()
    settings = load_settings(content_root)
    last = None if rebuild else _last_generation(folder, progress)
    try:
        before = Earlier("", "") if rebuild or last else earlier(folder)
        check_root(folder, content_root, before.content_root)
        named = encoder or (last.manifest.encoder.name if last else before.encoder)
        info = fingerprint_of(named or None, progress.notice)
        changes = find_changes(content_root, settings, last)
        watch.lap("walk")
        if last:
            check_content(folder, content_root, changes.candidates, settings, last)
        elif not (rebuild and (folder / "CURRENT").exists()):
            check_some(content_root, changes.candidates, settings)
        if last and not changes and last.manifest.encoder == info and last.content_root == content_root:
            report = _report(last.connection, changes, info, encoded=0, switched=False, watch=watch)
        else:
            report = _new_generation(folder, lock, changes, info, last, progress, watch)
    finally:
        if last:
            last.close()
    collect(folder, current_name(folder), progress.notice)
    return report


def _last_generation(folder: Path, progress: Progress) -> Index | None:
    try:
        return open_whole(folder)
    except IndexMissing:
        return None
    except IndexFromTheFuture:
        raise
    except (IndexCorrupt, IndexVersionMismatch) as error:
        progress.notice(f"{error.message}; building anew")
        return None


def _new_generation(
    folder: Path,
    lock: WriterLock,
    changes: Changes,
    info: EncoderInfo,
    last: Index | None,
    progress: Progress,
    watch: Stopwatch,
) -> BuildReport:
    from search.index.columns import Columns
    from search.index.derived import count_listed_types, store_stories, write_sparse
    from search.index.encoding import encode_missing
    from search.index.language import store_language
    from search.index.reading import read_changes
    from search.index.references import store_references

    with new_generation(folder) as target:
        catalogue = target / CATALOGUE
        if last and changes.same_settings:
            shutil.copyfile(last.generation / CATALOGUE, catalogue)
        with closing(_open_for_writing(catalogue)) as connection:
            with connection:
                read_changes(connection, changes, progress)
                watch.lap("read")
                store_references(connection, changes.settings.site_url)
                settle_embedded(connection)
            check_articles(folder, changes.content_root, connection, last)
            watch.lap("catalogue")
            vectors, encoded = encode_missing(connection, folder, info, last, progress, watch.lap)
            watch.lap("encode")
            with connection:
                write_sparse(connection, target / SPARSE)
                store_language(connection)
                store_stories(connection, vectors)
                count_listed_types(connection)
                Columns.read(connection).save(target / COLUMNS)
            watch.lap("derive")
            report = _report(connection, changes, info, encoded=encoded, switched=True, watch=watch)
            connection.execute("PRAGMA optimize")
        vectors.save(target / VECTORS)
        for file in FILES:
            sync(target / file)
        manifest = Manifest(
            format=FORMAT_VERSION,
            created_at=iso_utc(datetime.now(UTC).replace(microsecond=0)),
            content_root=str(changes.content_root),
            settings=changes.settings_digest,
            encoder=info,
            articles=report.articles,
            files={file: checksum(target / file) for file in FILES},
        )
        write_manifest(target, manifest)
        read_back(folder, target, manifest)
        lock.check()
        switch(folder, target.name)
    watch.lap("write")
    return report


def _open_for_writing(path: Path) -> sqlite3.Connection:
    """Open a catalogue that nobody else sees yet, so without journal and without flushing."""
    fresh = not path.exists()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA synchronous = OFF")
    if fresh:
        connection.executescript(CATALOGUE_SCHEMA)
    return connection


def _report(
    connection: sqlite3.Connection,
    changes: Changes,
    info: EncoderInfo,
    *,
    encoded: int,
    switched: bool,
    watch: Stopwatch,
) -> BuildReport:
    def count(sql: str) -> int:
        return int(connection.execute(sql).fetchone()[0])

    return BuildReport(
        files=len(changes.candidates),
        read=len(changes.to_read),
        gone=len(changes.gone),
        articles=count("SELECT COUNT(*) FROM article"),
        in_files=count("SELECT COUNT(*) FROM article WHERE origin = 'file'"),
        not_articles=count("SELECT COUNT(*) FROM file WHERE state = 'not-article'"),
        encoded=encoded,
        problems=read_problems(connection),
        without_address=0
        if changes.settings.site_url
        else count("SELECT COUNT(*) FROM article WHERE origin = 'file' AND canonical_url = ''"),
        encoder=info,
        switched=switched,
        seconds=watch.seconds,
    )


def _not_writable(folder: Path, error: OSError) -> IndexNotWritable:
    if error.errno == errno.ENOSPC:
        return IndexNotWritable(f"the disk of {folder} is full", "free some space, or use --index on another disk")
    reason = os.strerror(error.errno) if error.errno else str(error)
    where = error.filename or folder
    hint = "its disk may be failing; use --index on another" if error.errno == errno.EIO else _PERMISSIONS
    return IndexNotWritable(f"{where} cannot be written: {reason.lower()}", hint)
