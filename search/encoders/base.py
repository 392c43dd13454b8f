"""What an encoder is: text in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.encoders.vocabulary import Vocabulary

Vectors = NDArray[np.float32]
Place = tuple[int, int]
Backend = Literal["onnx-int8", "onnx-fp32", "sentence-transformers", "static"]
Notice = Callable[[str], None]
"""Told what is being done, in one line, when it takes a while."""


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """What an index must know of the model that made its vectors.

    Attributes:
        name: As a person would name it: a hub id, a folder, or either with a prefix (``static:``, ``st:``, ``fp32:``).
        backend: What runs it.
        dim: Length of a vector.
        max_length: Longest input in tokens; longer text is cut.
        fingerprint: Hex digest over weights, tokenizer, pooling, prompts, normalisation, length limit,
            backend and recipe version: equal fingerprints give comparable vectors.
    """

    name: str
    backend: Backend
    dim: int
    max_length: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """What a text's tokens mean where they stand.

    Attributes:
        vectors: One for each token, shape (tokens, width), float32, rows of unit length.
        places: Start and end of each token in the text, in characters.
    """

    vectors: Vectors
    places: list[Place]


class Encoder(Protocol):
    """Turns text into unit vectors; queries and documents may have different prompts."""

    @property
    def info(self) -> EncoderInfo:
        """What an index must know of the model."""
        ...

    @property
    def vocabulary(self) -> Vocabulary:
        """The words that the model knows whole."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        ...

    def encode_document_tokens(self, texts: Sequence[str], most: int) -> list[TokenVectors]:
        """Return what the first tokens of each text mean, ``most`` with the model's own; [] if it cannot tell."""
        ...

    def encode_query_tokens(self, text: str) -> TokenVectors | None:
        """Return what the tokens of a query mean, in the space of the documents' tokens; None if it cannot tell."""
        ...


def unit_rows(vectors: Vectors) -> Vectors:
    """Return vectors, shape (n, dim), with rows of unit length; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
