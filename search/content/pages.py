"""What a file of the content is called elsewhere: the page that a site makes of it, and its bare name.

A file can be named by its path, by the address of its page, or by its name alone, and generators differ in what they
make of each. Here are the forms that Hugo and Jekyll have by default; whoever looks for a file takes one only where it
means that file and no other.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from search.content.walk import EXTENSIONS

# A reader's address may end on what the file itself never does.
_ENDINGS: Final = (*EXTENSIONS, ".htm")
_DATED = re.compile(r"(\d{4})-(\d{2})-(\d{2})-(.+)")
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
    lower = path.lower()
    ending = next((ending for ending in _ENDINGS if lower.endswith(ending)), "")
    parts = [part for part in path[: len(path) - len(ending)].split("/") if part != POSTS]
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
        The address of its path; for one of Jekyll's posts that of its date too.
    """
    page = page_path(path)
    pages = [page] if page else []
    if (found := _DATED.fullmatch(page.rpartition("/")[2])) and POSTS in path.split("/"):
        folder = page.rpartition("/")[0]
        pages.append("/".join([*([folder] if folder else []), *found.groups()]))
    return [f"{site_url.rstrip('/')}/{_as_address(one)}" for one in pages]


def _as_address(path: str) -> str:
    """Return a path as it stands in an address: what would end it there is written otherwise."""
    return path.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
