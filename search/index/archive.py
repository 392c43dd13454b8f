"""Reading NumPy archives whose damage is named."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import BadZipFile

import numpy as np

from search.errors import REBUILD, IndexCorrupt

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def archive(stream: BinaryIO) -> Iterator[Any]:
    """Read the arrays of an archive by name.

    Raises:
        IndexCorrupt: It is no archive, is cut, or lacks an array that is asked for.
    """
    try:
        with np.load(stream, allow_pickle=False) as arrays:
            yield arrays
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise IndexCorrupt(f"{stream.name} cannot be read", REBUILD) from error
