"""Encoding by ONNX Runtime and tokenizers alone: what queries use, and what indexing uses."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from search.beside import beside
from search.cores import cores
from search.encoders.base import unit_rows
from search.encoders.runtime import onnx_runtime
from search.encoders.vocabulary import Vocabulary
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.encoders.base import EncoderInfo, Vectors
    from search.encoders.prepared import Prepared

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

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.info.dim), dtype=np.float32)
        longest = self.info.max_length * _CHARACTERS_A_TOKEN
        encodings = self._tokenizer.encode_batch([(prompt + text)[:longest] for text in texts])
        return unit_rows(run_each(self._session, encodings))


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
    wanted = {value.name for value in session.get_inputs()}

    def run(encoding: Any) -> NDArray[np.float32]:
        inputs = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        }
        if "token_type_ids" in wanted:
            inputs["token_type_ids"] = np.array([encoding.type_ids], dtype=np.int64)
        outputs: NDArray[np.float32] = session.run(None, inputs)[0]
        return outputs

    if len(encodings) == 1:
        return run(encodings[0])
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(cores()) as pool:
        return np.concatenate(list(pool.map(run, encodings)))
