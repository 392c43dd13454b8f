"""Loading many files, in parallel when they are more than a few hundred."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import fields
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.reduction import ForkingPickler
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from search.content.article import Article, CuratedItem, FileRecord, Problem, Provider
from search.content.load import load_file
from search.cores import cores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from search.content.settings import Settings

FEW: Final = 300
_BATCH: Final = 64
_AHEAD: Final = 4


def _send_as_call(record_type: type) -> None:
    """Send records between processes as type and arguments: a third of the time of a dataclass's own way."""
    values = attrgetter(*(entry.name for entry in fields(record_type)))

    def reduced(record: Any) -> tuple[type, Any]:
        return record_type, values(record)

    ForkingPickler.register(record_type, reduced)


for _record_type in (Article, CuratedItem, FileRecord, Problem, Provider):
    _send_as_call(_record_type)


def load_files(
    content_root: Path, paths: Sequence[str], settings: Settings, *, workers: int | None = None
) -> Iterator[FileRecord]:
    """Load many files, in parallel when there are more than a few hundred.

    Args:
        content_root: The folder that is indexed.
        paths: Relative to it, with ``/``.
        settings: How the site's content is to be read.
        workers: Processes; None for one a core, 1 for none beside this one.

    Processes import the main script again, as those of ``multiprocessing`` do: a script needs the usual
    ``if __name__ == "__main__":`` before it calls this for many files.

    Yields:
        One record for every path, in the order of ``paths``. Work of a process that died is done again in this one.
    """
    workers = workers or cores()
    if workers == 1 or len(paths) <= FEW:
        for path in paths:
            yield load_file(content_root, path, settings)
        return
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    yield from _in_parallel(content_root, batches, settings, min(workers, len(batches)))


def _in_parallel(
    content_root: Path, batches: list[Sequence[str]], settings: Settings, workers: int
) -> Iterator[FileRecord]:
    # A forked copy of a process with threads (progress bars, FAISS) can hang; a fork server has none.
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)
    waiting: deque[tuple[Sequence[str], Future[list[FileRecord]] | None]] = deque()
    remaining = iter(batches)
    try:
        while True:
            while len(waiting) < workers * _AHEAD and (batch := next(remaining, None)) is not None:
                waiting.append((batch, _submit(pool, content_root, batch, settings)))
            if not waiting:
                break
            batch, future = waiting.popleft()
            yield from _result(future) or _load_batch(content_root, batch, settings)
    finally:
        # Left early (Ctrl-C, or the caller wants no more): only the batches under way are waited for, or their
        # processes and semaphores would outlive this one.
        pool.shutdown(cancel_futures=True)


def _submit(
    pool: ProcessPoolExecutor, content_root: Path, batch: Sequence[str], settings: Settings
) -> Future[list[FileRecord]] | None:
    try:
        return pool.submit(_load_batch, content_root, batch, settings)
    except (BrokenProcessPool, OSError):
        return None


def _result(future: Future[list[FileRecord]] | None) -> list[FileRecord] | None:
    try:
        return future.result() if future else None
    except (BrokenProcessPool, OSError):
        return None


def _load_batch(content_root: Path, batch: Sequence[str], settings: Settings) -> list[FileRecord]:
    return [load_file(content_root, path, settings) for path in batch]


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end when the parent has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000)  # records hold no cycles, and looking for them takes a fifth of the time
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
