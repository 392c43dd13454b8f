"""Queries against a small index, scores checked against arithmetic done by hand."""

from __future__ import annotations

import math
import operator
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.errors import UsageError
from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import ANYTHING, Filters
from search.index.letters import BOUNDARY
from search.index.lexical import any_of, bm25, capitals, ceiling, matches, terms
from search.index.opened import open_index
from search.retrieval.floor import FLOOR_COSINE
from search.retrieval.floor import absent as absent_words
from search.retrieval.fusion import FEEDBACK_WEIGHT, LEXICAL_WEIGHT, MAX_SIM_WEIGHT, Part
from search.retrieval.notes import notes
from search.retrieval.query import Query, parse_query
from search.retrieval.scores import RECENCY_WEIGHT, Wishes
from search.retrieval.search import search
from search.retrieval.why_not import why_not
from tests.retrieval.asking import NOW, Shortest, asked_of, ids
from tests.site import Site


@pytest.fixture(scope="module")
def harbour_index(harbour_to_read):
    with open_index(harbour_to_read[1]) as index:
        yield index


@pytest.fixture
def ask(harbour_index):
    encoder = encoder_of(harbour_index)

    def asked(typed, *, filters=ANYTHING, collapse=False, **wishes):
        query = parse_query(typed, NOW) if typed else Query("", ANYTHING)
        return search(harbour_index, query.narrowed(filters), Wishes(collapse=collapse, **wishes), encoder, NOW)

    return asked


def test_meaning_finds_what_words_do_not(ask):
    found = ids(ask("biometric surveillance of passengers", k=3, mode="dense"))
    assert set(found) == {"_news/crowd-cameras.md", "_news/face-cameras.md", "_news/face-cameras-wire.md"}
    assert ids(ask("biometric surveillance of passengers", mode="lexical")) == []


def test_words_find_a_product_code(ask):
    assert ids(ask("K-40", mode="lexical")) == ["_news/heat-pumps.md"]
    assert ids(ask("Kestrel K-40"))[0] == "_news/heat-pumps.md"


def test_dense_scores_are_cosines(ask, harbour_index):
    answer = ask("rain at the boat race", mode="dense")
    query = encoder_of(harbour_index).encode_queries(["rain at the boat race"])[0]
    for hit in answer.hits:
        row = harbour_index.row_of_id(hit.article.id)
        vector = harbour_index.vectors.get(np.array([row]))[0]
        assert hit.score == pytest.approx(float(vector @ query), abs=1e-5)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_hybrid_scores_are_the_stated_sum(ask):
    dense = {hit.article.id: hit.score for hit in ask("port cameras", mode="dense").hits}
    lexical = {hit.article.id: hit.score for hit in ask("port cameras", mode="lexical").hits}
    # Of 7 articles 4 have "port" and 2 "cameras" ("travellers" and the rest are not asked for).
    most = 2.2 * (max(math.log((7 - 4 + 0.5) / (4 + 0.5)), 1e-6) + math.log((7 - 2 + 0.5) / (2 + 0.5)))
    for hit in ask("port cameras").hits:
        expected = dense[hit.article.id] + LEXICAL_WEIGHT * lexical.get(hit.article.id, 0.0) / most
        expected += FEEDBACK_WEIGHT * hit.feedback + MAX_SIM_WEIGHT * hit.max_sim
        assert hit.score == pytest.approx(expected, abs=1e-5)
        assert hit.lexical == pytest.approx(lexical.get(hit.article.id, 0.0))


def test_no_article_scores_more_than_the_ceiling(harbour_index):
    where = harbour_index.condition(Filters())
    connection = harbour_index.connection
    for text in ("port", "facial recognition", "Kestrel K-40 boilers", "rain delays the spring regatta"):
        most = ceiling(harbour_index.manifest.articles, [matches(connection, word) for word in terms(text)])
        for _, score in bm25(connection, any_of(terms(text)), where, 10):
            assert score <= most


def test_a_filter_changes_no_score(ask):
    everything = {hit.article.id: (hit.dense, hit.lexical) for hit in ask("cameras in the port").hits}
    for hit in ask("cameras in the port", filters=Filters(topics=("Policing",))).hits:
        assert (hit.dense, hit.lexical) == pytest.approx(everything[hit.article.id])


def test_results_are_ordered_and_ranked_from_one(ask):
    answer = ask("port")
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)


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


def test_k_larger_than_the_pool_of_the_fusion(site, tmp_path, monkeypatch):
    from search.index.build import build_index
    from search.index.opened import open_index
    from search.retrieval import scores as module

    for number in range(30):
        site.article(f"{number:02}.md", f"Ferry {number} leaves", "On time." if number % 2 else "Late.")
    build_index(site.root, tmp_path / "index")
    monkeypatch.setattr(module, "POOL", 4)
    with open_index(tmp_path / "index") as index:
        encoder = encoder_of(index)
        for k in (1, 4, 5, 30, 31):
            answer = search(index, parse_query("ferry time", NOW), Wishes(k), encoder, NOW)
            assert len(answer.hits) == min(k, 30)


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_copies_of_one_story_leave_room_for_others(site, tmp_path, monkeypatch, mode):
    from search.retrieval import scores as module

    for number in range(60):
        site.article(f"{number:02}.md", "Ferry leaves late", "Ferry leaves late.", publishedDateTime="2025-03-01")
    site.article("rings.md", "A beam of an old ferry is dated by its rings", publishedDateTime="2019-03-01")
    site.article("sold.md", "Bank buys what the ferry company owes", publishedDateTime="2022-03-01")
    build_index(site.root, tmp_path / "index")
    monkeypatch.setattr(module, "POOL", 4)
    with open_index(tmp_path / "index") as index:
        answer = search(index, parse_query("ferry late", NOW), Wishes(3, mode), encoder_of(index), NOW)
        assert (ids(answer)[0], set(ids(answer))) == ("00.md", {"00.md", "rings.md", "sold.md"})
        assert len(answer.hits[0].also) == 59
        again = search(index, answer.query, Wishes(3, mode), encoder_of(index), NOW, Shortest())
        assert set(ids(again)) == {"00.md", "rings.md", "sold.md"}


def test_equal_scores_stand_in_the_order_of_ids(site, tmp_path):
    from search.index.build import build_index
    from search.index.opened import open_index

    for name in ("d", "b", "a", "c"):
        site.article(f"{name}.md", "The same words", "Again and again.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = search(index, parse_query("same words", NOW), Wishes(3), encoder_of(index), NOW)
        assert ids(answer) == ["a.md", "b.md", "c.md"]


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


def test_what_leads_says_what_was_meant(ask):
    hits = ask("port cameras").hits
    assert all(-1 <= hit.feedback <= 1 for hit in hits)
    assert all(hit.feedback is None for hit in ask("port cameras", mode="dense").hits)


def test_a_story_comes_once_while_there_are_others_to_show(ask):
    apart = ids(ask("police scan faces at the ferry terminal", k=3))
    assert {"_news/face-cameras.md", "_news/face-cameras-wire.md"} <= set(apart)
    answer = ask("police scan faces at the ferry terminal", k=3, collapse=True)
    both = {"_news/face-cameras.md", "_news/face-cameras-wire.md"}
    assert len(both & set(ids(answer))) == 1
    assert {answer.hits[0].article.id, *answer.hits[0].also} == both
    assert answer.hits[0].story == (answer.hits[0].story[0], 2)
    everything = ask("police scan faces at the ferry terminal", k=7, collapse=True)
    assert both <= set(ids(everything))
    assert everything.hits[0].also == ()


def test_nothing_is_said_to_be_found_when_nothing_comes_near(ask):
    assert ask("sonnet by a medieval poet").hits == []
    near = ask("sonnet by a medieval poet", floor=False).hits
    assert near
    assert max(hit.dense for hit in near) < FLOOR_COSINE


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """An index of a site on health: a company, two explained WHOs, others who do something."""
    texts = {
        "recall": ("Carrow takes its injection off the market", "Patients with migraine are told to wait."),
        "who": ("Measles deaths rise, says WHO", "The World Health Organization (WHO) counts them."),
        "who-2": ("Fewer die of malaria", "So the World Health Organization (WHO) reports."),
        "fakers": ("Meet the people who find faked data", "They are those who read what nobody reads."),
        "night": ("A nurse who never sleeps", "Who looks after those who look after us?"),
        "retraction": ("Journal announces a retraction", "The paper on tea was wrong."),
        "conductor": ("A superconductor that was none", "Nothing floats."),
        "centre": ("A new centre for burns", "It opens in March."),
        **{f"more-{number}": (f"Ward {number} is painted", "In green, as before.") for number in range(20)},
    }
    folder = tmp_path_factory.mktemp("clinic")
    site = Site(folder / "content")
    for name, (title, excerpt) in texts.items():
        site.article(f"{name}.md", title, excerpt, topics=["Hospitals"] if name.startswith("more") else ["Science"])
    build_index(site.root, folder / "index")
    with open_index(folder / "index") as index:
        yield index


@pytest.mark.parametrize("typed", ["Carrow wedding", "Carrow chief resigns", "Carrow album guitar"])
def test_a_name_that_an_article_has_is_enough(clinic, typed):
    answer = asked_of(clinic, typed)
    assert answer.hits[0].article.id == "recall.md"
    assert max(hit.dense for hit in asked_of(clinic, typed, k=30).hits) < FLOOR_COSINE
    assert answer.near
    # but not where the filters lose it
    assert not asked_of(clinic, f"{typed} topic:Hospitals").near


@pytest.mark.parametrize("typed", ["guitar chords", "March of the chess champions in Reykjavik", "qwfpgj zzzzz"])
def test_what_no_article_treats_finds_nothing(clinic, typed):
    answer = asked_of(clinic, typed)
    assert (answer.hits, answer.near) == ([], False)


def test_what_is_far_is_found_and_said_under_filters(clinic):
    answer = asked_of(clinic, "guitar chords topic:Hospitals", k=20)
    assert (len(answer.hits), answer.near, answer.absent) == (20, False, ["guitar", "chords"])


def test_nothing_is_said_to_be_absent_of_scripts_without_spaces():
    assert absent_words({"world": 0, "東京": 0, "ﾜｸﾁﾝ": 0}) == ["world"]


@pytest.mark.parametrize(
    ("typed", "absent"),
    [
        ("Ebola", ["ebola"]),
        ("guitar", ["guitar"]),
        ("ebola patients", ["ebola"]),
        ("refugees as patients", ["refugees"]),
        ("music for patients", []),  # an ordinary word may be said in other words
        ("measles", []),
        ("world health organisation", []),
        ("ワクチン接種", []),  # one word to the index, where others run on
    ],
)
def test_telling_words_that_no_article_has_are_named(clinic, typed, absent):
    assert asked_of(clinic, typed).absent == absent


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


def test_a_story_is_of_a_time_when_one_of_its_articles_is(site, tmp_path):
    for number, day in enumerate(("02", "03", "04")):
        moment = f"2025-03-{day}T10:00:00Z"
        site.article(
            f"{number}.md",
            "Outage takes Harbour Bank offline",
            f"Day {number} of it.",
            publishedDateTime=moment,
            provider=f"Outlet {number}",
        )
    for number in range(12):
        moment = f"2024-{number + 1:02}-05T10:00:00Z"
        site.article(f"more-{number}.md", f"Ward {number} is painted", "In green.", publishedDateTime=moment)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        query = parse_query("outage 3 march 2025", NOW)
        answer = search(index, query, Wishes(2), encoder_of(index), NOW)
        assert len(answer.hits[0].also) == 2
        assert not any("none of these" in note.text for note in notes(answer))


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


def test_where_nothing_is_found_what_is_meant_is_searched_for(clinic):
    answer = asked_of(clinic, "retration")
    assert [(one.typed, one.meant) for one in answer.corrected] == [("retration", "retraction")]
    assert (answer.hits[0].article.id, answer.near) == ("retraction.md", True)
    kept = asked_of(clinic, "retration", as_typed=True)
    assert (kept.corrected, kept.doubtful, kept.absent) == ([], [], ["retration"])
    query, encoder = parse_query("retration", NOW), encoder_of(clinic)
    row = clinic.row_of_id("retraction.md")
    assert why_not(clinic, row, query, Wishes(collapse=False), encoder, NOW).stage == "shown"


def test_an_ending_spelt_wrong_is_no_form(clinic):
    answer = asked_of(clinic, "superconducter")
    assert [one.meant for one in answer.corrected] == ["superconductor"]
    assert answer.hits[0].article.id == "conductor.md"


def test_recency_lifts_what_is_new_by_no_more_than_stated(ask):
    plain = {hit.article.id: hit.score for hit in ask("cameras").hits}
    recent = {hit.article.id: hit.score for hit in ask("cameras", half_life_days=30.0).hits}
    gain = {key: recent[key] - plain[key] for key in plain}
    assert all(-1e-6 <= some <= RECENCY_WEIGHT for some in gain.values())
    assert gain["_news/crowd-cameras.md"] == pytest.approx(RECENCY_WEIGHT * 0.5 ** (12.6667 / 30), abs=1e-4)
    assert max(gain, key=gain.__getitem__) == "_news/crowd-cameras.md"


def test_a_misspelt_word_is_set_right_and_said(ask):
    answer = ask("poilce scan fcaes", k=1)
    assert [(one.typed, one.meant) for one in answer.corrected] == [("poilce", "police"), ("fcaes", "faces")]
    assert ask("poilce scan fcaes", k=1, as_typed=True).corrected == []


class ByLength:
    """Scores a text by its length: an order that no retriever gives."""

    def scores(self, query, texts):
        return np.array([len(text) for text in texts], dtype=np.float32)


def test_a_reranker_orders_what_was_found(harbour_index):
    encoder = encoder_of(harbour_index)
    query = parse_query("ferry", NOW)
    wishes = Wishes(k=5, collapse=False)
    answer = search(harbour_index, query, wishes, encoder, NOW, ByLength())
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(answer.hits) == len(search(harbour_index, query, wishes, encoder, NOW).hits)
    first = answer.hits[0].article
    assert scores[0] >= len(first.title) + len(first.excerpt)
    assert [hit.parts for hit in answer.hits] == [(Part("reranker", 1.0, score),) for score in scores]


class Indifferent:
    """A reranker to whom all is one."""

    def scores(self, query, texts):
        return np.zeros(len(texts), dtype=np.float32)


def test_a_reranker_reads_equal_articles_in_the_order_of_ids(site, tmp_path):
    for number in range(60):
        site.article(f"a{number + 1:02}.md", "Ferry leaves late", "Ferry leaves late.", publishedDateTime="2025-03-01")
    build_index(site.root, tmp_path / "index")
    site.article("a00.md", "Ferry leaves late", "Ferry leaves late.", publishedDateTime="2025-03-01")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        wishes = Wishes(3, collapse=False)
        answer = search(index, parse_query("ferry late", NOW), wishes, encoder_of(index), NOW, Indifferent())
    assert [hit.article.id for hit in answer.hits] == ["a00.md", "a01.md", "a02.md"]


def test_why_not_counts_ranks_as_the_reranker_does(harbour_index):
    encoder = encoder_of(harbour_index)
    query = parse_query("ferry", NOW)
    wishes = Wishes(k=5, collapse=False)
    last = search(harbour_index, query, wishes, encoder, NOW, ByLength()).hits[-1].article.id
    found = why_not(harbour_index, harbour_index.row_of_id(last), query, replace(wishes, k=1), encoder, NOW, ByLength())
    assert (found.stage, found.rank) == ("rank", 5)


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


def test_where_nothing_is_found_more_is_asked(site, tmp_path):
    site.article("cattle.md", "Bluetongue found in cattle near the port", "Farms may move none.")
    site.article("other.md", "The tunnel opens late", "A boring machine waits.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for typed, told in (("blootongue", "bluetongue"), ('"blootongue"', '"bluetongue"')):
            answer = search(index, parse_query(typed, NOW), Wishes(), encoder_of(index), NOW)
            assert (answer.hits, [one.meant for one in answer.doubtful]) == ([], [told])
            assert not search(index, answer.query, Wishes(as_typed=True), encoder_of(index), NOW).doubtful


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


def test_all_of_a_story_are_told_under_the_one_that_is_shown_and_fill_up_at_the_end(site, tmp_path):
    text = ("Crane falls into the harbour basin", "Nobody was hurt.")
    for number, topics in enumerate([["shipyards"], [], ["policing"]]):
        site.article(f"{number}.md", *text, topics=topics, provider={"name": f"Paper {number}"})
    site.article("hidden.md", *text, topics=[], published=False)
    site.article("other.md", "A crane is sold", "Its new owner is a museum.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        query, wishes = parse_query("shipyards", NOW), Wishes(k=1, mode="lexical")
        (hit,) = search(index, query, wishes, None, NOW).hits
        assert (hit.article.id, set(hit.also)) == ("0.md", {"1.md", "2.md", "hidden.md"})
        (other,) = (row for row, name in index.ids(range(9)).items() if name == "1.md")
        found = why_not(index, other, query, wishes, None, NOW)
        assert (found.stage, found.rank) == ("story", None)
        assert "none of the query's words" in found.told
        assert "folded under 0.md (rank 1)" in found.told
        query = replace(parse_query("shipyards", NOW), filters=Filters(published=True))
        (hit,) = search(index, query, wishes, None, NOW).hits
        assert (hit.article.id, set(hit.also)) == ("0.md", {"1.md", "2.md"})
        answer = search(index, parse_query("crane falls", NOW), Wishes(k=4), encoder_of(index), NOW)
        shown = [hit.article.id for hit in answer.hits]
        assert (len(shown), shown[1]) == (4, "other.md")
        assert {*shown, *answer.hits[0].also} == {"0.md", "1.md", "2.md", "hidden.md", "other.md"}


def test_topics_are_searched(site, tmp_path):
    site.article("rings.md", "What an old beam tells", "A felled oak was dated.", topics=["dendrochronology"])
    site.article("other.md", "The tunnel opens late", "A boring machine waits.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        for mode in ("lexical", "hybrid"):
            answer = search(index, parse_query("dendrochronology", NOW), Wishes(mode=mode), encoder_of(index), NOW)
            assert answer.hits[0].article.id == "rings.md"
