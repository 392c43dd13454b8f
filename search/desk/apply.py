"""Accepted suggestions into files: what would change, and the change."""

from __future__ import annotations

import difflib
import re
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from search.content.edit import edit_related
from search.content.faults import FrontMatterError
from search.desk.decisions import now_text
from search.desk.files import FileOutside, replace_file, resolved, scratch_folder
from search.desk.joining import new_item, shape_near
from search.desk.listing import check_joins, leaving, misread, names_of, names_of_items
from search.desk.sealed import shown_texts
from search.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from search.content.settings import Settings
    from search.content.shape import NewItem
    from search.desk.decisions import Decision
    from search.index.opened import Index


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of a file.

    Attributes:
        article: Its article id.
        file: The file itself.
        before: What it holds.
        after: What it would hold; the same when nothing is left to do.
        added: Article ids that join the list.
        removed: Article ids that leave it.
        refused: Decisions that are not carried out, while the others are.
    """

    article: str
    file: Path
    before: bytes
    after: bytes
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()

    def diff(self) -> str:
        """Return the change as a unified diff for what applies it: sealed fields may stand in it.

        Bytes that are no UTF-8 stand as surrogates (PEP 383), so that it can be written byte for byte.
        """
        return _diff(self.article, *(text.decode("utf-8", "surrogateescape") for text in (self.before, self.after)))

    def shown_diff(self) -> str:
        """Return the change as a person may see it: sealed fields hold nothing."""
        return _diff(self.article, *shown_texts(self.before, self.after))


def _diff(name: str, before: str, after: str) -> str:
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(_lines(before), _lines(after), _side("a", name), _side("b", name))
    )


def _side(side: str, name: str) -> str:
    """Return a file's name as git heads diffs: quoted where it is unusual, ended by a tab where a space is in it."""
    unusual = any(one in '"\\' or not one.isprintable() or not one.isascii() for one in name)
    if unusual:
        escaped = (chr(byte) if _is_plain(byte) else f"\\{byte:03o}" for byte in f"{side}/{name}".encode())
        return f'"{"".join(escaped)}"'
    return f"{side}/{name}\t" if " " in name else f"{side}/{name}"


def _is_plain(byte: int) -> bool:
    return 0x20 <= byte < 0x7F and byte not in b'"\\'  # noqa: PLR2004 - ASCII that can be seen


def _lines(text: str) -> list[str]:
    """Return lines with their ends as git sees them: str.splitlines would break at U+2028 and form feeds, too."""
    return [line for line in re.split(r"(?<=\n)", text) if line]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file, or one decision about it, is left alone: where, what, and what to do.

    Attributes:
        article: Its article id.
        line: 1-based, or 0 when the fault has no line.
        what: The fault.
        todo: What to do about it.
        candidate: Whom the decision is about, or ``""`` when the whole file is left alone.
    """

    article: str
    line: int
    what: str
    todo: str
    candidate: str = ""

    def __str__(self) -> str:
        where = (
            "" if self.what.startswith(self.article[:200]) else f"{self.article}{f':{self.line}' * bool(self.line)}: "
        )
        return f"{where}{self.what}; {self.todo}"


class FileRefused(SearchError):
    """A file that cannot be read or changed safely; the message names it."""


@contextmanager
def naming(path: str) -> Iterator[None]:
    """Name the file that front matter is wrong in, or that cannot be read.

    Raises:
        FileRefused: In place of ``FrontMatterError`` and ``OSError``.
    """
    try:
        yield
    except FrontMatterError as error:
        place = f"{path[:200]}:{error.line}" if error.line else path[:200]
        raise FileRefused(f"{place}: {error.what}", error.todo) from error
    except OSError as error:
        raise FileRefused(f"{path[:200]} cannot be read: {error.strerror}", "check its permissions") from error


def plan(index: Index, settings: Settings, pending: Mapping[str, Sequence[Decision]]) -> Iterator[Change | Refusal]:
    """Yield what decisions would do to each file.

    Args:
        index: Knows the articles.
        settings: How the site's content is to be read.
        pending: What was accepted or removed, by article id.
    """
    for article, decisions in pending.items():
        try:
            yield change_of(index, settings, article, decisions)
        except Exception as error:  # noqa: BLE001 - one odd file never keeps the others from being written
            yield refusal(article, error)


def refusal(article: str, error: Exception, candidate: str = "") -> Refusal:
    """Return why a file, or one decision about it, is left alone, from what was raised.

    Raises:
        sqlite3.Error: This was it: it is about the index, and no file's fault.
    """
    if isinstance(error, sqlite3.Error):
        raise error
    if isinstance(error, FrontMatterError):
        what = f"{candidate[:200]}: {error.what}" if candidate else error.what
        return Refusal(article, 0 if candidate else error.line, what, error.todo, candidate)
    if isinstance(error, SearchError):
        return Refusal(article, 0, error.message, error.hint, candidate)
    named = f"{candidate[:200]} " if candidate else ""
    if isinstance(error, OSError):
        return Refusal(article, 0, f"{named}cannot be read: {error.strerror}", "check its permissions", candidate)
    what = f"{named}cannot be edited: the editor failed ({type(error).__name__})"
    return Refusal(article, 0, what, "edit it by hand, and report the file as a bug", candidate)


def change_of(index: Index, settings: Settings, article: str, decisions: Sequence[Decision]) -> Change:
    """Return the change of one file: what was accepted joins the end of its list, what was removed leaves it.

    What is listed already, under any of its addresses, is not added again. What cannot be added is among the change's
    refusals, and the others go on.

    Raises:
        FrontMatterError: The file cannot be changed safely.
        SearchError: The file is not where it should be.
        OSError: The file cannot be read.
    """
    file = resolved(index.content_root, article)
    if index.row_of_id(article) is None:
        raise FileOutside(f"{article[:200]} is no article of the index", "run: search index, and decide anew")
    before = file.read_bytes()
    listed = names_of_items(index, settings, article)
    gone = leaving(listed, decisions)
    kept = [position for position in range(len(listed)) if position not in gone]
    there = set().union(*(listed[position] for position in kept))
    news: dict[str, NewItem] = {}
    refused: list[Refusal] = []
    joining = (one.candidate for one in decisions if one.verdict == "accepted" and one.candidate not in there)
    for candidate in dict.fromkeys(joining):
        try:
            check_joins(index, article, [names_of(index, one) for one in news], candidate)
            news[candidate] = new_item(index, settings, candidate)
        except Exception as error:  # noqa: BLE001 - as above
            refused.append(refusal(article, error, candidate))
    # a list that is as it should be needs no editor: that of a file which only a person can edit, too
    elsewhere = shape_near(index, settings, article) if news and not listed else None
    after = edit_related(before, [*kept, *news.values()], settings, elsewhere) if news or gone else before
    wrong = misread(index, settings, article, after, dict(enumerate(news, start=len(kept))))
    if wrong:
        refused += [refusal(article, error, candidate) for candidate, error in wrong.items()]
        news = {candidate: one for candidate, one in news.items() if candidate not in wrong}
        after = edit_related(before, [*kept, *news.values()], settings, elsewhere) if news or gone else before
    removed = tuple(one.candidate for one in gone.values())
    return Change(article, file, before, after, tuple(news), removed, tuple(refused))


def change_to(index: Index, settings: Settings, article: str, before: bytes, wanted: Sequence[int | str]) -> Change:
    """Return the change that gives a file's list just the items wanted.

    Args:
        index: Knows the articles.
        settings: How the site's content is to be read.
        article: Its article id.
        before: What the file held when it was shown.
        wanted: In order: 0-based positions in the present list, and ids of articles to add.

    Raises:
        CannotJoin: An article would stand in its own list, or twice.
        FileRefused: A file cannot be read or changed safely.
        SearchError: The file, or an article to add, is not where it should be.
    """
    with naming(article):
        listed = names_of_items(index, settings, article)
    there = [listed[one] for one in wanted if isinstance(one, int) and one < len(listed)]
    for one in wanted:
        if isinstance(one, str):
            check_joins(index, article, there, one)
            there.append(names_of(index, one))
    made = [one if isinstance(one, int) else _named_item(index, settings, one) for one in wanted]
    with naming(article):
        elsewhere = None if listed else shape_near(index, settings, article)
        after = edit_related(before, made, settings, elsewhere)
    added = tuple(one for one in wanted if isinstance(one, str))
    places = {place: one for place, one in enumerate(wanted) if isinstance(one, str)}
    for candidate, error in misread(index, settings, article, after, places).items():
        raise FileRefused(f"{candidate[:200]}: {error.what}", error.todo)
    return Change(article, resolved(index.content_root, article), before, after, added)


def _named_item(index: Index, settings: Settings, candidate: str) -> NewItem:
    with naming(candidate):
        return new_item(index, settings, candidate)


def write(changes: Sequence[Change], desk: Path) -> Iterator[tuple[Change, SearchError | OSError | None]]:
    """Write changes, one file at a time, each whole or not at all; yields each with what went wrong, if anything."""
    with scratch_folder(desk) as scratch:
        for change in changes:
            try:
                if change.after != change.before:
                    replace_file(change.file, change.before, change.after, scratch)
            except (SearchError, OSError) as error:
                yield change, error
            else:
                yield change, None


def applied(decisions: Sequence[Decision]) -> list[Decision]:
    """Return the lines that say that decisions are in the files now."""
    moment = now_text()
    return [
        replace(one, verdict="applied", decided_at=max(moment, one.decided_at), reason="", score=None, position=None)
        for one in decisions
    ]
