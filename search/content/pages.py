"""What a file of the content is called elsewhere: the page that a site makes of it, and its bare name.

A file can be named by its path, by the address of its page, or by its name alone, and generators differ in what they
make of each. Here are the forms that Hugo and Jekyll have by default; whoever looks for a file takes one only where it
means that file and no other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from search.content.text import plain_text
from search.content.urls import canonical_url
from search.content.walk import EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from search.content.article import Article

# A reader's address may end on what the file itself never does.
_ENDINGS: Final = (*EXTENSIONS, ".htm")
_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})-(.+)")
_PAGE_ENDINGS: Final = (".html", ".htm")
_UNDER_DATE = re.compile(r"(?:^|/)\d{4}/\d{2}/\d{2}/")
# Hugo's folder of everything, and Jekyll's of posts, stand in no address.
_ABOVE: Final = "content/"
POSTS: Final = "_posts"


class Page(NamedTuple):
    """A page by the forms that name it.

    Attributes:
        path: Without ending, ``index``, ``content/`` and ``_posts/``; ``""`` for the start page of the site.
        dated: Where a generator puts a file whose name begins with a date: under the date, or without it.
        names: The last part of the path, with and without its date.
    """

    path: str
    dated: tuple[str, ...]
    names: tuple[str, ...]


def page_path(path: str) -> str:
    """Return the path of the page that a file becomes, or that a reference means.

    Args:
        path: Of a file, or of a page; a slash before or after it says nothing here.

    Examples:
        >>> page_path("content/news/a/index.md"), page_path("_posts/2024-05-01-a.md"), page_path("/news/a/")
        ('news/a', '2024-05-01-a', 'news/a')
    """
    path = path.strip("/").removeprefix(_ABOVE)
    parts = [part for part in path[: len(path) - len(_ending(path))].split("/") if part != POSTS]
    if parts and parts[-1] == "index":
        parts.pop()
    return "/".join(parts)


def page_of(path: str, category: str = "") -> Page:
    """Return the page of a file.

    Args:
        path: Relative to the content root, with ``/``.
        category: Of the article: Jekyll puts it before the date.
    """
    page = page_path(path)
    folder, _, name = page.rpartition("/")
    found = _DATED.fullmatch(name)
    if not found:
        return Page(page, (), (name,) if name else ())
    year, month, day, slug = found.groups()
    under_date = f"{year}/{month}/{day}/{slug}"
    above = dict.fromkeys((folder, "", category))
    dated = (f"{folder}/{slug}" if folder else slug, *(f"{one}/{under_date}" if one else under_date for one in above))
    return Page(page, dated, (name, slug))


def page_addresses(path: str, site_url: str) -> list[str]:
    """Return where a site shows a file that does not say it, as far as that is sure.

    Args:
        path: Of the file, relative to the content root, with ``/``.
        site_url: The site's address.

    Returns:
        The address of its path; for one of Jekyll's posts that of its date too, which is the one that Jekyll gives it.
    """
    page = page_path(path)
    pages = [page] if page else []
    if (found := _DATED.fullmatch(page.rpartition("/")[2])) and POSTS in path.split("/"):
        folder = page.rpartition("/")[0]
        pages.append("/".join([*([folder] if folder else []), *found.groups()]))
    return [f"{site_url.rstrip('/')}/{_as_address(one)}" for one in pages]


def title_of_post(path: str) -> str:
    """Return the title that Jekyll gives one of its posts which names none, ``""`` for any other file.

    Examples:
        >>> title_of_post("_posts/2024-05-01-ferry-strike-ends.md"), title_of_post("news/ferry-strike-ends.md")
        ('Ferry Strike Ends', '')
    """
    found = _DATED.fullmatch(page_path(path).rpartition("/")[2])
    if not found or POSTS not in path.split("/"):
        return ""
    return plain_text(" ".join(word.capitalize() for word in found[4].split("-") if word))


def path_by_slug(path: str, slug: str) -> str:
    """Return the path that a file would have if its name were its slug, as generators take it for its page.

    Examples:
        >>> path_by_slug("news/a.md", "b"), path_by_slug("news/a/index.md", "b")
        ('news/b.md', 'news/b.md')
        >>> path_by_slug("_posts/2024-05-01-a.md", "b")
        '_posts/2024-05-01-b.md'
    """
    stem = path[: len(path) - len(_ending(path))].removesuffix("/index")
    folder, slash, name = stem.rpartition("/")
    dated = _DATED.fullmatch(name)
    return f"{folder}{slash}{name[: dated.start(4)] if dated else ''}{slug}{_ending(path)}"


def names_of_file(path: str, category: str = "") -> list[str]:
    """Return what lists may call a file, its path first; whoever takes one sees to it that it means no other file.

    Args:
        path: Relative to the content root, with ``/``.
        category: Of the article.
    """
    page = page_of(path, category)
    stem = path[: len(path) - len(_ending(path))]
    # where Jekyll puts a post comes before where it could
    pages = [*page.dated[1:], *page.dated[:1], page.path] if POSTS in path.split("/") else [page.path, *page.dated]
    bare = [path, path.rpartition("/")[2], stem, *page.names, *pages]
    from_root = [f"/{one}{end}" for one in [*pages, *page.names] if one for end in ("/", ".html", "")]
    return list(dict.fromkeys([*bare, f"/{path}", *from_root]))


def likest(examples: Iterable[str], names: Iterable[str]) -> str:
    """Return the name that looks most like some examples, of equal ones the first; ``""`` without any.

    One with a date is held against those with a date, where there are such: posts and pages differ on one site.

    Examples:
        >>> likest(["/2026/03/04/comet.html"], names_of_file("_posts/2026-03-08-tail.md"))
        '/2026/03/08/tail.html'
    """
    looks = [_look(text) for text in examples]

    def alike(name: str) -> float:
        look = _look(name)
        same = [one for one in looks if one.dated == look.dated] or looks
        return sum(a == b for one in same for a, b in zip(look, one, strict=True)) / max(len(same), 1)

    return max(names, key=alike, default="")


def says_date(name: str) -> bool:
    """Return whether a name has a date in it, as folders or before the name itself."""
    return bool(_look(name).dated)


def is_page(name: str) -> bool:
    """Return whether a name is that of a page, from the root of the site on, and not that of a file.

    Examples:
        >>> is_page("/news/a.html"), is_page("/news/a.md"), is_page("news/a")
        (True, False, False)
    """
    return name[:1] == "/" and not is_file(name.partition("#")[0])


def is_file(name: str) -> bool:
    """Return whether a name ends like that of a file which becomes a page."""
    return _look(name).ending == "file"


class _Look(NamedTuple):
    """What a name looks like: its slashes, its ending, where its date stands, which folders are named."""

    begins: bool
    ends: bool
    ending: str
    dated: str
    folder: bool
    root: bool
    posts: bool


def _look(text: str) -> _Look:
    bare = text.strip("/")
    ending = _ending(bare)
    bare = bare[: len(bare) - len(ending)]
    under_date = _UNDER_DATE.search(bare)
    dated = "folders" if under_date else "name" if _DATED.fullmatch(bare.rpartition("/")[2]) else ""
    rest = bare[under_date.end() :] if under_date else bare
    kind = "page" if ending in _PAGE_ENDINGS else "file" if ending else ""
    return _Look(
        text[:1] == "/", text[-1:] == "/", kind, dated, "/" in rest, bare.startswith(_ABOVE), POSTS in bare.split("/")
    )


def _ending(path: str) -> str:
    return next((path[-len(ending) :] for ending in _ENDINGS if path.lower().endswith(ending)), "")


def with_page_address(article: Article, site_url: str) -> Article:
    """Return an article that can be linked to: one whose file says no address gets that of its page, where it is known.

    Args:
        article: From a file, or from a list.
        site_url: The site's address, or ``""``.
    """
    if article.url or article.origin != "file" or not site_url:
        return article
    known = [url for url in page_addresses(article.id, site_url) if canonical_url(url) in article.alias_urls]
    return replace(article, url=known[-1]) if known else article


def _as_address(path: str) -> str:
    """Return a path as it stands in an address: what would end it there is written otherwise."""
    return path.replace("%", "%25").replace("?", "%3F").replace("#", "%23").replace(" ", "%20")
