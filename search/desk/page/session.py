"""What the page knows and does, apart from HTTP: views of articles, decisions, changes of files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, Any

from search.content.article import CuratedItem
from search.content.edit import edit_related
from search.content.faults import FrontMatterError
from search.content.item import Scalar
from search.content.shape import NewItem
from search.desk.apply import Change, applied, change_to, naming, write
from search.desk.audit import faults_of
from search.desk.decisions import Decision, now_text, write_decisions
from search.desk.faults import SHOWN
from search.desk.files import FileConflict, resolved
from search.desk.listing import (
    EVERY,
    REPEATED,
    CannotJoin,
    carried_out,
    check_joins,
    names_in,
    names_of,
    names_of_items,
)
from search.desk.page.lists import found_record, listed_items, turned_down
from search.desk.page.pictures import picture_of
from search.desk.page.queue import QUEUES, Queues, queues_for, queues_of
from search.desk.page.view import View
from search.desk.rejections import text_of, without_rejected
from search.desk.selection import is_candidate
from search.errors import UsageError
from search.index.encoder import encoder_of
from search.index.filters import ANYTHING
from search.index.standing import standing_in
from search.related.ranker import ranker_for
from search.related.subject import UnknownArticle, subject_of_id
from search.related.suggest import suggest
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from search.desk.decisions import Decisions, Verdict
    from search.desk.place import Desk
    from search.encoders.base import Encoder
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.related.options import Options
    from search.related.ranker import Ranker
    from search.related.subject import Subject

FOUND = 10
# An item of the page's list is a position in the file's list or an id; a list is never this long.
MAX_ITEMS = 2_000
_REMEMBERED = 32


class Session:
    """One index on one desk; used from one thread.

    Args:
        index: Open as long as the session is.
        desk: Where decisions go.
        options: What is wanted of suggestions.
        rejected_for: How long a rejection counts; None for ever.
        images: Whether pictures are shown.
        filters: What an article must be to stand in a queue.
        progress: Told how far the queues are.
    """

    def __init__(
        self,
        index: Index,
        desk: Desk,
        options: Options,
        *,
        rejected_for: timedelta | None = None,
        images: bool = False,
        filters: Filters = ANYTHING,
        progress: Progress | None = None,
    ) -> None:
        self._index = index
        self._desk = desk
        self._options = options
        self._rejected_for = rejected_for
        self._images = images
        self._ranker: Ranker = ranker_for(index.folder)
        self._encoder: Encoder | None = None
        self._shown: dict[str, bytes] = {}
        self._decisions: tuple[tuple[int, int], Decisions] | None = None
        self.queues: Queues = queues_of(index, desk.settings, self._ranker, filters, progress)

    @property
    def folders(self) -> set[Path]:
        """The content root, by each of its names."""
        return {
            self._index.content_root,
            self._index.content_root.resolve(),
            self._desk.root,
            self._desk.root.resolve(),
        }

    def decisions(self) -> Decisions:
        """Return what was decided, read anew when the file changed."""
        try:
            status = self._desk.decisions_file.stat()
            stamp = (status.st_mtime_ns, status.st_size)
        except OSError:
            stamp = (0, 0)
        if self._decisions is None or self._decisions[0] != stamp:
            self._decisions = (stamp, self._desk.decisions())
        return self._decisions[1]

    def view(self, article: str, queue: str) -> View:
        """Return what is to be shown of an article.

        Raises:
            SearchError: There is no such article.
        """
        subject = self._subject(article)
        name = subject.article.id
        decisions = self.decisions()
        now = datetime.now(UTC)
        standing = standing_in(self._index, now)
        options = without_rejected(self._index, subject, self._options, decisions, now, self._rejected_for)
        pending = decisions.pending_of(name)
        # What is accepted counts as listed: neither it nor its story is proposed once more.
        accepted = (CuratedItem(0, one.candidate, "") for one in pending if one.verdict == "accepted")
        with_accepted = replace(subject, curated=(*subject.curated, *accepted))
        encoder = self._encoder_for(subject)
        answer = suggest(self._index, with_accepted, options, encoder=encoder, ranker=self._ranker, now=now)
        before = resolved(self._index.content_root, name).read_bytes()
        refusal = self._refusal(name, before)
        self._remember(before)
        listed = listed_items(self._index, subject, pending, standing)
        also = [other for one in answer.suggested for other in one.also]
        previous, place, following = self.queues.around(queue, name)
        return View(
            answer=answer,
            standing=standing,
            listed=listed,
            digest=digest(before),
            editable=not refusal,
            refusal=refusal,
            turned_down=turned_down(
                self._index, decisions.of(name), listed, [one.article.id for one in answer.suggested], standing
            ),
            undoable=[
                (one.candidate, one.verdict)
                for one in decisions.of(name)
                if one in pending or one.verdict == "rejected"
            ],
            faults=self._faults(subject),
            titles=self._titles(also),
            images=self._pictures([one.article.id for one in answer.suggested]) if self._images else {},
            queue=queue,
            queues=[(key, label, len(self.queues.ids[key])) for key, label in QUEUES.items()],
            place=place,
            total=len(self.queues.ids[queue]),
            looked_at=len(decisions.articles),
            previous=previous,
            next=following,
        )

    def decide(self, article: str, candidate: str, verdict: Verdict, record: Mapping[str, Any]) -> None:
        """Record a verdict.

        Raises:
            CannotJoin: What is accepted or rejected is the article itself, or is listed already under another name.
            SearchError: One of the two is no article, or decisions cannot be written.
        """
        subject = self._subject(article)
        row = self._index.row_of_id(candidate)
        if row is None and verdict not in {"removed", "undone"}:
            raise UsageError(f"there is no article {candidate[:200]!r}", "load the page again")
        if verdict == "accepted":
            self._check_accepted(subject, candidate)
        elif verdict == "rejected" and candidate == subject.article.id:
            raise CannotJoin(f"{candidate[:200]} is the article itself", "choose another article")
        elif verdict == "removed" and not any(candidate in names for names in names_in(self._index, subject.curated)):
            raise UsageError(f"{candidate[:200]!r} is not in the list", "load the page again")
        text = text_of(self._index.articles([row])[row]) if row is not None else ""
        reason = record.get("reason", "") if verdict == "rejected" else ""
        if verdict == "removed" and len(self._places_of(subject, candidate)) > 1:
            reason = EVERY if record.get("every") else REPEATED
        decision = Decision(
            article=subject.article.id,
            candidate=candidate,
            verdict=verdict,
            decided_at=now_text(),
            reason=reason,
            score=record.get("score"),
            position=record.get("position"),
            texts=(text_of(subject.article), text),
        )
        write_decisions(self._desk.decisions_file, [decision])

    def find(self, article: str, text: str) -> list[dict[str, Any]]:
        """Return what a query finds, as the page shows it; never the article itself."""
        subject = self._subject(article)
        self._encoder = self._encoder or encoder_of(self._index)
        now = datetime.now(UTC)
        answer = search(self._index, parse_query(text, now), Wishes(k=FOUND + 1), self._encoder, now)
        standing = standing_in(self._index, now)
        listed = listed_items(self._index, subject, self.decisions().pending_of(subject.article.id), standing)
        others = (hit.article for hit in answer.hits if hit.article.id != subject.article.id)
        return [found_record(article, listed, standing(article)) for article in islice(others, FOUND)]

    def preview(self, article: str, shown: str, items: Sequence[int | str]) -> Change:
        """Return what saving would change.

        Raises:
            FileConflict: The file is no longer what was shown; says what was changed.
            FileRefused: It, or the file of an article to add, cannot be read or changed safely.
            SearchError: It is no file of the content, or an article to add is not there.
        """
        name = self._subject(article).article.id
        file = resolved(self._index.content_root, name)
        with naming(name):
            before = file.read_bytes()
        if digest(before) != shown:
            conflict = FileConflict(f"{name} is not what it was when this page was loaded", "load the page again")
            if shown in self._shown:
                conflict.diff = Change(name, file, self._shown[shown], before).shown_diff()
            raise conflict
        return change_to(self._index, self._desk.settings, name, before, items)

    def save(self, article: str, shown: str, items: Sequence[int | str]) -> Change:
        """Write the list as it stands on the page; raises like ``preview``.

        What was decided elsewhere meanwhile and is not in this list goes on waiting.
        """
        change = self.preview(article, shown, items)
        settings = self._desk.settings
        listed = names_of_items(self._index, settings, change.article)
        for _, error in write([change], self._desk.folder):
            if error is not None:
                raise error
        self._remember(change.after)
        pending = self.decisions().pending_of(change.article)
        done = carried_out(listed, names_of_items(self._index, settings, change.article), pending)
        write_decisions(self._desk.decisions_file, applied(done))
        now = self._subject(change.article)
        wanted = queues_for(self._index, settings, self._ranker, now)
        self.queues = self.queues.moved(change.article, wanted)
        return change

    def _subject(self, article: str) -> Subject:
        """Return an article of the index that has a file; of other files none is shown or changed.

        Raises:
            UnknownArticle: It is none, whatever the content root holds under its name.
            SearchError: It was one, and is none any more.
        """
        if self._index.row_of_id(article) is None:
            may_be_new = is_candidate(self._index.content_root, article, self._desk.settings)
            todo = "if it is an article, run search index" if may_be_new else "choose an article of a queue"
            raise UnknownArticle(f"{article[:200]!r} is no article of the index", todo)
        subject = subject_of_id(self._index, article)
        if subject.article.origin != "file":
            raise UnknownArticle(f"{article[:200]} has no file", "choose an article that has one")
        return subject

    def _remember(self, shown: bytes) -> None:
        """Keep what a file held, so that a conflict can be told as a diff; the latest few files are enough."""
        self._shown[digest(shown)] = shown
        while len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]

    def _places_of(self, subject: Subject, candidate: str) -> list[int]:
        listed = listed_items(self._index, subject, ())
        return [place for place, item in enumerate(listed) if item.id == candidate]

    def _check_accepted(self, subject: Subject, candidate: str) -> None:
        listed = listed_items(self._index, subject, self.decisions().pending_of(subject.article.id))
        others = (one.id for one in listed if not one.removed and one.id not in {"", candidate})
        check_joins(self._index, subject.article.id, (names_of(self._index, one) for one in others), candidate)

    def _encoder_for(self, subject: Subject) -> Encoder | None:
        if not subject.encoded and self._encoder is None:
            self._encoder = encoder_of(self._index)
        return self._encoder

    def _refusal(self, article: str, before: bytes) -> str:
        """Return why a file cannot be edited, or ``""``: adding an item to it is tried."""
        probe = NewItem({"title": Scalar("x", text=True)}, "https://example.com/")
        try:
            count = len(self._subject(article).curated)
            edit_related(before, [*range(count), probe], self._desk.settings)
        except FrontMatterError as error:
            return f"{article}{f':{error.line}' if error.line else ''}: {error.what}; {error.todo}"
        return ""

    def _faults(self, subject: Subject) -> list[str]:
        return [one.what for one in faults_of(self._index, self._desk.settings, subject, SHOWN, self._ranker)]

    def _titles(self, ids: Sequence[str]) -> dict[str, str]:
        rows = [row for name in ids if (row := self._index.row_of_id(name)) is not None]
        return {article.id: article.title for article in self._index.articles(rows).values()}

    def _pictures(self, ids: Sequence[str]) -> dict[str, str]:
        found = {name: picture_of(self._index.content_root, name) for name in ids}
        return {name: url for name, url in found.items() if url}


def digest(data: bytes) -> str:
    """Return what tells one state of a file from another."""
    return blake2b(data, digest_size=16).hexdigest()
