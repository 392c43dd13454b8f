"""Names in capitals that are stop words or ordinary words otherwise."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.lexical import capitals
from search.index.opened import open_index
from tests.retrieval.asking import asked_of, ids


@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
@pytest.mark.parametrize("typed", ["WHO", "deaths counted by the WHO", "world health organisation"])
def test_a_stop_word_in_capitals_is_a_name(clinic, typed, mode):
    assert set(ids(asked_of(clinic, typed, k=2, mode=mode))) == {"who.md", "who-2.md"}


def test_a_stop_word_in_capitals_is_found_where_it_stands_so(clinic):
    found = asked_of(clinic, "WHO", mode="lexical", as_typed=True)
    assert set(ids(found)) == {"who.md", "who-2.md"}
    assert found.hits[0].score == pytest.approx(asked_of(clinic, "WHO", as_typed=True).hits[0].lexical)
    assert found.hits[0].score <= asked_of(clinic, "WHO", as_typed=True).hits[0].ceiling
    assert set(ids(asked_of(clinic, "who", mode="lexical"))) >= {"fakers.md", "night.md"}
    assert asked_of(clinic, "who never sleeps").others == []
    assert capitals("WHO, IT or US") == ["who", "it"]


def test_an_ordinary_word_in_capitals_is_sooner_a_name(site, tmp_path):
    site.article(
        "plans.md", "Children wait two years for a plan", "Special educational needs (SEND) cost more each year."
    )
    site.article("goal.md", "Late header sends United up", "A goal sends the supporters home happy.")
    site.article("post.md", "How a parcel goes by post", "Send it early.")
    for number in range(9):
        site.article(f"{number}.md", f"Ward {number} is painted", "In green, as before.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert ids(asked_of(index, "SEND plans"))[0] == "plans.md"
        lexical = asked_of(index, "SEND", mode="lexical")
        assert ids(lexical)[0] == "plans.md"
        assert set(ids(lexical)) == {"plans.md", "goal.md", "post.md"}  # stress alone loses nothing
        assert ids(asked_of(index, "send", mode="lexical"))[0] == "goal.md"
        # a word that nobody has in capitals is the word
        shouted, said = (asked_of(index, one, mode="lexical").hits for one in ("PARCEL post", "parcel post"))
        assert [hit.score for hit in shouted] == [hit.score for hit in said]


def test_one_frequent_word_in_capitals_takes_no_other_its_capitals(clinic, monkeypatch):
    monkeypatch.setattr("search.retrieval.wording._MOST_READ", 10)  # twenty wards are painted
    assert set(ids(asked_of(clinic, "WARD reports of the WHO", mode="lexical"))) >= {"who.md", "who-2.md"}
    assert not {"fakers.md", "night.md"} & set(ids(asked_of(clinic, "WARD reports of the WHO", mode="lexical", k=30)))
