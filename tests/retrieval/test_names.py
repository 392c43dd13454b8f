"""Names in a query: an article that has the whole name comes before one that has a part of it."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.fusion import NAME_SHARE
from search.retrieval.query import parse_query
from search.retrieval.wording import wording
from tests.retrieval.asking import NOW, asked_of, ids
from tests.site import Site


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    folder = tmp_path_factory.mktemp("region")
    site = Site(folder / "content")
    long = "Three halls with turbines of their own are to open within four years, and the grid has to grow for them. "
    site.article("halls.md", "Data halls for the valley", f"{long}Council leader Brida Smeth said so on a tour.")
    site.article("brida.md", "Brida Castle opens its tower", "The stairs are steep.")
    site.article("smeth.md", "Smeth and Sons bake no more", "The family closes the shop.")
    for number in range(6):
        site.article(f"castle-{number}.md", f"Castle {number} opens its gate", f"Visitors see the tower of {number}.")
        site.article(f"tower-{number}.md", f"Tower {number} of the mill falls", "Nobody was hurt.")
    build_index(site.root, folder / "index")
    with open_index(folder / "index") as index:
        yield index


def names_in(index, typed, *, as_typed=False):
    return wording(index, parse_query(typed, NOW), encoder_of(index), NOW, as_typed=as_typed).names


def test_who_has_the_whole_name_leads_wherever_it_stands(region):
    answer = asked_of(region, "brida smeth")
    assert ids(answer)[0] == "halls.md"
    (words,) = (part.value for part in answer.hits[0].parts if part.name == "words")
    assert words == pytest.approx(NAME_SHARE)
    assert words > (answer.hits[0].lexical or 0) / answer.hits[0].ceiling
    assert all(hit.score == pytest.approx(sum(part.adds for part in hit.parts)) for hit in answer.hits)


def test_beside_other_words_a_name_counts_by_its_weight(region):
    answer = asked_of(region, "brida smeth castle")
    words = {hit.article.id: part.value for hit in answer.hits for part in hit.parts if part.name == "words"}
    assert 0 < words["halls.md"] < NAME_SHARE
    assert words["castle-1.md"] < words["halls.md"]


def test_a_name_is_what_stands_together_wherever_its_rarer_word_does(region):
    assert names_in(region, "Brida Smeth of the castle tower") == [("brida", "smeth")]
    assert names_in(region, "smeth brida") == []
    assert names_in(region, "brida smeth", as_typed=True) == []
    assert names_in(region, "brida xyzzy") == []


def test_a_name_hides_nothing_and_lifts_nothing_that_a_filter_leaves_out(region):
    assert "halls.md" not in ids(asked_of(region, "brida smeth -grid"))
    assert len(asked_of(region, "brida smeth", k=50).hits) == 15
