"""What there is to show of an article: its list, its faults, and what is proposed beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from search.content.article import CuratedItem
from search.content.edit import edit_related
from search.content.faults import FrontMatterError
from search.content.item import Scalar
from search.content.shape import NewItem
from search.desk.audit import faults_of
from search.desk.faults import SHOWN
from search.desk.page.lists import listed_items, turned_down
from search.desk.page.pictures import picture_of
from search.desk.page.queue import QUEUES
from search.desk.page.view import View
from search.desk.rejections import without_rejected
from search.index.standing import standing_in
from search.related.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from search.desk.decisions import Decisions
    from search.desk.page.bench import Bench
    from search.index.opened import Index
    from search.related.options import Options
    from search.related.subject import Subject


def view_of(
    bench: Bench,
    subject: Subject,
    queue: str,
    decisions: Decisions,
    options: Options,
    *,
    before: bytes,
    rejected_for: timedelta | None = None,
    images: bool = False,
) -> View:
    """Return what is to be shown of an article.

    Args:
        bench: The index, and what was made of it.
        subject: The article.
        queue: In which it is looked at.
        decisions: What was decided.
        options: What is wanted of suggestions.
        before: What its file holds.
        rejected_for: How long a rejection counts; None for ever.
        images: Whether pictures are shown.
    """
    index, name, now = bench.index, subject.article.id, datetime.now(UTC)
    standing = standing_in(index, now)
    options = without_rejected(index, subject, options, decisions, now, rejected_for)
    pending = decisions.pending_of(name)
    # What is accepted counts as listed: neither it nor its story is proposed once more.
    accepted = (CuratedItem(0, one.candidate, "") for one in pending if one.verdict == "accepted")
    with_accepted = replace(subject, curated=(*subject.curated, *accepted))
    encoder = bench.encoder_for(subject)
    answer = suggest(index, with_accepted, options, encoder=encoder, ranker=bench.ranker, now=now)
    suggested = [one.article.id for one in answer.suggested]
    listed = listed_items(index, subject, pending, standing)
    refusal = _refusal(bench, subject, before)
    previous, place, following = bench.queues.around(queue, name)
    return View(
        answer=answer,
        standing=standing,
        listed=listed,
        digest=digest(before),
        editable=not refusal,
        refusal=refusal,
        turned_down=turned_down(index, decisions.of(name), listed, suggested, standing),
        unread=[str(problem) for problem in decisions.problems],
        undoable=[
            (one.candidate, one.verdict) for one in decisions.of(name) if one in pending or one.verdict == "rejected"
        ],
        faults=[one.what for one in faults_of(index, bench.desk.settings, subject, SHOWN, bench.ranker)],
        titles=_titles(index, [other for one in answer.suggested for other in one.also]),
        images=_pictures(index, suggested) if images else {},
        queue=queue,
        queues=[(key, label, len(bench.queues.ids[key])) for key, label in QUEUES.items()],
        place=place,
        total=len(bench.queues.ids[queue]),
        looked_at=len(decisions.articles),
        previous=previous,
        next=following,
    )


def digest(data: bytes) -> str:
    """Return what tells one state of a file from another."""
    return blake2b(data, digest_size=16).hexdigest()


def _refusal(bench: Bench, subject: Subject, before: bytes) -> str:
    """Return why a file cannot be edited, or ``""``: adding an item to it is tried."""
    probe = NewItem({"title": Scalar("x", text=True)}, "https://example.com/")
    try:
        edit_related(before, [*range(len(subject.curated)), probe], bench.desk.settings)
    except FrontMatterError as error:
        return f"{subject.article.id}{f':{error.line}' if error.line else ''}: {error.what}; {error.todo}"
    return ""


def _titles(index: Index, ids: Sequence[str]) -> dict[str, str]:
    rows = [row for name in ids if (row := index.row_of_id(name)) is not None]
    return {article.id: article.title for article in index.articles(rows).values()}


def _pictures(index: Index, ids: Sequence[str]) -> dict[str, str]:
    found = {name: picture_of(index.content_root, name) for name in ids}
    return {name: url for name, url in found.items() if url}
