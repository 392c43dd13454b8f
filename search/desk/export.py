"""Suggestions as data files of a static site generator: its templates show them, no article is touched."""

from __future__ import annotations

import errno
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from search.content.dates import iso_utc
from search.desk.output import write_whole
from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from search.related.suggest import Related, Suggestion


def data_of(answer: Related) -> list[dict[str, Any]]:
    """Return what a template needs of each suggestion; the same fields as an item of a ``related`` list."""
    return [_item(one) for one in answer.suggested]


def _item(one: Suggestion) -> dict[str, Any]:
    article = one.article
    moment = article.published_at
    item = {
        "id": article.id,
        "title": article.title,
        "excerpt": article.excerpt,
        "publishedDateTime": iso_utc(moment) if moment else None,
        "webUrl": article.url or None,
        "type": article.type,
        "provider": {"name": article.provider.name, "domain": article.provider.domain},
        "quality": article.quality,
        "kind": one.kind,
        "probability": round(one.probability, 3),
    }
    return {name: value for name, value in item.items() if value is not None}


def write_one(file: Path, answers: Iterable[Related]) -> int:
    """Write one JSON object, suggestions by article id, and return how many articles it holds.

    Raises:
        UsageError: It cannot be written.
    """
    data = {answer.article.id: data_of(answer) for answer in answers}
    _write(file, data)
    return len(data)


def write_each(folder: Path, answers: Iterable[Related]) -> tuple[int, list[str]]:
    """Write a JSON file an article into a folder.

    ``sub/a.md`` becomes ``sub/a.md.json``: whatever stands in ids, two of them never share a file.

    Returns:
        How many were written, and the ids of articles whose file would have a name that is too long.

    Raises:
        UsageError: One cannot be written.
    """
    count, too_long = 0, []
    for answer in answers:
        try:
            _write(folder / f"{answer.article.id}.json", data_of(answer))
        except UsageError as error:
            if not isinstance(error.__cause__, OSError) or error.__cause__.errno != errno.ENAMETOOLONG:
                raise
            too_long.append(answer.article.id)
        else:
            count += 1
    return count, too_long


def check_names(ids: Iterable[str]) -> None:
    """Refuse articles of which one would need a file where another needs a folder, before there is anything to write.

    Raises:
        UsageError: There are such; names both.
    """
    known = set(ids)
    for name in sorted(known):
        for folder in PurePosixPath(name).parents:
            other = str(folder).removesuffix(".json")
            if other in known and f"{other}.json" == str(folder):
                raise UsageError(
                    f"{other} and {name} cannot both be written: {folder} would be a file and a folder",
                    "rename one of them, or write one file for all: --data FILE.json",
                )


def _write(file: Path, data: Any) -> None:
    write_whole(file, [json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"])
