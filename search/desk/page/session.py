"""What the page knows and does, apart from HTTP: views of articles, decisions, changes of files."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from search.desk.apply import Change, applied, change_to, naming, write
from search.desk.decisions import Decision, now_text
from search.desk.decisions_file import write_decisions
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
from search.desk.page.bench import bench_of, queues_beside, renewed
from search.desk.page.finding import find
from search.desk.page.lists import listed_items
from search.desk.page.queue import queues_for
from search.desk.page.viewing import digest, view_of
from search.desk.rejections import text_of
from search.desk.selection import is_candidate
from search.errors import SearchError, UsageError
from search.index.filters import ANYTHING
from search.index.generation import current_name
from search.related.subject import UnknownArticle, subject_of_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from search.desk.decisions import Decisions, Verdict
    from search.desk.page.finding import Found
    from search.desk.page.queue import Queues
    from search.desk.page.view import View
    from search.desk.place import Desk
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.related.options import Options
    from search.related.subject import Subject

_REMEMBERED = 32


class Session:
    """One index on one desk, whichever generation of it answers; used from one thread.

    Args:
        index: Open; closed when another generation answers, or by ``close``.
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
        self._options = options
        self._rejected_for = rejected_for
        self._images = images
        self._shown: dict[str, bytes] = {}
        self._decisions: tuple[tuple[int, int], Decisions] | None = None
        self._bench = bench_of(index, desk, filters, progress)
        self._looked_at = index.generation.name
        self._coming: list[Queues] = []
        self._saved: set[str] = set()

    def follow(self) -> None:
        """Go over to the generation that answers now, if it is another one; what cannot be read is not followed.

        The queues follow when all lists have been looked through again.
        """
        if self._coming:
            self._bench.queues = self._coming.pop()
            for article in self._saved:  # while they were looked through
                self._requeue(article)
        with suppress(SearchError):
            name = current_name(self._index.folder)
            if name == self._looked_at:
                return
            self._looked_at = name  # one that is damaged is not read again for every request
            old, self._bench = self._bench, renewed(self._bench)
            old.index.close()
            self._decisions = None
            self._saved.clear()
            self._coming = queues_beside(self._bench)

    def close(self) -> None:
        """Let the index go."""
        self._index.close()

    @property
    def queues(self) -> Queues:
        """Who needs an editor."""
        return self._bench.queues

    @property
    def _index(self) -> Index:
        return self._bench.index

    @property
    def _desk(self) -> Desk:
        return self._bench.desk

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
        before = resolved(self._index.content_root, subject.article.id).read_bytes()
        self._remember(before)
        return view_of(
            self._bench,
            subject,
            queue,
            self.decisions(),
            self._options,
            before=before,
            rejected_for=self._rejected_for,
            images=self._images,
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

    def find(self, article: str, text: str) -> Found:
        """Return what a query finds, as the page shows it; never the article itself.

        A path, an id or an address of an article finds that.
        """
        subject = self._subject(article)
        return find(self._bench, subject, text, self.decisions().pending_of(subject.article.id))

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
        self._saved.add(change.article)
        self._requeue(change.article)
        return change

    def _requeue(self, article: str) -> None:
        """Set an article into the queues where it belongs now."""
        with suppress(SearchError):
            subject = self._subject(article)
            wanted = queues_for(self._index, self._desk.settings, self._bench.ranker, subject)
            self._bench.queues = self.queues.moved(article, wanted)

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
