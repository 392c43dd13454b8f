"""Cross-encoders: exported ones score as sentence-transformers does, and reorder what a query found."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification

from search.encoders.reranker import OnnxReranker, SentenceTransformerReranker, open_reranker
from search.errors import EncoderUnavailable
from tests.encoders.test_encoders import tiny_tokenizer

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")

TEXTS = ["heat pump on", "rain on the regatta", "the port", "a heat of rain", ""]


def save_cross_encoder(folder, *, labels=1):
    """Save a random BERT that scores pairs."""
    torch.manual_seed(3)
    tokenizer = tiny_tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=0.5,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_cross_encoder(tmp_path_factory.mktemp("cross"))


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.usefixtures("own_cache")
def test_an_export_scores_as_the_original_and_is_made_once(folder):
    told: list[str] = []
    reranker = open_reranker(str(folder), told.append)
    original = SentenceTransformerReranker(CrossEncoder(str(folder), device="cpu", local_files_only=True))
    assert isinstance(reranker, OnnxReranker)
    ours, theirs = reranker.scores("heat pump", TEXTS), original.scores("heat pump", TEXTS)
    assert ours.shape == (len(TEXTS),)
    assert np.corrcoef(ours, theirs)[0, 1] >= 0.99
    assert np.std(theirs) > 0.01
    told.clear()
    again = open_reranker(str(folder), told.append)
    assert not told
    np.testing.assert_array_equal(again.scores("heat pump", TEXTS), ours)
    assert reranker.scores("heat pump", []).shape == (0,)


@pytest.mark.usefixtures("own_cache")
def test_what_is_no_cross_encoder_is_refused(tmp_path):
    several = save_cross_encoder(tmp_path / "several", labels=3)
    with pytest.raises(EncoderUnavailable, match="3 scores"):
        open_reranker(str(several))
    with pytest.raises(EncoderUnavailable, match="no model folder"):
        open_reranker(str(tmp_path / "nowhere"))
