import io
from datetime import UTC, datetime

import pytest

from search.content.article import Article, FileRecord, Provider
from search.content.chosen import read_from
from search.content.dates import parse_date, says_day_alone
from search.content.fields import FieldMap
from search.content.frontmatter import read_front_matter
from search.content.records import MAX_RELATED, read_record
from search.content.settings import Settings
from search.content.values import LONGEST_EXCERPT, LONGEST_NAME, LONGEST_TITLE, MAX_TOPICS

DEFAULTS = Settings()


def record(yaml: str, path: str = "_news/tide.md", settings: Settings = DEFAULTS) -> FileRecord:
    front = read_front_matter(io.BytesIO(f"---\n{yaml}\n---\n".encode()))
    assert front is not None
    return read_record(front, path, settings)


def article(yaml: str, path: str = "_news/tide.md", settings: Settings = DEFAULTS) -> Article:
    found = record(yaml, path, settings)
    assert found.problems == ()
    assert found.article is not None
    return found.article


def faults(yaml: str) -> list[tuple[int, str]]:
    found = record(yaml)
    assert found.article is not None
    assert all(not fault.fatal for fault in found.problems)
    return [(fault.line, fault.what) for fault in found.problems]


def test_full_article():
    found = article(
        'category: news\ntitle: "Tide &amp; time"\n'
        'excerpt: "Boats <b>wait</b>."\npublishedDateTime: 2024-03-05T10:00:00Z\n'
        "originalUrl: https://feed.example.com/1\nwebUrl: https://www.example.com/tide/\n"
        "ampWebUrl: https://www.example.com/tide/amp\ncdnAmpWebUrl: https://x.cdn.ampproject.org/c/s/a.example.com/t\n"
        "type: Article\nquality: 53\nheat: -1\npublished: false\nremoved: true\n"
        "provider:\n  name: The Example\n  domain: example.com\ntopics:\n  - Sea\n  - Sea\n  - Ports\nsecured: opaque\n"
    )
    assert found.id == "_news/tide.md"
    assert found.origin == "file"
    assert found.title == "Tide & time"
    assert found.excerpt == "Boats wait."
    assert found.url == "https://www.example.com/tide/"
    assert found.canonical_url == "https://example.com/tide"
    assert found.alias_urls == ("https://a.example.com/t", "https://feed.example.com/1")
    assert found.published_at == datetime(2024, 3, 5, 10, tzinfo=UTC)
    assert (found.type, found.category, found.quality) == ("article", "news", 53)
    assert (found.published, found.removed) == (False, True)
    assert found.provider == Provider("The Example", "example.com")
    assert found.topics == ("Sea", "Ports")
    assert "opaque" not in repr(found)


def test_article_without_weburl_takes_originalurl():
    found = article("title: x\noriginalUrl: https://example.com/watch?v=1\ntype: video")
    assert (found.url, found.canonical_url, found.alias_urls) == (
        "https://example.com/watch?v=1",
        "https://example.com/watch?v=1",
        (),
    )
    assert found.type == "video"
    assert found.provider.domain == "example.com"


def test_article_without_weburl_takes_that_of_its_amp_variant():
    found = article("title: x\nwebUrl: ''\nampWebUrl: https://www.example.com/tide/amp?utm_source=rss\n")
    assert (found.url, found.canonical_url, found.alias_urls) == (
        "https://www.example.com/tide/amp?utm_source=rss",
        "https://example.com/tide",
        (),
    )
    assert found.provider.domain == "example.com"
    cached = article("title: x\ncdnAmpWebUrl: https://x.cdn.ampproject.org/c/s/example.com/tide/amp\n")
    assert cached.canonical_url == "https://example.com/tide"


def test_items_take_the_address_of_an_amp_variant_unless_they_name_a_file():
    found = record(
        "title: x\nrelated:\n- title: a\n  ampWebUrl: https://example.com/a/amp\n- ampWebUrl: https://example.com/b/amp\n"
        "- title: c\n  url: posts/c.md\n  ampWebUrl: https://example.com/c/amp\n"
    )
    assert [one.target for one in found.curated] == ["https://example.com/a", "https://example.com/b", "posts/c.md"]
    assert not found.problems


def test_items_name_files_with_the_joiners_of_their_names():
    found = record("title: x\nrelated:\n- _news/می\u200cخواهم.md\n- _news/fer\u200cry.md\n")
    assert [one.target for one in found.curated] == ["_news/می\u200cخواهم.md", ""]


def test_article_with_title_only():
    found = article("title: x")
    assert (found.excerpt, found.url, found.published_at, found.published, found.quality) == ("", "", None, None, None)


@pytest.mark.parametrize(
    "yaml", ["taxonomy: organization\nname: Example", "", "title: ''", "title: null", "title: '<b></b>'"]
)
def test_file_without_title_is_no_article(yaml):
    found = record(yaml)
    assert found.article is None
    assert found.not_article == "no title"


def test_a_post_of_jekyll_without_a_title_has_that_of_its_name():
    assert article("layout: post", "news/_posts/2024-03-05-ferry-strike--ends.md").title == "Ferry Strike Ends"
    assert article("title: x", "_posts/2024-03-05-ferry-strike-ends.md").title == "x"
    assert article("layout: post", "_posts/2024-03-05-cafe\u0301.md").title == "Caf\u00e9"
    assert record("layout: page", "_posts/about.md").article is None
    listed = record("related: [{webUrl: 'https://a.example/b'}]", "_posts/2024-03-05-ferry.md")
    assert [item.article for item in listed.curated] == [None]  # an item is no post


@pytest.mark.parametrize("title", ["2024", "1e3", "NO", "12:30", "007"])
def test_title_that_looks_like_another_type(title):
    assert article(f"title: {title}").title == title


def test_category_no_is_text():
    assert article("title: x\ncategory: NO").category == "NO"


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-05T10:00:00Z",
        "2024-03-05T12:00:00+02:00",
        "2024-03-05T10:00:00",
        "2024-03-05 10:00:00 +0000",
        "2024-03-05 10:00",
        "Tue, 05 Mar 2024 10:00:00 GMT",
        "Tue, 05 Mar 2024 05:00:00 EST",
        "2024-03-05 10:00:00 UTC",
        "March 5, 2024 10:00",
        "5 March 2024, 10:00",
        "Mar 5th, 2024 at 10:00 AM",
        "05.03.2024 10:00",
        "2024/03/05 10:00",
        "1709632800",
        "1709632800000",
        "2024-03-05T10:00:00.000Z",
        1709632800,
        1709632800000,
        1709632800.0,
        datetime(2024, 3, 5, 10),  # noqa: DTZ001
    ],
)
def test_dates_in_every_form(value):
    assert parse_date(value) == datetime(2024, 3, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-02-30",
        "2024-13-01",
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "soon",
        "03/05/2024",
        "12/01/2024 10:00",
        "31/13/2024",
        "31/02/2024",
        "0/13/2024",
        "31/12/24",
        "5 Smarch 2024",
        "2024-03-05 10:00 XYZ",
        "2024-03-05 13:00 pm",
        "99999999999999",
        99999999999999,
        2024,
        20241399,
        1,
        86_400.0,
        -1709632800,
        pytest.param(10**5000, id="long"),
        "x" * 99,
        True,
        float("nan"),
        float("inf"),
        [],
        {},
    ],
)
def test_impossible_dates(value):
    with pytest.raises(ValueError, match=r"date|time"):
        parse_date(value)


@pytest.mark.parametrize("value", ["20240305", 20240305])
def test_eight_digits_are_a_day(value):
    assert parse_date(value) == datetime(2024, 3, 5, tzinfo=UTC)
    assert says_day_alone(value)


@pytest.mark.parametrize(
    ("value", "day", "month"),
    [
        ("31/12/2025", 31, 12),
        ("12/31/2025", 31, 12),
        ("1/13/2025 10:00 PM", 13, 1),
        ("5/5/2025", 5, 5),
        ("13/1/2025", 13, 1),
    ],
)
def test_a_date_with_slashes_is_read_where_one_of_two_is_no_month(value, day, month):
    found = parse_date(value)
    assert (found.year, found.month, found.day) == (2025, month, day)


@pytest.mark.parametrize("value", ["03/05/2024", "12/11/2024", "1/2/2024 10:00"])
def test_a_date_of_which_day_and_month_may_be_either_is_refused(value):
    with pytest.raises(ValueError, match="cannot be told apart"):
        parse_date(value)


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ("date: 2026-01-02\npublishDate: 2027-10-01", 2027),
        ("date: 2026-01-02\npublishDate: 2025-10-01", 2026),
        ("publishDate: soon\ndate: 2026-01-02", 2026),
        ("date: soon\npublishDate: 2027-10-01", 2027),
        # others are no day before which nothing is built
        ("date: 2026-01-02\ncreated: 2027-10-01", 2026),
    ],
)
def test_a_page_is_not_out_before_its_publish_date(dates, day):
    found = record(f"title: A\n{dates}").article
    assert found is not None
    assert found.published_at is not None
    assert found.published_at.year == day
    # what joins lists, and what the audit compares, is the same
    front = DEFAULTS.fields.find(dict(line.split(": ") for line in dates.splitlines()))
    read = read_from(front, "publishedDateTime", DEFAULTS)
    assert read is not None
    assert parse_date(read.value) == found.published_at


def test_impossible_date_is_ignored_with_its_line():
    found = record("title: x\npublishedDateTime: 2024-02-30\nquality: 5")
    assert found.article is not None
    assert found.article.published_at is None
    assert [(p.line, p.fatal) for p in found.problems] == [(3, False)]
    assert "no calendar" in found.problems[0].what
    assert str(found.problems[0]).startswith("_news/tide.md:3: ")


@pytest.mark.parametrize("value", ["Last Modified", "created", "git Last Modified", "git Created"])
def test_a_date_that_eleventy_computes_is_none_and_no_fault(value):
    found = record(f"title: x\ndate: {value}")
    assert found.article is not None
    assert (found.article.published_at, found.problems) == (None, ())


@pytest.mark.parametrize(
    "yaml", ["permalink: /:categories/:title/", "permalink: pretty", "permalink: posts/:slug", "url: a/b.html"]
)
def test_a_pattern_or_a_path_where_an_address_may_stand_is_no_fault(yaml):
    assert faults(f"title: x\n{yaml}") == []


@pytest.mark.parametrize(
    ("item", "target"),
    [
        ("{title: A, url: news/heat-pumps}", "news/heat-pumps"),
        ("{title: A, url: heat-pumps}", "heat-pumps"),
        ("{title: A, url: ' heat-pumps '}", "heat-pumps"),
        ("{title: A, url: heat-pumps, slug: other}", "other"),
        ("{title: A, permalink: pretty, path: news/a.md}", "news/a.md"),
        ("{title: A, path: '', slug: a}", "a"),
        ("{title: A, url: heat-pumps, webUrl: 'https://w.example/a'}", "https://w.example/a"),
        ("{title: A, url: 5}", ""),
        ("{title: A, url: '2024'}", ""),
        ("{title: A, url: 'javascript:alert(1)'}", ""),
        ("{title: A, url: //}", ""),
    ],
)
def test_what_an_item_has_for_an_address_may_name_a_file(item, target):
    found = record(f"title: x\nrelated:\n- {item}\n")
    assert [one.target for one in found.curated] == [target]
    assert bool(found.problems) is not bool(target)


@pytest.mark.parametrize(
    ("yaml", "fault"),
    [
        ("title: x\nquality: high", (3, "`quality` is no number")),
        ("title: x\nquality: -5", (3, "`quality` is no number")),
        ("title: x\nquality: 2000", (3, "`quality` is no number from 0 to 1,000; it is ignored")),
        ("title: x\npublished: maybe", (3, "`published` is neither")),
        ("title: x\nwebUrl: ftp://example.com/a", (3, "`webUrl` is no http")),
        ('title: x\nwebUrl: "javascript:alert(1)"', (3, "`webUrl` is no http")),
        ("title: x\npermalink: mailto:desk@example.com", (3, "`permalink` is no http")),
        ("title: x\nexcerpt:\n  - a", (3, "`excerpt` is no text")),
        ("title: x\nrelated: text", (3, "`related` is no list")),
        ("title: x\nrelated:\n  a: b", (3, "`related` is no list")),
        ("title: x\nrelated:\n  - title: a\n    excerpt: b", (4, "item 1 of `related` has no address")),
        ("title: x\nrelated:\n  - https://example.com/a\n  - 'ftp://x'", (5, "item 2 of `related` has no address")),
        ("title: x\nrelated:\n  - posts/a.md\n  - 5", (5, "item 2 of `related` has no address")),
        ("title: x\nrelated:\n  - javascript:alert(1)", (4, "item 1 of `related` has no address")),
        ("title: x\nrelated:\n  - id: javascript:alert(1)", (4, "item 1 of `related` has no address")),
        (
            "title: x\nrelated:\n  - webUrl: https://example.com/a\n    title: a\n    date: nope",
            (6, "`date` is no date"),
        ),
        ("title: x\ntitle: y", (3, "`title` stands twice")),
    ],
)
def test_fault_of_a_field_keeps_the_article(yaml, fault):
    assert [(line, what[: len(fault[1])]) for line, what in faults(yaml)] == [fault]


@pytest.mark.parametrize(
    ("yaml", "name", "expected"),
    [
        ("headline: x", "title", "x"),
        ("Title: x", "title", "x"),
        ("title: x\ndescription: d", "excerpt", "d"),
        ("title: x\nsummary: d", "excerpt", "d"),
        ("title: x\nexcerpt: ''\nsummary: d", "excerpt", "d"),
        ("title: x\nparams:\n  summary: d", "excerpt", "d"),
        ("title: x\npubDate: Mar 5 2024", "published_at", datetime(2024, 3, 5, tzinfo=UTC)),
        ("title: x\npublished: 2024-03-05", "published_at", datetime(2024, 3, 5, tzinfo=UTC)),
        ("title: x\ntags: [a, b]", "topics", ("a", "b")),
        ("title: x\nkeywords: a, b", "topics", ("a", "b")),
        ("title: x\ntaxonomies:\n  tags: [a]", "topics", ("a",)),
        ("title: x\ntags:\n  - name: a\n    slug: s", "topics", ("a",)),
        ("title: x\ncategories: [News, Sea]", "category", "News"),
        ("title: x\ndraft: true", "published", False),
        ("title: x\ndraft: no", "published", True),
        ("title: x\nstatus: publish", "published", True),
        ("title: x\nlink: https://example.com/a", "url", "https://example.com/a"),
        ("title: x\npermalink: /2024/a/", "url", ""),
        ("title: x\nsource: example.org", "provider", Provider("", "example.org")),
        ("title: x\npublisher: The Example", "provider", Provider("The Example", "")),
        ("title: x\ntype: post", "type", "article"),
        ("title: x\nquality: 129", "quality", 129),
    ],
)
def test_names_of_other_generators(yaml, name, expected):
    assert getattr(article(yaml), name) == expected


def test_names_set_by_the_site_take_the_place_of_the_defaults():
    settings = Settings(fields=FieldMap({"title": ("kop", "meta.kop")}))
    assert article("kop: x\ntitle: y", settings=settings).title == "x"
    assert article("meta:\n  kop: z\ntitle: y", settings=settings).title == "z"
    assert record("title: y", settings=settings).not_article == "no title"


def test_relative_permalink_is_joined_to_the_site():
    settings = Settings(site_url="https://www.example.com/")
    assert article("title: x\npermalink: /2024/a/", settings=settings).canonical_url == "https://example.com/2024/a"
    assert article("title: x\npermalink: /:year/:title/", settings=settings).url == ""


def test_what_names_no_provider_is_of_the_site_whether_it_says_its_address_or_not():
    settings = Settings(site_url="https://www.example.com/paper/")
    own = Provider("", "example.com")
    assert article("title: x\npermalink: /2024/a/", settings=settings).provider == own
    assert article("title: x", settings=settings).provider == own
    assert article("title: x").provider == Provider()
    assert article("title: x\nsource: Quay Courier", settings=settings).provider == Provider("Quay Courier", "")
    elsewhere = "title: x\nexternal_url: https://quaycourier.example/a"
    assert article(elsewhere, settings=settings).provider == Provider("", "quaycourier.example")
    (item,) = record(
        "title: x\nrelated:\n  - {title: a, ampWebUrl: https://amp.tide.example/a}", settings=settings
    ).curated
    assert item.article is not None
    assert item.article.provider == Provider("", "tide.example")


@pytest.mark.parametrize(
    ("path", "front", "by_spaces", "topics"),
    [
        ("_posts/2025-02-02-a.md", "tags: moon  heron", None, ("moon", "heron")),
        ("sport/_posts/2025/2025-02-02-a.md", "Categories: moon heron", None, ("moon", "heron")),
        ("_drafts/a.md", "tags: moon heron", None, ("moon", "heron")),
        ("_posts/2025-02-02-a.md", "tags: Big Moon, heron", None, ("Big Moon", "heron")),
        ("_posts/2025-02-02-a.md", "tags: [Big Moon, heron]", None, ("Big Moon", "heron")),
        ("_posts/2025-02-02-a.md", "tag: Big Moon", None, ("Big Moon",)),
        ("_posts/2025-02-02-a.md", "topics: Big Moon", None, ("Big Moon",)),
        ("_posts/2025-02-02-a.md", "tags: Big Moon", False, ("Big Moon",)),
        ("content/_posts.md", "tags: Big Moon", None, ("Big Moon",)),
        ("_news/a.md", "tags: Big Moon", None, ("Big Moon",)),
        ("_news/a.md", "tags: moon heron", True, ("moon", "heron")),
    ],
)
def test_text_of_topics_is_parted_at_spaces_where_jekyll_reads_it(path, front, by_spaces, topics):
    settings = Settings(topics_by_spaces=by_spaces)
    assert article(f"title: x\n{front}", path, settings=settings).topics == topics


def test_the_category_of_a_post_of_jekyll_is_the_first_of_its_text():
    found = article("title: x\ncategories: news ports", "_posts/2025-02-02-a.md")
    assert (found.category, found.topics) == ("news", ("news", "ports"))


@pytest.mark.parametrize(
    ("front", "category", "topics"),
    [
        ("tags: [Tides, sport]\ncategories: [News, Sport, Ports]", "News", ("Tides", "sport", "Ports")),
        ("tags: tides\ncategories: news sport", "news", ("tides", "sport")),
        ("tags: tides\ncategory: News\ncategories: [News, Sport]", "News", ("tides", "Sport")),
        ("tags: tides\ntaxonomies:\n  categories: [News, Sport]", "News", ("tides", "Sport")),
        ("category: News\nsection: Sport", "News", ("Sport",)),
        ("categories: [News, Sport]", "News", ("News", "Sport")),
        ("tags: tides\ncategories: [News]", "News", ("tides",)),
    ],
)
def test_of_several_categories_all_but_the_first_are_topics(front, category, topics):
    found = article(f"title: x\n{front}", "_posts/2025-02-02-a.md")
    assert (found.category, found.topics) == (category, topics)


def test_several_categories_of_toml_are_read_alike():
    front = read_front_matter(io.BytesIO(b'+++\ntitle = "x"\ntags = ["Tides"]\ncategories = ["News", "Sport"]\n+++\n'))
    assert front is not None
    found = read_record(front, "a.md", DEFAULTS).article
    assert found is not None
    assert (found.category, found.topics) == ("News", ("Tides", "Sport"))


def test_date_in_the_file_name_of_jekyll():
    path = "_posts/2024-03-05-tide.md"
    assert article("title: x", path).published_at == datetime(2024, 3, 5, tzinfo=UTC)
    assert article("title: x\ndate: 2024-04-01", path).published_at == datetime(2024, 4, 1, tzinfo=UTC)
    assert article("title: x", "_posts/2024-02-30-tide.md").published_at is None


def test_unpublished_article_with_curated_list():
    found = record(
        "title: x\npublished: false\nrelated:\n  - title: a\n    webUrl: http://www.example.com/a/?utm_source=x"
    )
    assert found.problems == ()
    (item,) = found.curated
    assert item.article is not None
    assert (item.position, item.title, item.target) == (1, "a", "https://example.com/a")
    assert (item.article.id, item.article.origin) == ("https://example.com/a", "embedded")
    assert item.article.url == "http://www.example.com/a/?utm_source=x"


def test_bare_references():
    found = record(
        "title: x\nrelated:\n  - https://example.com/a\n  - _news/b.md\n  - path: _news/c.md\n    title: C\n  - webUrl: https://example.com/d"
    )
    assert [(item.position, item.target, item.title, item.article) for item in found.curated] == [
        (1, "https://example.com/a", "", None),
        (2, "_news/b.md", "", None),
        (3, "_news/c.md", "C", None),
        (4, "https://example.com/d", "", None),
    ]
    assert found.problems == ()


def test_item_without_address_keeps_its_position():
    found = record("title: x\nrelated:\n  - title: a\n  - title: b\n    webUrl: https://example.com/b")
    assert [(item.position, item.target, item.title) for item in found.curated] == [
        (1, "", "a"),
        (2, "https://example.com/b", "b"),
    ]


@pytest.mark.parametrize("written", ["", "[]", "true", "null"])
def test_related_without_items(written):
    found = record(f"title: x\nrelated: {written}")
    assert (found.curated, found.problems) == ((), ())


def test_related_of_300_items():
    items = "".join(f"  - title: t{n}\n    webUrl: https://example.com/{n}\n" for n in range(300))
    found = record(f"title: x\nrelated:\n{items}")
    assert len(found.curated) == 300
    assert found.problems == ()


def test_related_beyond_all_measure_is_cut():
    found = record("title: x\nrelated: [" + ",".join(["a"] * (MAX_RELATED + 1)) + "]")
    assert len(found.curated) == MAX_RELATED
    assert len(found.problems) == 1


def test_many_faults_are_summed_up():
    found = record("title: x\nrelated:\n" + "  - title: a\n" * 500)
    assert len(found.problems) == 21
    assert "480 more" in found.problems[-1].what


@pytest.mark.parametrize(
    ("yaml", "name", "length", "what"),
    [
        ("title: {}\nx: y", "title", LONGEST_TITLE, "`title` has more than 1,000 characters"),
        ("title: x\ndescription: {}", "excerpt", LONGEST_EXCERPT, "`description` has more than 10,000 characters"),
        ("title: x\ntype: {}", "type", LONGEST_NAME, "`type` has more than 200 characters"),
        ("title: x\nsection: {}", "category", LONGEST_NAME, "`section` has more than 200 entries, or one of more"),
    ],
)
def test_text_that_is_cut_is_told(yaml, name, length, what):
    whole = record(yaml.format("e" * length))
    cut = record(yaml.format("e" * length + " more"))
    assert whole.problems == ()
    assert whole.article is not None
    assert cut.article == whole.article
    assert getattr(cut.article, name) == "e" * length
    assert [(p.line, p.what.startswith(what), p.fatal) for p in cut.problems] == [
        (2 if name == "title" else 3, True, False)
    ]


@pytest.mark.parametrize(
    "yaml",
    [
        f"categories: [{'t' * 300}, b]",
        f"tags: [{', '.join(f't{n}' for n in range(MAX_TOPICS + 1))}]",
        f"keywords: {', '.join(f't{n}' for n in range(MAX_TOPICS + 1))}",
        f"provider: {{name: {'t' * 300}}}",
        f"source: {'t' * 300}",
    ],
)
def test_names_that_are_cut_are_told_once(yaml):
    ((line, what),) = faults(f"title: x\n{yaml}")
    assert (line, "200" in what) == (3, True)


def test_an_address_in_place_of_a_provider_may_be_long():
    assert article(f"title: x\nprovider: https://example.org/{'a' * 300}").provider == Provider("", "example.org")


def test_the_index_of_a_file_cannot_become_much_larger_than_the_file():
    big = "x y " * 2_400
    items = "".join(f"- {{title: t{n}, excerpt: *b, url: 'https://example.com/{n}'}}\n" for n in range(100))
    found = record(f"title: x\nbig: &b {big}\nrelated:\n{items}")
    assert sum(len(one.article.excerpt) for one in found.curated if one.article) == 100 * (len(big) - 1)
    assert sum(len(one.article.excerpt) for one in found.curated if one.article) < 1_000_000


def test_long_and_hostile_text():
    found = article(f'title: "\\e[31m{"word " * 150}"\nexcerpt: "&lt;script&gt;x&lt;/script&gt;safe\\u202e"')
    assert "\x1b" not in found.title
    assert found.excerpt == "safe"
