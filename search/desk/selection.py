"""Which articles suggestions are wanted for: named, recent, changed in git, or all."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from search.content.settings import load_settings
from search.content.walk import name_fault, why_passed_over
from search.desk.files import resolved
from search.errors import SearchError, UsageError
from search.index.filters import Filters

if TYPE_CHECKING:
    from search.content.settings import Settings
    from search.index.filters import Bound
    from search.index.opened import Index

_GIT_TIMEOUT: Final = 60.0
_NAME_FILES: Final = "name files instead of giving --git"
_FILTERS: Final = r"^filter\..*\.(clean|smudge|process)$"
# Without renames no text is read: a file that moved is one that was added. A submodule would ask its own settings.
_DIFF: Final = (
    "diff", "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=all", "--name-only", "--relative",
    "--diff-filter=AM", "-z", "--end-of-options",
)  # fmt: skip


def files_of(index: Index, since: Bound | None = None) -> list[str]:
    """Return the ids of all articles that have a file, published since a moment or a day if one is given; sorted."""
    rows = index.rows(index.condition(Filters(origin="file", since=since)))
    return sorted(index.ids(rows.tolist()).values())


def folder_of(index: Index, reference: str) -> Path | None:
    """Return the folder that is meant, as seen from the current one, else from the content root; None for no folder."""
    places = (Path(reference), index.content_root / reference)
    return next((some for some in places if os.path.isdir(some)), None)  # noqa: PTH112


def files_below(index: Index, reference: str) -> list[str] | None:
    """Return the ids of all articles that have a file below a folder, sorted; None where it is no folder.

    Args:
        index: Where to look.
        reference: A folder as seen from the current one, else from the content root.

    Raises:
        UsageError: It has nothing to do with the content root, or no article is below it.
    """
    root, folder = index.content_root, folder_of(index, reference)
    if folder is None:
        return None
    real = folder.resolve()
    if not real.is_relative_to(root) and not root.is_relative_to(real):
        raise UsageError(f"{reference} is outside the content root {root}", "give a folder of the content")
    below = f"{real.relative_to(root).as_posix()}/" if real.is_relative_to(root) and real != root else ""
    if found := [one for one in files_of(index) if one.startswith(below)]:
        return found
    raise UsageError(f"no article is below {reference}", "name another folder, or bring the index up to date")


def changed_in_git(content_root: Path, revisions: str) -> list[str]:
    """Return the paths, relative to the content root, of articles that a range of revisions added or changed.

    What an index leaves out (excluded files, pages of sections, ``_drafts``) is none.

    Args:
        content_root: A folder within a git repository.
        revisions: As ``git diff`` takes them: ``main..HEAD``, ``HEAD~3``, a commit (then against the files as
            they are).

    Raises:
        UsageError: There is no repository, no git, or no such revision; or ``search.toml`` cannot be read.
    """
    done = _git(content_root, *_without_commands(content_root), *_DIFF, revisions, "--", ".")
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
        if "not a git repository" in lines[0].lower():
            raise UsageError(f"{content_root} is in no git repository", _NAME_FILES)
        what = "".join(character for character in lines[0][:200] if character.isprintable())
        raise UsageError(f"--git {revisions}: {what}", "give a range such as main..HEAD")
    paths = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    settings = load_settings(content_root)
    return sorted(path for path in paths if not why_passed_over(path, settings))


def _without_commands(content_root: Path) -> list[str]:
    """Return options of git by which no command runs that a repository names: hooks, filters, file system monitors.

    Raises:
        UsageError: A filter has a name that cannot be given to git, or as of ``_git``.
    """
    listed = _git(content_root, "config", "-z", "--name-only", "--get-regexp", _FILTERS).stdout
    named = dict.fromkeys(name for name in listed.decode("utf-8", "surrogateescape").split("\0") if name)
    if any("=" in name for name in named):
        raise UsageError("git has a filter with an equals sign in its name, which cannot be turned off", _NAME_FILES)
    required = [f"{name.rpartition('.')[0]}.required=false" for name in named]
    settings = ["core.fsmonitor=false", f"core.hooksPath={os.devnull}", *(f"{name}=" for name in named), *required]
    return [part for one in settings for part in ("-c", one)]


def _git(content_root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git in the content root.

    Raises:
        UsageError: There is no git, or it does not answer.
    """
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments, the revisions after --end-of-options
            ["git", "-C", str(content_root), *arguments],  # noqa: S607 - the user's own git
            capture_output=True,
            timeout=_GIT_TIMEOUT,
            check=False,
            # what a partial clone lacks is fetched by commands, too
            env={**os.environ, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"},
        )
    except FileNotFoundError as error:
        raise UsageError("git is not installed", _NAME_FILES) from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"git did not answer within {_GIT_TIMEOUT:.0f} s", _NAME_FILES) from error


def is_candidate(content_root: Path, path: str, settings: Settings) -> bool:
    """Return whether a file is one that an index is built from, by its place and name; ``path`` is as ids are."""
    if name_fault(path) or why_passed_over(path, settings):
        return False
    try:
        return resolved(content_root, path).is_file()
    except SearchError:
        return False
