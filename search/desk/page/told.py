"""What is told of an error over HTTP: no more of this machine than the names of files below the content root."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from search.content.faults import FrontMatterError
from search.desk.files import DeskNotWritable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from search.errors import SearchError

# An absolute path up to its last slash. Names of folders may hold spaces, so that it reaches to the last slash before
# what ends a clause: two paths in one clause become one name, which tells less, never more.
_FOLDERS: Final = re.compile(r"""(?<![^\s'"(\[<=,;])/(?=\S)(?:[^/\n:;'"]*/)*""")


def told(error: SearchError | FrontMatterError | OSError, folders: Iterable[Path] = ()) -> str:
    """Return what is wrong and what to do, in one line fit for an answer over HTTP.

    Args:
        error: What was raised.
        folders: Names of files below these stay as they are, without the folder; of other absolute paths only the
            last part stays.
    """
    if isinstance(error, DeskNotWritable):
        error = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(error, OSError):
        return f"it could not be read or written: {error.strerror}"
    if isinstance(error, FrontMatterError):
        text = f"line {error.line}: {error.what}" if error.line else error.what
        text += f"; {error.todo}"
    else:
        text = f"{error.message}; {error.hint}" if error.hint else error.message
    for folder in sorted(map(str, folders), key=len, reverse=True):
        text = text.replace(f"{folder}/", "")
    return _FOLDERS.sub("", text)
