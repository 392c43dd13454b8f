"""Whether a build may write where it was told to: nothing of value is replaced by an accident of paths."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from search.checked import without_sum
from search.content.settings import FILE_NAME
from search.content.walk import find_candidates
from search.errors import IndexNotWritable, SearchError, UsageError
from search.index.generation import MANIFEST, current_name, generation_folder

if TYPE_CHECKING:
    import sqlite3

    from search.content.settings import Settings
    from search.content.walk import Candidate
    from search.index.opened import Index

# Two of these at least stand in an index, or the lock alone where its first build has hardly begun; and whether it is a
# folder.
_MARKS: Final = {"CURRENT": False, "generations": True, "lock": False}
# What a writer leaves in its lock: nothing yet, or its process id.
_LOCK: Final = re.compile(rb"(\d{1,10}\n)?")
# A content root elsewhere that holds this share of the files is the same site, moved or checked out again.
_MIN_SHARE: Final = 0.5
# Below these an index is written to.
_WRITTEN: Final = (".", "generations", "ranker", "encoders")


def is_index(folder: Path) -> bool:
    """Return whether a folder is an index, or becomes one: its first build was interrupted, or goes on.

    A file called ``lock`` may be anybody's: it counts where it holds what a writer leaves there, and alone only where
    nothing else is in the folder. Hidden files do not count.
    """
    locked = _is_lock(folder / "lock")
    marks = (locked, (folder / "CURRENT").is_file(), (folder / "generations").is_dir())
    return sum(marks) > 1 or (locked and [entry.name for entry in _shown(folder)] == ["lock"])


def _is_lock(file: Path) -> bool:
    try:
        if not file.is_file():  # a pipe would be waited for
            return False
        with file.open("rb") as stream:
            return _LOCK.fullmatch(stream.read(64)) is not None
    except OSError:
        return False


def _shown(folder: Path) -> list[Path]:
    return [entry for entry in folder.iterdir() if not entry.name.startswith(".")]


def check_folder(folder: Path, content_root: Path) -> None:
    """Refuse a folder that holds something else than an index.

    Raises:
        UsageError: It is the content root, or holds files and is no index. Hidden files do not count.
        IndexNotWritable: It is a file, or something in it is a folder in the place of a file or the other way round.
    """
    if folder.exists() and not folder.is_dir():
        raise IndexNotWritable(f"{folder} is a file, and an index is a folder", "name a folder by --index")
    if folder.resolve() == content_root:
        raise UsageError(f"{folder} is the content root", "give the index a folder of its own by --index")
    for mark, is_folder in _MARKS.items():
        place = folder / mark
        if place.exists() and not place.is_symlink() and place.is_dir() is not is_folder:
            what = "a file, and should be a folder" if is_folder else "a folder, and should be a file"
            raise IndexNotWritable(f"{place} is {what}", "delete it, and run again")
    if folder.is_dir() and _shown(folder) and not is_index(folder):
        raise UsageError(f"{folder} holds files and is no index", "give an empty or a new folder by --index")


def check_links(folder: Path) -> None:
    """Refuse an index in which something is a link: it may have come with the content, and lead anywhere.

    The folder itself may be one, and so may hidden files: they are not the program's.

    Raises:
        IndexNotWritable: Writing or deleting there would do so elsewhere.
    """
    for place in _WRITTEN:
        if not (folder / place).is_dir():
            continue
        for entry in (folder / place).iterdir():
            if entry.is_symlink() and not entry.name.startswith("."):
                raise IndexNotWritable(
                    f"{entry} is a link, and an index is not written through links",
                    "find out who made it, then remove it and run again; --index may name a folder elsewhere",
                )


def check_some(content_root: Path, candidates: list[Candidate], settings: Settings) -> None:
    """Refuse content without a file that may be an article.

    Raises:
        UsageError: There is none, or ``search.toml`` leaves out all there are.
    """
    if candidates:
        return
    check_patterns(content_root, settings)
    raise UsageError(
        f"no article files below {content_root}",
        "articles are *.md, *.markdown, *.mdx or *.html files with front matter",
    )


def check_patterns(content_root: Path, settings: Settings) -> None:
    """Refuse patterns that leave no file, where there is no other reason that there is none.

    Raises:
        UsageError: Without them there would be some.
    """
    if not settings.include and not settings.exclude:
        return
    if there := len(find_candidates(content_root, replace(settings, include=(), exclude=()))):
        files = "the only article file" if there == 1 else f"all {there:,} article files"
        raise UsageError(
            f"{content_root / FILE_NAME} leaves out {files} below {content_root}",
            "correct include and exclude in it",
        )


def check_content(
    folder: Path, content_root: Path, candidates: list[Candidate], settings: Settings, last: Index
) -> None:
    """Refuse to bring an index up to date with what cannot be the content that it was made of.

    Raises:
        UsageError: No file is left (think of a volume that is not mounted), or the content root is another site's.
    """
    if not last.manifest.articles:
        return
    known = {path for (path,) in last.connection.execute("SELECT path FROM file")}
    if not candidates:
        check_patterns(content_root, settings)
        raise UsageError(
            f"there is nothing left below {content_root} of {len(known):,} files; {folder} stays as it is",
            "is the right folder there, its volume mounted? --rebuild empties the index all the same",
        )
    if last.content_root == content_root:
        return
    if sum(candidate.path in known for candidate in candidates) < _MIN_SHARE * len(known):
        raise UsageError(
            f"{folder} is the index of {last.content_root}, and {content_root} holds other files",
            "give another folder by --index; --rebuild replaces the index all the same",
        )


class Earlier(NamedTuple):
    """What is known of an index that cannot be opened any more; empty where nothing is.

    Attributes:
        content_root: Of which folder it was made.
        encoder: The name of its encoder.
    """

    content_root: str
    encoder: str


def earlier(folder: Path) -> Earlier:
    """Return what an index says of itself that an older version wrote, or that is damaged elsewhere."""
    try:
        record = without_sum(json.loads((generation_folder(folder, current_name(folder)) / MANIFEST).read_bytes()))
        return Earlier(str(record["content_root"]), str(record["encoder"]["name"]))
    except (SearchError, OSError, ValueError, LookupError, TypeError):
        return Earlier("", "")


def check_root(folder: Path, content_root: Path, root: str) -> None:
    """Refuse to build an index anew that was made of another folder, which is still there.

    Args:
        folder: The index folder.
        content_root: What is to be indexed.
        root: The folder that the index was made of; empty if that is not known.

    Raises:
        UsageError: It is another one.
    """
    if root and Path(root).is_absolute() and Path(root).is_dir() and Path(root).resolve() != content_root:
        raise UsageError(
            f"{folder} is the index of {root}, which is another folder than {content_root}",
            "give another folder by --index; --rebuild replaces the index all the same",
        )


def check_articles(folder: Path, content_root: Path, connection: sqlite3.Connection, last: Index | None) -> None:
    """Refuse to replace an index by an empty one because nothing is taken for an article any more.

    Args:
        folder: The index folder.
        content_root: The folder that was read.
        connection: The new catalogue.
        last: The generation that answers; None with ``--rebuild``.

    Raises:
        UsageError: There were articles, and there is none.
    """
    if not last or not last.manifest.articles or connection.execute("SELECT 1 FROM article").fetchone():
        return
    raise UsageError(
        f"of {last.manifest.articles:,} articles below {content_root} none is left as its files are read now; "
        f"{folder} stays as it is",
        "is search.toml right? --rebuild empties the index all the same",
    )
