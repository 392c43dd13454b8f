"""One writer at a time: an advisory lock that dies with its holder and names it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.errors import IndexLocked
from search.index.target import check_links

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class WriterLock:
    """The lock of an index folder, held.

    Attributes:
        path: Its file.
        descriptor: The file as it was opened, which may not be the one at the path any more.
    """

    path: Path
    descriptor: int

    def stands(self) -> bool:
        """Return whether the file at the path is the one that is locked: another process would lock that one."""
        try:
            return os.path.samestat(os.fstat(self.descriptor), self.path.lstat())
        except FileNotFoundError:
            return False

    def check(self) -> None:
        """See that nobody else can have taken the lock.

        Raises:
            IndexLocked: Its file was removed or replaced.
        """
        if not self.stands():
            raise IndexLocked(
                f"{self.path} was removed while it was held, so that another process may be writing too",
                "nothing was changed; run again, and leave that file where it is",
            )


@contextmanager
def writer_lock(folder: Path) -> Iterator[WriterLock]:
    """Hold the lock of an index folder.

    Raises:
        IndexLocked: Another process holds it; the message names its process id.
        IndexNotWritable: Something in the folder is a link: whoever writes would write elsewhere.
        OSError: The lock file cannot be made.
    """
    check_links(folder)
    for _ in range(_ATTEMPTS):
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            lock = WriterLock(folder / "lock", descriptor)
            _take(lock, folder)
            if not lock.stands():
                continue  # removed between opening and locking
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            yield lock
        finally:
            os.close(descriptor)
        return
    raise IndexLocked(f"{folder / 'lock'} is removed again and again", "find out by whom, then run again")


def _take(lock: WriterLock, folder: Path) -> None:
    try:
        fcntl.flock(lock.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock.descriptor, 64).decode(errors="replace").strip() or "unknown"
        raise IndexLocked(
            f"{folder} is being written by process {holder}", "wait until it has finished, then run again"
        ) from None
