"""What a text's tokens mean where they stand: for encoders whose vectors are the means of these."""

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

from search.encoders.locate import DEFAULT_MODEL, locate
from search.encoders.select import prepare_encoder
from search.encoders.sentence_transformer import load_model
from tests.encoders.test_encoders import save_tiny_model

TEXTS = ["Police fly drones over the fair", "Rain"]


@pytest.fixture(scope="module")
def fp32():
    return prepare_encoder(f"fp32:{DEFAULT_MODEL}")


def test_tokens_are_those_of_sentence_transformers(fp32):
    original = load_model(locate(DEFAULT_MODEL, print).folder).encode(TEXTS, output_value="token_embeddings")
    for ours, theirs in zip(fp32.encode_document_tokens(TEXTS, 48), original, strict=True):
        own = theirs.numpy()[1:-1]  # without [CLS] and [SEP]
        np.testing.assert_allclose(ours.vectors, own / np.linalg.norm(own, axis=1, keepdims=True), atol=1e-3)
        assert ours.vectors.dtype == np.float32


def test_tokens_know_where_they_stand(fp32):
    (tokens,) = fp32.encode_document_tokens(TEXTS[:1], 48)
    assert [TEXTS[0][start:end] for start, end in tokens.places] == TEXTS[0].split()


def test_a_long_text_is_cut_and_ended_as_the_model_ends_texts(fp32):
    (cut,) = fp32.encode_document_tokens([TEXTS[0] + " again and again" * 99], 8)
    (short,) = fp32.encode_document_tokens([TEXTS[0]], 8)
    assert [len(cut.places), cut.vectors.shape] == [6, (6, 384)]
    np.testing.assert_allclose(cut.vectors, short.vectors, atol=1e-4)


def test_tokens_do_not_depend_on_other_texts():
    encoder = prepare_encoder(None)
    (alone,) = encoder.encode_document_tokens(TEXTS[:1], 48)
    among = encoder.encode_document_tokens([*TEXTS[1:] * 5, *TEXTS[:1]], 48)[-1]
    np.testing.assert_array_equal(alone.vectors, among.vectors)


def test_nothing_and_an_empty_text(fp32):
    assert fp32.encode_document_tokens([], 48) == []
    (tokens,) = fp32.encode_document_tokens([""], 48)
    assert (tokens.places, tokens.vectors.shape) == ([], (0, 384))


def test_a_prompt_is_no_part_of_a_text(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    folder, model = save_tiny_model(tmp_path)
    mean = SentenceTransformer(
        modules=[Transformer(str(tmp_path / "bare"), max_seq_length=16), Pooling(32, pooling_mode="mean"), Normalize()],
        prompts=model.prompts,
        device="cpu",
    )
    mean.save(str(tmp_path / "mean"))
    encoder = prepare_encoder(f"fp32:{tmp_path / 'mean'}")
    tokens = encoder.encode_query_tokens("rain on the regatta")
    assert tokens is not None
    assert tokens.places == [(0, 4), (5, 7), (8, 11), (12, 19)]
    # "query : " stands before it: the same words mean another thing without it
    (document,) = encoder.encode_document_tokens(["rain on the regatta"], 16)
    assert document.places == tokens.places
    assert not np.allclose(document.vectors, tokens.vectors, atol=1e-3)
    assert prepare_encoder(f"fp32:{folder}").encode_query_tokens("rain") is None  # its vectors are those of [CLS]


@pytest.mark.parametrize("name", ["static", "st:all-MiniLM-L6-v2"])
def test_encoders_that_cannot_tell(name):
    encoder = prepare_encoder(name)
    assert encoder.encode_query_tokens("rain") is None
    assert encoder.encode_document_tokens(["rain"], 48) == []
