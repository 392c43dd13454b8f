"""The default model: the original's weights with the adapter's changes, the same on every machine."""

from __future__ import annotations

import hashlib
import shutil

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load, save

from search.encoders.adapted import ADAPTER, RESULT, WEIGHTS, changed, make_adapted
from search.encoders.locate import _PACKAGE_FILES, BASE_MODEL, DEFAULT_MODEL, find_here, locate
from search.encoders.samples import SAMPLE_TEXTS
from search.encoders.select import fingerprint_of, names, prepare_encoder
from search.errors import EncoderUnavailable


def test_a_change_is_added_to_its_layer_and_to_nothing_else():
    chance = np.random.default_rng(3)
    weights: dict[str, np.ndarray] = {
        "layer.weight": chance.normal(size=(6, 4)).astype(np.float32),
        "other.weight": chance.normal(size=(3, 3)).astype(np.float32),
        "positions": np.arange(5),
    }
    down, up = chance.integers(-127, 128, (2, 4)), chance.integers(-127, 128, (6, 2))
    adapter = {
        "layer.weight.down": down.astype(np.int8),
        "layer.weight.up": up.astype(np.int8),
        "layer.weight.scale": np.array([-15], np.int8),
    }
    file = save(weights)
    outcome = changed(file, adapter)
    found = load(outcome)
    expected = weights["layer.weight"].astype(np.float64) + (up @ down) / 2**15
    np.testing.assert_array_equal(found["layer.weight"], expected.astype(np.float32))
    assert np.abs(found["layer.weight"] - weights["layer.weight"]).max() > 0.1
    for name in ("other.weight", "positions"):
        np.testing.assert_array_equal(found[name], weights[name])
    assert file == save(weights)
    assert len(outcome) == len(file)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_default_model_is_made_once_of_the_originals_files(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    assert find_here(DEFAULT_MODEL, print) is None
    assert not list(tmp_path.iterdir())
    made = locate(DEFAULT_MODEL, print).folder
    assert made.is_relative_to(tmp_path)
    with safe_open(ADAPTER, "np") as adapter:
        result = adapter.metadata()[RESULT]
    assert {name: digest(made / name) for name in _PACKAGE_FILES} == {**_PACKAGE_FILES, WEIGHTS: result}
    written = (made / WEIGHTS).stat().st_ino
    again = locate("all-MiniLM-L6-v2+news", print)
    assert (again.name, again.folder, (made / WEIGHTS).stat().st_ino) == (DEFAULT_MODEL, made, written)
    assert [one.name for one in made.parent.iterdir()] == [made.name]


@pytest.mark.parametrize("name", [WEIGHTS, "tokenizer_config.json", "1_Pooling/config.json"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_damaged_default_model_is_made_anew(tmp_path, monkeypatch, name, gone):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    made = locate(DEFAULT_MODEL, print).folder
    before = digest(made / name)
    if gone:
        (made / name).unlink()
    else:
        (made / name).write_bytes((made / name).read_bytes() + b" ")
    assert find_here(DEFAULT_MODEL, print) is None
    assert digest(locate(DEFAULT_MODEL, print).folder / name) == before
    assert [one.name for one in made.parent.iterdir()] == [made.name]


def test_nothing_is_made_of_another_model_or_with_a_damaged_adapter(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "cache"))
    base = locate(BASE_MODEL, print).folder
    other = tmp_path / "other"
    shutil.copytree(base, other)
    (other / "config.json").write_bytes((other / "config.json").read_bytes() + b" ")
    with pytest.raises(EncoderUnavailable, match="does not hold the original"):
        make_adapted(other, _PACKAGE_FILES)
    whole = ADAPTER.read_bytes()
    flipped = bytearray(whole)
    flipped[-1_000] ^= 1
    for damaged in (b"", whole[:100], bytes(flipped)):
        (tmp_path / "adapter").write_bytes(damaged)
        monkeypatch.setattr("search.encoders.adapted.ADAPTER", tmp_path / "adapter")
        with pytest.raises(EncoderUnavailable, match="missing or damaged"):
            locate(DEFAULT_MODEL, print)
    assert not (tmp_path / "cache").exists()


def test_a_name_is_compared_without_making_the_model(tmp_path, monkeypatch):
    info = fingerprint_of(None)
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    assert names("all-MiniLM-L6-v2+news", info)
    assert not names("all-MiniLM-L6-v2", info)
    assert not list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "models").write_text("a file is in the way")
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    with pytest.raises(EncoderUnavailable, match="cannot be written") as caught:
        locate(DEFAULT_MODEL, print)
    assert "SEARCH_CACHE_DIR" in caught.value.hint


def test_the_default_and_the_original_are_two_models():
    ours, original = fingerprint_of(None), fingerprint_of("st:all-MiniLM-L6-v2")
    assert (ours.name, original.name) == (DEFAULT_MODEL, f"st:{BASE_MODEL}")
    assert names("all-MiniLM-L6-v2+news", ours)
    assert not names("all-MiniLM-L6-v2", ours)
    assert not names(f"st:{DEFAULT_MODEL}", original)
    one, other = (prepare_encoder(info.name).encode_documents(SAMPLE_TEXTS) for info in (ours, original))
    assert 0.8 < (one * other).sum(axis=1).mean() < 0.99
