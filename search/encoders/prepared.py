"""Encoders that are ready on this machine: one folder each in the user's cache, named by fingerprint.

::

    <user cache>/encoders/<fingerprint>-2/
        encoder.json        name, backend, prompts, limits, sizes and digests of the other files
        model.onnx          the whole model, pooling and normalisation included; or
        static/             a model2vec model; or neither, for what only sentence-transformers can run
        tokenizer.json      with its truncation
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import xxhash

from search.checked import with_sum, without_sum
from search.encoders.base import EncoderInfo
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECORD: Final = "encoder.json"
# Raise when what is prepared changes and its vectors do not: two versions of this program keep theirs side by side.
_VERSION: Final = 2
_AGAIN: Final = "run again to prepare it anew: search index CONTENT_ROOT"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared encoder.

    Attributes:
        info: What an index must know.
        query_prompt: Put before a query.
        document_prompt: Put before a document.
        cosine: Mean cosine to the original model over the sample texts, 1.0 where it is the original itself.
        source: The folder of the original model, needed by what only sentence-transformers can run.
        why: Why no faster backend could be used; ``""`` where it is the fastest, or was asked for by name.
        files: Size and XXH3-128 digest by path within the folder.
    """

    info: EncoderInfo
    query_prompt: str
    document_prompt: str
    cosine: float
    source: str
    why: str
    files: dict[str, tuple[int, str]]


def cache_folder() -> Path:
    """Return the user's cache folder; ``SEARCH_CACHE_DIR`` names another."""
    if override := os.environ.get("SEARCH_CACHE_DIR"):
        return Path(override)
    from platformdirs import user_cache_path

    return user_cache_path("markdown-search", appauthor=False)


def encoders_folder() -> Path:
    """Return the folder of prepared encoders."""
    return cache_folder() / "encoders"


def folder_of(fingerprint: str) -> Path:
    """Return where the encoder of a fingerprint is, or would be."""
    return encoders_folder() / f"{fingerprint}-{_VERSION}"


def read_prepared(fingerprint: str) -> Prepared | None:
    """Return the prepared encoder of a fingerprint, or None if there is none or its record is damaged."""
    try:
        record = without_sum(json.loads((folder_of(fingerprint) / _RECORD).read_text(encoding="utf-8")))
        return Prepared(
            **{
                **record,
                "info": EncoderInfo(**record["info"]),
                "files": {name: (int(size), str(digest)) for name, (size, digest) in record["files"].items()},
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def check_prepared(prepared: Prepared) -> Path:
    """Return the folder of a prepared encoder, every file of it compared with its digest (XXH3: 10 GB/s).

    Raises:
        EncoderUnavailable: A file is missing or damaged; the folder is removed, so that it is prepared anew.
    """
    folder = folder_of(prepared.info.fingerprint)
    for name, expected in prepared.files.items():
        if _sum(folder / name) != expected:
            shutil.rmtree(folder, ignore_errors=True)
            raise EncoderUnavailable(f"{folder / name} is damaged; it was removed", _AGAIN)
    return folder


@contextmanager
def preparing(fingerprint: str) -> Iterator[Path]:
    """Give a folder to prepare an encoder in; it takes its name only once it is complete.

    Two processes may prepare the same encoder: the first to finish wins, both are right.
    """
    final = folder_of(fingerprint)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".preparing-", dir=final.parent))
    except OSError as error:
        raise EncoderUnavailable(
            f"{final.parent} cannot be written: {error.strerror}", "set SEARCH_CACHE_DIR to a folder that can"
        ) from error
    try:
        yield aside
        try:
            aside.rename(final)
        except OSError:
            if read_prepared(fingerprint) is None:
                shutil.rmtree(final, ignore_errors=True)
                aside.rename(final)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_prepared(folder: Path, prepared: Prepared) -> None:
    """Write the record of a prepared encoder into its folder, with the digests of the files there."""
    files = {path.relative_to(folder).as_posix(): _sum(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    _write_record(folder, replace(prepared, files=files))


def found_again(prepared: Prepared, name: str, source: Path, why: str = "") -> Prepared:
    """Return a prepared encoder under the name and folder its model was found by now, and note them in the cache.

    Why no faster one could be used is noted too where that is known now.

    The fingerprint is of what a model is, not of where it lies: a folder that moved, or a copy, finds what was
    prepared before, and must not be asked for at its old place.
    """
    now = replace(prepared, info=replace(prepared.info, name=name), source=str(source), why=why or prepared.why)
    if now != prepared:
        # A cache that can be read only still serves; what was found is then found again each time.
        with suppress(OSError):
            _write_record(folder_of(prepared.info.fingerprint), now)
    return now


def _write_record(folder: Path, prepared: Prepared) -> None:
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".record-", delete=False, encoding="utf-8") as aside:
        aside.write(json.dumps(with_sum(asdict(prepared)), indent=2) + "\n")
    Path(aside.name).replace(folder / _RECORD)


def _sum(path: Path) -> tuple[int, str]:
    """Return size and XXH3-128 digest of a file; of nothing where it cannot be read."""
    try:
        with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
            return len(data), xxhash.xxh3_128_hexdigest(data)
    except (OSError, ValueError):  # ValueError: an empty file cannot be mapped
        return 0, ""
