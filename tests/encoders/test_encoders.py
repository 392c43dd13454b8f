"""One contract for every encoder, compared with sentence-transformers itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from search.encoders.locate import DEFAULT_MODEL
from search.encoders.prepared import folder_of, read_prepared
from search.encoders.select import fingerprint_of, names, open_encoder, prepare_encoder
from search.errors import EncoderUnavailable

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")

TEXTS = [
    "heat pumps",
    "Police to scan faces at the ferry terminal. Officers will run facial recognition on travellers from June.",
    "Élections à Łódź : 東京",
    "The same words again and again. " * 200,
    "",
]
WORDS = "[PAD] [UNK] [CLS] [SEP] query : passage port heat pump rain regatta the a of on".split()


def tiny_tokenizer():
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    )


def save_tiny_model(folder, *, limit=16):
    """Save a random BERT with CLS pooling, prompts, a length limit, and no normalisation."""
    torch.manual_seed(7)
    fast = tiny_tokenizer()
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    bare = folder / "bare"
    BertModel(config).save_pretrained(bare)
    fast.save_pretrained(bare)
    transformer = Transformer(str(bare), max_seq_length=limit)
    model = SentenceTransformer(
        modules=[transformer, Pooling(32, pooling_mode="cls")],
        prompts={"query": "query : ", "document": "passage : "},
        device="cpu",
    )
    model.save(str(folder / "model"))
    return folder / "model", model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module", params=["int8", "fp32", "st", "static"])
def encoder(request):
    name = "static" if request.param == "static" else f"{request.param}:{DEFAULT_MODEL}"
    return prepare_encoder(name)


def test_rows_are_unit_vectors_in_order(encoder):
    vectors = encoder.encode_documents(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.info.dim)
    assert vectors.dtype == np.float32
    some = [number for number, text in enumerate(TEXTS) if text or encoder.info.backend != "static"]
    np.testing.assert_allclose(np.linalg.norm(vectors[some], axis=1), 1, atol=1e-5)
    for number, text in enumerate(TEXTS):
        np.testing.assert_allclose(encoder.encode_documents([text])[0], vectors[number], atol=1e-4)


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode_documents([]).shape == (0, encoder.info.dim)
    assert encoder.encode_queries([]).shape == (0, encoder.info.dim)


def test_a_very_long_text_is_cut(encoder):
    (vector,) = encoder.encode_documents(["harbour wall " * 10_000])
    assert np.isfinite(vector).all()


def test_vectors_are_close_to_those_of_sentence_transformers(encoder):
    original = prepare_encoder(f"st:{DEFAULT_MODEL}")
    if encoder.info.backend == "static":
        query = encoder.encode_queries(["heat pumps for old houses"])[0]
        near, far = encoder.encode_documents(["Grants for heat pumps in old homes run out", "Rain delays the regatta"])
        assert query @ near > query @ far + 0.2
        return
    least = {"onnx-int8": 0.97, "onnx-fp32": 0.99999, "sentence-transformers": 0.99999}[encoder.info.backend]
    cosines = (encoder.encode_documents(TEXTS) * original.encode_documents(TEXTS)).sum(axis=1)
    assert cosines.min() >= least


def test_a_vector_does_not_depend_on_its_neighbours():
    encoder = prepare_encoder(None)
    alone = encoder.encode_documents([TEXTS[0]])
    among = encoder.encode_documents(TEXTS[1:] + TEXTS[:1])[-1:]
    np.testing.assert_array_equal(alone, among)


def test_any_model_keeps_its_pooling_prompts_and_length_limit(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    folder, model = tiny
    encoder = prepare_encoder(f"fp32:{folder}")
    assert (encoder.info.backend, encoder.info.dim, encoder.info.max_length) == ("onnx-fp32", 32, 16)
    texts = ["rain on the regatta", "heat pump " * 40]
    for ours, theirs in (
        (encoder.encode_documents(texts), model.encode_document(texts, normalize_embeddings=True)),
        (encoder.encode_queries(texts), model.encode_query(texts, normalize_embeddings=True)),
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert not np.allclose(encoder.encode_documents(texts), encoder.encode_queries(texts), atol=1e-3)


def test_distilling_draws_no_bars(tiny, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    encoder = prepare_encoder(f"static:{tiny[0]}")
    assert encoder.info.backend == "static"
    assert capfd.readouterr().err == ""


def test_what_cannot_be_exported_runs_by_sentence_transformers_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.random.default_rng(7).normal(size=(len(WORDS), 8)).astype(np.float32)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(
        str(tmp_path / "model")
    )
    notices: list[str] = []
    encoder = prepare_encoder(str(tmp_path / "model"), notices.append)
    assert encoder.info.backend == "sentence-transformers"
    assert any("runs by sentence-transformers" in notice for notice in notices)
    assert encoder.encode_documents(["rain regatta"]).shape == (1, 8)
    assert open_encoder(encoder.info).encode_queries(["rain"]).shape == (1, 8)


def test_the_second_time_nothing_is_exported(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    notices: list[str] = []
    first = fingerprint_of(f"fp32:{tiny[0]}", notices.append)
    assert notices
    notices.clear()
    assert fingerprint_of(f"fp32:{tiny[0]}", notices.append) == first
    assert notices == []


def test_what_was_once_asked_for_by_name_keeps_nobody_from_what_is_faster(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    fingerprint_of(f"fp32:{tiny[0]}")
    notices: list[str] = []
    found = fingerprint_of(str(tiny[0]), notices.append)
    assert "onnx-int8" in notices[0]
    notices.clear()
    assert fingerprint_of(str(tiny[0]), notices.append) == found
    assert notices == []


def test_a_fingerprint_does_not_depend_on_where_the_model_lies(tiny, tmp_path, monkeypatch):
    import shutil

    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(tiny[0], tmp_path / "elsewhere")
    first = fingerprint_of(f"st:{tiny[0]}").fingerprint
    assert fingerprint_of(f"st:{tmp_path / 'elsewhere'}").fingerprint == first
    config = tmp_path / "elsewhere" / "config_sentence_transformers.json"
    config.write_text(config.read_text().replace("query : ", "question : "))
    assert fingerprint_of(f"st:{tmp_path / 'elsewhere'}").fingerprint != first


def test_a_damaged_export_is_named_and_prepared_anew(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    info = prepare_encoder(f"fp32:{tiny[0]}").info
    model = folder_of(info.fingerprint) / "model.onnx"
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    with pytest.raises(EncoderUnavailable, match=r"model\.onnx is damaged"):
        open_encoder(info)
    assert prepare_encoder(f"fp32:{tiny[0]}").info == info


@pytest.mark.parametrize("prefix", ["fp32:", "st:", "static:"])
def test_a_model_that_moved_is_used_where_it_is(tiny, tmp_path, monkeypatch, prefix):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(tiny[0], tmp_path / "old")
    before = prepare_encoder(f"{prefix}{tmp_path / 'old'}")
    (tmp_path / "old").rename(tmp_path / "new")
    after = prepare_encoder(f"{prefix}{tmp_path / 'new'}")
    assert after.info.fingerprint == before.info.fingerprint
    assert after.info.name == f"{prefix}{tmp_path / 'new'}"
    assert prepare_encoder(after.info.name).info == after.info
    assert (open_encoder(before.info).encode_queries(["heat pump"]) == before.encode_queries(["heat pump"])).all()


def test_an_encoder_that_is_not_prepared_here(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "one"))
    info = prepare_encoder(f"fp32:{tiny[0]}").info
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "other"))
    with pytest.raises(EncoderUnavailable, match="not prepared on this machine"):
        open_encoder(info)


def test_a_model_that_is_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EncoderUnavailable, match=r"cannot be reached|no model"):
        fingerprint_of("harbour/no-such-model")
    with pytest.raises(EncoderUnavailable, match="no model folder"):
        fingerprint_of("./nowhere")


@pytest.mark.parametrize("prefix", ["fp32:", "st:", "static:"])
def test_a_name_is_compared_with_a_model_without_preparing_anything(tiny, tmp_path, monkeypatch, prefix):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "one"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    info = fingerprint_of(f"{prefix}{tiny[0]}")
    shutil.copytree(tiny[0], tmp_path / "copy")
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "other"))
    assert names(f"{prefix}{tiny[0]}", info)
    assert names(f"{prefix}{tmp_path / 'copy'}", info)
    assert names(str(tiny[0]), info) == (prefix != "static:")
    assert not names(f"int8:{tiny[0]}", info)
    assert not names("static", info)
    assert not names("harbour/no-such-model", info)
    assert names("harbour/gone", replace(info, name="harbour/gone"))
    with pytest.raises(EncoderUnavailable, match="no model folder"):
        names("./nowhere", info)
    assert not (tmp_path / "other").exists()


def test_pickled_weights_are_refused(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"never loaded")
    with pytest.raises(EncoderUnavailable, match="pickled"):
        fingerprint_of(str(tmp_path))


def test_the_hub_cache_is_found_before_the_network(tiny, tmp_path, monkeypatch):
    import shutil

    repository = tmp_path / "hub" / "models--harbour--tiny"
    shutil.copytree(tiny[0], repository / "snapshots" / "abc123")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    assert fingerprint_of("st:harbour/tiny").name == "st:harbour/tiny"


def test_a_false_copy_of_the_original_model_in_the_hub_cache_is_passed_over(tiny, tmp_path, monkeypatch):
    import shutil

    repository = tmp_path / "models--sentence-transformers--all-MiniLM-L6-v2"
    shutil.copytree(tiny[0], repository / "snapshots" / "abc123")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc123")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    notices: list[str] = []
    assert fingerprint_of("st:all-MiniLM-L6-v2", notices.append).dim == 384
    assert any("passing over it" in notice for notice in notices)


def test_the_export_of_the_default_model_is_true_to_it():
    prepared = read_prepared(fingerprint_of(None).fingerprint)
    assert prepared is not None
    assert prepared.info.backend == "onnx-int8"
    assert prepared.cosine >= 0.99


def test_a_query_needs_neither_torch_nor_transformers():
    info = prepare_encoder(None).info
    code = (
        "import sys\nfrom search.encoders.base import EncoderInfo\nfrom search.encoders.select import open_encoder\n"
        f"open_encoder({info!r}).encode_queries(['heat pumps'])\n"
        "print([name for name in ('torch', 'transformers', 'sentence_transformers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
