"""Deleting what an index does not need any more: old generations, and what builds left that did not come to an end."""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from search.index.generation import ENCODED, FILES, MANIFEST, generations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OURS: Final = (MANIFEST, *FILES)


def collect(index: Path, keep: str, notice: Callable[[str], None]) -> None:
    """Delete generations other than ``keep`` that nobody reads or builds, and vectors that stand in ``keep``.

    Args:
        index: The index folder, whose lock is held.
        keep: The generation that answers.
        notice: Told of what stays though nobody needs it: a folder that holds what no build wrote is not deleted.
    """
    for entry in generations(index):
        if entry.name == keep:
            continue
        try:
            _delete(entry)
        except BlockingIOError:
            pass  # held by a reader or a builder
        except OSError as error:
            notice(f"{entry} cannot be removed: {(error.strerror or str(error)).lower()}")
        except _ForeignError as error:
            notice(f"{entry} is not needed, but stays: no build wrote the {error} in it")
    try:
        # What was encoded after the switch is an interrupted build's, which the next one goes on from.
        if (index / ENCODED).stat().st_mtime_ns <= (index / "CURRENT").stat().st_mtime_ns:
            (index / ENCODED).unlink()
    except FileNotFoundError:
        pass


class _ForeignError(Exception):
    """Something that is not of an index."""


def _delete(generation: Path) -> None:
    foreign = sorted({entry.name for entry in generation.iterdir()} - {*_OURS})
    if foreign:
        raise _ForeignError(foreign[0])
    with ExitStack() as stack:
        for path in (generation, generation / MANIFEST):
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            except FileNotFoundError:
                continue  # a build that crashed had no manifest yet
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for name in _OURS:
            (generation / name).unlink(missing_ok=True)
        generation.rmdir()
