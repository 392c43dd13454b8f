"""What a file is called elsewhere."""

from __future__ import annotations

import pytest

from search.content.pages import Page, page_addresses, page_of, page_path


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
    assert page_addresses("100% why?.md", site) == ["https://w.example/100%25 why%3F"]
    assert page_addresses("index.md", site) == []
