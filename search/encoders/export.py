"""One-time export of a sentence-transformers model to ONNX, checked against the original before it is used."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search.encoders.base import EncoderInfo
from search.encoders.graph import write_graph, write_tokenizer
from search.encoders.onnx import OnnxEncoder
from search.encoders.prepared import Prepared, preparing, write_prepared
from search.encoders.samples import SAMPLE_TEXTS
from search.encoders.sentence_transformer import SentenceTransformerEncoder, load_model, quiet
from search.errors import SearchError

if TYPE_CHECKING:
    from pathlib import Path

    from search.encoders.base import Backend, Notice
    from search.encoders.locate import ModelSource

# Mean cosine to the original over the sample texts that an export must reach; all-MiniLM-L6-v2 in int8 has 0.995.
MIN_COSINE: Final = 0.99
# No single text may come out worse than this.
MIN_ONE_COSINE: Final = 0.97


class NotExportable(SearchError):
    """A model that ONNX Runtime cannot run faithfully; the message says why."""


def export(
    source: ModelSource, name: str, fingerprint: str, backend: Backend, notice: Notice, why: str = ""
) -> Prepared:
    """Export a model to ONNX and keep it in the user's cache, if it is true to the original.

    Args:
        source: The model.
        name: What the index calls it.
        fingerprint: Under which it is kept.
        backend: ``onnx-int8`` or ``onnx-fp32``.
        notice: Told what is done.
        why: Why no faster backend could be used.

    Raises:
        NotExportable: The model has no such form, or the export's vectors differ from the original's.
        EncoderUnavailable: The model cannot be loaded.
    """
    notice(f"exporting {source.name} to {backend} (once, about half a minute)")
    model = load_model(source.folder)
    info = describe(model, name, backend, fingerprint)
    with preparing(fingerprint) as folder:
        if not write_tokenizer(model.tokenizer, folder, info.max_length):
            raise NotExportable("it has no fast tokenizer")
        with quiet():
            try:
                _write_onnx(model, folder, quantise=backend == "onnx-int8")
            except Exception as error:
                raise NotExportable(f"it cannot be exported ({type(error).__name__})") from error
        unchecked = Prepared(
            info=info,
            query_prompt=_prompt(model, "query"),
            document_prompt=_prompt(model, "document"),
            cosine=0.0,
            source=str(source.folder),
            why=why,
            files={},
        )
        cosine = _compare(SentenceTransformerEncoder(model, info), OnnxEncoder(unchecked, folder))
        prepared = Prepared(info, unchecked.query_prompt, unchecked.document_prompt, cosine, unchecked.source, why, {})
        write_prepared(folder, prepared)
    notice(f"exported; mean cosine to the original {cosine:.4f}")
    return prepared


def describe(model: Any, name: str, backend: Backend, fingerprint: str) -> EncoderInfo:
    """Return what an index must know of a loaded ``SentenceTransformer``."""
    limit = model.max_seq_length
    dim = model.get_embedding_dimension()
    if dim is None:
        dim = len(model.encode("x"))
    return EncoderInfo(name, backend, int(dim), int(limit) if limit and math.isfinite(limit) else 512, fingerprint)


def _prompt(model: Any, task: str) -> str:
    """Return what ``encode_query`` or ``encode_document`` puts before a text."""
    prompts: dict[str, str] = model.prompts or {}
    names = ("query",) if task == "query" else ("document", "passage", "corpus")
    for name in names:
        if prompts.get(name):
            return prompts[name]
    return prompts.get(model.default_prompt_name or "", "") or ""


def _write_onnx(model: Any, folder: Path, *, quantise: bool) -> None:
    """Write ``model.onnx``: the modules of the pipeline as one graph."""
    import torch
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    if not isinstance(model[0], Transformer):
        raise TypeError("the first module is no Transformer")

    # Where a vector is the mean of its tokens' vectors, those lie in one space and can be compared.
    pooling, *rest = list(model)[1:]
    has_tokens = (
        isinstance(pooling, Pooling)
        and pooling.pooling_mode == "mean"
        and all(isinstance(part, Normalize) for part in rest)
    )

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(list(model))

        def forward(self, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            if token_type_ids is not None:
                features["token_type_ids"] = token_type_ids
            for part in self.parts:
                features = part(features)
            vector = features["sentence_embedding"]
            return (vector, features["token_embeddings"]) if has_tokens else vector

    example = model.tokenizer(["Two texts of unlike length", "one"], padding=True, return_tensors="pt")
    write_graph(Pipeline(), example, model[0].auto_model.config, folder, quantise=quantise, tokens=has_tokens)


def _compare(original: SentenceTransformerEncoder, exported: OnnxEncoder) -> float:
    """Return the mean cosine between two encoders over the sample texts, as documents and as queries."""
    pairs = [
        (original.encode_documents(SAMPLE_TEXTS), exported.encode_documents(SAMPLE_TEXTS)),
        (original.encode_queries(SAMPLE_TEXTS), exported.encode_queries(SAMPLE_TEXTS)),
    ]
    cosines = np.concatenate([(ours * theirs).sum(axis=1) for ours, theirs in pairs])
    mean, least = float(cosines.mean()), float(cosines.min())
    if not (mean >= MIN_COSINE and least >= MIN_ONE_COSINE):
        raise NotExportable(f"the export's vectors differ from its own (mean cosine {mean:.4f}, least {least:.4f})")
    return mean
