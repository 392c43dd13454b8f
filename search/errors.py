"""The errors a user can cause, each with what to do about it.

The class says with which code the program exits: 2 for a wrong option, filter, query or path, unless it has another.
A room derives errors of its own from these.
"""

from __future__ import annotations

from typing import ClassVar, Final

# As in sysexits.h: input or output failed, a full or failing disk.
IO_FAILED: Final = 74
# What mends an index of which a part cannot be used.
REBUILD: Final = "rebuild with: search index --rebuild CONTENT_ROOT"


class SearchError(Exception):
    """Base of every error that is shown to a person as one line.

    Args:
        message: What is wrong, naming the file, option or value.
        hint: What to do about it; shown on a line of its own.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SearchError):
    """An option, a filter, a query or a path that cannot be used."""


class ContentProblems(SearchError):
    """Something of the content is at fault or could not be changed, where the exit code is to tell of it."""

    exit_code: ClassVar[int] = 3


class IndexUnusable(SearchError):
    """The index cannot answer."""

    exit_code: ClassVar[int] = 4


class IndexMissing(IndexUnusable):
    """There is no index in the folder."""


class IndexCorrupt(IndexUnusable):
    """A file of the index is missing, truncated or damaged."""


class IndexVersionMismatch(IndexUnusable):
    """The index was written in an older version of the format."""


class IndexFromTheFuture(IndexVersionMismatch):
    """The index was written in a newer version of the format."""


class IndexLocked(IndexUnusable):
    """Another process is writing this index."""


class IndexNotWritable(IndexUnusable):
    """The index folder cannot be written: permission, read-only, disk full."""


class EncoderMismatch(IndexUnusable):
    """The index holds vectors of another model."""


class EncoderUnavailable(SearchError):
    """A model cannot be found, verified, exported or loaded."""

    exit_code: ClassVar[int] = 4
