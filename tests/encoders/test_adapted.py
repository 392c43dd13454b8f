"""The default model: the original's weights with the adapter's changes, the same on every machine."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from safetensors.numpy import load, save

from search.encoders.adapted import ADAPTER, RESULT, WEIGHTS, changed, find_adapted, read_tensors
from search.encoders.locate import BASE_MODEL, DEFAULT_MODEL, find_here, locate
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
    outcome = changed(file, save(adapter))
    found = load(outcome)
    expected = weights["layer.weight"].astype(np.float64) + (up @ down) / 2**15
    np.testing.assert_array_equal(found["layer.weight"], expected.astype(np.float32))
    assert np.abs(found["layer.weight"] - weights["layer.weight"]).max() > 0.1
    for name in ("other.weight", "positions"):
        np.testing.assert_array_equal(found[name], weights[name])
    assert file == save(weights)
    assert len(outcome) == len(file)


def test_the_default_model_is_made_once_and_a_damaged_one_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path))
    assert find_adapted() is None
    made = locate(DEFAULT_MODEL, print).folder
    assert made.is_relative_to(tmp_path)
    expected = read_tensors(bytearray(ADAPTER.read_bytes())).metadata[RESULT]
    assert hashlib.sha256((made / WEIGHTS).read_bytes()).hexdigest() == expected
    written = (made / WEIGHTS).stat().st_ino
    again = locate("all-MiniLM-L6-v2+news", print)
    assert (again.name, again.folder, (made / WEIGHTS).stat().st_ino) == (DEFAULT_MODEL, made, written)
    with (made / WEIGHTS).open("r+b") as stream:
        stream.seek(5_000)
        stream.write(b"damaged")
    assert find_adapted() is None
    found = find_here(DEFAULT_MODEL, print)
    assert found is not None
    assert hashlib.sha256((found.folder / WEIGHTS).read_bytes()).hexdigest() == expected
    assert [one.name for one in made.parent.iterdir()] == [made.name]


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
