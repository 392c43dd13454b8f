"""What changed on disk since the last generation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b, file_digest
from typing import TYPE_CHECKING

from search.content.load import load_file
from search.content.records import READER
from search.content.walk import Candidate, find_candidates, why_left_out
from search.index.ingest import FileState, read_failures, read_file_states

if TYPE_CHECKING:
    from pathlib import Path

    from search.content.article import Problem
    from search.content.settings import Settings
    from search.index.opened import Index


@dataclass(frozen=True, slots=True)
class Changes:
    """Candidate files against those of the last generation.

    Attributes:
        content_root: Absolute path of the folder.
        settings: By which files are read.
        candidates: All candidate files, by path.
        to_read: New and changed files, with their state.
        changed: Paths of those that the last generation knew.
        touched: Files whose time changed though their bytes did not.
        gone: Paths that are candidates no more.
        settings_digest: What the manifest keeps of the settings.
        same_settings: Whether the last generation was read by the same settings from the same root.
    """

    content_root: Path
    settings: Settings
    candidates: list[Candidate]
    to_read: dict[str, FileState]
    changed: list[str]
    touched: dict[str, FileState]
    gone: list[str]
    settings_digest: str
    same_settings: bool

    def __bool__(self) -> bool:
        # What is only touched is stored anew too: else its bytes would be compared again on every run.
        return bool(self.to_read or self.touched or self.gone or not self.same_settings)


def find_changes(content_root: Path, settings: Settings, last: Index | None) -> Changes:
    """Compare a content root with the last generation: by size and time first, then by bytes.

    What could not be read is tried on every run: permissions that are mended change neither size nor time.
    """
    candidates = find_candidates(content_root, settings)
    digest = _digest_of(settings)
    same_settings = last is not None and last.manifest.settings == digest and last.content_root == content_root
    known = read_file_states(last.connection) if last and same_settings else {}
    failures = read_failures(last.connection) if last and same_settings else {}
    to_read: dict[str, FileState] = {}
    changed: list[str] = []
    touched: dict[str, FileState] = {}
    for candidate in candidates:
        before = known.pop(candidate.path, None)
        is_untouched = before is not None and (before.size, before.mtime_ns) == (candidate.size, candidate.mtime_ns)
        if before and is_untouched and before.digest:
            continue
        state = FileState(candidate.size, candidate.mtime_ns, _bytes_digest(content_root, candidate))
        if before and state.digest and (before.size, before.digest) == (state.size, state.digest):
            touched[candidate.path] = state
        elif (
            is_untouched
            and not state.digest
            and _fails_by(candidate, content_root, settings) == failures.get(candidate.path, [])
        ):
            continue
        else:
            to_read[candidate.path] = state
            if before:
                changed.append(candidate.path)
    return Changes(
        content_root=content_root,
        settings=settings,
        candidates=candidates,
        to_read=to_read,
        changed=changed,
        touched=touched,
        gone=sorted(known),
        settings_digest=digest,
        same_settings=same_settings,
    )


def _fails_by(candidate: Candidate, content_root: Path, settings: Settings) -> list[Problem]:
    """Return what will be told of a file that cannot be read."""
    if why_left_out(candidate.path, settings):
        return []
    return [candidate.problem] if candidate.problem else [*load_file(content_root, candidate.path, settings).problems]


def _digest_of(settings: Settings) -> str:
    """Return a digest of what decides how files are read: what this release brings included, the desk's not."""
    deciding = [
        READER,
        settings.fields.names,
        settings.include,
        settings.exclude,
        settings.site_url,
        settings.topics_by_spaces,
    ]
    return blake2b(json.dumps(deciding, sort_keys=True).encode(), digest_size=16).hexdigest()


def _bytes_digest(content_root: Path, candidate: Candidate) -> bytes:
    """Return a digest of a file's bytes; empty, and so unlike any other, where reading it will say why it cannot be."""
    if candidate.problem:
        return b""
    try:
        with (content_root / candidate.path).open("rb") as stream:
            return file_digest(stream, lambda: blake2b(digest_size=16)).digest()
    except OSError:
        return b""
