"""Tuning an encoder: it learns from what is listed, sees nothing that is held out, and stays an encoder."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from search.cli.learn import tune
from search.content.article import Article
from search.encoders.base import unit_rows
from search.encoders.fingerprint import model_digest
from search.encoders.select import prepare_encoder
from search.errors import IndexNotWritable, UsageError
from search.evaluation.curated import CuratedList
from search.index.build import build_index
from search.index.lock import writer_lock
from search.index.opened import open_index
from search.index.progress import Silent
from search.learning import encoder, pairs
from search.learning.encoder import tune_encoder
from search.learning.pairs import training_pairs
from search.learning.tuned import keep, training_folder
from search.learning.verdict import verdict
from tests.site import item

WEIGHTS = "model.safetensors"
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def listing_site(site, tmp_path):
    """A site whose lists pair what only its editors know to belong together."""
    animals, ships = ["heron", "otter", "seal", "gull"], ["ferry", "trawler", "barge", "tug"]
    for number in range(60):
        animal, ship = animals[number % 4], ships[number % 4]
        site.article(f"a{number}.md", f"The {animal} count of week {number:03}", f"Wardens saw {number} at the quay.")
        site.article(
            f"s{number}.md",
            f"New {ship} in harbour, berth {number:03}",
            f"She came in week {number}.",
            related=[item(f"The {animal} count of week {number:03}", f"https://harbourpost.example/a{number}")],
        )
    build_index(site.root, tmp_path / "index")
    return tmp_path / "index"


def test_a_tuned_encoder_is_saved_measured_and_can_be_used(listing_site, tmp_path, monkeypatch):
    monkeypatch.setattr(encoder, "MIN_LISTS", 20)
    monkeypatch.setattr(pairs, "MAX_PAIRS", 64)
    with open_index(listing_site) as index:
        grades = {row(index, "s0.md"): {row(index, "a0.md"): 3, row(index, "a1.md"): 0}}
        found = tune_encoder(index, grades, tmp_path / "model", Silent())
        old = index.vectors.get(index.columns.rows[:4])
        texts = [f"{article.title}. {article.excerpt}" for article in index.articles(index.columns.rows[:4]).values()]
    assert found.pairs == 64
    assert found.why
    assert found.lists[0].keys() == found.lists[1].keys()
    assert len(found.graded[1]) == 1
    new = prepare_encoder(str(tmp_path / "model")).encode_documents(texts)
    cosines = (new * old).sum(axis=1)
    assert (cosines > 0.7).all()
    assert (cosines < 0.9999).any()


def other_weights(scale):
    """Stand in for the trainer, which is slow: a model whose weights differ a little."""

    def train(source, _, folder, __):
        shutil.copytree(source, folder)
        weights = load_file(folder / WEIGHTS)
        norm = "encoder.layer.5.output.LayerNorm.weight"
        save_file({**weights, norm: weights[norm] * np.linspace(1, scale, 384, dtype=np.float32)}, folder / WEIGHTS)

    return train


def kept(folder):
    return sorted(path.name for path in (folder / "encoders").iterdir())


def test_a_tuning_never_touches_the_encoder_that_an_index_uses(listing_site, monkeypatch):
    monkeypatch.setattr(encoder, "MIN_LISTS", 20)
    monkeypatch.setattr(encoder, "_train", other_weights(1.5))
    monkeypatch.setattr(encoder, "verdict", lambda *_: (True, "wins"))
    told = tune(listing_site, None, Silent())
    (name,) = kept(listing_site)
    place = listing_site / "encoders" / name
    assert f"--encoder {place} " in told
    root = open_root(listing_site)
    assert build_index(root, listing_site, encoder=str(place)).encoder.fingerprint.startswith(name)
    digest = model_digest(place)

    monkeypatch.setattr(encoder, "_train", other_weights(3))
    monkeypatch.setattr(encoder, "verdict", lambda *_: (False, "loses"))
    assert "not kept" in tune(listing_site, None, Silent())
    assert "nothing was written" in tune(listing_site, None, Silent(), anyway=True, dry_run=True)
    assert kept(listing_site) == [name]
    assert "to use it" in tune(listing_site, None, Silent(), anyway=True)
    assert len(kept(listing_site)) == 2
    assert model_digest(place) == digest
    assert not list(listing_site.glob(".training-*"))
    report = build_index(root, listing_site)
    assert (report.switched, report.encoded) == (False, 0)
    assert report.encoder.fingerprint.startswith(name)


def test_what_a_crash_left_of_a_training_is_removed_and_what_goes_on_is_not(listing_site):
    (listing_site / ".training-left").mkdir()
    (listing_site / ".training-left" / "model.safetensors").write_text("half")
    with training_folder(listing_site) as one:
        assert not (listing_site / ".training-left").exists()
        with training_folder(listing_site) as other:
            assert one.is_dir()
            assert other.is_dir()
    assert not list(listing_site.glob(".training-*"))


def test_a_trained_model_waits_for_the_build_that_holds_the_lock(listing_site, tmp_path, monkeypatch):
    model = tmp_path / "model"
    with open_index(listing_site) as index:
        shutil.copytree(encoder._source(index), model)
        fingerprint = index.manifest.encoder.fingerprint
    holder = ExitStack()
    holder.enter_context(writer_lock(listing_site))
    monkeypatch.setattr("time.sleep", lambda _: holder.close())
    told: list[str] = []
    place = keep(listing_site, model, fingerprint, told.append)
    assert "waiting for it" in told[0]
    assert (place.name, model.exists()) == (fingerprint[:12], False)
    (place / "README.md").write_text("not of the model")
    shutil.copytree(place, model)
    assert keep(listing_site, model, fingerprint, told.append) == place
    (place / "config.json").write_text("{}")
    with pytest.raises(IndexNotWritable, match="was changed since it was tuned"):
        keep(listing_site, model, fingerprint, told.append)


@pytest.mark.parametrize(
    ("lists", "graded", "adopted", "why"),
    [
        ((0.4, 0.5), (0.8, 0.8), True, "graded judgements"),
        ((0.4, 0.5), None, True, "held-out lists +0.100"),
        ((0.4, 0.4), (0.8, 0.9), False, "no gain that is sure"),
        ((0.5, 0.4), None, False, "no gain that is sure"),
        ((0.4, 0.5), (0.8, 0.7), False, "worse by the judgements"),
    ],
)
def test_an_encoder_wins_only_where_it_loses_nothing(lists, graded, adopted, why):
    def sides(some):
        return tuple(dict.fromkeys(range(40), one) for one in some) if some else ({}, {})

    found = verdict(sides(lists), sides(graded))
    assert found[0] == adopted
    assert why in found[1]


def row(index, name):
    found = index.row_of_id(name)
    assert found is not None
    return found


def open_root(folder):
    with open_index(folder) as index:
        return index.content_root


def test_pairs_hold_nothing_that_is_held_out(listing_site):
    with open_index(listing_site) as index:
        lists = [CuratedList(row(index, f"s{n}.md"), frozenset({row(index, f"a{n}.md")}), n) for n in range(60)]
        held = {row for one in lists[:30] for row in (one.row, *one.items)}
        some = training_pairs(index, lists, held)
        hidden = {article.title for article in index.articles(held).values()}
    assert some
    assert len({pair.anchor for pair in some}) > 30
    for pair in some:
        assert not any(title in text for title in hidden for text in (pair.anchor, pair.positive, pair.negative))
    assert np.mean([pair.positive != pair.negative for pair in some]) > 0.9


def test_negatives_are_alike_but_neither_listed_nor_most_alike_and_are_found_fast():
    count = 16_000
    random = np.random.default_rng(4)
    vectors = unit_rows(random.normal(size=(count, 384)).astype(np.float32))
    articles = {row: Article(f"{row}.md", "file", f"Title {row}", excerpt=f"Excerpt {row}") for row in range(count)}
    index: Any = SimpleNamespace(
        columns=SimpleNamespace(rows=np.arange(count)),
        articles=lambda rows: {row: articles[row] for row in rows},
        vectors=SimpleNamespace(get=lambda rows: vectors[rows]),
    )
    start = time.perf_counter()
    some = training_pairs(index, [], set())
    assert time.perf_counter() - start < 12  # takes 1 s; where every article had a product and a sort of its own, 21 s
    assert len(some) == pairs.MAX_PAIRS
    for pair in some[:50]:
        one, other = (int(text.split()[-1]) for text in (pair.anchor, pair.negative))
        rank = int((vectors @ vectors[one] > vectors[other] @ vectors[one] + 1e-6).sum())
        assert 49 <= rank <= 200
        assert pair.positive == f"Excerpt {one}"


def test_too_few_lists(harbour_index, tmp_path):
    with pytest.raises(UsageError, match="too few"):
        tune_encoder(harbour_index, {}, tmp_path / "model", Silent())
