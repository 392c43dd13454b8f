"""The default model: all-MiniLM-L6-v2 with what was learnt about news, as small changes to its weights.

The changes are of low rank (LoRA; Hu et al., 2022): ``W + up @ down x 2^scale`` for the layers that the adapter names,
both factors in int8. Sums of such products are exact in float64, so that the changed weights are the same, bit for
bit, on every machine, and so is the fingerprint that an index goes by. ``scripts/learn_encoder`` makes the adapter and
prints what it is worth.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from search.encoders.digest import file_digest
from search.encoders.prepared import cache_folder
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

ADAPTER: Final = Path(__file__).parent / "news" / "adapter.safetensors"
WEIGHTS: Final = "model.safetensors"
# In the adapter's header: the digest of the weights that come out.
RESULT: Final = "sha256"
# The parts of a change, by the ends of their names.
DOWN, UP, SCALE = ".down", ".up", ".scale"
_LENGTH_BYTES: Final = 8
_TYPES: Final = {"F32": "<f4", "I64": "<i8", "I8": "i1"}


class Tensors(NamedTuple):
    """What a safetensors file holds (https://github.com/huggingface/safetensors), the arrays sharing its bytes."""

    metadata: dict[str, str]
    arrays: dict[str, NDArray[np.generic]]


def find_adapted() -> Path | None:
    """Return the folder of the default model; None where it was not made yet, or is damaged."""
    result = _result()
    folder = _folder(result)
    return folder if _is_whole(folder, result) else None


def make_adapted(base: Path, files: Iterable[str]) -> Path:
    """Make the default model in the user's cache, and return its folder.

    Args:
        base: Folder of the original, its weights verified.
        files: What to take over from it beside the weights.

    Raises:
        EncoderUnavailable: The cache cannot be written.
    """
    result = _result()
    final = _folder(result)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".adapting-", dir=final.parent))
        try:
            for name in files:
                (aside / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(base / name, aside / name)
            (aside / WEIGHTS).write_bytes(changed((base / WEIGHTS).read_bytes(), ADAPTER.read_bytes()))
            if not _is_whole(final, result):  # else another process was first, and may be reading there
                shutil.rmtree(final, ignore_errors=True)
                aside.rename(final)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        if not _is_whole(final, result):
            raise EncoderUnavailable(
                f"{final.parent} cannot be written: {error.strerror}", "set SEARCH_CACHE_DIR to a folder that can"
            ) from error
    return final


def changed(weights: bytes, adapter: bytes) -> bytes:
    """Return a model's weights, a safetensors file, with the changes of an adapter."""
    file = bytearray(weights)
    model, changes = read_tensors(file).arrays, read_tensors(bytearray(adapter)).arrays
    for name in changes:
        if not name.endswith(UP):
            continue
        layer = name.removesuffix(UP)
        product = changes[name].astype(np.float64) @ changes[layer + DOWN].astype(np.float64)
        model[layer][...] = model[layer] + np.ldexp(product, int(changes[layer + SCALE][0]))
    return bytes(file)


def read_tensors(file: bytearray) -> Tensors:
    """Read a safetensors file; what is written into the arrays is written into it."""
    length = int.from_bytes(file[:_LENGTH_BYTES], "little")
    header = json.loads(file[_LENGTH_BYTES : _LENGTH_BYTES + length])
    data = memoryview(file)[_LENGTH_BYTES + length :]
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        arrays[name] = np.frombuffer(data[begin:end], dtype=_TYPES[entry["dtype"]]).reshape(entry["shape"])
    return Tensors(metadata, arrays)


def _result() -> str:
    return read_tensors(bytearray(ADAPTER.read_bytes())).metadata[RESULT]


def _folder(result: str) -> Path:
    return cache_folder() / "models" / f"news-{result[:16]}"


def _is_whole(folder: Path, result: str) -> bool:
    try:
        return file_digest(folder / WEIGHTS) == result
    except OSError:
        return False
