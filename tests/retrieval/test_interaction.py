"""What leads is read again, word by word."""

from datetime import UTC, datetime
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.encoders.base import TokenVectors, unit_rows
from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.fusion import MAX_SIM_WEIGHT
from search.retrieval.interaction import READ_AGAIN, max_sim, passage, token_weights
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.conftest import REPOSITORY
from tests.site import Site

NOW = datetime(2025, 6, 15, tzinfo=UTC)
PLACES = (
    "Acton Barrow Crewe Derby Epsom Frome Goole Hove Ilkley Jarrow Kendal Luton Margate Newark Oakham Poole Quorn "
    "Selby Truro Upton Ventnor Wells Yarm Zeal Ascot Bude Cowes Deal Ely Ripon"
).split()


def tokens_of(words, rng):
    places, at = [], 0
    for word in words:
        places.append((at, at + len(word)))
        at += len(word) + 1
    return TokenVectors(unit_rows(rng.normal(size=(len(words), 8)).astype(np.float32)), places)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_it_is_a_mean_of_cosines_and_one_for_the_same_text(query, document, seed):
    rng = np.random.default_rng(seed)
    one, other = tokens_of(["a"] * query, rng), tokens_of(["b"] * document, rng)
    weights = rng.uniform(0.1, 9, size=query)
    assert max_sim(one, weights, one) == pytest.approx(1, abs=1e-5)
    assert -1 - 1e-5 <= max_sim(one, weights, other) <= 1 + 1e-5


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 99))
def test_more_text_never_comes_less_near(query, document, seed):
    rng = np.random.default_rng(seed)
    one, other, more = (tokens_of(["a"] * size, rng) for size in (query, document, 3))
    longer = TokenVectors(np.concatenate([other.vectors, more.vectors]), other.places + more.places)
    weights = np.ones(query)
    assert max_sim(one, weights, longer) >= max_sim(one, weights, other) - 1e-6


def test_a_text_without_words_comes_no_nearer():
    rng = np.random.default_rng(0)
    assert max_sim(tokens_of(["a"], rng), np.ones(1), tokens_of([], rng)) == 0


def test_rare_words_count_more_and_stop_words_nothing():
    text = "drones over the fair"
    tokens = tokens_of(text.split(), np.random.default_rng(0))
    drones, over, the, fair = token_weights(text, tokens, {"drones": 1, "fair": 30}, 100)
    assert drones > fair > over == the == 0


def test_all_pieces_of_a_word_count_as_the_word():
    tokens = TokenVectors(np.eye(3, dtype=np.float32), [(0, 2), (2, 5), (6, 10)])
    assert token_weights("Núñez fair", tokens, {"núñez": 1, "fair": 1}, 100).tolist() == pytest.approx(
        [4.2] * 3, abs=0.1
    )


def test_where_no_word_is_rare_all_count_the_same():
    text = "who are you"
    tokens = tokens_of(text.split(), np.random.default_rng(0))
    assert token_weights(text, tokens, {}, 100).tolist() == [1, 1, 1]
    assert token_weights(text, tokens, {"who": 100}, 100).tolist() == [1, 1, 1]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """The index of more articles than are read again."""
    folder = tmp_path_factory.mktemp("many")
    site = Site(folder / "content")
    for number, place in enumerate(PLACES):
        site.article(f"{number}.md", f"Port of {place} tries cameras", f"Travellers at {place} are filmed at the gate.")
    build_index(site.root, folder / "index")
    with open_index(folder / "index") as index:
        yield index


@pytest.mark.parametrize("places", [[(0, 6), (6, 11)], [(0, 6), (7, 11)]])
def test_a_space_before_a_word_may_be_part_of_its_token(places):
    tokens = TokenVectors(np.eye(2, dtype=np.float32), places)
    assert (token_weights("drones fair", tokens, {"drones": 1, "fair": 1}, 100) > 4).all()


@pytest.mark.parametrize("collapse", [True, False])
def test_the_same_text_scores_the_same_however_many_there_are(tmp_path, collapse):
    site = Site(tmp_path / "content")
    for number in range(READ_AGAIN + 10):
        day = f"2025-{1 + number % 12:02}-0{1 + number // 12}"  # apart: no story
        site.article(f"{number}.md", "Ferry crews walk out", "The harbour is still.", publishedDateTime=day)
    for number, place in enumerate(PLACES[:9]):
        site.article(f"other-{number}.md", f"Ferry to {place}", "The harbour opens.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        wishes = Wishes(60, collapse=collapse)
        hits = search(index, parse_query("ferry harbour", NOW), wishes, encoder_of(index), NOW).hits
        copies = [hit for hit in hits if hit.article.title == "Ferry crews walk out"]
        assert len(copies) > READ_AGAIN
        assert len({(hit.score, hit.max_sim) for hit in copies}) == 1


def test_of_a_long_excerpt_that_part_is_read_that_has_a_rare_word():
    excerpt = "Three halls open. " * 12 + "Brida Smeth said so on a tour. " + "The grid has to grow. " * 3
    assert passage(excerpt, ["smeth"]).startswith("halls open. Three halls open. Brida Smeth said so")
    assert passage(excerpt, ["nobody", "three"]) == excerpt
    assert passage("ß" + excerpt, ["smeth"]) == "ß" + excerpt


def test_fewer_results_are_the_first_of_more(tmp_path):
    build_index(REPOSITORY / "examples" / "content", tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        encoder = encoder_of(index)
        # of these the best of each story are not the best of all
        for text in ("Kittiwake Bay ferry accident June 2025", "flood insurance", "face scans by the police"):
            ranked = [
                [hit.article.id for hit in search(index, parse_query(text, NOW), Wishes(k), encoder, NOW).hits]
                for k in (40, 12, 3, 1)
            ]
            assert all(one == ranked[0][: len(one)] for one in ranked)


def test_letters_taken_apart_are_the_same_query(tmp_path):
    site = Site(tmp_path / "content")
    site.article("café.md", "A café by the harbour", "It opens at noon.")
    for place in PLACES[:9]:
        site.article(f"{place}.md", f"The ferry to {place}", "It sails at noon.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        one, other = (
            search(index, parse_query(normalize(form, "café ferry"), NOW), Wishes(), encoder_of(index), NOW).hits
            for form in ("NFC", "NFD")
        )
        assert [(hit.article.id, hit.max_sim) for hit in one] == [(hit.article.id, hit.max_sim) for hit in other]


def test_what_was_not_read_counts_as_the_least_of_what_was(many):
    wishes = Wishes(len(PLACES), collapse=False)
    hits = search(many, parse_query("port cameras at the gate", NOW), wishes, encoder_of(many), NOW).hits
    assert len(hits) == len(PLACES) > READ_AGAIN
    found = [hit.max_sim or 0.0 for hit in hits]
    assert set(found[READ_AGAIN:]) == {min(found[:READ_AGAIN])}
    before = [hit.score - MAX_SIM_WEIGHT * near for hit, near in zip(hits, found, strict=True)]
    assert min(before[:READ_AGAIN]) >= max(before[READ_AGAIN:]) - 1e-9
    assert before[READ_AGAIN:] == sorted(before[READ_AGAIN:], reverse=True)
