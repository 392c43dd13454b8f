"""Where tuned encoders are kept: in the index folder, each under its fingerprint, whole or not at all.

What an index was built with is never written to: another tuning has another fingerprint, and so another folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from search.encoders.fingerprint import model_digest
from search.encoders.select import fingerprint_of
from search.errors import IndexLocked, IndexNotWritable
from search.index.durable import make_folder, sync
from search.index.lock import writer_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.encoders.base import Notice

FOLDER: Final = "encoders"
_TRAINING: Final = ".training-"
# Enough of a fingerprint that two models do not share it.
_NAME_LENGTH: Final = 12
# How often, and how many times, a build is waited for: what took minutes to train is not thrown away for it.
_WAIT_SECONDS: Final = 1.0
_WAITS: Final = 600


@contextmanager
def training_folder(index_folder: Path) -> Iterator[Path]:
    """Give a folder inside an index folder to train a model in; it is gone afterwards, and so is what crashes left.

    Raises:
        IndexLocked: Another process writes the index.
        IndexNotWritable: Something in the index folder is a link.
    """
    with writer_lock(index_folder):
        for left in index_folder.glob(f"{_TRAINING}*"):
            _remove_left(left)
        aside = Path(tempfile.mkdtemp(prefix=_TRAINING, dir=index_folder))
        held = _held(aside)
    try:
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        os.close(held)


def keep(index_folder: Path, model: Path, fingerprint: str, notice: Notice) -> Path:
    """Give a trained model its place in an index folder, in one step, and return that.

    Args:
        index_folder: The index folder.
        model: The folder of the model, on the same file system; it is moved.
        fingerprint: Of the encoder that it is.
        notice: Told when a build is waited for.

    Raises:
        IndexLocked: Another process writes the index, and does not come to an end.
        IndexNotWritable: Something in the index folder is a link, or another model has the place.
    """
    for path in sorted(model.rglob("*")):
        sync(path)
    sync(model)
    place = index_folder / FOLDER / fingerprint[:_NAME_LENGTH]
    with ExitStack() as stack:
        _take(stack, index_folder, notice)
        make_folder(place.parent)
        if not place.exists():
            model.rename(place)
            sync(place.parent)
        elif model_digest(place) != model_digest(model):
            raise IndexNotWritable(f"{place} was changed since it was tuned", "remove it, and run again")
    fingerprint_of(str(place))  # the cache of encoders notes where it lies now
    return place


def _take(stack: ExitStack, index_folder: Path, notice: Notice) -> None:
    """Take the lock of an index until a stack is closed, and wait for who holds it."""
    for wait in range(_WAITS):
        try:
            stack.enter_context(writer_lock(index_folder))
        except IndexLocked as error:
            if wait == 0:
                notice(f"{error.message}; waiting for it")
            time.sleep(_WAIT_SECONDS)
        else:
            return
    stack.enter_context(writer_lock(index_folder))


def _held(folder: Path) -> int:
    """Keep a folder from being taken for one that a crash left, until the returned descriptor is closed.

    Raises:
        BlockingIOError: Another process keeps it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _remove_left(folder: Path) -> None:
    with suppress(OSError):  # a link, a file, or in use
        held = _held(folder)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)
