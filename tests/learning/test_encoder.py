"""Tuning an encoder: it learns from what is listed, sees nothing that is held out, and stays an encoder."""

from __future__ import annotations

import numpy as np
import pytest

from search.encoders.select import prepare_encoder
from search.errors import UsageError
from search.evaluation.curated import CuratedList
from search.index.build import build_index
from search.index.opened import open_index
from search.index.progress import Silent
from search.learning import encoder, pairs
from search.learning.encoder import tune_encoder
from search.learning.pairs import training_pairs
from tests.site import item

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
    build_index(open_root(listing_site), tmp_path / "tuned", encoder=str(tmp_path / "model"))


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


def test_too_few_lists(harbour_index, tmp_path):
    with pytest.raises(UsageError, match="too few"):
        tune_encoder(harbour_index, {}, tmp_path / "model", Silent())
