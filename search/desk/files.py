"""Changing files of the content: whole or not at all, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from search.errors import IO_FAILED, SearchError
from search.index.durable import sync

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = ".search"
# What tempfile makes of the prefix: of other names in the folder none is touched.
SCRATCH: Final = ".writing-"
_SCRATCH_NAME = re.compile(re.escape(SCRATCH) + r"[a-z0-9_]{8}")
_LOCK: Final = "lock"
_FOR_GIT: Final = {".gitattributes": "*.jsonl merge=union\n", ".gitignore": f"{_LOCK}\n{SCRATCH}*/\n"}


class FileConflict(SearchError):
    """A file is no longer what it was when it was shown.

    Attributes:
        diff: What was changed meanwhile, where that is known.
    """

    diff: str = ""


class FileOutside(SearchError):
    """A path that leads out of the content root."""


class DeskNotWritable(SearchError):
    """What the desk keeps beside the content cannot be written: permission, read-only, disk full."""

    exit_code = IO_FAILED


def resolved(content_root: Path, path: str) -> Path:
    """Return the file that a path below the content root names, links followed.

    Raises:
        FileOutside: It is no file within the content root.
    """
    root = content_root.resolve()
    try:
        full = (root / path).resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise FileOutside(
            f"{path[:200]}: there is no such file in the content", "name a file of the content"
        ) from error
    if not full.is_relative_to(root) or not full.is_file():
        raise FileOutside(f"{path[:200]} leads out of the content", "copy the file there instead of linking it")
    return full


def within(content_root: Path, path: str) -> Path:
    """Return where a path below the content root leads, links followed, whether or not anything is there yet.

    Raises:
        FileOutside: It leads out of the content root, or into ``.git``.
    """
    root = content_root.resolve()
    try:
        full = (root / path).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise FileOutside(f"{path} cannot be followed to a file", "delete the link") from error
    if not full.is_relative_to(root):
        raise FileOutside(f"{path} leads out of the content", "delete the link; the desk writes into the content only")
    if any(part.casefold().startswith(".git") for part in full.relative_to(root).parts):
        raise FileOutside(f"{path} leads into what git keeps for itself", "delete the link")
    return full


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn the operating system's refusals into one of ours.

    Raises:
        DeskNotWritable: The system refused.
    """
    try:
        yield
    except OSError as error:
        what = f"{error.filename or place} cannot be written: {(error.strerror or 'unknown fault').lower()}"
        raise DeskNotWritable(what, "check permissions and free space") from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the desk's lock, waiting for it: two windows, or the page and the command line.

    The desk's own folder says to git what of it is to be kept, and how it is merged.

    Raises:
        DeskNotWritable: The lock cannot be made.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in _FOR_GIT.items() if folder.name == FOLDER else ():
            with suppress(FileExistsError), (folder / name).open("x", encoding="utf-8") as stream:
                stream.write(text)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def scratch_folder(desk: Path) -> Iterator[Path]:
    """Give a folder for files that are being written; those that killed runs left are removed.

    Args:
        desk: The ``.search`` folder of the content root: on the same file system as the content, as a rule.
    """
    with locked(desk):
        for stray in desk.iterdir():
            if _SCRATCH_NAME.fullmatch(stray.name):
                shutil.rmtree(stray, ignore_errors=True)  # nobody writes there while the lock is ours; links stay
        with writing(desk):
            folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=desk))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def replace_file(path: Path, before: bytes, after: bytes, scratch: Path) -> None:
    """Replace a file by new contents in one step, if it still holds the old ones.

    The new file is on the disk before it takes the name of the old one (POSIX ``rename``), with its mode and owner.

    Args:
        path: The file itself, no link.
        before: What it held when the change was worked out.
        after: What it shall hold.
        scratch: From ``scratch_folder``.

    Raises:
        FileConflict: It holds something else by now.
        OSError: It cannot be written; it is as it was.
    """
    status = path.stat()
    descriptor, name = tempfile.mkstemp(dir=scratch)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(after)
            os.fchmod(stream.fileno(), stat.S_IMODE(status.st_mode))
            if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                with suppress(PermissionError):
                    os.fchown(stream.fileno(), status.st_uid, status.st_gid)
            stream.flush()
            os.fsync(stream.fileno())
        _check_unchanged(path, before)
        aside.rename(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync(path.parent)


def _check_unchanged(path: Path, before: bytes) -> None:
    if path.read_bytes() != before:
        raise FileConflict(f"{path} was changed by somebody else", "look at it again, and decide anew")
