"""Suggestions for an article."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from search.errors import UsageError
from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import ANYTHING, Filters
from search.index.opened import open_index
from search.related.candidates import curated_rows, find_pool
from search.related.options import Options
from search.related.profile import profile_of
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.related.every import every_file
from tests.site import item


def addresses(article):
    return {article.canonical_url, *article.alias_urls} - {""}


def test_never_the_article_itself_nor_a_copy_nor_what_is_curated(samples, ranker):
    suggested = 0
    for article_id in every_file(samples):
        subject = find_subject(samples, article_id)
        curated = {row for rows in curated_rows(samples, subject.curated) for row in rows}
        answer = suggest(samples, subject, Options(k=20), ranker=ranker)
        rows = {samples.row_of_id(suggestion.article.id) for suggestion in answer.suggested}
        suggested += len(rows)
        assert subject.row not in rows
        assert not rows & curated
        known = addresses(subject.article)
        for entry in subject.curated:
            known |= addresses(entry.article) if entry.article else set()
        assert not any(addresses(suggestion.article) & known for suggestion in answer.suggested)
    assert suggested > 1000


def test_a_copy_in_capitals_is_a_copy(site, tmp_path, ranker):
    excerpt = "Divers found cracks in two piers."
    site.article("one.md", "Harbour bridge closes for repair", excerpt, publishedDateTime="2025-03-01T08:00:00Z")
    site.article("copy.md", "HARBOUR BRIDGE closes for repair!", excerpt, publishedDateTime="2025-03-20T08:00:00Z")
    site.article("next.md", "Harbour bridge stays shut for six months", "Steel is hard to get.")
    site.article("other.md", "Bakery wins a prize", "For its rye bread.", related=[])
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = suggest(index, find_subject(index, "one.md"), Options(min_probability=0.0), ranker=ranker)
        assert "copy.md" not in {one for shown in answer.suggested for one in (shown.article.id, *shown.also)}
        assert answer.suggested[0].article.id == "next.md"
        told = index.stories([row for path in ("one.md", "copy.md") if (row := index.row_of_id(path))])
        assert len({leader for leader, _ in told.values()}) == 1
        assert len(told) == 2


def test_no_article_stands_twice_and_near_duplicates_are_folded(samples, ranker):
    stand = also = 0
    for article_id in every_file(samples):
        answer = suggest(samples, find_subject(samples, article_id), Options(k=10), ranker=ranker)
        shown = [suggestion.article.id for suggestion in answer.suggested]
        folded = [other for suggestion in answer.suggested for other in suggestion.also]
        stand, also = stand + len(shown), also + len(folded)
        assert len(set(shown + folded)) == len(shown + folded)
        titles = [suggestion.article.title.casefold() for suggestion in answer.suggested]
        assert len(set(titles)) == len(titles)
    assert stand > 1000
    assert also > 50


def test_two_runs_give_the_same(samples):
    subject = find_subject(samples, every_file(samples)[3])
    assert suggest(samples, subject, Options(k=20)) == suggest(samples, subject, Options(k=20))


def test_filters_hold_for_suggestions(samples):
    subject = find_subject(samples, every_file(samples)[0])
    moment = datetime(2025, 6, 1, tzinfo=UTC)
    answer = suggest(samples, subject, Options(k=10, filters=Filters(since=moment, origin="file")))
    assert answer.suggested
    for suggestion in answer.suggested:
        assert (suggestion.article.published_at or moment.min.replace(tzinfo=UTC)) >= moment
        assert suggestion.article.origin == "file"


def test_the_same_wire_story_comes_once(site, tmp_path):
    site.article("subject.md", "Ferry strike enters its second week", "Dockers and the port talk again on Monday.")
    for number in range(5):
        site.article(
            f"wire-{number}.md",
            "Ferry strike: talks resume" + " (update)" * (number % 2),
            "The port and the dockers' union are to meet on Monday, both said.",
            provider={"name": f"Outlet {number}", "domain": f"outlet{number}.example"},
        )
    site.article("other.md", "Rain delays the regatta", "Crews wait.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = suggest(index, find_subject(index, "subject.md"), Options(k=10))
        assert [suggestion.article.id for suggestion in answer.suggested][1:] == ["other.md"]
        assert len(answer.suggested[0].also) == 4
        flat = suggest(index, find_subject(index, "subject.md"), Options(k=10, collapse=False))
        assert len(flat.suggested) == 6


def test_outlets_on_the_pages_of_one_site_are_told_apart_by_name(site, tmp_path):
    for number in range(6):
        outlet, title = f"Outlet {number // 2}", f"Ferry strike: dockers refuse offer number {number}"
        site.article(f"{number}.md", title, "The port and the union meet again.", provider=outlet)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert index.columns.provider.tolist() == [0, 0, 1, 1, 2, 2]
        subject = find_subject(index, "2.md")
        profile = profile_of(index, subject, None)
        assert profile.provider == 1
        suggested = suggest(index, subject, Options(k=10, per_provider=1, min_probability=0)).suggested
        assert sorted(one.article.provider.name for one in suggested) == ["Outlet 0", "Outlet 1", "Outlet 2"]


def test_a_near_duplicate_of_a_curated_item_is_not_proposed(site, tmp_path):
    text = "The port and the dockers' union are to meet on Monday, both said."
    site.article(
        "subject.md", "Ferry strike", "A week on.", related=[item("Talks resume", "https://a.example/1", text)]
    )
    site.article("copy.md", "Talks resume", text, webUrl="https://b.example/2")
    site.article("other.md", "Rain delays the regatta", "Crews wait.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = suggest(index, find_subject(index, "subject.md"), Options(k=10))
        assert [suggestion.article.id for suggestion in answer.suggested] == ["other.md"]
        blind = suggest(index, find_subject(index, "subject.md"), Options(k=10, blind=True, collapse=False))
        assert {"https://a.example/1", "copy.md"} <= {one.article.id for one in blind.suggested}


def test_an_article_flagged_as_removed_is_never_proposed(site, tmp_path):
    site.article("subject.md", "Ferry strike", "A week on.")
    site.article("gone.md", "Ferry strike ends", "All boats sail.", removed=True)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert suggest(index, find_subject(index, "subject.md"), Options(k=10)).suggested == []


def test_an_article_without_date_and_without_excerpt(site, tmp_path):
    site.article("subject.md", "Ferry strike", publishedDateTime=None)
    site.article("other.md", "Ferry strike ends", "All boats sail.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        (suggestion,) = suggest(index, find_subject(index, "subject.md"), Options(k=10)).suggested
        assert math.isnan(suggestion.days)
        assert suggestion.kind == "angle"


def test_a_draft_is_encoded_and_compared(harbour, tmp_path):
    build_index(harbour.root, tmp_path / "index")
    harbour.article("draft.md", "Old boilers make way for heat pumps", "The customs house is warm without oil.")
    with open_index(tmp_path / "index") as index:
        subject = find_subject(index, str(harbour.root / "draft.md"))
        assert subject.row is None
        answer = suggest(index, subject, Options(k=1), encoder=encoder_of(index))
        assert answer.suggested[0].article.id == "_news/heat-pumps.md"


def test_what_is_no_article_of_the_index(harbour_index, tmp_path):
    (tmp_path / "outside.md").write_text("---\ntitle: Outside\n---\n")
    for reference, words in [
        (str(tmp_path / "outside.md"), "outside the content root"),
        ("_data/quay.md", "is no article"),
        ("crowd-cameras", "no article"),
    ]:
        with pytest.raises(UsageError, match=words):
            find_subject(harbour_index, reference)
    with pytest.raises(UsageError) as caught:
        find_subject(harbour_index, "crowd-cameras")
    assert "_news/crowd-cameras.md" in caught.value.hint


def test_past_only_proposes_nothing_later(samples):
    subject = find_subject(samples, every_file(samples)[40])
    later = [one.days for one in suggest(samples, subject, Options(k=20)).suggested]
    assert max(later) > 0
    past = suggest(samples, subject, Options(k=20, past_only=True)).suggested
    assert past
    assert all(one.days <= 0 for one in past)


@pytest.mark.parametrize("prefers_others", [False, True])
def test_a_provider_has_no_more_than_its_share(samples, prefers_others):
    for article_id in every_file(samples)[::9]:
        subject, options = find_subject(samples, article_id), Options(k=10, per_provider=1)
        if prefers_others:  # as for an article that is new, and not the best of its story
            others = {other for one in suggest(samples, subject, Options(k=30)).suggested for other in one.also}
            rows = (samples.row_of_id(other) for other in others)
            options = replace(options, preferred=frozenset(row for row in rows if row is not None))
        answer = suggest(samples, subject, options)
        providers = [one.article.provider.name or one.article.provider.domain for one in answer.suggested]
        named = [provider for provider in providers if provider]
        assert len(set(named)) == len(named)
        assert len(answer.suggested) > 3


def test_how_likely_an_article_is_does_not_depend_on_what_else_is_listed_or_looked_for(samples):
    def likely(subject, **options):
        wanted = Options(k=300, collapse=False, **options)
        return {one.article.id: one.probability for one in suggest(samples, subject, wanted).suggested}

    compared = 0
    for article_id in every_file(samples)[::9]:
        subject = find_subject(samples, article_id)
        every = likely(subject, blind=True)
        provider = samples.articles([subject.row])[subject.row].provider.name
        for some in (likely(subject), likely(subject, filters=Filters(providers=(provider,)), blind=True)):
            assert some == {name: pytest.approx(every[name]) for name in some}
            compared += len(every) - len(some)
    assert compared > 100


def test_diversity_makes_suggestions_less_alike(samples):
    def likeness(diversity):
        found = []
        for article_id in every_file(samples)[::9]:
            answer = suggest(samples, find_subject(samples, article_id), Options(k=5, diversity=diversity))
            rows = np.array([samples.row_of_id(one.article.id) for one in answer.suggested])
            vectors = samples.vectors.get(rows)
            found.append((vectors @ vectors.T)[np.triu_indices(len(rows), 1)].mean())
        return np.mean(found)

    assert likeness(0.0) > likeness(0.5) > likeness(1.0)


def test_what_is_unlikely_is_left_out_and_the_best_of_it_told(samples):
    subject = find_subject(samples, every_file(samples)[10])
    everything = suggest(samples, subject, Options(k=100)).suggested
    likely = sorted({one.probability for one in everything} - {0.0})
    middle = likely[len(likely) // 2]
    some = suggest(samples, subject, Options(k=100, min_probability=middle))
    assert 0 < len(some.suggested) < len(everything)
    assert all(one.probability >= middle for one in some.suggested)
    assert 0 < some.best_left_out < middle


def test_a_story_is_told_whole_under_what_is_likely_of_it(samples):
    story_of = dict(zip(samples.columns.rows.tolist(), samples.columns.story.tolist(), strict=True))
    unlikely = 0
    for article in every_file(samples)[:10]:
        subject = find_subject(samples, article)
        everything = suggest(samples, subject, Options(k=300, collapse=False, min_probability=0)).suggested
        probabilities = {one.article.id: one.probability for one in everything}
        stories = {each: story_of[samples.row_of_id(each)] for each in probabilities}
        for one in suggest(samples, subject, Options(min_probability=0.5)).suggested:
            assert one.probability >= 0.5
            story = stories[one.article.id]
            of_it = {each for each in stories if stories[each] == story >= 0} - {one.article.id}
            assert of_it <= set(one.also)
            unlikely += sum(probabilities[each] < 0.5 for each in of_it)
    assert unlikely


def test_a_type_that_the_lists_never_mix_is_not_proposed_unless_asked_for(site, tmp_path):
    urls = [f"https://paper.example/{number}" for number in range(21)]
    for number, url in enumerate(urls):
        others = [item(f"Ferry {other}", urls[other]) for other in range(21) if other != number][:10]
        site.article(f"{number}.md", f"Ferry {number} sails", "On time.", webUrl=url, related=others)
    site.article("film.md", "Ferry 3 sails", "A film of it, on time.", type="video", webUrl=None)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        subject = find_subject(index, "3.md")
        assert "film.md" not in {one.article.id for one in suggest(index, subject, Options(k=30)).suggested}
        asked = suggest(index, subject, Options(k=30, filters=Filters(types=("video",)))).suggested
        assert [one.article.id for one in asked] == ["film.md"]


def test_what_the_nearest_articles_list_is_a_candidate(site, tmp_path):
    for number in range(420):
        site.article(f"noise-{number}.md", f"Council notes, part {number}", "Minutes of the meeting on drains.")
    far = item("A zeppelin over Tarn", "https://paper.example/zeppelin", publishedDateTime=None)
    site.article("near.md", "Council notes on drains, appendix", "Minutes of a meeting.", related=[far])
    site.article("subject.md", "Council notes on drains, summary", "Minutes of a meeting.")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        profile = profile_of(index, find_subject(index, "subject.md"), None)
        row = index.row_of_id("https://paper.example/zeppelin")
        assert row in find_pool(index, profile, ANYTHING, set(), size=10_000).rows
        assert row not in find_pool(index, profile, ANYTHING, set(), size=10_000, lists=False).rows


def test_a_column_is_another_article_every_week_and_every_month(harbour, tmp_path):
    ways = "Police and port: who watches those who watch {}travellers at the terminal?"
    columns = {
        "2024-01-05": "Why the ferry terminal matters to all of us, and what scanning faces there will cost.",
        "2024-01-12": "Goats on the ring road, a record catch of herring, and what the regatta owes to rain.",
        "2024-02-05": ways.format(""),
        "2024-02-06": ways.format("the "),
        "2024-02-12": "Face cameras again: the ministry answers, and a baker who will not be filmed.",
        "2024-02-15": ways.format("all "),
    }
    for day, excerpt in columns.items():
        harbour.article(f"_news/c-{day}.md", "Notebook", excerpt=excerpt, publishedDateTime=f"{day}T08:00:00Z")
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        answer = suggest(index, find_subject(index, "_news/face-cameras.md"), Options(k=20, min_probability=0.0))
        told = [{one.article.id, *one.also} for one in answer.suggested if "/c-" in one.article.id]
    retold = {f"_news/c-2024-02-{day}.md" for day in ("05", "06", "15")}
    others = [{f"_news/c-2024-{day}.md"} for day in ("01-05", "01-12", "02-12")]
    assert sorted(told, key=min) == sorted([*others, retold], key=min)
