"""Items of lists that name a file by something else than its address."""

from __future__ import annotations

import json

import pytest

from search.index.build import build_index
from search.index.opened import open_index
from search.related.options import Options
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.index.test_build import assert_same_content


def page(site, path, related=(), **fields):
    """Write an article without an address, as generators have it; values as JSON, which is YAML."""
    record = {"title": f"What stands in {path}", "related": list(related), **fields}
    return site.write(
        path, "---\n" + "".join(f"{key}: {json.dumps(value)}\n" for key, value in record.items()) + "---\n"
    )


def set_site_url(site, url="https://w.example"):
    site.write("search.toml", f'[content]\nsite_url = "{url}"\n')


def meant(site, tmp_path, holder):
    """Return the ids that the items of a list mean, ``""`` for what means none."""
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        listed = suggest(index, find_subject(index, holder), Options()).curated
        joined = index.connection.execute(
            "SELECT position, article.id FROM curated JOIN address ON address.url = curated.target "
            "JOIN article USING (row) WHERE path = ? ORDER BY position",
            (holder,),
        ).fetchall()
        assert dict(joined) == {one.rank: one.id for one in listed if one.id}, "what follows lists joins them"
        return [one.id for one in listed]


NAMES_OF_A = [
    "news/a.md",
    "/news/a/",
    "/news/a",
    "news/a",
    "/news/a.md",
    "/news/a.html",
    "content/news/a.md",
    "a.md",
    "a",
]


@pytest.mark.parametrize("site_url", ["", "https://w.example"])
@pytest.mark.parametrize("path", ["news/a.md", "content/news/a.md", "news/a/index.md"])
def test_the_forms_of_a_file(site, tmp_path, site_url, path):
    if site_url:
        set_site_url(site, site_url)
    page(site, path)
    page(site, "sport/b.md", NAMES_OF_A)
    page(site, "sport/c.md", ["../news/a.md", "../news/a/", {"title": "A", "url": "/news/a/"}, {"path": "news/a"}])
    assert meant(site, tmp_path, "sport/b.md") == [path] * len(NAMES_OF_A)
    if not path.startswith("content"):
        assert meant(site, tmp_path, "sport/c.md") == [path] * 4


@pytest.mark.parametrize("site_url", ["", "https://w.example"])
def test_what_asks_for_more_than_a_page_is_no_file(site, tmp_path, site_url):
    if site_url:
        set_site_url(site, site_url)
    page(site, "news/a.md")
    forms = ["/news/a?y=1", "news/a?y=1#b", "/news/gone?y=1", "/?y=1"]
    page(site, "b.md", [*forms, "/news/a/#b?c", {"title": "A", "url": "news/a"}])
    assert meant(site, tmp_path, "b.md") == [""] * 4 + ["news/a.md"] * 2


def test_what_begins_at_the_folder_of_the_file(site, tmp_path):
    page(site, "news/a.md")
    page(site, "a.md")
    page(site, "news/b/index.md", ["../a.md", "./a.md", "../../a", "../../../a.md"])
    page(site, "news/c.md", ["./a", {"slug": "./a.md"}])
    assert meant(site, tmp_path, "news/b/index.md") == ["news/a.md", "", "a.md", ""]
    assert meant(site, tmp_path, "news/c.md") == ["news/a.md", "news/a.md"]


@pytest.mark.parametrize("site_url", ["", "https://w.example"])
def test_the_forms_of_a_post_of_jekyll(site, tmp_path, site_url):
    if site_url:
        set_site_url(site, site_url)
    post = "_posts/2024-05-01-a.md"
    page(site, post, categories="News", permalink="/:categories/:title/")
    forms = [
        "a", "a.md", "2024-05-01-a", "2024-05-01-a.md", "_posts/2024-05-01-a", "/2024/05/01/a.html", "/2024/05/01/a/",
        "/news/2024/05/01/a.html", "/a/",
    ]  # fmt: skip
    page(site, "_posts/2024-06-01-b.md", forms)
    assert meant(site, tmp_path, "_posts/2024-06-01-b.md") == [post] * len(forms)


def test_what_may_mean_several_or_none_means_none(site, tmp_path):
    page(site, "news/a.md")
    page(site, "sport/a.md")
    page(site, "columns/2026-01-02-letters.md")
    page(site, "columns/2026-01-09-letters.md")
    page(site, "columns/2026-01-09-only.md")
    forms = [
        "a",
        "a.md",
        "letters",
        "columns/letters",
        "/a",
        "/only",
        "gone",
        "A title of an article",
        "index",
        "/",
        "https://e.example/news/a",
    ]
    page(site, "b.md", [*forms, "only", "columns/only", "NEWS/A"])
    assert meant(site, tmp_path, "b.md") == [""] * len(forms) + ["columns/2026-01-09-only.md"] * 2 + ["news/a.md"]


def test_letters_with_accents_and_what_an_address_escapes(site, tmp_path):
    set_site_url(site)
    page(site, "news/Zürich 100%.md")
    page(
        site,
        "b.md",
        ["/news/zu\u0308rich 100%", "https://w.example/news/Z%C3%BCrich%20100%25/", "news/Z%C3%BCrich 100%25"],
    )
    assert meant(site, tmp_path, "b.md") == ["news/Zürich 100%.md"] * 3


def test_an_item_with_the_own_address_of_a_file_is_that_file(site, tmp_path):
    set_site_url(site, "https://www.w.example/paper/")
    page(site, "news/a.md")
    page(site, "_posts/2024-05-01-p.md")
    items = [
        {"title": "A", "url": "https://www.w.example/paper/news/a/"},
        {"title": "P", "url": "https://w.example/paper/2024/05/01/p"},
        {"title": "P", "url": "https://w.example/paper/2024/05/01/p.html"},
        {"title": "Gone", "url": "https://w.example/paper/news/gone/"},
        {"title": "Another site's", "url": "https://w.example/news/a/"},
    ]
    page(site, "b.md", items)
    listed = meant(site, tmp_path, "b.md")
    assert listed[:3] == ["news/a.md", "_posts/2024-05-01-p.md", "_posts/2024-05-01-p.md"]
    assert [one.startswith("https://") for one in listed[3:]] == [True, True]
    with open_index(tmp_path / "index") as index:
        embedded = index.connection.execute("SELECT id FROM article WHERE origin = 'embedded' ORDER BY id").fetchall()
        assert embedded == [("https://w.example/news/a",), ("https://w.example/paper/news/gone",)]
        assert find_subject(index, "https://www.w.example/paper/news/a/").article.id == "news/a.md"
        assert suggest(index, find_subject(index, "b.md"), Options()).suggested == []


def test_an_address_that_a_file_has_is_that_file_before_any_path(site, tmp_path):
    set_site_url(site)
    page(site, "news/a.md", url="/other/")
    page(site, "other.md", url="/news/a/")
    page(site, "b.md", ["/news/a/", "/other/", "news/a.md"])
    assert meant(site, tmp_path, "b.md") == ["other.md", "news/a.md", "news/a.md"]


def test_a_build_that_goes_on_finds_what_one_from_nothing_finds(site, tmp_path):
    set_site_url(site)
    page(site, "b.md", ["a", "/news/a/", {"title": "A", "url": "https://w.example/news/a.html"}])
    assert meant(site, tmp_path, "b.md") == ["", "", "https://w.example/news/a.html"]
    page(site, "news/a.md")
    assert meant(site, tmp_path, "b.md") == ["news/a.md"] * 3
    page(site, "sport/a.md")
    assert meant(site, tmp_path, "b.md") == ["", "news/a.md", "news/a.md"]
    build_index(site.root, tmp_path / "other")
    assert_same_content(tmp_path / "index", tmp_path / "other")
    with open_index(tmp_path / "index") as ours, open_index(tmp_path / "other") as theirs:
        addresses = "SELECT address.url, id, derived FROM address JOIN article USING (row) ORDER BY 1, 2"
        assert ours.connection.execute(addresses).fetchall() == theirs.connection.execute(addresses).fetchall()
    (site.root / "news/a.md").unlink()
    assert meant(site, tmp_path, "b.md") == ["sport/a.md", "", "https://w.example/news/a.html"]


@pytest.mark.parametrize("site_url", ["", "https://w.example"])
def test_the_name_that_a_file_gives_itself(site, tmp_path, site_url):
    if site_url:
        set_site_url(site, site_url)
    page(site, "news/a.md", slug="first-thing")
    page(site, "news/bundle/index.md", slug="bundled")
    page(site, "_posts/2026-03-08-gone.md", slug="went")
    items = ["first-thing", {"slug": "first-thing"}, "/news/first-thing/", "news/First-Thing", "a", "/news/a/"]
    items += ["/news/bundled", "/2026/03/08/went.html", "went"]
    page(site, "b.md", items)
    known = ["news/a.md"] * 6 + ["news/bundle/index.md", *["_posts/2026-03-08-gone.md"] * 2]
    assert meant(site, tmp_path, "b.md") == known
    # what several files, or no page, are called by means none of them; the name of a file goes before
    page(site, "sport/c.md", slug="first-thing")
    page(site, "sport/bundled.md")
    page(site, "b.md", ["/news/first-thing/", "bundled", "first-thing", "/first-thing/", "news/first-thing.md"])
    found = meant(site, tmp_path, "b.md")
    assert found[:2] == ["news/a.md", "sport/bundled.md"]
    assert not {"news/a.md", "sport/c.md"} & set(found[2:])
    with open_index(tmp_path / "index") as index:
        assert index.row_of_reference("sport/first-thing") is not None
        aliases = find_subject(index, "news/a.md").article.alias_urls
        assert aliases == (("https://w.example/news/a",) if site_url else ())


def test_what_a_list_calls_an_article_is_none_of_its_own_addresses(site, tmp_path):
    page(site, "news/a.md")
    page(site, "b.md", ["a"])
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert find_subject(index, "news/a.md").article.alias_urls == ()


def test_a_file_without_an_address_is_linked_by_that_of_its_page(site, run_search, tmp_path):
    set_site_url(site, "http://www.w.example/")
    page(site, "content/news/pumps.md", ["/news/oil-pumps/"], title="Heat pumps for the customs house")
    page(site, "content/news/oil-pumps.md", title="Oil pumps leave the customs house")
    page(site, "_posts/2026-03-08-old pumps.md", title="Heat pumps in the old customs house")
    page(site, "own.md", title="Heat pumps for a customs house", canonical_url="https://else.example/own")
    build_index(site.root, tmp_path / "index")
    addresses = {
        "content/news/pumps.md": "http://www.w.example/news/pumps",
        "content/news/oil-pumps.md": "http://www.w.example/news/oil-pumps",
        "_posts/2026-03-08-old pumps.md": "http://www.w.example/2026/03/08/old%20pumps",
        "own.md": "https://else.example/own",
    }
    place = ("--index", tmp_path / "index")
    asked = json.loads(run_search("query", "pumps", *place, "--format", "json").stdout)
    assert {one["id"]: one["url"] for one in asked["results"]} == addresses
    every = ("--min-probability", 0, "--unpublished")
    command = ("related", site.root / "content/news/pumps.md", *place, *every[:2])
    given = json.loads(run_search(*command, "--format", "json").stdout)
    assert given["article"]["url"] == addresses["content/news/pumps.md"]
    assert given["curated"] == [
        {
            "rank": 1,
            "id": "content/news/oil-pumps.md",
            "url": addresses["content/news/oil-pumps.md"],
            "title": "Oil pumps leave the customs house",
            "named": "https://w.example/news/oil-pumps",
        }
    ]
    assert {one["id"]: one["url"] for one in given["suggested"]}.items() <= addresses.items()
    assert "(http://www.w.example/2026/03/08/old%20pumps)" in run_search(*command, "--format", "markdown").stdout
    assert "  1  Oil pumps leave the customs house\n" in run_search(*command).stdout
    run_search("export", "--data", tmp_path / "data.json", *place, *every[:2])
    data = json.loads((tmp_path / "data.json").read_text())
    assert {one["id"]: one["webUrl"] for some in data.values() for one in some} == addresses
    run_search("suggest", "--all", "--html", tmp_path / "page.html", *place, *every[:2])
    text = (tmp_path / "page.html").read_text()
    assert all(f'href="{url}"' in text for url in addresses.values())
    assert "<bdi>/news/oil-pumps/</bdi>" not in text
    # a draft too, and without the site's address none
    page(site, "content/news/draft.md", title="Heat pumps at the old quay")
    draft = json.loads(run_search("related", site.root / "content/news/draft.md", *place, "--format", "json").stdout)
    assert draft["article"]["url"] == "http://www.w.example/news/draft"
    set_site_url(site, "https://moved.example")
    asked = json.loads(run_search("query", "pumps", *place, "--format", "json").stdout)
    assert {one["url"] for one in asked["results"]} == {None, "https://else.example/own"}, (
        "known when it is indexed anew"
    )


def test_a_reference_that_was_written_since_is_understood(site, tmp_path):
    page(site, "news/a.md")
    page(site, "news/b.md", ["news/a.md"])
    build_index(site.root, tmp_path / "index")
    page(site, "news/b.md", ["/news/a/", "a", "b.md", "https://else.example/a", "c"])
    with open_index(tmp_path / "index") as index:
        listed = suggest(index, find_subject(index, "news/b.md"), Options()).curated
    assert [one.id for one in listed] == ["news/a.md", "news/a.md", "news/b.md", "", ""]
    assert [one.title for one in listed[:2]] == ["What stands in news/a.md"] * 2
