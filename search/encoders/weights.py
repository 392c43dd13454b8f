"""What of a model's folder a loader would read: safetensors, never a pickle, which can run code."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALWAYS_PICKLED: Final = frozenset({".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".dill"})
# Names that loaders ask for; other .bin files may be raw numbers, as those of OpenVINO are.
_ASKED_FOR: Final = ("pytorch_model", "adapter_model")
_ZIPPED: Final = b"PK\x03\x04"
_PROTOCOLS: Final = tuple(b"\x80" + bytes([protocol]) for protocol in range(2, 6))
_NUMPY: Final = b"\x93NUMPY"
_HEAD: Final = 256
# What a training run leaves beside a model. No loader asks for these names.
_LEFT_BY_TRAINING: Final = ("training_args.", "optimizer.", "scheduler.", "scaler.", "rng_state")
_SHARDS: Final = ".safetensors.index.json"
# Modules of sentence-transformers that have weights, by the last part of their type.
_WEIGHTED: Final = frozenset(
    {"Transformer", "CLIPModel", "Dense", "CNN", "LSTM", "LayerNorm", "WordEmbeddings", "StaticEmbedding"}
    | {"WeightedLayerPooling"}
)
_CONVERT: Final = (
    "where you trust it, convert it: SentenceTransformer(folder).save(other, safe_serialization=True); "
    "where nothing needs it, take it out of the folder"
)


def model_files(folder: Path) -> Iterator[Path]:
    """Yield every file below a model's folder as a path relative to it, in the order of their names.

    Links to folders are followed, as loaders follow them; a folder that is met again within itself is not.
    """
    found: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=True):
        here = Path(place)
        above = {some.resolve() for some in [here, *here.parents] if some.is_relative_to(folder)}
        folders[:] = [name for name in folders if (here / name).resolve() not in above]
        found += [(here / name).relative_to(folder) for name in names if (here / name).is_file()]
    yield from sorted(found, key=Path.as_posix)


def pickled_weights(folder: Path) -> list[Path]:
    """Return the pickles in a model's folder, relative to it, that nothing is read instead of."""
    return [name for name in model_files(folder) if _is_pickle(folder / name) and not _is_passed_over(folder / name)]


def check_weights(folder: Path) -> Path:
    """Return a model's folder, if all that is loaded from it is safetensors and text.

    Pickles are passed over where loaders pass them over too: beside the same weights as safetensors.

    Raises:
        EncoderUnavailable: It holds a pickle that would be loaded, or a module of it has no safetensors.
    """
    if pickled := pickled_weights(folder):
        raise EncoderUnavailable(
            f"{folder / pickled[0]} is pickled, which is not loaded because it can run code", _CONVERT
        )
    for name in model_files(folder):
        if name.name.endswith(_SHARDS) and not _names_safetensors(folder / name):
            raise EncoderUnavailable(
                f"{folder / name} names weights that are no safetensors beside it", "save the model anew"
            )
    for module in _weighted_modules(folder):
        if not any((folder / module).glob("*.safetensors")):
            raise EncoderUnavailable(
                f"{folder / module} holds no weights (*.safetensors)", "give the folder of a whole model"
            )
    return folder


def _is_pickle(path: Path) -> bool:
    """Return whether a file is a pickle by its name or, where the name does not tell, by how it begins."""
    if path.suffix in _ALWAYS_PICKLED or (path.suffix == ".bin" and path.name.startswith(_ASKED_FOR)):
        return True
    if path.suffix not in {".bin", ".npy"}:
        return False
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if head.startswith(_NUMPY):
        return b"|O" in head  # an array of Python objects
    return head.startswith((_ZIPPED, *_PROTOCOLS))


def _is_passed_over(path: Path) -> bool:
    """Return whether loaders read something else in place of a pickle, or do not ask for it at all."""
    if path.name.startswith("pytorch_model"):
        return any((path.parent / name).is_file() for name in ("model.safetensors", f"model{_SHARDS}"))
    if path.name.startswith("adapter_model"):
        return False  # a configuration may ask for it by name
    return path.name.startswith(_LEFT_BY_TRAINING) or path.with_suffix(".safetensors").is_file()


def _names_safetensors(index: Path) -> bool:
    """Return whether an index of shards names nothing but safetensors of its own folder."""
    try:
        shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        return all(shard == Path(shard).name and shard.endswith(".safetensors") for shard in shards)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False


def _weighted_modules(folder: Path) -> list[str]:
    """Return where modules that have weights lie: what ``modules.json`` says, or the folder itself without one."""
    listed = folder / "modules.json"
    if not listed.is_file():
        return [""]
    try:
        modules = json.loads(listed.read_text(encoding="utf-8"))
        return [str(one["path"]) for one in modules if one["type"].rpartition(".")[2] in _WEIGHTED]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise EncoderUnavailable(f"{listed} is no list of modules", "give the folder of a whole model") from error
