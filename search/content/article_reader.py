"""From a mapping of front matter, a file's own or that of an item in a list, to the article it describes."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from search.content.article import Article, Problem, Provider
from search.content.chosen import held_back, is_date, read_from
from search.content.dates import parse_date
from search.content.faults import Fault
from search.content.named_files import has_scheme, is_path, joined
from search.content.pages import POSTS, page_addresses, title_of_post
from search.content.urls import canonical_url
from search.content.values import (
    BEST_QUALITY,
    LONGEST_EXCERPT,
    LONGEST_NAME,
    LONGEST_TITLE,
    MAX_TOPICS,
    as_domain,
    as_flag,
    as_names,
    as_provider,
    as_quality,
    as_text,
)
from search.content.walk import DRAFTS

if TYPE_CHECKING:
    from datetime import datetime

    from search.content.article import Origin
    from search.content.fields import Fields, Found
    from search.content.frontmatter import FrontMatter
    from search.content.settings import Settings

MAX_PROBLEMS: Final = 20
_LONGEST: Final = {"title": LONGEST_TITLE, "excerpt": LONGEST_EXCERPT}
_DATE_IN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?=$|[-_.])")
_ARTICLE_TYPES = frozenset({"post", "posts", "blog", "blogpost", "newsarticle", "page"})
_NO_PROVIDER = Provider()
# https://jekyllrb.com/docs/posts/#tags-and-categories; other generators take such text for one name.
_PARTED_BY_JEKYLL = frozenset({"tags", "categories"})
_OF_JEKYLL = frozenset({POSTS, DRAFTS})
# What Eleventy takes from the file or from git: a date, but none that is written here.
_COMPUTED_DATES = frozenset({"last modified", "created", "git last modified", "git created"})

Place = tuple["str | int", ...]
"""Where a mapping stands in the front matter of its file: keys, and positions in lists; empty for the whole of it."""


class ArticleReader:
    """Reads what one file describes; collects faults on the way."""

    def __init__(self, front: FrontMatter, path: str, settings: Settings) -> None:
        self._front = front
        self._path = path
        self._settings = settings
        self._faults: list[Fault] = list(front.faults)
        self._left_out = 0

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong, as far as it did not keep the file from being read; asked for once, at the end."""
        if self._left_out:
            more = f"{self._left_out} more faults of this kind"
            self._faults.append(Fault(0, more, "correct those above first"))
        return tuple(Problem(self._path, f.line, f.what, f.todo, fatal=False) for f in self._faults)

    def fault(self, keys: Place, what: str, todo: str) -> None:
        """Note what is wrong at a place."""
        if len(self._faults) < MAX_PROBLEMS:
            self._faults.append(Fault(self._front.line_of(*keys), what, todo))
        else:
            self._left_out += 1

    def article(self, fields: Fields, place: Place, origin: Origin) -> Article | None:
        """Return the article that a mapping describes; None without a title, or embedded without an address."""
        title = self.text(fields, "title", place)
        if origin == "file" and "title" not in fields:
            title = title_of_post(self._path)
        if not title:
            return None
        url, canonical = self.address(fields, place)
        if origin == "embedded" and not canonical:
            return None
        provider = self._provider(fields, place)
        if not provider.domain and canonical:
            provider = Provider(provider.name, as_domain(canonical))
        elif provider == _NO_PROVIDER and origin == "file":  # it has the address that the site gives its page
            provider = Provider("", as_domain(self._settings.site_url))
        kind = self.text(fields, "type", place).lower() or "article"
        category, topics = self._category_and_topics(fields, place)
        return Article(
            id=self._path if origin == "file" else canonical,
            origin=origin,
            title=title,
            excerpt=self.text(fields, "excerpt", place),
            url=url,
            canonical_url=canonical,
            alias_urls=self._aliases(fields, canonical, origin),
            published_at=self._date(fields, place, origin),
            type="article" if kind in _ARTICLE_TYPES else kind,
            category=category,
            provider=provider,
            topics=topics,
            quality=self._quality(fields, place),
            published=self._published(fields, place),
            removed=bool(self._flag(fields, "removed", place)),
        )

    def text(self, fields: Fields, name: str, place: Place) -> str:
        """Return a field that is text, or ``""``."""
        for found in fields.get(name, ()):
            if isinstance(found.value, (dict, list)):
                self.fault((*place, *found.place), f"`{name}` is no text", "put the value in quotes")
            elif (value := as_text(found.value, longest := _LONGEST.get(name, LONGEST_NAME))).text:
                if value.cut:
                    what = f"`{found.place[-1][:40]}` has more than {longest:,} characters; the rest is left out"
                    self.fault((*place, *found.place), what, "shorten it")
                return value.text
        return ""

    def _provider(self, fields: Fields, place: Place) -> Provider:
        if "provider" not in fields:
            return _NO_PROVIDER
        found = fields["provider"][0]
        provider, cut = as_provider(found.value)
        if cut:
            what = f"a name in `{found.place[-1][:40]}` has more than {LONGEST_NAME} characters; the rest is left out"
            self.fault((*place, *found.place), what, "shorten it")
        return provider

    def _category_and_topics(self, fields: Fields, place: Place) -> tuple[str, tuple[str, ...]]:
        """Return the category, which is the first one that is named, and the topics, further categories among them."""
        tags = fields.get("topics", [])[:1]  # these may be the categories
        topics = [name for found in tags for name in self._names(found, place)]
        named = (topics if found in tags else self._names(found, place) for found in fields.get("category", ()))
        categories = [name for names in named for name in names]
        known = {name.casefold() for name in (*topics, *categories[:1])}
        for name in categories:
            if name.casefold() not in known:
                known.add(name.casefold())
                topics.append(name)
        return (categories[0] if categories else ""), tuple(topics)

    def _names(self, found: Found, place: Place) -> tuple[str, ...]:
        names = as_names(found.value, by_spaces=not place and self._are_parted_by_spaces(found.place[-1]))
        if names.cut:
            what = f"`{found.place[-1][:40]}` has more than {MAX_TOPICS} entries, or one of more than {LONGEST_NAME}"
            self.fault((*place, *found.place), f"{what} characters; the rest is left out", "shorten it")
        return names.names

    def _are_parted_by_spaces(self, key: str) -> bool:
        """Return whether text under a key holds several names: Jekyll parts that of its plural keys at spaces."""
        if self._settings.topics_by_spaces is not None:
            return self._settings.topics_by_spaces
        return key.casefold() in _PARTED_BY_JEKYLL and not _OF_JEKYLL.isdisjoint(self._path.split("/")[:-1])

    def address(self, fields: Fields, place: Place) -> tuple[str, str]:
        """Return the first usable address: as written, and canonical; where there is none, that of an AMP variant."""
        unusable = None
        for found in fields.get("webUrl", ()):
            url = joined(found.value, self._settings)
            if canonical := canonical_url(url):
                return _as_written(url, canonical)
            if unusable is None and has_scheme(url):
                unusable = found
        if unusable:
            what = f"`{unusable.place[-1][:40]}` is no http or https address"
            self.fault((*place, *unusable.place), what, "write it like https://example.com/story")
        if place and any(is_path(found.value) for found in fields.get("webUrl", ())):
            return "", ""  # an item that names a file of this content
        for found in fields.get("aliasUrls", ()):
            url = joined(found.value, self._settings)
            if canonical := canonical_url(url):
                return _as_written(url, canonical)
        return "", ""

    def _aliases(self, fields: Fields, canonical: str, origin: Origin) -> tuple[str, ...]:
        found = fields.get("aliasUrls", ())
        urls = {canonical_url(entry.value) for entry in found if isinstance(entry.value, str)}
        if origin == "file" and read_from(fields, "webUrl", self._settings) is None:
            urls |= self._page_addresses()
        return tuple(sorted(urls - {"", canonical}))

    def _page_addresses(self) -> set[str]:
        """Return where the site shows a file that names no address: its lists may name it by that."""
        if not self._settings.site_url:
            return set()
        return {canonical_url(url) for url in page_addresses(self._path, self._settings.site_url)}

    def _date(self, fields: Fields, place: Place, origin: Origin) -> datetime | None:
        for found in fields.get("publishedDateTime", ()):
            if isinstance(found.value, str) and found.value.strip().lower() in _COMPUTED_DATES:
                continue
            try:
                moment = parse_date(found.value)
                later = held_back(fields, moment)
                return parse_date(later.value) if later else moment
            except ValueError as error:
                what = f"`{found.place[-1][:40]}` is {error}; it is ignored"
                self.fault((*place, *found.place), what, "write it like 2024-03-05T10:00:00Z")
        candidates = [found.value for found in fields.get("published", ()) if as_flag(found.value) is None]
        if origin == "file" and (named := _DATE_IN_NAME.match(PurePosixPath(self._path).name)):
            candidates.append(named[1])
        for candidate in candidates:
            try:
                return parse_date(candidate)
            except ValueError:
                continue
        return None

    def _quality(self, fields: Fields, place: Place) -> int | None:
        for found in fields.get("quality", ()):
            if (quality := as_quality(found.value)) is not None:
                return quality
            what = f"`quality` is no number from 0 to {BEST_QUALITY:,}; it is ignored"
            self.fault((*place, *found.place), what, f"write a number from 0 to {BEST_QUALITY:,}")
        return None

    def _published(self, fields: Fields, place: Place) -> bool | None:
        if "published" in fields and not is_date(fields["published"][0].value):
            flag = self._flag(fields, "published", place)
            if flag is not None:
                return flag
        draft = self._flag(fields, "draft", place)
        return None if draft is None else not draft

    def _flag(self, fields: Fields, name: str, place: Place) -> bool | None:
        if name not in fields:
            return None
        found = fields[name][0]
        flag = as_flag(found.value)
        if flag is None:
            what = f"`{found.place[-1][:40]}` is neither true nor false; it is ignored"
            self.fault((*place, *found.place), what, "write true or false")
        return flag


def _as_written(url: str, canonical: str) -> tuple[str, str]:
    return (url if url.isprintable() else canonical), canonical
