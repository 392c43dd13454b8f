"""Queries with filters: what passes, and what is said of values that nothing has."""

from __future__ import annotations

import operator
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.errors import UsageError
from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import Filters
from search.index.opened import open_index
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.retrieval.asking import NOW, asked_of, ids


def test_filters_alone_list_the_newest_first(ask):
    answer = ask("", filters=Filters(topics=("Policing",)))
    assert ids(answer) == ["_news/crowd-cameras.md", "_news/face-cameras-wire.md", "_news/face-cameras.md"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(since=datetime(2025, 4, 1, tzinfo=UTC)), {"_news/crowd-cameras.md", "_news/regatta.md"}),
        (Filters(until=datetime(2025, 3, 1, tzinfo=UTC)), {"_news/heat-pumps.md"}),
        (Filters(topics=("climate", "SPORT")), {"_news/heat-pumps.md", "_news/regatta.md"}),
        (Filters(categories=("features",)), {"_news/heat-pumps.md"}),
        (Filters(providers=("northernwire.example",)), {"_news/face-cameras-wire.md"}),
        (Filters(providers=("Northern Wire",)), {"_news/face-cameras-wire.md"}),
        (Filters(types=("video",)), {"_videos/harbour-tour.md"}),
        (Filters(min_quality=81), {"_news/crowd-cameras.md"}),
        (Filters(published=False), {"_news/regatta.md"}),
        (Filters(origin="embedded"), {"https://quaycourier.example/watchdog"}),
        (Filters(phrases=("scan faces",)), {"_news/face-cameras.md", "_news/face-cameras-wire.md"}),
        (Filters(topics=("Policing",), without=("faces",)), {"_news/crowd-cameras.md"}),
        (Filters(without_topics=("policing", "Sport"), types=("article",), origin="file"), {"_news/heat-pumps.md"}),
        (Filters(topics=("Policing",), without_providers=("harbourpost.example",)), {"_news/face-cameras-wire.md"}),
        (Filters(without_categories=("news",), origin="file"), {"_news/heat-pumps.md"}),
        (Filters(without_types=("article",)), {"_videos/harbour-tour.md"}),
    ],
)
@pytest.mark.parametrize("mode", ["dense", "hybrid"])
def test_a_filter_passes_just_what_it_names(ask, filters, expected, mode):
    assert set(ids(ask("anything at all", mode=mode, filters=filters))) == expected


@pytest.mark.parametrize(
    ("filters", "hint"),
    [
        (Filters(topics=("Policeing",)), "'Policing'"),
        (Filters(without_topics=("Policeing",)), "'Policing'"),
        (Filters(providers=("harborpost.example",)), "'harbourpost.example'"),
        (Filters(types=("vidoe",)), "'video'"),
        (Filters(categories=("feature",)), "'features'"),
    ],
)
def test_a_value_that_nothing_has_names_the_nearest(ask, filters, hint):
    with pytest.raises(UsageError) as caught:
        ask("police", filters=filters)
    assert hint in caught.value.hint


some = st.sampled_from


any_filters = st.builds(
    Filters,
    since=some([None, date(2025, 3, 1), date(2025, 5, 1), datetime(2025, 3, 9, 8, tzinfo=UTC)]),
    until=some([None, date(2025, 3, 10), datetime(2025, 3, 10, 9, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)]),
    topics=some([(), ("Policing",), ("Sport", "Climate")]),
    categories=some([(), ("news",)]),
    providers=some([(), ("harbourpost.example",), ("Quay Courier",)]),
    types=some([(), ("article",), ("video", "article")]),
    min_quality=some([None, 0, 61]),
    published=some([None, True, False]),
    origin=some([None, "file", "embedded"]),
    phrases=some([(), ("facial recognition",)]),
    without=some([(), ("ferry",)]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(filters=any_filters, k=st.integers(1, 12), mode=some(["dense", "hybrid"]))
def test_there_are_always_as_many_results_as_pass_up_to_k(ask, harbour_index, filters, k, mode):
    answer = ask("cameras in the port", k=k, mode=mode, filters=filters)
    articles = harbour_index.articles(harbour_index.rows(harbour_index.condition(Filters()))).values()
    passing = {article.id for article in articles if _passes(article, filters)}
    assert answer.passing == len(passing)
    assert len(answer.hits) == min(k, len(passing))
    assert set(ids(answer)) <= passing


def _said(article, bound, compared):
    """A moment is compared with the moment, a day with the day that the article's own clock showed."""
    at = article.published_at
    return at is not None and compared(at if isinstance(bound, datetime) else at.date(), bound)


def _passes(article, filters):
    """The filters once more, in Python."""
    text = f"{article.title} {article.excerpt}".lower()
    checks = [
        not filters.since or _said(article, filters.since, operator.ge),
        not filters.until or _said(article, filters.until, operator.lt),
        not filters.topics or set(article.topics) & set(filters.topics),
        not filters.categories or article.category in filters.categories,
        not filters.providers or {article.provider.name, article.provider.domain} & set(filters.providers),
        not filters.types or article.type in filters.types,
        filters.min_quality is None or (article.quality is not None and article.quality >= filters.min_quality),
        filters.published is None or (article.published is not False) == filters.published,
        not filters.origin or article.origin == filters.origin,
        all(phrase in text for phrase in filters.phrases),
        not any(word in text for word in filters.without),
    ]
    return all(checks)


def test_a_topic_is_found_without_its_accents(site, tmp_path):
    site.article("a.md", "Trams stand still", topics=["Zürich"])
    site.article("b.md", "A canal opens", topics=["Zurich", "Zürich"])
    site.article("c.md", "Trams again", topics=["Geneva"])
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        found = {
            typed: ids(search(index, parse_query(f"topic:{typed}", NOW), Wishes(), None, NOW))
            for typed in ("zürich", "ZURICH", "geneva")
        }
    assert {typed: sorted(some) for typed, some in found.items()} == {
        "zürich": ["a.md", "b.md"],
        "ZURICH": ["b.md"],
        "geneva": ["c.md"],
    }


def test_what_a_query_says_narrows_what_an_option_says(ask):
    text = Filters(topics=("Policing", "Sport"), origin="file")
    assert ids(ask("", filters=text.and_also(Filters(topics=("Sport", "Climate"))))) == ["_news/regatta.md"]
    assert ids(ask("", filters=text.and_also(Filters(origin="embedded")))) == []
    both = Filters(published=True).and_also(Filters(published=False))
    assert ids(ask("", filters=both)) == []
    assert text.and_also(Filters(types=("article",))) == Filters(
        topics=("Policing", "Sport"), origin="file", types=("article",)
    )


@given(one=any_filters, other=any_filters)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_two_filters_pass_what_both_pass(harbour_index, one, other):
    rows = [
        set(harbour_index.rows(harbour_index.condition(each)).tolist()) for each in (one, other, one.and_also(other))
    ]
    assert rows[2] == rows[0] & rows[1]


def test_names_are_found_by_whoever_has_no_such_key(site, tmp_path):
    names = {
        "Odegaard": "Ødegaard signs a new contract",
        "Sorloth": "Sørloth scores twice",
        "vangard": "Eira Vångard on tree rings",
        "Strasse": "Eine Straße in Köln",
        "lodz": "Trams of Łódź",
        "finance": "Schools wait for ﬁnance",
        "kestrels": "Ｋｅｓｔｒｅｌｓ nest on the roof",
        "Aethelred": "King Æthelred was ill advised",
        "Izmir": "Quake shakes İzmir for a minute",
    }
    for typed, title in names.items():
        site.article(f"{typed}.md", title, "What is known of it.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        encoder = encoder_of(index)
        for typed, title in names.items():
            name = next(word for word in title.split() if not word.isascii())
            for text in (typed, f'"{typed}"', name, name.upper()):
                for mode in ("lexical", "hybrid"):
                    answer = search(index, parse_query(text, NOW), Wishes(mode=mode), encoder, NOW)
                    assert answer.hits, text
                    assert (answer.hits[0].article.id, answer.corrected) == (f"{typed}.md", [])


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("category:sport", 'some have it as a topic: topic:"Sport"'),
        ("topic:news", 'some have it as a category: category:"News"'),
        ("-topic:NEWS", 'some have it as a category: category:"News"'),
        ("topic:sports", "did you mean 'Sport'?"),
    ],
)
def test_whoever_takes_a_category_for_a_topic_is_told(site, tmp_path, typed, hint):
    site.article("race.md", "Boats race to the harbour", category="News", categories=["News", "Sport"], tags=["Boats"])
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index, pytest.raises(UsageError) as raised:
        asked_of(index, f"race {typed}")
    assert raised.value.hint == hint
