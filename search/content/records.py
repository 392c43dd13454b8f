"""From the front matter of a file to its article, its curated list and what is wrong with them."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from search.content.article import Article, CuratedItem, FileRecord, Problem, Provider
from search.content.dates import parse_date
from search.content.faults import Fault
from search.content.pages import POSTS, page_addresses
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
from search.content.walk import DRAFTS, EXTENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from search.content.article import Origin
    from search.content.fields import Found
    from search.content.frontmatter import FrontMatter
    from search.content.settings import Settings

# Raised when the same file gives something else than before: every index then reads all files again.
READER: Final = 3
MAX_RELATED: Final = 2_000
MAX_PROBLEMS: Final = 20
_LONGEST: Final = {"title": LONGEST_TITLE, "excerpt": LONGEST_EXCERPT}
_LONGEST_PATH: Final = 4096
_DATE_IN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?=$|[-_.])")
_ARTICLE_TYPES = frozenset({"post", "posts", "blog", "blogpost", "newsarticle", "page"})
REFERENCE_KEYS: Final = ("path", "file", "id", "slug", "ref")
# ``javascript:``, ``mailto:``, ``ftp://``: an address of something, and no path.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
# An address of an item that is the path of a file or of its page.
_PATH = re.compile(rf"\.{{0,2}}/[^/].*|.+(?:{'|'.join(map(re.escape, EXTENSIONS))})", re.IGNORECASE)
_NO_PROVIDER = Provider()
# https://jekyllrb.com/docs/posts/#tags-and-categories; other generators take such text for one name.
_PARTED_BY_JEKYLL = frozenset({"tags", "categories"})
_OF_JEKYLL = frozenset({POSTS, DRAFTS})
# What Eleventy takes from the file or from git: a date, but none that is written here.
_COMPUTED_DATES = frozenset({"last modified", "created", "git last modified", "git created"})

# https://gohugo.io/content-management/front-matter/#publishdate
_NOT_BEFORE: Final = "publishdate"

Fields = dict[str, "list[Found]"]


def read_record(front: FrontMatter, path: str, settings: Settings) -> FileRecord:
    """Read what a file gives.

    Args:
        front: Its front matter.
        path: Its path relative to the content root, with ``/``; becomes the article id.
        settings: How the site's content is to be read.

    Returns:
        The article with its curated list, or the reason why the file is no article; and every fault that did not
        keep it from being read. ``secured`` is in none of them.
    """
    return _Reader(front, path, settings).record()


class _Reader:
    """Reads one file; collects faults on the way."""

    def __init__(self, front: FrontMatter, path: str, settings: Settings) -> None:
        self._front = front
        self._path = path
        self._settings = settings
        self._faults: list[Fault] = list(front.faults)
        self._left_out = 0

    def record(self) -> FileRecord:
        fields = self._settings.fields.find(self._front.values)
        article = self._article(fields, (), "file")
        if article is None:
            return FileRecord(self._path, not_article="no title", problems=self._problems())
        curated = self._curated(fields)
        slug = slug_of(self._front.values)
        return FileRecord(self._path, article=article, curated=curated, problems=self._problems(), slug=slug)

    def _problems(self) -> tuple[Problem, ...]:
        if self._left_out:
            more = f"{self._left_out} more faults of this kind"
            self._faults.append(Fault(0, more, "correct those above first"))
        return tuple(Problem(self._path, f.line, f.what, f.todo, fatal=False) for f in self._faults)

    def _fault(self, keys: tuple[str | int, ...], what: str, todo: str) -> None:
        if len(self._faults) < MAX_PROBLEMS:
            self._faults.append(Fault(self._front.line_of(*keys), what, todo))
        else:
            self._left_out += 1

    def _article(self, fields: Fields, place: tuple[str | int, ...], origin: Origin) -> Article | None:
        """Return the article that a mapping describes; None without a title, or embedded without an address."""
        title = self._text(fields, "title", place)
        if not title:
            return None
        url, canonical = self._address(fields, place)
        if origin == "embedded" and not canonical:
            return None
        provider = self._provider(fields, place)
        if not provider.domain and canonical:
            provider = Provider(provider.name, as_domain(canonical))
        elif provider == _NO_PROVIDER and origin == "file":  # it has the address that the site gives its page
            provider = Provider("", as_domain(self._settings.site_url))
        kind = self._text(fields, "type", place).lower() or "article"
        category, topics = self._category_and_topics(fields, place)
        return Article(
            id=self._path if origin == "file" else canonical,
            origin=origin,
            title=title,
            excerpt=self._text(fields, "excerpt", place),
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

    def _text(self, fields: Fields, name: str, place: tuple[str | int, ...]) -> str:
        for found in fields.get(name, ()):
            if isinstance(found.value, (dict, list)):
                self._fault((*place, *found.place), f"`{name}` is no text", "put the value in quotes")
            elif (value := as_text(found.value, longest := _LONGEST.get(name, LONGEST_NAME))).text:
                if value.cut:
                    what = f"`{found.place[-1][:40]}` has more than {longest:,} characters; the rest is left out"
                    self._fault((*place, *found.place), what, "shorten it")
                return value.text
        return ""

    def _provider(self, fields: Fields, place: tuple[str | int, ...]) -> Provider:
        if "provider" not in fields:
            return _NO_PROVIDER
        found = fields["provider"][0]
        provider, cut = as_provider(found.value)
        if cut:
            what = f"a name in `{found.place[-1][:40]}` has more than {LONGEST_NAME} characters; the rest is left out"
            self._fault((*place, *found.place), what, "shorten it")
        return provider

    def _category_and_topics(self, fields: Fields, place: tuple[str | int, ...]) -> tuple[str, tuple[str, ...]]:
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

    def _names(self, found: Found, place: tuple[str | int, ...]) -> tuple[str, ...]:
        names = as_names(found.value, by_spaces=not place and self._are_parted_by_spaces(found.place[-1]))
        if names.cut:
            what = f"`{found.place[-1][:40]}` has more than {MAX_TOPICS} entries, or one of more than {LONGEST_NAME}"
            self._fault((*place, *found.place), f"{what} characters; the rest is left out", "shorten it")
        return names.names

    def _are_parted_by_spaces(self, key: str) -> bool:
        """Return whether text under a key holds several names: Jekyll parts that of its plural keys at spaces."""
        if self._settings.topics_by_spaces is not None:
            return self._settings.topics_by_spaces
        return key.casefold() in _PARTED_BY_JEKYLL and not _OF_JEKYLL.isdisjoint(self._path.split("/")[:-1])

    def _address(self, fields: Fields, place: tuple[str | int, ...]) -> tuple[str, str]:
        """Return the first usable address: as written, and canonical; where there is none, that of an AMP variant."""
        unusable = None
        for found in fields.get("webUrl", ()):
            url = _joined(found.value, self._settings)
            if canonical := canonical_url(url):
                return _as_written(url, canonical)
            if unusable is None and ("://" in url or _SCHEME.match(url)):
                unusable = found
        if unusable:
            what = f"`{unusable.place[-1][:40]}` is no http or https address"
            self._fault((*place, *unusable.place), what, "write it like https://example.com/story")
        if place and any(_is_path(found.value) for found in fields.get("webUrl", ())):
            return "", ""  # an item that names a file of this content
        for found in fields.get("aliasUrls", ()):
            url = _joined(found.value, self._settings)
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

    def _date(self, fields: Fields, place: tuple[str | int, ...], origin: Origin) -> datetime | None:
        for found in fields.get("publishedDateTime", ()):
            if isinstance(found.value, str) and found.value.strip().lower() in _COMPUTED_DATES:
                continue
            try:
                moment = parse_date(found.value)
                held_back = _held_back(fields, moment)
                return parse_date(held_back.value) if held_back else moment
            except ValueError as error:
                what = f"`{found.place[-1][:40]}` is {error}; it is ignored"
                self._fault((*place, *found.place), what, "write it like 2024-03-05T10:00:00Z")
        candidates = [found.value for found in fields.get("published", ()) if as_flag(found.value) is None]
        if origin == "file" and (named := _DATE_IN_NAME.match(PurePosixPath(self._path).name)):
            candidates.append(named[1])
        for candidate in candidates:
            try:
                return parse_date(candidate)
            except ValueError:
                continue
        return None

    def _quality(self, fields: Fields, place: tuple[str | int, ...]) -> int | None:
        for found in fields.get("quality", ()):
            if (quality := as_quality(found.value)) is not None:
                return quality
            what = f"`quality` is no number from 0 to {BEST_QUALITY:,}; it is ignored"
            self._fault((*place, *found.place), what, f"write a number from 0 to {BEST_QUALITY:,}")
        return None

    def _published(self, fields: Fields, place: tuple[str | int, ...]) -> bool | None:
        if "published" in fields and not _is_date(fields["published"][0].value):
            flag = self._flag(fields, "published", place)
            if flag is not None:
                return flag
        draft = self._flag(fields, "draft", place)
        return None if draft is None else not draft

    def _flag(self, fields: Fields, name: str, place: tuple[str | int, ...]) -> bool | None:
        if name not in fields:
            return None
        found = fields[name][0]
        flag = as_flag(found.value)
        if flag is None:
            what = f"`{found.place[-1][:40]}` is neither true nor false; it is ignored"
            self._fault((*place, *found.place), what, "write true or false")
        return flag

    def _curated(self, fields: Fields) -> tuple[CuratedItem, ...]:
        for found in fields.get("related", ()):
            if isinstance(found.value, list):
                if len(found.value) > MAX_RELATED:
                    what = f"`{found.place[-1][:40]}` has more than {MAX_RELATED:,} items; the rest is left out"
                    self._fault(found.place, what, "shorten the list")
                items = enumerate(found.value[:MAX_RELATED], start=1)
                return tuple(self._item(position, value, found.place) for position, value in items)
            if as_flag(found.value) is None:  # themes of Jekyll have `related: true`
                self._fault(found.place, f"`{found.place[-1][:40]}` is no list; it is ignored", "write it as a list")
        return ()

    def _item(self, position: int, value: Any, place: tuple[str, ...]) -> CuratedItem:
        inside: tuple[str | int, ...] = (*place, position - 1)
        if isinstance(value, dict):
            return self._item_of_mapping(position, value, inside)
        text = _joined(value, self._settings)
        target = canonical_url(text) or (self._placed(text) if _may_be_path(text) else "")
        if not target:
            self._unusable_item(position, inside)
        return CuratedItem(position, target, "")

    def _item_of_mapping(self, position: int, value: Mapping[str, Any], place: tuple[str | int, ...]) -> CuratedItem:
        fields = self._settings.fields.find(value)
        article = self._article(fields, place, "embedded")
        if article is not None:
            return CuratedItem(position, article.id, article.title, article)
        _, target = self._address(fields, place)
        if not target:
            urls = [found.value for found in fields.get("webUrl", ())]
            paths = [url for url in urls if _is_path(url)]
            paths += [value[key] for key in REFERENCE_KEYS if isinstance(value.get(key), str)]
            # last, for a copy may have a pattern there (`permalink: pretty`) beside what names its file
            paths += [url for url in (_joined(url, self._settings) for url in urls) if _may_be_path(url)]
            found = (path.strip() for path in paths)
            path = next((path for path in found if path and _is_reference(path)), "")
            target = canonical_url(_joined(path, self._settings)) or self._placed(path)
        if not target:
            self._unusable_item(position, place)
        return CuratedItem(position, target, self._text(fields, "title", place))

    def _placed(self, reference: str) -> str:
        """Return a path as it stands, one that begins at the folder of this file from the content root on."""
        if not reference.startswith(("./", "../")):
            return reference
        parts = self._path.split("/")[:-1]
        for part in reference.split("/"):
            if part == ".." and not parts:
                return reference  # leads out of the content: nothing is there
            if part == "..":
                parts.pop()
            elif part not in {"", "."}:
                parts.append(part)
        # a name alone would mean any file of that name
        return "/".join(parts) if len(parts) > 1 else f"/{''.join(parts)}"

    def _unusable_item(self, position: int, place: tuple[str | int, ...]) -> None:
        self._fault(place, f"item {position} of `{place[0]}` has no address", "add its webUrl, or delete the item")


def slug_of(values: Mapping[str, Any]) -> str:
    """Return what the front matter of a file says is its name, or ``""``; a path is none, nor is a number."""
    slug = values.get("slug")
    text = slug.strip() if isinstance(slug, str) else ""
    return text if "/" not in text and _may_be_path(text) else ""


def read_from(fields: Fields, name: str, settings: Settings) -> Found | None:
    """Return what a field is read from: the first value that is one, others are passed over; None if there is none.

    Args:
        fields: From ``FieldMap.find``.
        name: Ours of the field.
        settings: How the site's content is to be read.
    """
    read = next((found for found in fields.get(name, ()) if _is_usable(name, found.value, settings)), None)
    if read and name == "publishedDateTime":
        return _held_back(fields, parse_date(read.value)) or read
    return read


def _held_back(fields: Fields, moment: datetime) -> Found | None:
    """Return the day before which a page is not built, if that is after its date."""
    for found in fields.get("publishedDateTime", ()):
        if found.place[-1].casefold() == _NOT_BEFORE and _is_moment(found.value) and parse_date(found.value) > moment:
            return found
    return None


def _is_usable(name: str, value: Any, settings: Settings) -> bool:
    if name == "webUrl":
        return bool(canonical_url(_joined(value, settings)))
    if name == "publishedDateTime":
        return _is_moment(value)
    if name == "quality":
        return as_quality(value) is not None
    return name == "provider" or bool(as_text(value).text)


def _as_written(url: str, canonical: str) -> tuple[str, str]:
    return (url if url.isprintable() else canonical), canonical


def _joined(value: Any, settings: Settings) -> str:
    """Return an address as written, a path joined to the site's address."""
    if not isinstance(value, str):
        return ""
    url = value.strip()
    if url.startswith("//"):
        return f"https:{url}"
    if url.startswith("/") and ":" not in url and settings.site_url:
        return settings.site_url.rstrip("/") + url
    return url


def _may_be_path(text: str) -> bool:
    """Return whether a bare item of a list may name a file: a number does not, nor does an address of another kind."""
    return _is_reference(text) and "://" not in text and not _NUMBER.fullmatch(text)


def _is_reference(text: str) -> bool:
    if len(text) > _LONGEST_PATH or not text.isprintable():
        return False
    # a file may be called `Interview: the mayor.md`
    return not _SCHEME.match(text) or ("://" not in text and text.lower().endswith(EXTENSIONS))


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and bool(_PATH.fullmatch(value.strip()))


def _is_date(value: Any) -> bool:
    return as_flag(value) is None and _is_moment(value)


def _is_moment(value: Any) -> bool:
    try:
        parse_date(value)
    except ValueError:
        return False
    return True
