"""Generations: complete, immutable states of an index, switched by one rename.

::

    indexes/default/
        CURRENT                     the name of the generation that answers, and its digest
        lock                        held by the writer
        encoded.sqlite              vectors of an interrupted build
        generations/000007/
            catalogue.sqlite        metadata, curated lists, FTS5
            vectors.faiss           unit vectors by catalogue row
            sparse.npz              sparse vectors of words and of title trigrams
            columns.npz             dates, quality, providers, stories as arrays
            manifest.json           written last: versions, encoder, counts, checksums, its own too
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import xxhash

from search.checked import with_sum, without_sum
from search.encoders.base import EncoderInfo
from search.errors import REBUILD, IndexCorrupt, IndexFromTheFuture, IndexMissing, IndexUnusable, IndexVersionMismatch
from search.index.durable import make_folder, sync
from search.index.schema import FORMAT_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CATALOGUE = "catalogue.sqlite"
VECTORS = "vectors.faiss"
SPARSE = "sparse.npz"
COLUMNS = "columns.npz"
FILES = (CATALOGUE, VECTORS, SPARSE, COLUMNS)
MANIFEST = "manifest.json"
ENCODED = "encoded.sqlite"
_NAME = re.compile(r"[0-9]{6,}")


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size in bytes and XXH3-128 hex digest of one file of a generation."""

    size: int
    xxh3: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is.

    Attributes:
        format: Version of the format (``FORMAT_VERSION`` of the program that wrote it).
        created_at: ISO 8601, UTC.
        content_root: Absolute path of the folder that was indexed.
        settings: Digest of the settings that decided how files were read.
        encoder: The model of the vectors; its name is what ``--encoder`` was.
        articles: Number of articles, which is the number of vectors.
        files: Checksums by file name.
    """

    format: int
    created_at: str
    content_root: str
    settings: str
    encoder: EncoderInfo
    articles: int
    files: dict[str, FileSum]


def checksum(path: Path) -> FileSum:
    """Return size and XXH3-128 digest of a file."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
        return FileSum(stream.tell(), digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a generation and flush the folder to disk."""
    path = folder / MANIFEST
    with path.open("w", encoding="utf-8") as stream:
        json.dump(with_sum(asdict(manifest)), stream, indent=2)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())
    sync(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a generation.

    Raises:
        FileNotFoundError: There is none: the generation was collected, or never completed.
        IndexVersionMismatch: It was written in an older version of the format.
        IndexFromTheFuture: It was written in a newer one.
        IndexCorrupt: It cannot be read or understood.
    """
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(folder / MANIFEST, error) from error
    try:
        record = json.loads(text)
        version = int(record["format"])
        if "xxh3" in record:
            without_sum(record)
        if version > FORMAT_VERSION:
            raise IndexFromTheFuture(
                f"{folder} was written by a newer version (format {version}, this is {FORMAT_VERSION})",
                f"update this program, or {REBUILD}",
            )
        if version < FORMAT_VERSION:
            raise IndexVersionMismatch(
                f"{folder} was written by an older version (format {version}, this is {FORMAT_VERSION})", REBUILD
            )
        return Manifest(
            **{
                **without_sum(record),
                "encoder": EncoderInfo(**record["encoder"]),
                "files": {name: FileSum(**value) for name, value in record["files"].items()},
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexCorrupt(f"{folder / MANIFEST} is damaged", REBUILD) from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Compare every file of a generation with its checksum (XXH3: some 10 GB/s).

    Raises:
        IndexCorrupt: A file is missing, cut, altered or cannot be read.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            found = checksum(path)
        except FileNotFoundError:
            raise IndexCorrupt(f"{path} is missing", REBUILD) from None
        except OSError as error:
            raise unreadable(path, error) from error
        if found != expected:
            raise IndexCorrupt(f"{path} is damaged", REBUILD)


def current_name(index: Path) -> str:
    """Return the name of the generation that answers.

    Raises:
        IndexMissing: There is no index in the folder.
        IndexCorrupt: ``CURRENT`` cannot be read, or does not name a generation.
    """
    try:
        name, _, digest = (index / "CURRENT").read_text(encoding="utf-8", errors="replace").strip().partition(" ")
    except (FileNotFoundError, NotADirectoryError):
        if index.is_file():
            raise IndexMissing(f"{index} is a file, and an index is a folder", "name a folder by --index") from None
        raise IndexMissing(f"there is no index in {index}", "make one with: search index CONTENT_ROOT") from None
    except IsADirectoryError as error:
        raise IndexCorrupt(unreadable(index / "CURRENT", error).message, f"delete it, then {REBUILD}") from error
    except OSError as error:
        raise unreadable(index / "CURRENT", error) from error
    # Before format 3 it was the name alone: the manifest says what to do about that.
    if not _NAME.fullmatch(name) or (digest and digest != _digest_of(name)):
        raise IndexCorrupt(f"{index / 'CURRENT'} is damaged", REBUILD)
    return name


def generation_folder(index: Path, name: str) -> Path:
    """Return the folder of a generation."""
    return index / "generations" / name


def generations(index: Path) -> list[Path]:
    """Return the folders of all generations there are, of whole ones and others, by name."""
    return [entry for entry in _numbered(index) if entry.is_dir() and not entry.is_symlink()]


@contextmanager
def new_generation(index: Path) -> Iterator[Path]:
    """Make the folder of a generation after all others, and keep it from being collected while it is built.

    If building it fails before it answers, it is removed.
    """
    number = max((int(entry.name) for entry in _numbered(index)), default=0) + 1
    folder = generation_folder(index, f"{number:06d}")
    make_folder(folder.parent)
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        sync(folder.parent)
        yield folder
    except BaseException:
        if not _answers(index, folder.name):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        os.close(descriptor)


def switch(index: Path, name: str) -> None:
    """Let a generation answer from now on: one rename, flushed to disk."""
    aside = index / "CURRENT.new"
    aside.unlink(missing_ok=True)  # of a run that was killed
    with aside.open("x", encoding="utf-8") as stream:
        stream.write(f"{name} {_digest_of(name)}\n")
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(index / "CURRENT")
    sync(index)


def hold(folder: Path) -> int:
    """Keep a generation from being collected until the returned descriptor is closed.

    Raises:
        FileNotFoundError: It was collected already.
        IndexCorrupt: Its manifest cannot be read.
    """
    try:
        descriptor = os.open(folder / MANIFEST, os.O_RDONLY)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise unreadable(folder / MANIFEST, error) from error
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    if not (folder / MANIFEST).exists():
        os.close(descriptor)
        raise FileNotFoundError(folder)
    return descriptor


def unreadable(path: Path, error: OSError) -> IndexCorrupt:
    """Return the error of a file that cannot be read."""
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    return IndexCorrupt(f"{path} cannot be read: {reason}", f"check its permissions, or {REBUILD}")


def _digest_of(name: str) -> str:
    """Return what shows that a name is the one that was written: a flipped bit may give another name."""
    return xxhash.xxh3_64_hexdigest(name.encode())


def _answers(index: Path, name: str) -> bool:
    try:
        return current_name(index) == name
    except IndexUnusable:
        return False


def _numbered(index: Path) -> list[Path]:
    """Return whatever has a name like that of a generation."""
    try:
        return sorted(entry for entry in (index / "generations").iterdir() if _NAME.fullmatch(entry.name))
    except FileNotFoundError:
        return []
