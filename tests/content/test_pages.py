"""What a file is called elsewhere."""

from __future__ import annotations

import pytest

from search.content.pages import Page, likest, names_of_file, page_addresses, page_of, page_path


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("news/a.md", "news/a"),
        ("news/a/index.md", "news/a"),
        ("/news/a/", "news/a"),
        ("/news/a.HTML", "news/a"),
        ("content/news/a.mdx", "news/a"),
        ("_posts/2024-05-01-a.md", "2024-05-01-a"),
        ("news/_posts/2024-05-01-a.md", "news/2024-05-01-a"),
        ("news/content/a.md", "news/content/a"),
        ("v1.2-is-out.md", "v1.2-is-out"),
        ("index.md", ""),
        ("_posts/", ""),
        ("/", ""),
        ("", ""),
    ],
)
def test_a_page_by_its_file(path, page):
    assert page_path(path) == page


def test_a_file_with_a_date_may_stand_under_it_or_without_it():
    assert page_of("_posts/2024-05-01-a.md", "news") == Page(
        "2024-05-01-a", ("a", "2024/05/01/a", "news/2024/05/01/a"), ("2024-05-01-a", "a")
    )
    assert page_of("blog/2024-05-01-a.md").dated == ("blog/a", "blog/2024/05/01/a", "2024/05/01/a")
    assert page_of("news/a/index.md") == Page("news/a", (), ("a",))
    assert page_of("index.md") == Page("", (), ())


def test_addresses_are_those_that_are_sure():
    site = "https://w.example/"
    assert page_addresses("content/news/a/index.md", site) == ["https://w.example/news/a"]
    assert page_addresses("_posts/2024-05-01-a.md", site) == [
        "https://w.example/2024-05-01-a",
        "https://w.example/2024/05/01/a",
    ]
    assert page_addresses("news/2024-05-01-a.md", site) == ["https://w.example/news/2024-05-01-a"]
    assert page_addresses("100% why?.md", site) == ["https://w.example/100%25%20why%3F"]
    assert page_addresses("index.md", site) == []


@pytest.mark.parametrize(
    ("examples", "path", "name"),
    [
        (["/2026/03/04/comet.html"], "_posts/2026-03-08-tail.md", "/2026/03/08/tail.html"),
        (["2026-02-01-base"], "_posts/2026-01-03-n3.md", "2026-01-03-n3"),
        (["base"], "_posts/2026-01-03-n3.md", "n3"),
        (["/news/a/", "/news/b/"], "content/news/c.md", "/news/c/"),
        (["/news/a"], "news/c/index.md", "/news/c"),
        (["/news/a/", "/news/b/", "/2026/03/04/comet.html"], "_posts/2026-03-08-tail.md", "/2026/03/08/tail.html"),
        (["/2026/03/04/comet.html", "/2026/03/05/fog.html", "/news/a/"], "content/news/c.md", "/news/c/"),
        (["src/blog/a.mdx"], "content/news/c.md", "content/news/c.md"),
        (["a.md"], "news/c.md", "c.md"),
        (["../news/a.md"], "news/c.md", "news/c.md"),
        ([], "news/c.md", "news/c.md"),
    ],
)
def test_a_file_is_called_as_others_are(examples, path, name):
    assert likest(examples, names_of_file(path)) == name


def test_no_name_is_like_none():
    assert likest(["a"], []) == ""
