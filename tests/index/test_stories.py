"""Stories found in vectors and dates."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search.index.build import build_index
from search.index.derived import coverage as coverage_of
from search.index.headlines import Headline, Language, asks, contrast
from search.index.linking import FAIR, LINK, NEAREST, link
from search.index.opened import open_index
from search.index.stories import (
    _LEAST_LIKELY,
    _SHARE_UNKNOWN,
    MIN_COSINE,
    SAME_EVENT,
    WINDOW_DAYS,
    Coverage,
    find_stories,
    pair_evidence,
)
from tests.site import Site


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def in_part_unlike(place):
    words = {"city": 0.5, f"name{place}": 0.7}
    return Headline(words, frozenset(words))


def coverage(vectors, days, keys=None, providers=None, heads=None, asks=None, titles=None):
    """Articles of different texts and providers that report, their headlines unlike, unless it is said."""
    count = len(days)
    return Coverage(
        vectors,
        np.asarray(days, dtype=np.float64),
        [str(number).encode() for number in range(count)] if keys is None else keys,
        [None] * count if titles is None else titles,
        np.arange(count, dtype=np.int32) if providers is None else np.array(providers, np.int32),
        np.zeros(count, dtype=np.bool_) if asks is None else asks,
        lambda places: [heads[place] if heads else in_part_unlike(place) for place in places],
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(0, 60))
def test_the_evidence_is_that_of_brute_force(seed, n):
    random = np.random.default_rng(seed)
    vectors = unit(random.normal(size=(n, 4)) + 0.6) if n else np.empty((0, 4), np.float32)
    days = random.uniform(0, 40, size=n)
    days[random.random(n) < 0.1] = np.nan
    providers = random.integers(-1, 3, size=n)
    asks = random.random(n) < 0.3
    found = pair_evidence(coverage(vectors, days, providers=providers, asks=asks))
    expected = {}
    cosines = vectors @ vectors.T
    dated = [place for place in range(n) if not np.isnan(days[place])]
    for one in dated:
        for other in dated:
            if one < other and abs(days[one] - days[other]) <= WINDOW_DAYS and cosines[one, other] >= MIN_COSINE:
                shares = []
                for here in (one, other):
                    alike = [x for x in dated if x != here and cosines[here, x] >= cosines[one, other] - 1e-6]
                    near = [x for x in alike if abs(days[x] - days[here]) <= WINDOW_DAYS]
                    window = sum(abs(days[x] - days[here]) <= WINDOW_DAYS for x in dated) / len(dated)
                    beyond = max(len(near) / (len(alike) + 1) - window, 0) / max(1 - window, 1e-9)
                    shares.append((1 - window**2) * beyond + window**2 * _SHARE_UNKNOWN)
                of_one = -1 in providers[[one, other]] or providers[one] == providers[other]
                apart, one_asks = abs(days[one] - days[other]), asks[one] != asks[other]
                expected[one, other] = (cosines[one, other], *sorted(shares), apart, of_one, one_asks)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert sorted(pairs) == sorted(expected)
    for number, pair in enumerate(pairs):
        shares = sorted((found.shares[number], found.back[number]))
        of_one, one_asks = found.one_provider[number], found.one_asks[number]
        some = (found.cosines[number], *shares, found.days[number], of_one, one_asks)
        np.testing.assert_allclose(some, expected[pair], rtol=1e-4, atol=1e-5)


def burst(random, count, day):
    return unit(random.normal(size=(count, 16)) / 4 + random.normal(size=16)), day + random.uniform(0, 1, size=count)


def test_a_burst_is_a_story_and_what_is_printed_every_week_is_none():
    random = np.random.default_rng(3)
    event, event_days = burst(random, 5, 100.0)
    boilerplate, _ = burst(random, 40, 0.0)
    others = unit(random.normal(size=(100, 16)))
    vectors = np.concatenate([event, boilerplate, others])
    days = np.concatenate([event_days, np.arange(40) * 4.0, random.uniform(0, 160, size=100)])
    providers = np.arange(145)
    providers[5:45] = 200
    stories = find_stories(coverage(vectors, days, providers=providers))
    assert [0, 1, 2, 3, 4] in stories
    assert not any(5 <= place < 45 for story in stories for place in story)


def test_a_window_that_holds_much_of_all_articles_makes_no_story_of_what_is_somewhat_alike():
    """A wire's busiest days: two of three articles come within ten days, and half of those are alike by their form."""
    random = np.random.default_rng(5)
    reports = unit(random.normal(size=(120, 16)) + 0.9 * np.sqrt(16) * np.eye(16)[0])
    others = unit(random.normal(size=(240, 16)))
    vectors = np.concatenate([reports, others])
    days = np.concatenate([random.uniform(0, 60, size=120), random.uniform(0, 60, size=240)])
    days = np.where(random.random(360) < 2 / 3, days / 6, days + 30)
    assert np.median(reports @ reports.T) > MIN_COSINE
    assert not find_stories(coverage(vectors, days, providers=[0] * 360))
    assert not find_stories(coverage(vectors[:120], np.linspace(0, 3, 120), providers=[0] * 120))


def test_what_is_as_alike_at_other_times_is_no_story_whoever_printed_it():
    """Unless it comes within hours: two outlets that print the same form at one time mean the same."""
    random = np.random.default_rng(4)
    alike = unit(random.normal(size=(200, 16)) / 12 + random.normal(size=16))
    days = np.concatenate([[0.0, 0.8], np.arange(198) * 6.0 + 50])
    assert alike[0] @ alike[1] > 0.95
    assert not find_stories(coverage(alike, days))
    assert find_stories(coverage(alike[:2], days[:2])) == [[0, 1]]
    days[1] = 0.05
    assert find_stories(coverage(alike, days)) == [[0, 1]]


def test_copies_within_a_month_are_one_story_and_later_ones_are_not():
    vectors = unit(np.eye(4))
    days = np.array([0.0, 20.0, 90.0, np.nan])
    assert find_stories(coverage(vectors, days, [b"same", b"same", b"same", b"other"])) == [[0, 1]]


def test_a_long_headline_that_another_provider_has_too_is_one_of_a_reprint():
    vectors = np.eye(8, dtype=np.float32)
    days, providers = [0, 9, 18, 60, 9, 20, 21, 5], [0, 1, 2, 3, 4, 4, -1, 5]
    titles = ["a", "a", "a", "a", "b", "b", "a", None]
    assert find_stories(coverage(vectors, days, providers=providers, titles=titles)) == [[0, 1, 2]]
    again = [0, 1, 0, 1]  # two of one provider are two articles, and who prints them prints the later one
    assert find_stories(coverage(vectors[:4], [0, 1, 2, 3], providers=again, titles=["a"] * 4)) == [[0, 1], [2, 3]]
    assert find_stories(coverage(vectors[:2], [0, 31], providers=[0, 1], titles=["a"] * 2)) == []


def test_a_headline_of_few_words_is_no_reprint(tmp_path):
    site = Site(tmp_path / "content")
    for number, (title, text) in enumerate(
        [("Harbour Bank opens a ninth branch in Tarn", text) for text in ("Savers queue.", "It rains on the quay.")]
        + [("Government of Tarn survives no-confidence vote", text) for text in ("It did.", "Again it did.")]
    ):
        provider = {"name": f"Outlet {number}", "domain": f"outlet{number}.example"}
        day = f"2024-05-{1 + 9 * number:02}T08:00:00Z"
        site.article(f"{number}.md", title, text, provider=provider, publishedDateTime=day)
    build_index(site.root, tmp_path / "index", encoder="static")
    with open_index(tmp_path / "index") as index:
        rows = {name: row for row, name in index.ids(index.columns.rows.tolist()).items()}
        stories = [index.story_of(rows[name]) for name in sorted(rows)]
        assert stories[0] == stories[1]
        assert len(set(stories)) == 3


def test_copies_without_a_date_are_one_story():
    assert find_stories(coverage(unit(np.eye(2)), [np.nan, np.nan], [b"same", b"same"])) == [[0, 1]]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_articles_does_not_matter(seed):
    """Nor where several have the same words, the same time or the same provider."""
    random = np.random.default_rng(seed)
    events = [burst(random, 8, day) for day in (10.0, 20.0, 30.0)]
    vectors = np.concatenate([some for some, _ in events])
    days = np.concatenate([some for _, some in events]).round(1)
    keys, providers = random.integers(0, 20, size=24), random.integers(-1, 12, size=24)
    vectors = vectors[[list(keys).index(key) for key in keys]]  # the same words, the same vector
    order = random.permutation(24)
    stories = find_stories(coverage(vectors, days, list(keys), providers))
    assert any(len(story) > 2 for story in stories)
    shuffled = find_stories(coverage(vectors[order], days[order], list(keys[order]), providers[order]))
    assert sorted(sorted(order[story].tolist()) for story in shuffled) == stories


def naive_link(pairs, n):
    """The same by its definition: every mean taken anew."""
    groups = {place: [place] for place in range(n)}
    group_of = list(range(n))

    def belongs(some, to):
        likely = np.array([[pairs.get((min(a, b), max(a, b)), 0.0) for b in to] for a in some])
        nearest = np.sort(likely, axis=1)[:, -NEAREST:]
        return nearest.mean() >= LINK and likely.mean() >= FAIR

    strong = sorted((pair for pair in pairs if pairs[pair] >= LINK), key=lambda pair: (-pairs[pair], pair))
    before = n + 1
    while len(groups) < before:
        before = len(groups)
        for one, other in strong:
            small, large = sorted((group_of[one], group_of[other]), key=lambda group: (len(groups[group]), group))
            if small == large:
                continue
            of_one_size = len(groups[small]) == len(groups[large])
            if belongs(groups[small], groups[large]) or (of_one_size and belongs(groups[large], groups[small])):
                groups[large] += groups.pop(small)
                for place in groups[large]:
                    group_of[place] = large
    return list(groups.values())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 25))
def test_groups_are_those_of_the_definition(seed, n):
    random = np.random.default_rng(seed)
    every = [(one, other) for one in range(n) for other in range(one + 1, n)]
    pairs = {pair: float(random.uniform(_LEAST_LIKELY, 1)) for pair in every if random.random() < 0.5}
    ours, expected = link(pairs, n), naive_link(pairs, n)
    assert sorted(map(sorted, ours)) == sorted(map(sorted, expected))


def test_what_is_likely_of_three_joins_a_burst_that_holds_more():
    """Thirty tellings of one event: not every two of them have much in common."""
    burst = {(one, other): 0.9 for one in range(10) for other in range(one + 1, 10)}
    joins = burst | {(place, 10): 0.7 if place < 3 else 0.2 for place in range(10)}
    assert sorted(map(sorted, link(joins, 11))) == [list(range(11))]
    for unlike in ({3: 0.2, 2: 0.3}, {0: 0.7, 1: 0.7, 2: 0.7}):
        stays = burst | {(place, 10): likely for place, likely in unlike.items()}
        assert sorted(map(sorted, link(stays, 11))) == [list(range(10)), [10]]


def likelihood(providers, apart=0.04, asks=None):
    """Of two articles that are fairly alike, as many days apart as it is said, among others that are not."""
    cosine = 0.7
    vectors = np.concatenate([[[1.0] + [0] * 7, [cosine, (1 - cosine**2) ** 0.5] + [0] * 6], np.eye(8)[2:]])
    days = [0.0, apart, *range(100, 700, 100)]
    evidence = pair_evidence(coverage(vectors.astype(np.float32), days, providers=providers, asks=asks))
    return float(1 / (1 + np.exp(-SAME_EVENT.log_odds(evidence)[0])))


def test_an_outlet_rarely_tells_an_event_twice():
    of_two = likelihood([0, 1, 2, 3, 4, 5, 6, 7])
    assert of_two > 0.7
    assert likelihood([0, 0, 2, 3, 4, 5, 6, 7]) == likelihood([-1] * 8) < LINK


def test_what_came_within_hours_and_what_reports_both_is_likelier_one_event():
    outlets = range(8)
    fresh, next_day, later = (likelihood(outlets, apart) for apart in (0.1, 1.0, 3.0))
    assert fresh > next_day > LINK > later
    asking = np.array([True] + [False] * 7)
    assert likelihood(outlets, 1.0, asking) < LINK < likelihood(outlets, 1.0)
    assert likelihood(outlets, 1.0, np.full(8, fill_value=True)) == likelihood(outlets, 1.0)


def test_a_headline_asks_in_english_or_with_a_question_mark():
    asking = (
        "Is the ferry safe?",
        "Why ferries sink",
        "“Why ferries sink”",
        "Analysis: a deal",
        "Ferries – how safe",
        "¿Por qué?",
    )
    reporting = (
        "Ferry sinks",
        "Howell wins",
        "WHO ends alert: 12 ill",
        "Inside Housing wins award",
        "Who chief warns of flu",
    )
    assert all(map(asks, asking))
    assert not any(map(asks, reporting))


SAID = "profit rises percent strike strikes ends ending weather carmaker vans over for"
ENGLISH = dict.fromkeys(SAID.split(), 2 * 10**8)
LANGUAGE = Language(articles=lambda _: 2, most=1000, english=ENGLISH)


def of(title, excerpt=""):
    return LANGUAGE.headline(title, excerpt)


def test_headlines_that_name_differing_things_in_equal_words_are_in_contrast():
    kestrel = of("Kestrel profit rises 9 percent", "Cars sold well.")
    assert contrast(kestrel, of("Aldermoor Steel profit rises 14 percent")) > 0.35
    assert contrast(of("Kestrel to buy Aldermoor"), of("Kestrel takes over Aldermoor in Selwyn")) < 0.1
    assert contrast(kestrel, of("Kestrel profit rises 9 percent on vans")) == 0  # one of them says more
    assert contrast(kestrel, of("Vans lift profit of Kestrel 9 percent")) < 0.05  # the same, in other words
    assert contrast(kestrel, of("Carmaker's profit rises 9 percent", "Kestrel sold well.")) == 0  # named below
    assert contrast(of("Weather for Monday"), of("Weather for Tuesday")) > 0.35
    assert contrast(of("Ferry strike ends"), of("Ferry strikes ending")) < 0.05
    assert contrast(of("Austria wins gold"), of("Australia wins gold")) > 0.05  # names have no forms
    assert contrast(of("Strike over 1,200 jobs ends"), of("Strike over 1200 jobs ends")) == 0
    assert contrast(of("Profit rises 9.5 percent"), of("Profit rises 95 percent")) > 0.4
    assert contrast(of("Strike over nine vans ends"), of("Strike over 9 vans ends")) == 0
    assert contrast(of("First strike ends"), of("Second strike ends")) > 0.2
    assert contrast(of("Second strike ends"), of("2nd strike ends")) == 0
    assert (
        contrast(of("Kestrel spends $1.5bn on Italian ports"), of("Kestrel spends 1.5 billion on ports in Italy")) == 0
    )
    assert contrast(of("Kestrel spends $2B on ports"), of("Kestrel spends 2 bln on ports")) == 0
    assert contrast(of("Kestrel spends 2 million on ports"), of("Kestrel spends 2 billion on ports")) > 0.05
    assert contrast(of("Lyra wins over 100m"), of("Lyra wins over 100 million")) > 0.02  # metres
    assert contrast(of("Profit rises 9%"), of("Profit rises 9 per cent")) == 0
    assert contrast(of("French strike ends"), of("Strike in France ends")) == 0
    assert contrast(of("French strike ends"), of("Strike in Spain ends")) > 0.05
    assert contrast(of("Nail polish recalled"), of("Nail of Poland recalled")) > 0.05
    assert contrast(of(""), of("Ferry strike ends")) == 0
    assert contrast(of("速報：東京で震度5"), of("速報：東京都内で震度五の地震")) == 0  # phrases, not words


WORDS = st.lists(st.sampled_from("profit profits profinder strike Kestrel Lyra 9 14 Monday 14th".split()), max_size=6)


@given(one=WORDS, other=WORDS, below=WORDS)
def test_contrast_is_that_of_a_pair(one, other, below):
    heads = of(" ".join(one), " ".join(below)), of(" ".join(other))
    assert contrast(*heads) == contrast(*heads[::-1])
    assert contrast(*heads) >= 0
    assert contrast(heads[0], heads[0]) == 0


def test_what_is_common_in_english_names_nothing_however_few_articles_have_it():
    counts = {"profit": 2, "aldermoor": 2, "azure": 80}
    language = Language(counts.__getitem__, 100, {"profit": 30_000_000, "azure": 1_300_000})
    assert language.telling("aldermoor") > 0.8
    assert language.telling("profit") < 0.35
    assert language.telling("azure") < 0.1
    assert language.telling("14") == language.telling("g7") == 0.5


def test_what_is_capitalised_within_a_headline_is_a_name_however_common_in_english():
    language = Language(lambda _: 2, 100, dict.fromkeys("strike ends over vans profit peru".split(), 2 * 10**8))
    peru, head = (
        language.headline(title, "").title["peru"] for title in ("Strike over vans ends in Peru", "Strike In Peru")
    )
    assert peru > 0.8 > head
    for other in ("Peru strike ends over vans", "Strike ends: Peru vans profit", "Vans Issued from Peru over Strike"):
        assert language.headline(other, "").title["peru"] == head  # any sentence begins so, and all of a title


def test_the_headlines_of_an_index_are_those_of_the_places(site, tmp_path):
    titles = ["Ferry strike ends", "Regatta begins", "Heat pumps for all", "Ferry strike ends"]
    for number, title in enumerate(titles):
        site.article(f"{number}.md", title, f"Excerpt number {number % 3}.", publishedDateTime="2025-03-02")
    build_index(site.root, tmp_path / "index", encoder="static")
    with open_index(tmp_path / "index") as index:
        rows, articles = coverage_of(index.connection, index.vectors)
        ids = index.ids(rows)
        places = [2, 0, 3]
        first = [next(iter(head.title)) for head in articles.headlines(places)]
        assert first == [titles[int(ids[rows[place]][0])].split()[0].casefold()[:5] for place in places]
        apart = articles.but_copies([[3], [0, 1], [2]])
        assert apart.headlines([2, 0]) == articles.headlines([2, 3])
        assert apart.contrasts([(0, 1), (1, 2)]).shape == (2,)


def test_two_events_in_equal_words_are_two_stories():
    vectors = unit(np.concatenate([[[1.0] + [0] * 7, [0.6, 0.8] + [0] * 6], np.eye(8)[2:]]))
    days = [0.0, 0.04, *range(100, 700, 100)]
    others = [of(f"Article {number}") for number in range(6)]
    kestrel, again = of("Kestrel profit rises 9 percent"), of("Profit of Kestrel up 9 percent")
    assert find_stories(coverage(vectors, days, heads=[kestrel, again, *others])) == [[0, 1]]
    aldermoor = of("Aldermoor profit rises 14 percent")
    assert not find_stories(coverage(vectors, days, heads=[kestrel, aldermoor, *others]))


def test_thousands_of_copies_and_of_articles_of_one_date_are_grouped():
    random = np.random.default_rng(5)
    stubs = np.repeat(unit(random.normal(size=(1, 16))), 6000, axis=0)
    assert find_stories(coverage(stubs, np.full(6000, np.nan), [b"untitled"] * 6000)) == [list(range(6000))]
    alike = unit(random.normal(size=(3000, 16)) / 3 + random.normal(size=16))
    stories = find_stories(coverage(alike, np.zeros(3000)))
    assert sum(map(len, stories)) > 2000
