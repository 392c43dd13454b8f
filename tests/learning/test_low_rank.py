"""What scripts/learn_encoder learns comes out of its adapter again, but for what int8 leaves out."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch
from safetensors.numpy import load

from search.encoders.adapted import WEIGHTS, changed
from search.encoders.locate import BASE_MODEL, locate
from search.encoders.sentence_transformer import load_model
from tests.conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts"))
from low_rank import LOWER, Graded, Lower, Upper, adapter, averaged, encode, train

TEXTS = ["Ferry strike ends", "Dockers go back to work", "A recipe for plum cake", "Rain delays the regatta"]


@pytest.fixture(scope="module")
def source():
    return locate(BASE_MODEL, print).folder


@pytest.fixture(scope="module")
def model(source):
    return load_model(source)


def test_without_changes_the_vectors_are_those_of_the_model(model):
    vectors = encode(Lower(model), Upper(model, learns=True).eval(), TEXTS)
    expected = model.encode(TEXTS, normalize_embeddings=True)
    assert (vectors * expected).sum(axis=1).min() > 0.999


def test_what_is_learnt_puts_the_better_grade_nearer(model):
    lower = Lower(model)
    graded = [Graded(TEXTS[0], TEXTS[1:], [0.0, 4.0, 1.0])] * 40
    before = encode(lower, Upper(model, learns=False).eval(), TEXTS)
    after = encode(lower, train(model, lower, graded, lambda *_: None), TEXTS)
    assert before[0] @ before[1] > before[0] @ before[2]
    assert after[0] @ after[2] > after[0] @ after[1]


def test_what_was_learnt_twice_counts_by_half(model):
    torch.manual_seed(5)
    parts = [Upper(model, learns=True).eval() for _ in range(2)]
    for change in (change for part in parts for change in part.changes().values()):
        torch.nn.init.normal_(change.up, std=0.01)
    expected = {
        name: (change.up @ change.down + parts[1].changes()[name].up @ parts[1].changes()[name].down) / 2
        for name, change in parts[0].changes().items()
    }
    for name, change in averaged(parts).changes().items():
        torch.testing.assert_close(change.up @ change.down, expected[name], atol=1e-5, rtol=1e-4)


def test_an_adapter_holds_what_was_learnt(model, source):
    upper = Upper(model, learns=True).eval()
    torch.manual_seed(5)
    for part in upper.changes().values():
        torch.nn.init.normal_(part.up, std=0.01)
    weights = (source / WEIGHTS).read_bytes()
    learnt = {name: (part.up @ part.down).detach().numpy() for name, part in upper.changes().items()}
    upper.settle(1.0)
    file = adapter(upper, weights, "a test")
    before, after = load(weights), load(changed(weights, load(file)))
    assert len(upper.changes()) == 6 * (6 - LOWER)
    for name, part in upper.changes().items():
        off = np.linalg.norm(after[name] - before[name] - learnt[name]) / np.linalg.norm(learnt[name])
        assert off < 0.03, name
        settled = (part.up @ part.down).detach().numpy()
        np.testing.assert_allclose(after[name] - before[name], settled, atol=1e-5)
    same = [name for name in before if np.array_equal(before[name], after[name])]
    assert set(before) - set(same) == set(upper.changes())
