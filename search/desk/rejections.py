"""What was turned down is not proposed again, until a text changes or the rejection expires."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from search.desk.decisions import is_in_force
from search.desk.listing import EVERY, REPEATED
from search.index.rows import row_list, text_key
from search.related.choice import folded_with

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from search.content.article import Article
    from search.desk.decisions import Decision, Decisions
    from search.index.opened import Index
    from search.related.options import Options
    from search.related.subject import Subject

# The reason that says nothing against another outlet's telling of the story.
_POOR_SOURCE: Final = "weak"
# Of accepted suggestions an editor says: good; of what is unrelated: off; other rejections leave it related.
_ACCEPTED_GRADE, _UNRELATED_GRADE, _REJECTED_GRADE = 3, 0, 1


def text_of(article: Article) -> str:
    """Return the key of an article's text, as decisions keep it."""
    return text_key(article).hex()


def without_rejected(
    index: Index,
    subject: Subject,
    options: Options,
    decisions: Decisions,
    now: datetime,
    rejected_for: timedelta | None = None,
) -> Options:
    """Return options that leave out what was turned down for an article, and what was turned down with it.

    That is a word-for-word copy; and all that is folded under it, unless the source alone was found poor: who turns
    down the one of a story that is shown does not want to see the next.
    """
    mine = [
        one
        for one in decisions.of(subject.article.id)
        if one.verdict in {"rejected", "removed"} and one.reason != REPEATED
    ]
    if not mine:
        return options
    rows = {row: one for one in mine if (row := index.row_of_id(one.candidate)) is not None}
    articles = index.articles(rows)
    text = text_of(subject.article)
    barred = [row for row, one in rows.items() if is_in_force(one, (text, text_of(articles[row])), rejected_for, now)]
    copies = index.connection.execute(
        "SELECT row FROM article WHERE text_key IN "
        "(SELECT text_key FROM article WHERE row IN (SELECT value FROM json_each(?)))",
        (row_list(barred),),
    )
    folded = (other for row in barred if rows[row].reason != _POOR_SOURCE for other in folded_with(index, row))
    return replace(options, rejected=frozenset([*(row for (row,) in copies), *folded]))


def grades(index: Index, decisions: Iterable[Decision]) -> dict[int, dict[int, int]]:
    """Return decisions as grades by row of the article and row of the candidate, for whoever learns from them."""
    graded: dict[int, dict[int, int]] = {}
    for one in decisions:
        article, candidate = index.row_of_id(one.article), index.row_of_id(one.candidate)
        if article is None or candidate is None or one.reason == REPEATED:
            continue
        if one.verdict == "accepted":
            grade = _ACCEPTED_GRADE
        else:
            grade = _UNRELATED_GRADE if one.reason in {"", EVERY, "unrelated"} else _REJECTED_GRADE
        graded.setdefault(article, {})[candidate] = grade
    return graded
