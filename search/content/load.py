"""Loading one file: what it gives, or its faults."""

# ruff: noqa: PTH110, PTH112, PTH114, PTH118 - a Path for each of a million files costs more than opening them

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from search.content.article import FileRecord, Problem
from search.content.faults import FrontMatterError
from search.content.frontmatter import read_front_matter
from search.content.records import read_record
from search.content.regular import leaves, open_regular
from search.content.walk import name_fault, shown_path

if TYPE_CHECKING:
    from pathlib import Path

    from search.content.settings import Settings

_ESCAPED = re.compile(r"(?:\\x[0-9a-f]{2})+")


def load_file(content_root: Path, path: str, settings: Settings) -> FileRecord:
    """Load one file.

    Args:
        content_root: The folder that is indexed.
        path: Relative to it, with ``/``.
        settings: How the site's content is to be read.

    Returns:
        What the file gave; every fault of the file, whatever it holds, is a problem in there and never an exception.
    """
    try:
        return _load(content_root, path, settings)
    except FrontMatterError as error:
        return _failed(path, error.what, error.todo, error.line)
    except OSError as error:
        return _failed(
            path, f"cannot be read: {error.strerror or 'unknown fault'}", "check that it exists and may be read"
        )
    except Exception as error:  # noqa: BLE001 - one bad file never stops the run; a test keeps this line unreached
        return _failed(path, f"the reader failed ({type(error).__name__})", "report this file as a bug")


def _load(content_root: Path, path: str, settings: Settings) -> FileRecord:
    if path.startswith("/") or ".." in path.split("/") or "\0" in path:
        raise FrontMatterError(0, "lies outside of the content root", "name it relative to the content root")
    if fault := name_fault(path):
        raise FrontMatterError(0, fault, "rename it")
    file = os.path.join(content_root, path)
    try:
        stream = open_regular(file, content_root)
    except OSError as error:
        raise _explained(content_root, path, error) from None
    with stream:
        front = read_front_matter(stream)
    if front is None:
        return FileRecord(path, not_article="no front matter")
    return read_record(front, path, settings)


def _explained(content_root: Path, path: str, error: OSError) -> Exception:
    """Return what is wrong with a file that cannot be opened, or the error where that says it."""
    file = os.path.join(content_root, path)
    if error.errno not in {errno.ENOENT, errno.ELOOP, errno.EINVAL}:
        return error
    if not os.path.exists(file):
        return _missing(content_root, path)
    if leaves(file, content_root):
        return FrontMatterError(0, "a symbolic link that leaves the content root", "copy the file here instead")
    if os.path.isdir(file):  # the walk names none but those that it could not list
        return FrontMatterError(0, "a folder, no file", "check its permissions")
    return FrontMatterError(0, "no regular file", "delete or rename it")


def _missing(content_root: Path, path: str) -> FrontMatterError:
    if os.path.islink(os.path.join(content_root, path)):
        return FrontMatterError(0, "a symbolic link that leads nowhere", "correct or delete the link")
    raw = _ESCAPED.sub(lambda found: os.fsdecode(bytes.fromhex(found[0].replace("\\x", ""))), path)
    if raw != path and os.path.lexists(os.path.join(content_root, raw)):
        return FrontMatterError(0, name_fault(raw) or "the file name cannot be used", "rename it")
    return FrontMatterError(0, "is not there", "was it moved or deleted?")


def _failed(path: str, what: str, todo: str, line: int = 0) -> FileRecord:
    shown = shown_path(path)
    return FileRecord(shown, problems=(Problem(shown, line, what, todo),))
