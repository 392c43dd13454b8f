"""Amounts in queries, and articles that write them in another way."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.retrieval.amounts import amounts_in
from search.retrieval.query import parse_query
from search.retrieval.wording import wording
from tests.retrieval.asking import NOW, asked_of, ids


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a loss of 31m", [("31m", ["31m", "31mn", "31mln", "31 million"])]),
        ("$10B deal", [("10b", ["10b", "10bn", "10bln", "10 billion"])]),
        (
            "lost 1.2bn, or 31 Million",
            [("2bn", ["1.2b", "1.2bn", "1.2bln", "1.2 billion"]), ("", ["31m", "31mn", "31mln", "31 million"])],
        ),
        ("a 6-billion crown deal", [("", ["6b", "6bn", "6bln", "6 billion"])]),
        ("2 tn and 3 trillion", [("", ["3tn", "3trn", "3 trillion"])]),
        ("5 m of hose, 12mm, v1.2.3b, 31 millions", []),
        ("a 7b model, a 5k run and 4K videos", []),
        ("41000 homes, in 2024", [("41000", ["41000", "41,000"])]),
        ("41k homes", [("41k", ["41k", "41 thousand", "41,000", "41000"])]),
    ],
)
def test_an_amount_is_found_however_it_is_typed(text, found):
    got = [(one.word, [way.lower() for way in one.ways]) for one in amounts_in(text)]
    assert got == found


def test_an_article_that_writes_an_amount_in_another_way_leads(site, tmp_path):
    for name, amount in {"31m": "31m", "31": "31 million", "412": "412 million", "31k": "31,000"}.items():
        site.article(f"{name}.md", f"A settlement of {amount} crowns", publishedDateTime="2024-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed in ("settlement of 31m", "settlement of 31 million", "31mn settlement"):
            answer = asked_of(index, typed)
            assert (set(ids(answer)[:2]), answer.absent) == ({"31m.md", "31.md"}, []), typed
        asked = wording(index, parse_query("31bn or 412m", NOW), encoder_of(index), NOW, as_typed=False)
        assert (asked.others, asked.counts["412m"], asked.counts["31bn"]) == (["412 million"], 1, 0)
        assert asked_of(index, "31mn", as_typed=True).absent == ["31mn"]
        assert asked_of(index, "settlement of 31000").absent == asked_of(index, "settlement of 31k").absent == []
        assert asked_of(index, "settlement of 99.7bn").absent == ["99.7bn"]
        assert asked_of(index, "settlement of $99.7 billion").absent == ["99.7 billion"]


def test_the_end_of_a_larger_number_is_no_amount(site, tmp_path):
    for name, amount in {"59": "59.5 billion", "1": "1.5 billion", "7": "7 billion"}.items():
        site.article(f"{name}.md", f"A settlement of {amount} crowns", publishedDateTime="2024-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        asked = [
            wording(index, parse_query(typed, NOW), encoder_of(index), NOW, as_typed=False)
            for typed in ("lost 5bn", "lost 7bn", "1.5bn and 59.5bn")
        ]
        assert [one.others for one in asked] == [[], ["7 billion"], ["1.5 billion", "59.5 billion"]]
        assert [one.counts.get("5bn") for one in asked] == [0, None, None]
        assert [one.missing for one in asked] == [[], [], []]
        site.article("5.md", "A settlement of 5 billion crowns", publishedDateTime="2024-05-01T08:00:00Z")
        site.article("15.md", "A settlement of 2.5 billion crowns", publishedDateTime="2024-05-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:  # one of four: searched for it is not, but there it is
        assert asked_of(index, "settlement of 5 billion").absent == []
        assert asked_of(index, "settlement of 6.5BN").absent == ["6.5bn"]
