"""The words of a query, as articles have them."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.letters import BOUNDARY
from search.index.lexical import terms
from search.index.opened import open_index
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.retrieval.asking import NOW, asked_of, ids


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I use the AKS cluster?", ["use", "aks", "cluster"]),
        ("to be or not to be", ["to", "be", "or", "not"]),
        ("K-40 K-40", ["k", "40"]),
        ("What does the WHO say on IT?", ["who", "say", "it"]),
        ("WHO SAYS THAT", ["says"]),
        ("Who said that", ["said"]),
        ("heat OR cold NOT warm", ["heat", "cold", "warm"]),
        ("", []),
    ],
)
def test_words_worth_searching_for(text, expected):
    assert terms(text) == expected


def test_a_contraction_is_searched_for_as_its_word(site, tmp_path):
    site.article("a.md", "Tenants could not pay", "The rent was due.")
    site.article("b.md", "A choir sings", "In the hall.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed in ("couldn't pay", "couldn’t pay", "they ain't going to pay", "tenants who won't pay"):
            answer = asked_of(index, typed, mode="lexical")
            assert (ids(answer), answer.absent) == (["a.md"], [])
    assert terms("vitamin d") == ["vitamin", "d"]


def test_a_short_word_that_is_unknown_is_no_slip_of_one_that_no_article_has(site, tmp_path):
    site.article("a.md", "Kwikpesa moves money by phone", "Shops take it.")
    site.article("b.md", "A choir sings", "In the hall.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = asked_of(index, "pesa", floor=False)
        assert (answer.corrected, answer.doubtful, ids(answer)[0]) == ([], [], "a.md")


def test_spellings_of_both_sides_of_the_atlantic_are_one(clinic):
    for typed, first in (("world health organisation", "who-2.md"), ("burns center", "centre.md")):
        answer = asked_of(clinic, typed, mode="lexical")
        assert first in ids(answer)
        assert (answer.corrected, answer.doubtful) == ([], [])
    assert asked_of(clinic, "burns center", as_typed=True).others == []


def test_a_last_l_is_doubled_or_not(site, tmp_path):
    site.article("a.md", "Councillor resigns over travellers' site", "She was labelled a bully.")
    site.article("b.md", "Plans are filed", "In the hall.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed in ("councilor", "traveler", "labeled"):
            answer = asked_of(index, typed, mode="lexical")
            assert (ids(answer), answer.absent) == (["a.md"], [])
        assert ids(asked_of(index, "filled", mode="lexical", as_typed=True)) == []


def test_what_is_one_word_to_full_text_search_counts_once(site, tmp_path):
    site.article("us.md", "Ferry canceled", publishedDateTime="2024-05-01T08:00:00Z")
    site.article("uk.md", "Bus cancelled", publishedDateTime="2024-05-02T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        one, other = (asked_of(index, typed) for typed in ("canceled", "cancelled"))
        assert one.others == other.others == []
        assert [hit.lexical for hit in one.hits] == [hit.lexical for hit in other.hits]


def test_an_ending_spelt_wrong_is_no_form(clinic):
    answer = asked_of(clinic, "superconducter")
    assert [one.meant for one in answer.corrected] == ["superconductor"]
    assert answer.hits[0].article.id == "conductor.md"


def test_a_misspelt_word_is_set_right_and_said(ask):
    answer = ask("poilce scan fcaes", k=1)
    assert [(one.typed, one.meant) for one in answer.corrected] == [("poilce", "police"), ("fcaes", "faces")]
    assert ask("poilce scan fcaes", k=1, as_typed=True).corrected == []


@pytest.mark.parametrize(
    ("title", "joined"), [("کتاب\u200cها در بندر", "کتاب\u200cها"), ("فروش نمی\u200cشود", "نمی\u200cشود")]
)
def test_words_are_found_with_and_without_their_joiners(site, tmp_path, title, joined):
    site.article("joined.md", title, topics=[f"{joined} تازه"], category=joined)
    site.article("parted.md", title.replace("\u200c", ""))
    site.article("other.md", "Ferry leaves late")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed in (joined, joined.replace("\u200c", ""), f'"{joined}"', f"ferry -{joined}"):
            answer = asked_of(index, typed, mode="lexical")
            found = {"other.md"} if "-" in typed else {"joined.md", "parted.md"}
            assert {hit.article.id for hit in answer.hits} == found
            assert (answer.corrected, answer.absent) == ([], [])
        for field, value in (("topic", f"{joined} تازه"), ("category", joined)):
            for written in (value, value.replace("\u200c", "")):
                (hit,) = asked_of(index, f'{field}:"{written}"').hits
                assert (hit.article.title, hit.article.topics) == (title, (f"{joined} تازه",))


@pytest.mark.parametrize("title", ["Quake shakes İzmir harbour", "Quake shakes i\u0307zmir harbour"])
def test_a_letter_that_falls_apart_in_small_letters_splits_no_word(site, tmp_path, title):
    site.article("quake.md", title, "What is known of it.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed in ("İzmir", "I\u0307zmir", "i\u0307zmir", "ızmir", "izmir", '"İZMİR harbour"', "-İzmit İzmir"):
            answer = asked_of(index, typed, mode="lexical")
            assert [hit.article.id for hit in answer.hits] == ["quake.md"], typed
            assert (answer.corrected, answer.absent) == ([], [])
        assert [(one.typed, one.meant) for one in asked_of(index, "İzmiir").corrected] == [("izmiir", "izmir")]


def test_no_phrase_runs_from_one_topic_into_the_next(site, tmp_path):
    site.article("a.md", "Warmth for the quarter", "Pipes are laid.", topics=["district heat", "pumps and valves"])
    site.article("b.md", "Warmth for one house", "A unit is set up.", topics=["heat pumps"])
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed in ('"heat pumps"', f'"heat {BOUNDARY} pumps"'):
            answer = search(index, parse_query(typed, NOW), Wishes(mode="lexical"), None, NOW)
            assert [hit.article.id for hit in answer.hits] == ["b.md"]
        answer = search(index, parse_query("valves", NOW), Wishes(mode="lexical"), None, NOW)
        assert [hit.article.id for hit in answer.hits] == ["a.md"]


def test_topics_are_searched(site, tmp_path):
    site.article("rings.md", "What an old beam tells", "A felled oak was dated.", topics=["dendrochronology"])
    site.article("other.md", "The tunnel opens late", "A boring machine waits.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for mode in ("lexical", "hybrid"):
            answer = search(index, parse_query("dendrochronology", NOW), Wishes(mode=mode), encoder_of(index), NOW)
            assert answer.hits[0].article.id == "rings.md"
