"""The lists of the page: what stands in the file's list, and what was turned down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.desk.decisions import REASONS
from search.desk.listing import REPEATED, leaving, names_in
from search.desk.page.templating import byline
from search.desk.page.view import Listed, TurnedDown
from search.related.candidates import curated_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from search.desk.decisions import Decision
    from search.index.opened import Index
    from search.index.standing import Standing
    from search.related.subject import Subject


def listed_items(
    index: Index, subject: Subject, pending: Sequence[Decision], standing: Standing = lambda _: ""
) -> list[Listed]:
    """Return the list as it stands in the file and as decisions will make it: what goes is marked, what joins is last.

    Args:
        index: Knows the articles.
        subject: Whose list.
        pending: What was accepted or removed and is not in the file.
        standing: Tells what readers do not see.
    """
    rows = curated_rows(index, subject.curated)
    articles = index.articles({some[0] for some in rows if some})
    ids = index.ids(some[0] for some in rows if some)
    names = names_in(index, subject.curated, rows)
    gone = leaving(names, pending)
    listed: list[Listed] = []
    for place, (item, some) in enumerate(zip(subject.curated, rows, strict=True)):
        name = gone[place].candidate if place in gone else ids[some[0]] if some else item.target
        shown = item.article or (articles[some[0]] if some else None)
        title = item.title or (shown.title if shown else "") or item.target or "(no title)"
        url = shown.url if shown else item.target
        meta = byline(shown, standing(articles[some[0]]) if some else "") if shown else ""
        listed.append(Listed(name, title, url, place, meta, place in gone))
    known = set().union(*names)
    for one in pending:
        row = index.row_of_id(one.candidate)
        if one.verdict == "accepted" and one.candidate not in known and row is not None:
            article = index.articles([row])[row]
            listed.append(Listed(one.candidate, article.title, article.url, None, byline(article, standing(article))))
    return listed


def turned_down(
    index: Index,
    decisions: Iterable[Decision],
    listed: Iterable[Listed],
    suggested: Collection[str],
    standing: Standing,
) -> list[TurnedDown]:
    """Return what was rejected or removed, is not listed, and is not proposed; the latest first.

    Args:
        index: Knows the articles.
        decisions: What holds for the article, oldest first.
        listed: Its list on the page.
        suggested: Ids of what is proposed: a rejection may have lapsed.
        standing: Tells what readers do not see.
    """
    shown = {one.id for one in listed} | set(suggested)
    made: list[TurnedDown] = []
    for one in decisions:
        if one.verdict not in {"rejected", "removed"} or one.reason == REPEATED or one.candidate in shown:
            continue
        row = index.row_of_id(one.candidate)
        article = None if row is None else index.articles([row])[row]
        why = REASONS.get(one.reason, "") if one.verdict == "rejected" else "taken out of the list"
        meta = " · ".join(filter(None, [byline(article, standing(article)) if article else "", why]))
        title = article.title if article else one.candidate
        made.append(TurnedDown(one.candidate, title, article.url if article else "", meta))
    return made[::-1]
