"""Encoding by ONNX Runtime and tokenizers alone: what queries use, and what indexing uses."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from search.encoders.base import unit_rows
from search.encoders.vocabulary import Vocabulary
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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
        import onnxruntime
        from tokenizers import Tokenizer

        self._prepared = prepared
        options = onnxruntime.SessionOptions()
        # The file was optimised when it was exported; threads are ours.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        try:
            # Both spend their time outside Python: side by side they take half as long.
            with ThreadPoolExecutor(1) as pool:
                tokenizer = pool.submit(Tokenizer.from_file, str(folder / "tokenizer.json"))
                self._session: Any = onnxruntime.InferenceSession(
                    str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
                )
                self._tokenizer: Any = tokenizer.result()
        except Exception as error:  # both libraries raise bare Exceptions of their own
            raise EncoderUnavailable(
                f"{folder} cannot be loaded: {error}", "delete this folder and run: search index CONTENT_ROOT"
            ) from error
        self._inputs = {value.name for value in self._session.get_inputs()}
        self._threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

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
        if len(encodings) == 1:
            return unit_rows(self._run(encodings[0]))
        with ThreadPoolExecutor(self._threads) as pool:
            return unit_rows(np.concatenate(list(pool.map(self._run, encodings))))

    def _run(self, encoding: Any) -> Vectors:
        ids = np.array([encoding.ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.array([encoding.attention_mask], dtype=np.int64)}
        if "token_type_ids" in self._inputs:
            inputs["token_type_ids"] = np.array([encoding.type_ids], dtype=np.int64)
        vectors: Vectors = self._session.run(None, inputs)[0]
        return vectors
