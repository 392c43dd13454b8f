"""Cross-encoders: query and text read together, one score for the pair; dearer than vectors, and closer.

A sentence-transformers ``CrossEncoder`` is exported once like an encoder (Nogueira and Cho, 2019, is the method).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from search.encoders.base import EncoderInfo
from search.encoders.fingerprint import fingerprint, model_digest
from search.encoders.locate import locate
from search.encoders.onnx import open_session, run_each
from search.encoders.prepared import Prepared, check_prepared, preparing, read_prepared, write_prepared
from search.encoders.samples import SAMPLE_TEXTS
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from search.encoders.base import Backend, Notice
    from search.encoders.locate import ModelSource

# Correlation with the original's scores over sample pairs that an export must reach.
MIN_CORRELATION: Final = 0.99
_BEST_FIRST: Final[tuple[Backend, ...]] = ("onnx-int8", "onnx-fp32")
# The longest sequence of models that name no limit.
_MAX_LENGTH: Final = 512


class Reranker(Protocol):
    """Scores texts for a query."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a score for each text, shape (n,), the higher the better; comparable within one query."""
        ...


class OnnxReranker:
    """A cross-encoder exported whole; its scores are logits."""

    def __init__(self, folder: Path) -> None:
        self._session, self._tokenizer = open_session(folder)

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a score for each text, shape (n,)."""
        if not texts:
            return np.empty(0, dtype=np.float32)
        pairs = self._tokenizer.encode_batch([(query, text) for text in texts])
        return run_each(self._session, pairs)[:, 0]


class SentenceTransformerReranker:
    """A cross-encoder run by sentence-transformers: the measure of exports, and for what cannot be exported."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a score for each text, shape (n,)."""
        import torch

        from search.encoders.sentence_transformer import quiet

        with quiet():
            pairs = [(query, text) for text in texts]
            found = self._model.predict(pairs, activation_fn=torch.nn.Identity(), show_progress_bar=False)
        return np.asarray(found, dtype=np.float32).reshape(len(texts))


def open_reranker(name: str, notice: Notice = lambda _: None) -> Reranker:
    """Open the cross-encoder that a hub id or a folder stands for, exported first if need be.

    Raises:
        EncoderUnavailable: It cannot be found, or is no cross-encoder with one score.
    """
    source = locate(name.strip(), notice)
    digest = model_digest(source.folder)
    for backend in _BEST_FIRST:
        if known := read_prepared(fingerprint(digest, f"cross-{backend}")):
            return OnnxReranker(check_prepared(known))
    return _export(source, digest, notice)


def _export(source: ModelSource, digest: str, notice: Notice) -> Reranker:
    model = _load(source.folder)
    original = SentenceTransformerReranker(model)
    notice(f"exporting {source.name} (once)")
    for backend in _BEST_FIRST:
        key = fingerprint(digest, f"cross-{backend}")
        limit = min(int(model.max_length or _MAX_LENGTH), 100_000)
        info = EncoderInfo(source.name, backend, 1, limit, key)
        try:
            with preparing(key) as folder:
                _write(model, folder, limit, quantise=backend == "onnx-int8")
                agreement = _agreement(original, OnnxReranker(folder))
                if not agreement >= MIN_CORRELATION:
                    raise ValueError(f"its scores correlate by {agreement:.3f} with the original's")  # noqa: TRY301
                write_prepared(folder, Prepared(info, "", "", agreement, str(source.folder), "", {}))
        except Exception as error:  # noqa: BLE001 - exporters raise what they like; the next way is tried
            notice(f"{source.name}: {backend}: cannot be exported ({str(error).splitlines()[0][:100]})")
            continue
        return OnnxReranker(check_prepared(read_prepared(key) or Prepared(info, "", "", agreement, "", "", {})))
    notice(f"{source.name} runs by sentence-transformers")
    return original


def _load(folder: Path) -> Any:
    from search.encoders.sentence_transformer import quiet

    with quiet():
        from sentence_transformers import CrossEncoder

        try:
            options = {"use_safetensors": True, "attn_implementation": "eager"}
            model = CrossEncoder(
                str(folder), device="cpu", local_files_only=True, trust_remote_code=False, model_kwargs=options
            )
            labels = model.num_labels
        except Exception as error:
            raise EncoderUnavailable(
                f"{folder} cannot be loaded as a cross-encoder: {str(error).splitlines()[0][:200]}",
                "give the folder or hub id of a sentence-transformers CrossEncoder",
            ) from error
    if labels != 1:
        raise EncoderUnavailable(f"{folder} gives {labels} scores for a pair", "give a cross-encoder that gives one")
    return model.eval()


def _write(model: Any, folder: Path, max_length: int, *, quantise: bool) -> None:
    import torch

    from search.encoders.graph import write_graph, write_tokenizer
    from search.encoders.sentence_transformer import quiet

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model.model

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
            inputs = {"input_ids": input_ids, "attention_mask": attention_mask}
            if token_type_ids is not None:
                inputs["token_type_ids"] = token_type_ids
            return self.model(**inputs).logits

    if not write_tokenizer(model.tokenizer, folder, max_length):
        raise TypeError("it has no fast tokenizer")
    with quiet():
        example = model.tokenizer(["one", "two"], ["a text", "another text"], padding=True, return_tensors="pt")
        write_graph(Logits(), example, model.model.config, folder, quantise=quantise)


def _agreement(original: Reranker, exported: Reranker) -> float:
    """Return the correlation of two rerankers' scores over sample texts, each with two queries."""
    queries = [SAMPLE_TEXTS[0], SAMPLE_TEXTS[3]]
    theirs = np.concatenate([original.scores(query, SAMPLE_TEXTS) for query in queries])
    ours = np.concatenate([exported.scores(query, SAMPLE_TEXTS) for query in queries])
    return float(np.corrcoef(theirs, ours)[0, 1])
