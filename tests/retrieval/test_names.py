"""Names in a query: an article that has the whole name comes before one that has a part of it."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.lexical import ceiling, matches
from search.index.opened import open_index
from search.retrieval.fusion import PAIR_SHARE
from search.retrieval.query import parse_query
from search.retrieval.wording import wording
from tests.retrieval.asking import NOW, asked_of, ids
from tests.site import Site

NAME = ("brida", "smeth")


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    folder = tmp_path_factory.mktemp("region")
    site = Site(folder / "content")
    long = "Three halls with turbines of their own are to open within four years, and the grid has to grow for them. "
    site.article("halls.md", "Data halls for the valley", f"{long}Council leader Brida Smeth said so on a tour.")
    site.article("tour.md", "Out and about", "Brida Smeth went on her first tour of the hills today.")
    site.article("post.md", "Evening Post moves", "The Evening Post leaves.", publishedDateTime="2025-03-03T08:00:00Z")
    site.article("brida.md", "Brida Castle opens its tower", "The stairs are steep.")
    site.article("smeth.md", "Smeth and Sons bake no more", "The family closes the shop.")
    for number in range(6):
        site.article(f"castle-{number}.md", f"Castle {number} opens its gate", f"Visitors see the tower of {number}.")
        site.article(f"tower-{number}.md", f"Tower {number} of the mill falls", "Nobody was hurt.")
    build_index(site.root, folder / "index")
    with open_index(folder / "index") as index:
        yield index


def pairs_in(index, typed, *, as_typed=False):
    return wording(index, parse_query(typed, NOW), encoder_of(index), NOW, as_typed=as_typed).pairs


def words_of_hits(answer):
    """What words add to the score of each article, as a share of the most."""
    return {hit.article.id: part.value for hit in answer.hits for part in hit.parts if part.name == "words"}


def test_who_has_the_whole_name_counts_as_much_wherever_it_stands(region):
    answer = asked_of(region, "brida smeth")
    assert set(ids(answer)[:2]) == {"halls.md", "tour.md"}
    assert words_of_hits(answer)["halls.md"] == pytest.approx(PAIR_SHARE)
    assert (answer.hits[0].lexical or 0) / answer.hits[0].ceiling < PAIR_SHARE
    assert all(hit.score == pytest.approx(sum(part.adds for part in hit.parts)) for hit in answer.hits)


def test_other_words_count_beside_a_name_as_ever(region):
    answer = asked_of(region, "brida smeth turbines")
    words, most = words_of_hits(answer), answer.hits[0].ceiling
    of_name = PAIR_SHARE * ceiling(region.manifest.articles, (matches(region.connection, one) for one in NAME))
    beside = next(hit.lexical for hit in asked_of(region, "turbines").hits if hit.article.id == "halls.md")
    assert beside
    assert words["halls.md"] == pytest.approx((of_name + beside) / most, rel=1e-3)
    assert words["tour.md"] == pytest.approx(of_name / most, rel=1e-3)


def test_words_that_no_article_has_take_nothing_from_a_name(region):
    answers = [asked_of(region, typed) for typed in ("brida smeth", "brida smeth xyzzyx", "brida smeth xyzzyx qwghlm")]
    scored = [words_of_hits(answer)["halls.md"] * answer.hits[0].ceiling for answer in answers]
    assert scored == pytest.approx(scored[:1] * 3)


def test_a_pair_is_what_stands_together_wherever_its_rarer_word_does(region):
    assert pairs_in(region, "Brida Smeth of the castle tower") == [("brida", "smeth")]
    assert pairs_in(region, "smeth brida") == []
    assert pairs_in(region, "brida smeth", as_typed=True) == []
    assert pairs_in(region, "brida xyzzy") == []
    assert pairs_in(region, "castle 0") == []


def test_a_name_stays_whole_beside_a_time(region):
    asked = wording(region, parse_query("evening post news march 2025", NOW), encoder_of(region), NOW, as_typed=False)
    assert (asked.words, asked.pairs) == (["evening", "post"], [("evening", "post")])


def test_pairs_count_in_the_fusion_alone(region):
    lexical = asked_of(region, "brida smeth", mode="lexical")
    assert all(hit.score == hit.lexical for hit in lexical.hits)
    assert all(
        part.name == "cosine" for hit in asked_of(region, "brida smeth", mode="dense").hits for part in hit.parts
    )


def test_a_name_lifts_nothing_that_a_filter_leaves_out(region):
    assert set(ids(asked_of(region, "brida smeth -turbines"))[:1]) == {"tour.md"}
    assert "halls.md" not in ids(asked_of(region, "brida smeth -turbines", k=50))
