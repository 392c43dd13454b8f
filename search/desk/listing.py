"""What the items of a list mean, which of them a removal takes out, and what may join them."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from search.content.faults import FrontMatterError
from search.content.frontmatter import read_front_matter
from search.content.load import load_file
from search.content.records import read_record
from search.errors import SearchError
from search.related.candidates import addresses, curated_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from search.content.article import CuratedItem
    from search.content.settings import Settings
    from search.desk.decisions import Decision
    from search.index.opened import Index

# The reason of a removal that was made because the article stands in the list more than once.
REPEATED: Final = "repeated"
# The reason of a removal that takes out each of several items that show the article.
EVERY: Final = "every"
_ELSE: Final = "run: search index, or give the article an address or its file a plainer name"


class CannotJoin(SearchError):
    """An article that must not stand in a list: it is the list's own, or there already under another name."""


def names_of_items(index: Index, settings: Settings, article: str) -> list[set[str]]:
    """Return for each item of a file's list, as it stands now, the article ids and addresses it goes by.

    Raises:
        FrontMatterError: The file cannot be read.
    """
    record = load_file(index.content_root, article, settings)
    fatal = [problem for problem in record.problems if problem.fatal]
    if fatal:
        raise FrontMatterError(fatal[0].line, fatal[0].what, fatal[0].todo)
    return names_in(index, record.curated)


def names_in(
    index: Index, curated: Sequence[CuratedItem], rows: Sequence[Sequence[int]] | None = None
) -> list[set[str]]:
    """Return for each item of a list the article ids and addresses it goes by; rows as of ``curated_rows``."""
    found = curated_rows(index, curated) if rows is None else rows
    ids = index.ids(row for some in found for row in some)
    return [{item.target, *(ids[row] for row in some)} for item, some in zip(curated, found, strict=True)]


def names_of(index: Index, article: str) -> set[str]:
    """Return the article ids and addresses that mean an article: its own, and those of other files at its address."""
    row = index.row_of_id(article)
    if row is None:
        return {article}
    urls = addresses(index.articles([row])[row])
    rows = {row for some in index.rows_of_urls(urls).values() for row in some}
    return {article, *urls, *index.ids(rows).values()}


def check_joins(index: Index, article: str, there: Iterable[set[str]], candidate: str) -> None:
    """Refuse what the audit would report: an article in its own list, or one article twice.

    Args:
        index: Knows the addresses.
        article: Whose list it is.
        there: The names of what is listed.
        candidate: What would join.

    Raises:
        CannotJoin: It must not.
    """
    names = names_of(index, candidate)
    if names & names_of(index, article):
        what = "is the article itself" if candidate == article else "has the address of the article itself"
        raise CannotJoin(f"{candidate[:200]} {what}", "choose another article")
    for known in there:
        if both := sorted(names & known):
            raise CannotJoin(f"{candidate[:200]} is in the list already, as {both[0][:200]}", "take one of them back")


def misread(
    index: Index, settings: Settings, article: str, after: bytes, added: Mapping[int, str]
) -> dict[str, FrontMatterError]:
    """Return those of the items added that would be read as something else, with what to say of each.

    Args:
        index: Knows the articles.
        settings: How the site's content is to be read.
        article: Its article id.
        after: What its file would hold.
        added: The article id that each new item is to mean, by 0-based place in the list.
    """
    front = read_front_matter(io.BytesIO(after)) if added else None
    items = read_record(front, article, settings).curated if front is not None else ()
    return {
        candidate: FrontMatterError(0, "an item that shows it would be read as something else", _ELSE)
        for place, candidate in added.items()
        if place >= len(items) or not _names(index, items[place], candidate)
    }


def _names(index: Index, item: CuratedItem, candidate: str) -> bool:
    """Return whether what an item calls its article, and not what else it says, means an article."""
    if item.target in names_of(index, candidate):
        return True
    return index.row_of_id(candidate) in curated_rows(index, [replace(item, article=None)])[0]


def leaving(listed: Sequence[set[str]], decisions: Iterable[Decision]) -> dict[int, Decision]:
    """Return which items removals take out, by 0-based place in the list.

    A removal takes out *one* item, unless it is of every one. Of an article that stands there several times this is
    the one at the place where the removal was made, if it stands there still, else the last: the others stay. What was
    removed as a repetition stays when it is the last of its kind, as when somebody else took the other one out
    meanwhile.

    Args:
        listed: The names of the items.
        decisions: Of any verdict.
    """
    gone: dict[int, Decision] = {}
    for one in decisions:
        places = [place for place, known in enumerate(listed) if one.candidate in known]
        if one.verdict != "removed" or len(places) <= (one.reason == REPEATED):
            continue
        if one.reason == EVERY:
            gone |= dict.fromkeys(places, one)
            continue
        made_at = (one.position or 0) - 1
        gone[made_at if made_at in places else places[-1]] = one
    return gone


def carried_out(before: Sequence[set[str]], after: Sequence[set[str]], decisions: Iterable[Decision]) -> list[Decision]:
    """Return those decisions that a change of a list agrees with.

    Args:
        before: The names of the items that stood there.
        after: The names of those that stand there now.
        decisions: What was accepted or removed.

    Returns:
        What was accepted and is there; what was removed and is gone, or stands there less often than before.
    """

    def count(listed: Sequence[set[str]], name: str) -> int:
        return sum(name in known for known in listed)

    done: list[Decision] = []
    for one in decisions:
        now = count(after, one.candidate)
        less = one.reason != EVERY and now < count(before, one.candidate)
        gone = less or now <= (one.reason == REPEATED)
        if (now > 0) if one.verdict == "accepted" else gone:
            done.append(one)
    return done
