"""Opening files that others may have put in a known place: a pipe there must not be waited for, nor a link believed."""

# ruff: noqa: PTH116, PTH118 - a Path for each of a million files costs more than opening them

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from pathlib import Path

# A pipe nobody writes into is opened at once, a terminal does not become ours.
_FLAGS: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def open_regular(file: str | Path, root: str | Path | None = None) -> BinaryIO:
    """Open a file for reading if it is a regular one.

    Args:
        file: The file, or a link to it.
        root: The folder that it must lie in, links followed; None for anywhere.

    Raises:
        OSError: It cannot be opened, is a folder, a pipe or a device, or lies outside of the root.
    """
    descriptor = regular_descriptor(file, os.O_RDONLY)
    try:
        if root is not None:
            _check_within(file, root, os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def regular_descriptor(file: str | Path, flags: int) -> int:
    """Open a regular file with flags of ``os.open``, never waiting; return its descriptor.

    Raises:
        OSError: It cannot be opened, or is a folder, a pipe or a device.
    """
    with suppress(FileNotFoundError):  # the flags may say that it is to be made
        _check(file, os.stat(file))  # before it is opened: a device may act on that
    descriptor = os.open(file, flags | _FLAGS, 0o644)
    try:
        _check(file, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def leaves(file: str | Path, root: str | Path) -> bool:
    """Return whether links lead from a file in a folder out of that folder."""
    real = os.path.realpath(file)
    if real == os.fspath(file) and real.startswith(os.path.join(root, "")):
        return False  # no link anywhere, as a rule: the folder need not be looked up for each file
    return not real.startswith(os.path.join(os.path.realpath(root), ""))


def _check_within(file: str | Path, root: str | Path, status: os.stat_result) -> None:
    # What is open must be what is looked at here: the link may have been turned meanwhile.
    if leaves(file, root) or not os.path.samestat(status, os.stat(os.path.realpath(file))):
        raise OSError(errno.ELOOP, "a symbolic link that leaves the content root", str(file))


def _check(file: str | Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "no regular file", str(file))
