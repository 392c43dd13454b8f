"""The audit: looks for the faults of curated lists."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from search.content.urls import canonical_url
from search.desk.drift import drifted
from search.desk.faults import RANKED_RULES, Finding
from search.desk.files import resolved
from search.desk.same_story import same_story
from search.errors import SearchError
from search.index.filters import ANYTHING
from search.index.habits import lists_unpublished
from search.related.candidates import curated_rows, excluded_rows, find_pool
from search.related.choice import collapse
from search.related.features import feature_matrix
from search.related.profile import profile_of
from search.related.subject import subject_of_id, subject_of_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from search.content.article import Article, CuratedItem
    from search.content.settings import Settings
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.related.ranker import Ranker
    from search.related.subject import Subject

# An item is much less related when so many unlisted articles are this much likelier to be taken.
_BETTER_COUNT: Final = 5
_UNRELATED: Final = 0.1
_GOOD: Final = 0.5
# An article lacks a list when so many different stories are likely to fit: not all of them will.
_GOOD_STORIES: Final = 5


@dataclass(frozen=True, slots=True)
class _Site:
    """What the rules go by that look beyond one list.

    Attributes:
        listed_by: For each row who lists it: id by row.
        sharing: For each row whose address other files have: the address, and the ids of all that have it.
    """

    listed_by: dict[int, dict[int, str]]
    sharing: dict[int, tuple[str, list[str]]]


_NOTHING: Final = _Site({}, {})


@dataclass(frozen=True, slots=True)
class _List:
    """A curated list with what the index knows of its items."""

    row: int
    article: Article
    items: Sequence[CuratedItem]
    rows: Sequence[Sequence[int]]
    articles: dict[int, Article]

    def known(self) -> Iterator[tuple[CuratedItem, Article]]:
        """Yield the items that mean an article with a file, but not those that mean this one."""
        for item, rows in zip(self.items, self.rows, strict=True):
            known = [row for row in rows if self.articles[row].origin == "file"]
            if known and self.row not in rows:
                yield item, self.articles[known[0]]

    def copies(self, going: Collection[int]) -> Iterator[tuple[CuratedItem, list[Article]]]:
        """Yield the items that do not mean this article, each with those that it means; none at the places that go."""
        for item, rows in zip(self.items, self.rows, strict=True):
            if self.row not in rows and item.position not in going:
                yield item, [self.articles[row] for row in rows]


def audit(
    index: Index,
    settings: Settings,
    rules: Collection[str],
    ranker: Ranker,
    progress: Progress,
    among: Collection[str] | None = None,
) -> Iterator[Finding]:
    """Yield the faults of all lists, by path; those of a list in the order of its items.

    A list that was changed since it was indexed is read from its file; of what is no article any more the progress is
    told.

    Args:
        index: Whose lists.
        settings: Knows the site's address.
        rules: Which faults to look for, keys of ``RULES``.
        ranker: Says how related articles are.
        progress: Told of every file.
        among: Ids of articles whose lists are looked at; None for all.
    """
    every = index.connection.execute("SELECT id FROM article WHERE origin = 'file' ORDER BY id")
    found = [name for (name,) in every if among is None or name in among]
    site = _Site(_listed_by(index) if "one-way" in rules else {}, _sharing(index) if "shared-address" in rules else {})
    if "unpublished" in rules and lists_unpublished(index.connection):
        progress.notice("most listed articles are unpublished: that is how this site lists, and no fault")
        rules = set(rules) - {"unpublished"}
    progress.phase("auditing lists", len(found))
    for name in found:
        try:
            subject = present_subject(index, name)
        except SearchError as error:
            progress.notice(f"{name} is left out: {error.message}")
        else:
            yield from faults_of(index, settings, subject, rules, ranker, site)
        progress.advance(1)


def present_subject(index: Index, article: str) -> Subject:
    """Return an article with its list as the file has it now, though it was changed since it was indexed.

    Raises:
        SearchError: Its file is gone, or is no article any more.
    """
    row = index.row_of_id(article)
    if row is not None and index.is_unchanged(article):
        return subject_of_row(index, row)
    resolved(index.content_root, article)
    return subject_of_id(index, article)


def faults_of(
    index: Index,
    settings: Settings,
    subject: Subject,
    rules: Collection[str],
    ranker: Ranker,
    site: _Site = _NOTHING,
) -> list[Finding]:
    """Return the faults of one list, in the order of its items; arguments as of ``audit``.

    The list counts as the subject has it; an article that is not in the index has none.
    """
    found = _found(index, settings, subject, rules, ranker, site)
    return sorted((one for one in found if one.rule in rules), key=lambda one: (one.position, one.rule))


def _found(
    index: Index,
    settings: Settings,
    subject: Subject,
    rules: Collection[str],
    ranker: Ranker,
    site: _Site,
) -> Iterator[Finding]:
    if subject.row is None:
        return
    items = subject.curated
    rows = curated_rows(index, items)
    articles = index.articles({one for some in rows for one in some})
    listed = _List(subject.row, subject.article, items, rows, articles)
    if items:
        yield from _targets(settings, listed)
        repeated = list(_repeated(listed))
        yield from repeated
        yield from _same_story(index, listed)
        if "drifted" in rules:  # it reads files
            going = {one.position for one in repeated} if "repeated" in rules else set()
            yield from drifted(index, settings, subject.article.id, listed.copies(going))
    if subject.row in site.sharing:
        yield _shared(subject.article.id, *site.sharing[subject.row])
    if "one-way" in rules:
        yield from _one_way(listed, site.listed_by)
    if RANKED_RULES.intersection(rules):
        yield from _ranked(index, listed, ranker)


def _targets(settings: Settings, listed: _List) -> Iterator[Finding]:
    path = listed.article.id
    own = canonical_url(settings.site_url).rstrip("/") if settings.site_url else ""
    for item, rows in zip(listed.items, listed.rows, strict=True):
        if not item.target:
            what = f"item {item.position} has no address"
            yield Finding("no-address", path, item.position, what, "add its webUrl, or delete the item")
            continue
        # the slash: https://site.example.org is another site than https://site.example
        is_own = "://" not in item.target or (bool(own) and f"{item.target}/".startswith(f"{own}/"))
        known = [listed.articles[row] for row in rows]
        if is_own and not any(article.origin == "file" for article in known):
            what = f"item {item.position} names {_short(item.target)}, which is not there"
            yield Finding("gone-target", path, item.position, what, "correct its address, or delete the item")
    for item, rows in zip(listed.items, listed.rows, strict=True):
        if listed.row in rows:
            what = f"item {item.position} is the article itself"
            yield Finding("itself", path, item.position, what, "delete the item")
    for item, article in listed.known():
        if article.removed:
            what = f"item {item.position}, {_short(article.title)!r}, is flagged as removed"
            yield Finding("removed-target", path, item.position, what, "delete the item")
        elif listed.article.published is not False and article.published is False:
            what = f"item {item.position}, {_short(article.title)!r}, is not published"
            yield Finding("unpublished", path, item.position, what, "publish it, or delete the item")


def _repeated(listed: _List) -> Iterator[Finding]:
    first: dict[str | int, int] = {}
    for item, rows in zip(listed.items, listed.rows, strict=True):
        key: str | int = rows[0] if rows else item.target
        if key and key in first:
            what = f"item {item.position} is item {first[key]} once more"
            yield Finding("repeated", listed.article.id, item.position, what, "delete the item")
        first.setdefault(key, item.position)


def _same_story(index: Index, listed: _List) -> Iterator[Finding]:
    at: dict[int, int] = {}
    for item, rows in zip(listed.items, listed.rows, strict=True):
        if rows:
            at.setdefault(rows[0], item.position)
    for row, first in same_story(index, at).items():
        what = f"item {at[row]} tells the same story as item {at[first]}"
        yield Finding("same-story", listed.article.id, at[row], what, "keep the better one")


def _listed_by(index: Index) -> dict[int, dict[int, str]]:
    """Return for each row who lists it: id by row."""
    found = index.connection.execute(
        "SELECT address.row, holder.row, holder.id FROM curated "
        "JOIN address ON address.url = curated.target JOIN article AS holder ON holder.id = curated.path"
    )
    holders: dict[int, dict[int, str]] = defaultdict(dict)
    for row, holder, path in found:
        holders[row][holder] = path
    return holders


def _sharing(index: Index) -> dict[int, tuple[str, list[str]]]:
    """Return for each row whose address other files have: the address, and the ids of all that have it."""
    found = index.connection.execute(
        "SELECT address.url, article.row, article.id FROM address JOIN article ON article.row = address.row "
        "WHERE article.origin = 'file' AND address.url IN (SELECT url FROM address GROUP BY url HAVING count(*) > 1) "
        "ORDER BY address.url, article.id"
    ).fetchall()
    sharing: dict[int, tuple[str, list[str]]] = {}
    for url, some in groupby(found, key=lambda one: one[0]):
        files = {row: path for _, row, path in some}
        if len(files) > 1:
            shared = (url, list(files.values()))  # one for all of them: a site may give every file the same
            for row in files:
                sharing.setdefault(row, shared)
    return sharing


def _shared(path: str, url: str, files: list[str]) -> Finding:
    other = files[1] if files[0] == path else files[0]
    who = f"{other} and {len(files) - 2} more have" if len(files) > 2 else f"{other} has"  # noqa: PLR2004 - it and one
    what = f"{who} the same address, {_short(url)}: they count as copies of one another"
    return Finding("shared-address", path, 0, what, "give each its own webUrl, or delete what is there twice")


def _one_way(listed: _List, listed_by: dict[int, dict[int, str]]) -> Iterator[Finding]:
    mine = {row for rows in listed.rows for row in rows} | {listed.row}
    missing = [path for row, path in sorted(listed_by.get(listed.row, {}).items()) if row not in mine]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        what = f"it is listed by {missing[0]}{more}, and does not list {'them' if more else 'it'}"
        yield Finding("one-way", listed.article.id, 0, what, "list it back where it helps a reader")


def _ranked(index: Index, listed: _List, ranker: Ranker) -> Iterator[Finding]:
    subject = subject_of_row(index, listed.row)
    copies, _ = excluded_rows(index, subject, blind=True)
    pool = find_pool(index, profile_of(index, subject, None), ANYTHING, copies, lists=False)
    likely = ranker.scores(feature_matrix(index, pool), has_lists=index.habits.has_lists).probability
    place_of = {row: place for place, row in enumerate(pool.rows.tolist())}
    items = {row: item for item, rows in zip(listed.items, listed.rows, strict=True) for row in rows[:1]}
    unlisted = np.array([place for row, place in place_of.items() if row not in items], dtype=np.int64)
    good = int((likely[unlisted] >= _GOOD).sum())
    path = listed.article.id
    if not listed.items and good >= _GOOD_STORIES:
        stories = len(collapse(index, pool, unlisted[likely[unlisted] >= _GOOD], {listed.row}))
        if stories >= _GOOD_STORIES:
            what = f"it has no list, and {stories} stories are likely to fit"
            yield Finding("no-list", path, 0, what, f"look at: search related {path}")
    for row, item in items.items():
        place = place_of.get(row)
        probability = 0.0 if place is None else float(likely[place])
        if good >= _BETTER_COUNT and probability < _UNRELATED:
            what = f"item {item.position}, {_short(item.title)!r}, fits much less than {good} that are not listed"
            yield Finding("unrelated", path, item.position, what, f"compare: search related {path}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - a line is what people read
