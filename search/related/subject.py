"""The article that suggestions are wanted for, found by path, id or URL, indexed or still a draft."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from search.content.pages import with_page_address
from search.content.urls import canonical_url
from search.content.walk import name_fault, shown_path
from search.errors import UsageError
from search.index.rows import text_key

if TYPE_CHECKING:
    from search.content.article import Article, CuratedItem
    from search.index.opened import Index


class UnknownArticle(UsageError):
    """Neither an article of the index nor a file of the content."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An article with its curated list.

    Attributes:
        article: The article as it stands now: the file on disk wins over the index.
        curated: Its curated list, in order.
        row: Its row in the index; None for a draft.
        encoded: Whether the vector of ``row`` is that of the article's present text.
    """

    article: Article
    curated: tuple[CuratedItem, ...]
    row: int | None
    encoded: bool


def find_subject(index: Index, reference: str) -> Subject:
    """Return the article that a person means who types at a command line.

    A file of the content that is named from the current folder comes first, as for every command; then an article
    id, wherever the person stands; then the page of a file, as lists may name it.

    Args:
        index: Where to look.
        reference: A URL; the path of a file below the content root, indexed or not; an article id; or a page.

    Raises:
        UsageError: Nothing is known under this name, or the file is outside the content root or no article.
    """
    if canonical := canonical_url(reference):
        if named := _named(index, canonical):
            return subject_of_id(index, named)
        raise UsageError(
            f"no article has the address {reference}", "give a path, or bring the index up to date: search index"
        )
    _check_name(reference)
    typed = Path(os.path.abspath(reference))  # noqa: PTH100 - resolve() would follow the link
    known = _is_known(index, typed)
    here = _real_file(Path(reference))
    if here is not None and here.is_relative_to(index.content_root):
        # a name that is an id is one, though it be a link to a file that goes by another
        return subject_of_id(index, _id(index, typed if known else here))
    try:
        return subject_of_id(index, reference)
    except UnknownArticle:
        deleted = typed if known else typed.parent.resolve() / typed.name
        if here is None and _is_known(index, deleted):
            return subject_of_id(index, _id(index, deleted))
        # a bare name may be a word that somebody looks for
        named = _named(index, reference) if here is None and "/" in reference else None
        if named:
            return subject_of_id(index, named)
        if here is None:
            raise
    raise UsageError(
        f"{reference} is outside the content root {index.content_root}", "give a file of the content that was indexed"
    )


def _is_known(index: Index, file: Path) -> bool:
    return file.is_relative_to(index.content_root) and index.row_of_id(_id(index, file)) is not None


def _named(index: Index, target: str) -> str | None:
    """Return the id of the article that an address, or a page of the site, would mean in a list."""
    rows = index.rows_of_url(target)
    row = rows[0] if rows else index.row_of_reference(target)
    return None if row is None else index.ids([row])[row]


def subject_of_id(index: Index, article_id: str) -> Subject:
    """Return the article of an id; what the current folder holds has no say.

    Args:
        index: Where to look.
        article_id: Of the index, or the path of a draft relative to the content root.

    Raises:
        UnknownArticle: There is neither.
        UsageError: The file is outside the content root, has a name that cannot be an id, or is no article.
    """
    _check_name(article_id)
    row = index.row_of_id(article_id)
    if row is not None:
        subject = subject_of_row(index, row)
        is_file = subject.article.origin == "file" and (index.content_root / article_id).is_file()
        changed = is_file and not index.is_unchanged(article_id)
        return _from_file(index, article_id, row) if changed else subject
    file = _real_file(index.content_root / article_id)
    if file is None:
        raise _unknown(index, article_id)
    if not file.is_relative_to(index.content_root):
        raise UsageError(
            f"{article_id} is outside the content root {index.content_root}",
            "give a file of the content that was indexed",
        )
    return _from_file(index, _id(index, file), index.row_of_id(_id(index, file)))


def subject_of_row(index: Index, row: int) -> Subject:
    """Return the article of a row as the index knows it."""
    article = index.articles([row])[row]
    return Subject(article, tuple(index.curated(article.id)), row, encoded=True)


def _from_file(index: Index, path: str, row: int | None) -> Subject:
    from search.content.load import load_file
    from search.content.settings import load_settings

    record = load_file(index.content_root, path, load_settings(index.content_root))
    if record.article is None:
        why = "; ".join(str(problem) for problem in record.problems if problem.fatal)
        raise UsageError(why or f"{path} is no article: {record.not_article}", "" if why else "give another file")
    stored = index.articles([row])[row] if row is not None else None
    encoded = stored is not None and text_key(stored) == text_key(record.article)
    return Subject(with_page_address(record.article, index.site_url), record.curated, row, encoded)


def _check_name(name: str) -> None:
    if fault := name_fault(name):
        raise UsageError(f"{shown_path(name)}: {fault}", "rename it")


def _real_file(path: Path) -> Path | None:
    """Return a file with links followed, or None when there is none."""
    try:
        return path.resolve() if path.is_file() else None
    except (OSError, ValueError):  # a name too long, or with a NUL
        return None


def _id(index: Index, file: Path) -> str:
    return file.relative_to(index.content_root).as_posix()


def _unknown(index: Index, reference: str) -> UnknownArticle:
    name = Path(reference).name
    near = index.connection.execute(
        "SELECT id FROM article WHERE origin = 'file' AND id LIKE ? ESCAPE '!' ORDER BY id LIMIT 3",
        ("%" + name.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%",),
    ).fetchall()
    hint = "did you mean " + " or ".join(row[0] for row in near) + "?" if name and near else ""
    return UnknownArticle(
        f"no article {reference[:200]!r} below {index.content_root}",
        hint or "give a path, an article id or a URL",
    )
