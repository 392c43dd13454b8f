"""What a model is, in one digest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from search.encoders.digest import file_digest
from search.encoders.weights import model_files, pickled_weights

if TYPE_CHECKING:
    from pathlib import Path

# Raise when export or tokenisation change so that vectors are no longer comparable.
RECIPE_VERSION: Final = 2
# What else lies in a model's folder (README, ONNX copies, pictures) does not change its vectors.
_DECIDING: Final = frozenset(
    {".safetensors", ".gguf", ".json", ".txt", ".model", ".spm", ".vocab", ".bpe", ".codes", ".tiktoken", ".jinja"}
)
_NOT_DECIDING: Final = frozenset({"data_config.json", "README.txt", "LICENSE.txt", "requirements.txt"})


def model_digest(folder: Path) -> str:
    """Return a digest over a model's weights, tokenizer and configuration, the same wherever the folder lies.

    Hashes every deciding file of every module, hidden and linked ones too: 90 MB take 0.1 s. Pickles count where
    nothing is read instead of them, though they are refused elsewhere.

    Args:
        folder: A sentence-transformers or model2vec folder.
    """
    whole = hashlib.sha256()
    pickled = set(pickled_weights(folder))
    for name in model_files(folder):
        if name not in pickled and (name.suffix not in _DECIDING or name.name in _NOT_DECIDING):
            continue
        whole.update(f"{name.as_posix()} {file_digest(folder / name)}\n".encode())
    return whole.hexdigest()


def fingerprint(digest: str, backend: str) -> str:
    """Return the fingerprint of a model, given by ``model_digest``, as run by a backend."""
    return hashlib.sha256(f"{digest} {backend} {RECIPE_VERSION}".encode()).hexdigest()
