"""Only safetensors are loaded, of every module; what a model is covers all that can change its vectors."""

from __future__ import annotations

import json
import os
import pickle
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from search.encoders.digest import file_digest
from search.encoders.fingerprint import model_digest
from search.encoders.reranker import open_reranker
from search.encoders.select import fingerprint_of, open_encoder, prepare_encoder
from search.encoders.sentence_transformer import load_model
from search.encoders.weights import check_weights, model_files
from search.errors import EncoderUnavailable
from tests.encoders.test_encoders import save_tiny_model
from tests.encoders.test_reranker import save_cross_encoder

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")

TRAP = "sprung"


class Trap:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, (TRAP,)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))[0]


@pytest.fixture
def model(tiny, tmp_path, monkeypatch):
    """A model of its own, a cache of its own, and a current folder in which a trap would leave its mark."""
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(tiny, tmp_path / "model")


def set_trap(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps({"weight": Trap()}))


def add_dense(model, folder="2_Dense"):
    """Add a layer to a model, 32 numbers to 8, its weights as safetensors."""
    modules = json.loads((model / "modules.json").read_text())
    modules.append({"idx": 2, "name": "2", "path": folder, "type": "sentence_transformers.models.Dense"})
    (model / "modules.json").write_text(json.dumps(modules))
    (model / folder).mkdir()
    activation = "torch.nn.modules.linear.Identity"
    config = {"in_features": 32, "out_features": 8, "bias": False, "activation_function": activation}
    (model / folder / "config.json").write_text(json.dumps(config))
    save_file({"linear.weight": torch.eye(8, 32)}, model / folder / "model.safetensors")
    return model / folder


def as_pickle(folder):
    """Replace a module's safetensors by the pickle that older versions wrote."""
    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")


@pytest.mark.parametrize("prefix", ["", "st:", "fp32:", "static:"])
def test_a_pickled_module_beside_a_good_transformer_is_refused_and_named(model, prefix):
    as_pickle(add_dense(model))
    with pytest.raises(EncoderUnavailable, match=r"2_Dense/pytorch_model\.bin is pickled") as refused:
        prepare_encoder(f"{prefix}{model}")
    assert "convert it" in refused.value.hint


@pytest.mark.parametrize("prefix", ["", "st:", "fp32:", "static:"])
def test_safetensors_elsewhere_do_not_stand_for_a_module_that_is_pickled(model, prefix, tmp_path):
    (model / "model.safetensors").unlink()
    set_trap(model / "pytorch_model.bin")
    (model / "decoy").mkdir()
    for decoy in (model / "decoy" / "model.safetensors", model / "decoy.safetensors"):
        save_file({"x": torch.zeros(1)}, decoy)
    with pytest.raises(EncoderUnavailable, match="is pickled"):
        prepare_encoder(f"{prefix}{model}")
    assert not (tmp_path / TRAP).exists()


@pytest.mark.parametrize(
    "name",
    [
        "more.pt",
        "more.pth",
        "a/more.pkl",
        "more.pickle",
        "more.ckpt",
        ".hidden/more.joblib",
        "adapter_model.bin",
        "2_Dense/any.bin",
        "zipped.bin",
    ],
)
def test_any_pickle_that_nothing_is_read_instead_of_is_refused(model, name, tmp_path):
    set_trap(model / name)
    if name == "zipped.bin":
        torch.save({"x": torch.zeros(1)}, model / name)
    with pytest.raises(EncoderUnavailable, match="is pickled"):
        check_weights(model)
    with pytest.raises(EncoderUnavailable, match="is pickled"):
        load_model(model)
    assert not (tmp_path / TRAP).exists()


def test_an_array_of_objects_is_a_pickle_and_one_of_numbers_is_not(model):
    np.save(model / "numbers.npy", np.arange(3))
    assert check_weights(model) == model
    np.save(model / "objects.npy", np.array([{"a": 1}], dtype=object))
    with pytest.raises(EncoderUnavailable, match=r"objects\.npy is pickled"):
        check_weights(model)


def test_what_loaders_pass_over_may_stay(model, tmp_path):
    dense = add_dense(model)
    before = model_digest(model)
    for name in ("pytorch_model.bin", "training_args.bin", "optimizer.pt", "2_Dense/pytorch_model.bin"):
        set_trap(model / name)
    (model / "openvino").mkdir()
    (model / "openvino" / "openvino_model.bin").write_bytes(bytes(range(64)))
    (model / "model.onnx").write_bytes(b"onnx")
    assert model_digest(model) == before, "they are not loaded"
    encoder = prepare_encoder(f"st:{model}")
    assert encoder.encode_queries(["heat pump"]).shape == (1, 8)
    assert not (tmp_path / TRAP).exists()
    assert (dense / "pytorch_model.bin").exists()


@pytest.mark.parametrize("shard", ["pytorch_model.bin", "../outside.safetensors", 7])
def test_an_index_of_shards_names_safetensors_beside_it_only(model, shard):
    set_trap(model / "pytorch_model.bin")
    index = {"metadata": {}, "weight_map": {"x": shard}}
    (model / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(EncoderUnavailable, match="names weights that are no safetensors"):
        check_weights(model)


def test_a_module_without_weights_is_named(model):
    (add_dense(model) / "model.safetensors").unlink()
    with pytest.raises(EncoderUnavailable, match="2_Dense holds no weights"):
        check_weights(model)
    (model / "modules.json").write_text('{"a": 1}')
    with pytest.raises(EncoderUnavailable, match="no list of modules"):
        check_weights(model)


@pytest.mark.parametrize(
    "file", ["model.safetensors", "2_Dense/model.safetensors", "2_Dense/config.json", ".own/model.safetensors"]
)
def test_the_fingerprint_covers_every_module(model, file):
    add_dense(model)
    (model / ".own").mkdir()
    save_file({"x": torch.zeros(1)}, model / ".own" / "model.safetensors")
    before = model_digest(model)
    data = bytearray((model / file).read_bytes())
    data[-2] ^= 1
    (model / file).write_bytes(data)
    assert model_digest(model) != before


def test_the_fingerprint_covers_pickles_that_a_loader_would_take(model):
    dense = add_dense(model)
    as_pickle(dense)
    before = model_digest(model)
    torch.save({"linear.weight": torch.ones(8, 32)}, dense / "pytorch_model.bin")
    assert model_digest(model) != before


def test_a_module_that_is_a_link_counts_and_a_circle_of_links_ends(model, tmp_path):
    dense = add_dense(model)
    dense.rename(tmp_path / "elsewhere")
    dense.symlink_to(tmp_path / "elsewhere")
    (model / "again").symlink_to(model)
    before = model_digest(model)
    assert "2_Dense/model.safetensors" in {name.as_posix() for name in model_files(model)}
    save_file({"linear.weight": torch.ones(8, 32)}, dense / "model.safetensors")
    assert model_digest(model) != before
    as_pickle(tmp_path / "elsewhere")
    with pytest.raises(EncoderUnavailable, match="is pickled"):
        check_weights(model)


def test_an_index_whose_model_became_a_pickle_is_not_answered_with_it(model, tmp_path):
    dense = add_dense(model)
    info = fingerprint_of(f"st:{model}")
    assert open_encoder(info).info == info
    (dense / "model.safetensors").unlink()
    set_trap(dense / "pytorch_model.bin")
    with pytest.raises(EncoderUnavailable):
        open_encoder(info)
    assert not (tmp_path / TRAP).exists()


def test_a_pickled_reranker_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    folder = save_cross_encoder(tmp_path / "cross")
    (folder / "model.safetensors").unlink()
    set_trap(folder / "pytorch_model.bin")
    save_file({"x": torch.zeros(1)}, folder / "decoy.safetensors")
    with pytest.raises(EncoderUnavailable, match=r"pytorch_model\.bin is pickled"):
        open_reranker(str(folder))
    assert not (tmp_path / TRAP).exists()


def test_a_file_that_was_changed_is_read_again_however_old_it_looks(tmp_path):
    file = tmp_path / "weights"
    file.write_bytes(b"one")
    before, status = file_digest(file), file.stat()
    assert file_digest(file) == before
    file.write_bytes(b"two")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file_digest(file) != before
