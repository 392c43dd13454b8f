"""Copies in lists that say something else than their articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.desk.days import says_less, written_in
from search.desk.faults import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from search.content.article import Article, CuratedItem
    from search.content.settings import Settings
    from search.desk.days import Written
    from search.index.opened import Index

_NO_TYPE: Final = "article"
# A provider is a mapping, of which a copy may show a part.
_BY_HAND: Final = "provider"


def drifted(
    index: Index, settings: Settings, holder: str, items: Iterable[tuple[CuratedItem, Sequence[Article]]]
) -> Iterator[Finding]:
    """Yield the copies of a list that have drifted.

    Args:
        index: Knows where the files are.
        settings: How the site's content is to be read.
        holder: Id of the article whose list it is.
        items: Items of the list, each with the articles that it means.
    """
    written = written_in(index, settings, holder)
    for item, known in items:
        copy = item.article
        if copy is None:
            continue
        # an article without an address is known by what its copy calls it
        same = [article for article in known if article.canonical_url in {"", copy.canonical_url}]
        originals = [article for article in same if article.origin == "file"]
        # Two files may have one address: a copy of either is right.
        told = (differing(index, settings, written, item, article) for article in originals)
        differ = [some for some in told if some]
        if originals and len(differ) == len(originals):
            yield from _drift(holder, item, copy, originals, differ[0])


def _drift(
    path: str, item: CuratedItem, copy: Article, originals: Sequence[Article], differ: Sequence[str]
) -> Iterator[Finding]:
    """Yield what there is to say of a copy; there is one right answer only where one article is not the older."""
    first = originals[0]
    copied = [name for name in differ if name != _BY_HAND]
    known, todo = "", "copy it anew"
    if len(originals) > 1:
        todo = f"copy it anew from one of the {len(originals)} at its address"
    elif copy.published_at and first.published_at is None:
        todo = "the article has no date, and the copy has one: add it, or copy the article anew"
    elif copy.published_at and first.published_at and copy.published_at > first.published_at:
        todo = "the copy has the later date: bring the article up to date, or copy it anew"
    elif copied:
        known, todo = first.id, "copy it anew (--fix)"
    by_hand = [_BY_HAND] if _BY_HAND in differ else []
    told = [(copied, known, todo), (by_hand, "", "copy it anew")] if known else [([*differ], "", todo)]
    for some, original, do in told:
        if some:
            what = f"item {item.position} has another {' and '.join(some)} than {first.id}"
            yield Finding("drifted", path, item.position, what, do, original=original)


def differing(index: Index, settings: Settings, listed: Written, item: CuratedItem, article: Article) -> list[str]:
    """Return what of an article its copy says otherwise, in words; what a copy leaves out it does not say.

    Excerpt, provider, quality and type count only where the article has one too: what it lacks it cannot say. A day
    without a time has not drifted while it is the article's.

    Args:
        index: Knows where the files are.
        settings: How the site's content is to be read.
        listed: Gives the items of the list that the copy is in.
        item: A copy, as it stands in the file now.
        article: What it is a copy of.
    """
    found = _differing(item.article, article) if item.article else []
    if "date" in found and says_less(index, settings, listed, item, article):
        found.remove("date")
    return found


def _differing(copy: Article, article: Article) -> list[str]:
    provider = [(copy.provider.name, article.provider.name), (copy.provider.domain, article.provider.domain)]
    return [
        name
        for name, differs in {
            "title": copy.title != article.title,
            "excerpt": copy.excerpt and article.excerpt and copy.excerpt != article.excerpt,
            "date": copy.published_at and copy.published_at != article.published_at,
            "provider": any(ours and theirs and ours != theirs for ours, theirs in provider),
            "quality": None not in (copy.quality, article.quality) and copy.quality != article.quality,
            # a copy without a type reads as an article
            "type": copy.type not in (_NO_TYPE, article.type),
        }.items()
        if differs
    ]
