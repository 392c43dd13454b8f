"""The reverse of suggesting: which older articles should list the new ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from search.index.filters import ANYTHING
from search.related.subject import subject_of_row
from search.related.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from search.index.opened import Index
    from search.related.options import Options
    from search.related.ranker import Ranker
    from search.related.subject import Subject
    from search.related.suggest import Related

# Whoever would list a new article is, as a rule, among what is most related to it.
NEIGHBOURS = 40


def backfill(
    index: Index,
    new: Sequence[int],
    options: Options,
    ranker: Ranker,
    with_decisions: Callable[[Subject, Options], Options] = lambda _, options: options,
    *,
    now: datetime | None = None,
) -> Iterator[Related]:
    """Yield older articles whose suggestions hold new ones, those suggestions alone; by id.

    Where others tell the story of a new one better, it is proposed in their place.

    Args:
        index: Where to look.
        new: Rows of the new articles.
        options: What is wanted for each older article; ``k`` bounds the place at which a new one must stand.
        ranker: Who ranks.
        with_decisions: Adds what was turned down for an article to its options.
        now: As of ``suggest``.
    """
    wanted = set(new)
    dates = index.articles(new)
    # filters say what is proposed: the new ones, not who should list them
    around = replace(options, k=NEIGHBOURS, blind=True, per_provider=0, filters=ANYTHING)
    holders: dict[str, int] = {}
    for row in new:
        suggested = suggest(index, subject_of_row(index, row), around, ranker=ranker, now=now).suggested
        names = [name for one in suggested for name in (one.article.id, *one.also)]
        moment = dates[row].published_at
        near = index.articles({found for name in names if (found := index.row_of_id(name)) is not None} - wanted)
        for found, article in near.items():
            is_older = moment is None or article.published_at is None or article.published_at <= moment
            if is_older and article.origin == "file":
                holders[article.id] = found
    preferring = replace(options, preferred=frozenset(wanted))
    for _, holder in sorted(holders.items()):
        subject = subject_of_row(index, holder)
        answer = suggest(index, subject, with_decisions(subject, preferring), ranker=ranker, now=now)
        some = [one for one in answer.suggested if index.row_of_id(one.article.id) in wanted]
        if some:
            yield replace(answer, suggested=some)
