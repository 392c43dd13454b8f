"""Encoding by sentence-transformers itself: the measure of all exports, and for what cannot be exported.

Importing this room's class is cheap; making one imports torch, which takes seconds.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from search.encoders.base import unit_rows
from search.encoders.vocabulary import Vocabulary
from search.encoders.weights import check_weights
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from search.encoders.base import EncoderInfo, TokenVectors, Vectors


class SentenceTransformerEncoder:
    """Any sentence-transformers model, with its own pooling, prompts and length limit."""

    def __init__(self, model: Any, info: EncoderInfo) -> None:
        self._model = model
        self._info = info

    @property
    def info(self) -> EncoderInfo:
        """What an index must know of the model."""
        return self._info

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that the model knows whole."""
        return Vocabulary(self._model.tokenizer.get_vocab())

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        return self._unit(texts, self._model.encode_document)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        return self._unit(texts, self._model.encode_query)

    def encode_document_tokens(self, texts: Sequence[str], most: int) -> list[TokenVectors]:  # noqa: ARG002
        """Return nothing: only exported models give their tokens."""
        return []

    def encode_query_tokens(self, text: str) -> TokenVectors | None:  # noqa: ARG002
        """Return nothing, as for documents."""
        return None

    def _unit(self, texts: Sequence[str], encode: Any) -> Vectors:
        if not texts:
            return np.empty((0, self.info.dim), dtype=np.float32)
        with quiet():
            return unit_rows(encode(list(texts), convert_to_numpy=True, show_progress_bar=False).astype(np.float32))


def load_model(folder: Path) -> Any:
    """Load a ``SentenceTransformer`` from a folder: safetensors only, no code of the model's, on the CPU.

    Raises:
        EncoderUnavailable: The folder holds no such model, or one with pickled weights.
    """
    # The option below holds for the transformer alone; the other modules of a model would load a pickle.
    check_weights(folder)
    with quiet():
        from sentence_transformers import SentenceTransformer

        try:
            # Eager attention is what the export can trace and fuse.
            options = {"use_safetensors": True, "attn_implementation": "eager"}
            model = SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, trust_remote_code=False, model_kwargs=options
            )
        except Exception as error:
            raise EncoderUnavailable(
                f"{folder} cannot be loaded by sentence-transformers: {str(error).splitlines()[0][:200]}",
                "give the folder of a sentence-transformers model with safetensors weights",
            ) from error
    model.eval()
    return model


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the chatter of torch and transformers (progress bars, warnings, logs) off a person's screen."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            yield
    finally:
        logging.disable(level)
