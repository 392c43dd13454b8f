"""The article that suggestions are wanted for, found by path, id or URL, indexed or still a draft."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from search.content.urls import canonical_url
from search.errors import UsageError
from search.index.rows import text_key

if TYPE_CHECKING:
    from search.content.article import Article, CuratedItem
    from search.index.opened import Index


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
    """Return the article that a person means.

    Args:
        index: Where to look.
        reference: A URL; an article id; or the path of a file below the content root, indexed or not.

    Raises:
        UsageError: Nothing is known under this name, or the file is outside the content root or no article.
    """
    if canonical := canonical_url(reference):
        rows = index.rows_of_url(canonical)
        if not rows:
            raise UsageError(
                f"no article has the address {reference}", "give a path, or bring the index up to date: search index"
            )
        return _indexed(index, rows[0])
    path = _path_in_root(index.content_root, reference)
    if path is None:
        row = index.row_of_id(reference)
        if row is None:
            raise _unknown(index, reference)
        return _indexed(index, row)
    row = index.row_of_id(path)
    if not (index.content_root / path).exists():
        if row is None:
            raise _unknown(index, reference)
        return _indexed(index, row)
    return _from_file(index, path, row)


def _indexed(index: Index, row: int) -> Subject:
    article = index.articles([row])[row]
    if article.origin == "file" and (index.content_root / article.id).is_file():
        return _from_file(index, article.id, row)
    return subject_of_row(index, row)


def subject_of_row(index: Index, row: int) -> Subject:
    """Return the article of a row as the index knows it."""
    article = index.articles([row])[row]
    return Subject(article, tuple(index.curated(article.id)), row, encoded=True)


def _from_file(index: Index, path: str, row: int | None) -> Subject:
    if row is not None and index.is_unchanged(path):
        return subject_of_row(index, row)
    from search.content.load import load_file
    from search.content.settings import load_settings

    record = load_file(index.content_root, path, load_settings(index.content_root))
    if record.article is None:
        why = "; ".join(str(problem) for problem in record.problems if problem.fatal)
        raise UsageError(why or f"{path} is no article: {record.not_article}", "" if why else "give another file")
    stored = index.articles([row])[row] if row is not None else None
    encoded = stored is not None and text_key(stored) == text_key(record.article)
    return Subject(record.article, record.curated, row, encoded)


def _path_in_root(root: Path, reference: str) -> str | None:
    """Return the path relative to the content root of a file that exists or is named by an id, or None."""
    given = Path(reference)
    for candidate in (given, root / given):
        try:
            exists = candidate.is_file()
        except OSError:
            return None
        if exists:
            full = candidate.resolve()
            if not full.is_relative_to(root):
                raise UsageError(
                    f"{reference} is outside the content root {root}", "give a file of the content that was indexed"
                )
            return full.relative_to(root).as_posix()
    return None


def _unknown(index: Index, reference: str) -> UsageError:
    name = Path(reference).name
    near = index.connection.execute(
        "SELECT id FROM article WHERE origin = 'file' AND id LIKE ? ESCAPE '!' ORDER BY id LIMIT 3",
        ("%" + name.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%",),
    ).fetchall()
    hint = "did you mean " + " or ".join(row[0] for row in near) + "?" if name and near else ""
    return UsageError(
        f"no article {reference[:200]!r} below {index.content_root}",
        hint or "give a path, an article id or a URL",
    )
