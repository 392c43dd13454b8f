"""Walking a content root: which files are candidates."""

# ruff: noqa: PTH112, PTH114, PTH116, PTH118 - a Path for each of a million files costs more than the walk

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from search.content.article import Problem
from search.content.globs import matches_any
from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from search.content.settings import Settings

EXTENSIONS: Final = (".md", ".markdown", ".mdx", ".html")
SKIPPED_FOLDERS: Final = frozenset({"node_modules", "bower_components", "_site", "__pycache__"})
# Hugo's page of a section, and Jekyll's folder of what is not published.
SECTION_PAGE: Final = "_index."
DRAFTS: Final = "_drafts"
# What names them in a pattern: a part of a path that begins as they do, not one that merely holds their name.
_NAMES_SECTION_PAGE = re.compile(r"(?:.*/)?_index[.*?\[][^/]*")
_NAMES_DRAFTS = re.compile(r"(?:.*/)?_drafts(?:[*?\[][^/]*)?(?:/.*)?")
# Control characters, line breaks, and what Unicode calls format characters (Cf): they turn the direction of text, part
# what looks like one word, or carry hidden text in tags. Signs of Arabic and Syriac numbers are seen, and stay; so do
# joiners between two letters that are not ASCII, which Persian, Indian scripts and emoji need.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    r"""A file that may hold an article, or something in its place that cannot.

    Attributes:
        path: Relative to the content root, with ``/``. Bytes that are not UTF-8 and characters that are not
            seen stand as ``\xNN``, so that it can be stored and shown; where another file bears that name, with a
            number behind it.
        size: In bytes; 0 where there is a problem.
        mtime_ns: Time of the last change; 0 where there is a problem.
        problem: Why it cannot be read, or None.
    """

    path: str
    size: int
    mtime_ns: int
    problem: Problem | None = None


def find_candidates(content_root: Path, settings: Settings) -> list[Candidate]:
    """Find every Markdown and HTML file below the content root.

    Hidden files and folders, ``node_modules`` and ``_site`` are passed over. A symbolic link is followed when it
    stays within the root and what it names is not found without it; links that leave the root are problems.

    Args:
        content_root: The folder that is indexed.
        settings: Its globs decide what is taken.

    Returns:
        The candidates sorted by path, those with a problem among them.

    Raises:
        UsageError: The content root is no folder that can be listed.
    """
    try:
        root = content_root.resolve(strict=True)
        if not root.is_dir():
            raise UsageError(f"{content_root} is no folder", "name the folder that holds the articles")
        with os.scandir(root):
            pass
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "cannot be read"
        raise UsageError(f"{content_root}: {reason}", "name a folder that exists and can be read") from error
    walk = _Walk(str(root), settings)
    walk.folder("")
    walk.follow_links()
    return sorted(_told_apart(walk.candidates), key=lambda candidate: candidate.path)


def _told_apart(candidates: dict[str, Candidate]) -> Iterator[Candidate]:
    r"""Yield candidates by different paths: one may be named ``\xff`` by four characters, one by the byte they show."""
    taken = candidates.keys()
    escaped: set[str] = set()
    for path, candidate in sorted(candidates.items()):
        shown, number = candidate.path, 1
        while shown != path and (shown in taken or shown in escaped):
            number += 1
            shown = f"{candidate.path} ({number})"
        escaped.add(shown)
        problem = candidate.problem
        if problem and shown != candidate.path:
            candidate = replace(candidate, path=shown, problem=replace(problem, path=shown))  # noqa: PLW2901
        yield candidate


def why_passed_over(path: str, settings: Settings) -> str:
    """Return why a file is not indexed, by its place and name alone, or ``""``: the rules of the walk, for one path.

    Args:
        path: Relative to the content root, with ``/``.
        settings: Of the site.
    """
    parts = path.split("/")
    if not path.lower().endswith(EXTENSIONS):
        return "its name does not end as those of articles do"
    if not SKIPPED_FOLDERS.isdisjoint(parts):
        return "it lies in a folder that holds no articles"
    for depth, name in enumerate(parts, start=1):  # a folder that is passed over takes with it what it holds
        if why := _why_not_entered("/".join(parts[:depth]), name, settings.exclude):
            return why
    if not _is_included(path, settings.include):
        return "search.toml does not include it"
    return why_left_out(path, settings)


def _why_not_entered(path: str, name: str, exclude: tuple[str, ...]) -> str:
    """Return why a file or folder is passed over, or ``""``."""
    if not name or name.startswith("."):
        return "it is hidden"
    return "search.toml excludes it" if exclude and matches_any(path, exclude) else ""


def _is_included(path: str, include: tuple[str, ...]) -> bool:
    return not include or matches_any(path, include)


def why_left_out(path: str, settings: Settings) -> str:
    """Return why a candidate is taken for no article before it is read, or ``""``.

    A pattern of ``include`` that names such files or folders takes them all the same; one that merely covers them, as
    ``**`` does, says nothing of them.

    Args:
        path: Relative to the content root, with ``/``.
        settings: Of the site.
    """
    *folders, name = path.split("/")
    for names, is_it, reason in (
        (_NAMES_SECTION_PAGE, name.startswith(SECTION_PAGE), "the page of a section (_index)"),
        (_NAMES_DRAFTS, DRAFTS in folders, "a draft (_drafts)"),
    ):
        if is_it and not matches_any(path, tuple(one for one in settings.include if names.fullmatch(one))):
            return reason
    return ""


def shown_path(path: str) -> str:
    r"""Return a path as it can be stored and shown: other bytes than UTF-8 and what is not seen as ``\\xNN``."""
    if path.isprintable():
        return path
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return _UNSEEN.sub(lambda found: "".join(f"\\x{byte:02x}" for byte in found[0].encode()), text)


class _Walk:
    def __init__(self, root: str, settings: Settings) -> None:
        self.candidates: dict[str, Candidate] = {}
        self._root = root
        self._include = settings.include
        self._exclude = settings.exclude
        self._folders: set[str] = set()
        self._files: set[str] = set()
        self._links: list[str] = []

    def folder(self, start: str) -> None:
        waiting = [start]
        while waiting:
            prefix = waiting.pop()
            real = os.path.join(self._root, prefix) if prefix else self._root
            if prefix == start and start:
                real = os.path.realpath(real)
            self._folders.add(os.path.normpath(real))
            try:
                with os.scandir(os.path.join(self._root, prefix) if prefix else self._root) as entries:
                    waiting += [f"{prefix}{entry.name}/" for entry in entries if self._entry(prefix, entry)]
            except OSError as error:
                self._problem(prefix.rstrip("/"), f"the folder cannot be read: {error.strerror}", "check permissions")

    def follow_links(self) -> None:
        """Follow links within the root to what was not found without them."""
        while self._links:
            path = self._links.pop()
            real = os.path.realpath(os.path.join(self._root, path))
            wanted = path.lower().endswith(EXTENSIONS)
            if not os.path.lexists(real) or os.path.islink(real):
                if wanted:
                    self._problem(path, "a symbolic link that leads nowhere", "correct or delete the link")
            elif real != self._root and not real.startswith(self._root + os.sep):
                if wanted or os.path.isdir(real):
                    self._problem(path, "a symbolic link that leaves the content root", "copy the file here instead")
            elif os.path.isdir(real):
                if real not in self._folders:
                    self.folder(f"{path}/")
            elif wanted and real not in self._files:
                self._files.add(real)
                self._file(path, os.stat(real))

    def _entry(self, prefix: str, entry: os.DirEntry[str]) -> bool:
        """Take note of an entry; True for a folder to walk."""
        name = entry.name
        path = prefix + name
        if _why_not_entered(path, name, self._exclude):
            return False
        if entry.is_symlink():
            if name not in SKIPPED_FOLDERS:
                self._links.append(path)
            return False
        if entry.is_dir(follow_symlinks=False):
            return name not in SKIPPED_FOLDERS
        if name.lower().endswith(EXTENSIONS):
            self._files.add(os.path.join(self._root, path))
            try:
                self._file(path, entry.stat(follow_symlinks=False))
            except OSError as error:
                self._problem(path, f"the file cannot be read: {error.strerror}", "check permissions")
        return False

    def _file(self, path: str, status: os.stat_result) -> None:
        if not _is_included(path, self._include):
            return
        if not stat.S_ISREG(status.st_mode):
            self._problem(path, "no regular file", "delete or rename it")
        elif fault := name_fault(path):
            self._problem(path, fault, "rename it")
        else:
            self.candidates[path] = Candidate(path, status.st_size, status.st_mtime_ns)

    def _problem(self, path: str, what: str, todo: str) -> None:
        shown = shown_path(path)
        self.candidates[path] = Candidate(shown, 0, 0, Problem(shown, 0, what, todo))


def name_fault(path: str) -> str:
    """Return what is wrong with the name of a file, or ``""``."""
    if path.isprintable():
        return ""
    try:
        path.encode()
    except UnicodeEncodeError:
        return "the file name is not UTF-8"
    return "the file name holds control or invisible characters" if _UNSEEN.search(path) else ""
