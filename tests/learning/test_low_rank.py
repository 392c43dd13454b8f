"""What scripts/learn_encoder learns comes out of its adapter again, but for what rank and int8 leave out."""

from __future__ import annotations

import random
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import numpy as np
import pytest
import torch
from safetensors.numpy import load

from search.encoders.adapted import WEIGHTS, changed
from search.encoders.locate import BASE_MODEL, locate
from search.encoders.sentence_transformer import load_model
from tests.conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts"))
from cross_encoder import near, scores_of, taught, train_cross
from low_rank import KEPT_RANK, RANK, Graded, Learning, adapter, encode, train


def loaded(name):
    loader = SourceFileLoader(name, str(REPOSITORY / "scripts" / name))
    spec = spec_from_loader(name, loader)
    assert spec
    module = module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module


learn_encoder = loaded("learn_encoder")
TEXTS = ["Ferry strike ends", "Dockers go back to work", "A recipe for plum cake", "Rain delays the regatta"]
GRADED = [Graded(TEXTS[0], TEXTS[1:], [0.0, 4.0, 1.0])] * 40
STEPS = 25


@pytest.fixture(scope="module")
def source():
    return locate(BASE_MODEL, print).folder


@pytest.fixture(scope="module")
def model(source):
    return load_model(source)


@pytest.fixture(scope="module")
def original(model):
    return Learning(model, learns=False)


def untold(*_):
    pass


def random_changes(model):
    learning = Learning(model, learns=True)
    torch.manual_seed(5)
    for part in learning.changes().values():
        torch.nn.init.normal_(part.up, std=0.01)
    return learning


def test_without_changes_the_vectors_are_those_of_the_model(model):
    vectors = encode(Learning(model, learns=True), TEXTS)
    expected = model.encode(TEXTS, normalize_embeddings=True)
    assert (vectors * expected).sum(axis=1).min() > 0.999


def test_what_is_learnt_puts_the_better_grade_nearer(model, original):
    before = encode(original, TEXTS)
    after = encode(train(model, GRADED, STEPS, untold), TEXTS)
    assert before[0] @ before[1] > before[0] @ before[2]
    assert after[0] @ after[2] > after[0] @ after[1]


def test_a_change_can_be_made_for_good(model):
    learning = random_changes(model)
    whole = Learning(model, learns=False)
    whole.bert = learning.merged()
    assert not np.allclose(encode(learning, TEXTS), encode(Learning(model, learns=False), TEXTS), atol=1e-2)
    np.testing.assert_allclose(encode(whole, TEXTS), encode(learning, TEXTS), atol=5e-3)


def test_a_cross_encoder_learns_the_grades_and_teaches_them(model, original):
    crosses = [train_cross(model, original, GRADED, rate, untold) for rate in (2e-4, 1e-6)]
    pairs = [(TEXTS[0], other) for other in TEXTS[1:]]
    learnt, hardly = (scores_of(cross, pairs) for cross in crosses)
    assert learnt.argsort().tolist() == np.argsort(GRADED[0].grades).tolist()
    assert np.ptp(hardly) < np.ptp(learnt) / 2
    (lesson,) = taught([(TEXTS[0], TEXTS[1:])], crosses, original)
    assert (lesson.anchor, lesson.others) == (TEXTS[0], TEXTS[1:])
    vectors = encode(original, TEXTS)
    expected = [(some - some.mean()) / some.std() / 2 for some in ((learnt + hardly) / 2, vectors[1:] @ vectors[0])]
    np.testing.assert_allclose(lesson.grades, sum(expected), atol=1e-2)


def test_nothing_measured_is_scored_to_learn_from():
    titles = {"A. Ferry": "A", "A. Again": "A", "B. Dock": "B", "B. Rain": "B", "C": "C"}
    site = learn_encoder.Site(titles, ["dock", "asked"])
    measured = [Graded("asked", ["B. Dock"], [3]), Graded("A. Ferry", ["B. Rain"], [1]), Graded("C", ["A. Ferry"], [0])]
    articles, titled, queries = learn_encoder.anchors_of(site, measured)
    assert articles == {
        "A. Again": {"A. Again"},
        "B. Dock": {"B. Dock", "asked"},
        "B. Rain": {"B. Rain", "A. Ferry"},
    }
    assert titled == {"B": {"B. Dock", "asked", "B. Rain", "A. Ferry"}}  # two articles have one title
    assert queries == {"dock": set()}


def test_what_is_measured_is_not_learnt_from_either_way_round():
    graded = [Graded("A", ["B", "C"], [1, 2]), Graded("B", ["A", "C"], [3, 4]), Graded("D", ["A"], [0])]
    found = learn_encoder.without(graded, [Graded("A", ["B"], [1]), Graded("C", ["D"], [2])])
    assert found == [Graded("B", ["C"], [4]), Graded("D", ["A"], [0])]


def test_what_may_go_with_a_text_is_never_itself_nor_what_is_measured(original):
    texts = [
        f"{place} {what}" for place in ("Port", "Castle", "Mill") for what in ("opens", "closes", "burns", "floods")
    ]
    chance = random.Random(5)  # noqa: S311 - the same each time
    never: dict[str, set[str]] = {texts[0]: {texts[0], texts[1]}, "Port news": set()}
    others = dict(zip(texts, encode(original, texts), strict=True))
    found = dict(near(never, others, 8, original, chance))
    assert list(found) == [texts[0], "Port news"]
    assert not set(found[texts[0]]) & never[texts[0]]
    for some in found.values():
        assert len(set(some)) == len(some) == 7  # five the nearest, two of what follows, no farther ones
        assert set(some) <= set(texts)
    vectors = encode(original, ["Port news", *texts])
    nearest = [texts[place] for place in np.argsort(-(vectors[1:] @ vectors[0]))]
    assert found["Port news"][:5] == nearest[:5]


def test_an_adapter_holds_what_was_learnt(model, source):
    learning = random_changes(model)
    for part in learning.changes().values():
        part.up.data[:, KEPT_RANK:] *= 1e-3  # so little that the rank that is kept holds the rest
    weights = (source / WEIGHTS).read_bytes()
    learnt = {name: (part.up @ part.down).detach().cpu().numpy() / 2 for name, part in learning.changes().items()}
    learning.settle(0.5)
    file = adapter(learning, weights, "a test")
    before, after = load(weights), load(changed(weights, load(file)))
    assert len(learning.changes()) == 6 * 6
    for name, part in learning.changes().items():
        assert part.up.shape[1] == KEPT_RANK < RANK
        off = np.linalg.norm(after[name] - before[name] - learnt[name]) / np.linalg.norm(learnt[name])
        assert off < 0.03, name
        settled = (part.up @ part.down).detach().cpu().numpy()
        np.testing.assert_allclose(after[name] - before[name], settled, atol=1e-5)
    same = [name for name in before if np.array_equal(before[name], after[name])]
    assert set(before) - set(same) == set(learning.changes())
