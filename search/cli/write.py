"""A file that a person asked for, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write_text(file: Path, text: str) -> None:
    """Write a text as UTF-8.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}", "name a file that can be") from error
