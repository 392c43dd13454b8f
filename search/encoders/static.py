"""Static vectors: a table of word vectors distilled from a model (model2vec), for archives too large for the rest."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search.encoders.base import EncoderInfo, unit_rows
from search.encoders.locate import is_static
from search.encoders.prepared import Prepared, preparing, write_prepared
from search.encoders.sentence_transformer import quiet
from search.encoders.vocabulary import Vocabulary
from search.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.encoders.base import Notice, TokenVectors, Vectors
    from search.encoders.locate import ModelSource

FOLDER: Final = "static"
_MAX_LENGTH: Final = 512
_DIM: Final = 256


class StaticEncoder:
    """The mean of word vectors: thousands of documents a second, at some cost in relevance."""

    def __init__(self, prepared: Prepared, folder: Path) -> None:
        from model2vec import StaticModel

        self._prepared = prepared
        try:
            self._model: Any = StaticModel.from_pretrained(str(folder / FOLDER))
        except Exception as error:
            raise EncoderUnavailable(
                f"{folder} cannot be loaded: {error}", "delete this folder and run: search index CONTENT_ROOT"
            ) from error

    @property
    def info(self) -> EncoderInfo:
        """What an index must know of the model."""
        return self._prepared.info

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words that the model knows whole."""
        return Vocabulary(self._model.tokenizer.get_vocab())

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        if not texts:
            return np.empty((0, self.info.dim), dtype=np.float32)
        vectors = self._model.encode(list(texts), max_length=_MAX_LENGTH, use_multiprocessing=False)
        return unit_rows(vectors.astype(np.float32))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return an ndarray of shape (len(texts), dim), float32, rows of unit length."""
        return self.encode_documents(texts)

    def encode_document_tokens(self, texts: Sequence[str], most: int) -> list[TokenVectors]:  # noqa: ARG002
        """Return nothing: a static token means the same wherever it stands."""
        return []

    def encode_query_tokens(self, text: str) -> TokenVectors | None:  # noqa: ARG002
        """Return nothing, as for documents."""
        return None


def distil(source: ModelSource, name: str, fingerprint: str, notice: Notice) -> Prepared:
    """Distil static vectors from a model, or take over a model2vec model, and keep them in the user's cache.

    The distillation is that of model2vec 0.10: every token of the vocabulary through the model, 256 principal
    components, weighted by SIF. It is deterministic.

    Raises:
        EncoderUnavailable: The model cannot be distilled.
    """
    from model2vec import StaticModel

    with preparing(fingerprint) as folder:
        try:
            if is_static(source.folder):
                model: Any = StaticModel.from_pretrained(str(source.folder))
            else:
                notice(f"distilling static vectors from {source.name} (once, a minute or two)")
                # model2vec draws a bar of its own, on a terminal and into a log alike.
                with quiet(), redirect_stderr(io.StringIO()):
                    from model2vec.distill import distill

                    model = distill(model_name=str(source.folder), pca_dims=_DIM, device="cpu")
        except Exception as error:
            raise EncoderUnavailable(
                f"static vectors cannot be distilled from {source.name}: {str(error).splitlines()[0][:200]}",
                "use the model itself, without 'static:'",
            ) from error
        model.save_pretrained(str(folder / FOLDER))
        info = EncoderInfo(name, "static", int(model.dim), _MAX_LENGTH, fingerprint)
        prepared = Prepared(info, "", "", 1.0, str(source.folder), "", {})
        write_prepared(folder, prepared)
    return prepared
