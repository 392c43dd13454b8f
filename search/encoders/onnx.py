"""Encoding by ONNX Runtime and tokenizers alone: what queries use, and what indexing uses."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search.beside import beside
from search.cores import cores
from search.encoders.base import TokenVectors, unit_rows
from search.encoders.runtime import onnx_runtime
from search.encoders.vocabulary import Vocabulary
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.encoders.base import EncoderInfo, Place, Vectors
    from search.encoders.prepared import Prepared

# The outputs of a graph: what a text means, and perhaps what each of its tokens does.
OUTPUT: Final = "output"
TOKENS: Final = "tokens"
# No token is longer than this in practice: text beyond it cannot come within the length limit.
_CHARACTERS_A_TOKEN = 32


class OnnxEncoder:
    """A model exported whole: token ids in, unit vectors out.

    Texts go through the model one at a time, several at once in threads. Dynamic quantisation scales activations
    by the largest of a batch, so that in a batch a text's vector would depend on its neighbours (cosine down to
    0.98 between batches of 1 and of 32); alone it is the same always, and on two cores it costs 8 % of the speed.
    """

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        self._prepared = prepared
        self._session, self._tokenizer = open_session(folder)

    @property
    def info(self) -> EncoderInfo:
        """What an index must know of the model."""
        return self._prepared.info

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that the model knows whole."""
        return Vocabulary(self._tokenizer.get_vocab())

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        return self._encode(texts, self._prepared.document_prompt)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        return self._encode(texts, self._prepared.query_prompt)

    def encode_document_tokens(self, texts: Sequence[str], most: int) -> list[TokenVectors]:
        """Return what the first tokens of each text mean, ``most`` with the model's own; [] if it cannot tell."""
        return self._tokens(texts, self._prepared.document_prompt, most)

    def encode_query_tokens(self, text: str) -> TokenVectors | None:
        """Return what the tokens of a query mean, in the space of the documents' tokens; None if it cannot tell."""
        return next(iter(self._tokens([text], self._prepared.query_prompt, self.info.max_length)), None)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.info.dim), dtype=np.float32)
        return unit_rows(run_each(self._session, self._encodings(texts, prompt)))

    def _encodings(self, texts: Sequence[str], prompt: str) -> list[Any]:
        longest = self.info.max_length * _CHARACTERS_A_TOKEN
        encodings: list[Any] = self._tokenizer.encode_batch([(prompt + text)[:longest] for text in texts])
        return encodings

    def _tokens(self, texts: Sequence[str], prompt: str, most: int) -> list[TokenVectors]:
        if TOKENS not in {value.name for value in self._session.get_outputs()}:
            return []
        cut = [_cut(encoding, most) for encoding in self._encodings(texts, prompt)]
        outputs = outputs_of_each(self._session, cut, TOKENS)
        return [_own(tokens, output[0], len(prompt)) for tokens, output in zip(cut, outputs, strict=True)]


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The beginning of a tokenised text, in the words of the tokenizers library."""

    ids: list[int]
    attention_mask: list[int]
    type_ids: list[int]
    offsets: list[Place]
    special_tokens_mask: list[int]


def _cut(encoding: Any, most: int) -> _Tokens:
    """Return the first tokens of a text, with the one that the model ends a text by."""
    there = len(encoding.ids)
    kept = list(range(min(there, most)))
    if there > most and encoding.special_tokens_mask[-1]:
        kept[-1] = there - 1
    return _Tokens(*([getattr(encoding, field.name)[number] for number in kept] for field in fields(_Tokens)))


def _own(tokens: _Tokens, vectors: Vectors, start: int) -> TokenVectors:
    """Return what a text's own tokens mean, without those that the model adds and those of a prompt."""
    told = zip(tokens.offsets, tokens.special_tokens_mask, strict=True)
    own = [number for number, ((_, end), special) in enumerate(told) if not special and end > start]
    places = [(max(tokens.offsets[number][0] - start, 0), tokens.offsets[number][1] - start) for number in own]
    return TokenVectors(unit_rows(vectors[own]), places)


def open_session(folder: Path) -> tuple[Any, Any]:
    """Open the ``model.onnx`` and the ``tokenizer.json`` of a prepared model.

    Raises:
        EncoderUnavailable: One of them cannot be loaded.
    """
    from tokenizers import Tokenizer

    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    # The file was optimised when it was exported; threads are ours.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        # Both spend their time outside Python: side by side they take half as long.
        tokenizer = beside(lambda: Tokenizer.from_file(str(folder / "tokenizer.json")))
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        return session, tokenizer()
    except Exception as error:  # both libraries raise bare Exceptions of their own
        raise EncoderUnavailable(
            f"{folder} cannot be loaded: {error}", "delete this folder and run: search index CONTENT_ROOT"
        ) from error


def run_each(session: Any, encodings: Sequence[Any]) -> NDArray[np.float32]:
    """Run tokenised texts through a model one at a time, several at once in threads; shape (n, outputs)."""
    return np.concatenate(outputs_of_each(session, encodings, OUTPUT))


def outputs_of_each(session: Any, encodings: Sequence[Any], name: str) -> list[NDArray[np.float32]]:
    """Return an output of a model for each of some tokenised texts, the first axis of length 1."""
    wanted = {value.name for value in session.get_inputs()}

    def run(encoding: Any) -> NDArray[np.float32]:
        inputs = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        }
        if "token_type_ids" in wanted:
            inputs["token_type_ids"] = np.array([encoding.type_ids], dtype=np.int64)
        outputs: NDArray[np.float32] = session.run([name], inputs)[0]
        return outputs

    if len(encodings) == 1:
        return [run(encodings[0])]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(run, encodings))
