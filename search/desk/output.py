"""Files that a person names to be written: what must not be lost is kept, and what is written is written whole."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from search.content.fence import read_block
from search.content.frontmatter import FrontMatterError
from search.content.settings import load_settings
from search.desk.decisions_file import holds_decisions
from search.desk.files import FOLDER
from search.errors import UsageError
from search.index.target import is_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from search.index.opened import Index

PAGES: Final = (".html", ".htm")
OBJECTS: Final = (".json",)
LINES: Final = (".jsonl", ".ndjson", ".json")
PICTURES: Final = (".svg",)
"""How the names of files end that options write, the usual ending first."""

STANDARD_OUTPUT: Final = Path("-")
"""What people name for standard output, where a file is written."""

_LOST: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE})


def check_place(file: Path, kinds: Sequence[str], index: Index) -> Path | None:
    """Refuse a place where nothing can or should be written, before there is anything to write.

    Args:
        file: What a person named to be written; ``-`` is standard output.
        kinds: How the names of such files end: a file that is there already, and ends otherwise, is another's.
        index: What is written about: none of its articles is overwritten.

    Returns:
        The folder that will be made for it, or None where there is one.

    Raises:
        UsageError: It is a folder, its folder can neither be written nor made, it would stand among what an index or
            a desk keeps, or what is there would be lost.
    """
    if file == STANDARD_OUTPUT:
        return None
    if file.is_dir():
        raise UsageError(f"{file} is a folder", "name a file")
    if file.exists() and not file.is_file() and os.access(file, os.W_OK):
        return None  # a pipe, or a terminal
    _check_outside(file)
    _check_writable(file, file.absolute().parents)
    if file.is_file() and (what := _what_is_lost(file.resolve(), kinds, index)):
        raise UsageError(
            f"{file} would be overwritten, and {what}", f"name a new file, or one that ends in {kinds[0]}; or delete it"
        )
    return None if file.parent.is_dir() else file.parent


def check_folder(folder: Path) -> Path | None:
    """Refuse a folder in which nothing can be written, before there is anything to write.

    Returns:
        The folder itself where it will be made, or None where there is one.

    Raises:
        UsageError: It is no folder, can neither be written nor made, or is part of what an index or a desk keeps.
    """
    _check_outside(folder)
    whole = folder.absolute()
    _check_writable(folder, [whole, *whole.parents])
    return None if folder.is_dir() else folder


def _check_outside(place: Path) -> None:
    """Refuse a place among what an index keeps, or what the desk of a content root does: of any, not only those in use.

    What is new there would be taken for theirs, and deleted or read as such.
    """
    try:
        whole = place.resolve()
    except (OSError, RuntimeError) as error:  # links that lead to one another
        raise UsageError(f"{place} cannot be followed to a file", "name a place elsewhere") from error
    for folder in (whole, *whole.parents):
        kept = "the desk keeps decisions" if folder.name == FOLDER else "an index is kept" if is_index(folder) else ""
        if kept:
            raise UsageError(f"{place} is not written: in {folder} {kept}, and nothing else", "name a place elsewhere")


def _what_is_lost(file: Path, kinds: Sequence[str], index: Index) -> str:
    """Say why a file that is there is not overwritten; nothing of one that is such an output, or empty."""
    root = index.content_root.resolve()
    below = file.relative_to(root).as_posix() if file.is_relative_to(root) else ""
    if below and index.row_of_id(below) is not None:
        return "is an article of the index"
    if file.suffix == ".jsonl" and (below == load_settings(root).decisions or holds_decisions(file)):
        return "holds the decisions of a desk"
    if _has_front_matter(file):
        return "begins with front matter, as articles do"
    if file.suffix.lower() not in kinds and file.stat().st_size:
        return f"does not end in {' or '.join(kinds)}"
    return ""


def _has_front_matter(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            block = read_block(stream)
    except FrontMatterError:
        return True  # it has one that is broken
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "name another file") from error
    # data begin as front matter in JSON does
    return block is not None and not (block.syntax == "json" and file.suffix.lower() in LINES)


def _check_writable(place: Path, folders: Iterable[Path]) -> None:
    """Refuse a place when the first of some folders that is there, the nearest, takes no file."""
    above = next((some for some in folders if some.exists()), place.absolute())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise UsageError(f"{place} cannot be written: {above} is no folder that can be", "name a place that can be")


def and_made(folder: Path | None) -> str:
    """Return what to say of a folder that was made, so that a mistyped name is noticed; nothing of none."""
    return "" if folder is None else f"; made the folder {folder}"


def told_place(file: Path) -> str:
    """Return what to call the place that was written to."""
    return "standard output" if file == STANDARD_OUTPUT else str(file)


def write_whole(file: Path, pieces: Iterable[str]) -> None:
    """Write a file in one step, so that whoever reads meanwhile never reads half of it.

    Args:
        file: Its folder is made if it is missing; ``-`` is standard output, which is written to in UTF-8.
        pieces: The text.

    Raises:
        UsageError: It cannot be written; what was there before is there still.
        OSError: The disk is full or fails, or whoever read from a pipe has gone.
    """
    if file == STANDARD_OUTPUT:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(piece.encode() for piece in pieces)
        sys.stdout.buffer.flush()
        return
    try:
        if file.exists() and not file.is_file():  # a pipe, or a terminal: nothing that could be replaced
            with file.open("w", encoding="utf-8") as stream:
                stream.writelines(pieces)
            return
        whole = file.resolve()
        whole.parent.mkdir(parents=True, exist_ok=True)
        aside = whole.with_name(f".{os.getpid()}.part")
        try:
            with aside.open("w", encoding="utf-8") as stream:
                stream.writelines(pieces)
            aside.replace(whole)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        if _is_lost(error):
            error.filename = error.filename or str(file)
            raise
        raise UsageError(f"{file} cannot be written: {error.strerror}", "name a place that can be") from error


def _is_lost(error: OSError) -> bool:
    """Return whether what was written is lost though the place was a good one: a full disk, a reader that has gone."""
    return error.errno in _LOST
