"""Suggestions as data files of a static site generator: its templates show them, no article is touched."""

from __future__ import annotations

import errno
import json
import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from search.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from search.related.suggest import Related, Suggestion


_LOST: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EPIPE})


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
        "publishedDateTime": moment.isoformat().replace("+00:00", "Z") if moment else None,
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


def is_lost(error: OSError) -> bool:
    """Return whether what was written is lost though the place was a good one: a full disk, a reader that has gone."""
    return error.errno in _LOST


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


def check_place(file: Path) -> Path | None:
    """Refuse a place where nothing can be written, before there is anything to write.

    Returns:
        The folder that will be made for it, or None where there is one.

    Raises:
        UsageError: It is a folder, or its folder can neither be written nor made.
    """
    if file.is_dir():
        raise UsageError(f"{file} is a folder", "name a file")
    if file.exists() and not file.is_file() and os.access(file, os.W_OK):
        return None  # a pipe, or a terminal
    _check_writable(file, file.absolute().parents)
    return None if file.parent.is_dir() else file.parent


def check_folder(folder: Path) -> Path | None:
    """Refuse a folder in which nothing can be written, before there is anything to write.

    Returns:
        The folder itself where it will be made, or None where there is one.

    Raises:
        UsageError: It is no folder, or can neither be written nor made.
    """
    whole = folder.absolute()
    _check_writable(folder, [whole, *whole.parents])
    return None if folder.is_dir() else folder


def _check_writable(place: Path, folders: Iterable[Path]) -> None:
    """Refuse a place when the first of some folders that is there, the nearest, takes no file."""
    above = next((some for some in folders if some.exists()), place.absolute())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise UsageError(f"{place} cannot be written: {above} is no folder that can be", "name a place that can be")


def and_made(folder: Path | None) -> str:
    """Return what to say of a folder that was made, so that a mistyped name is noticed; nothing of none."""
    return "" if folder is None else f"; made the folder {folder}"


def _write(file: Path, data: Any) -> None:
    write_whole(file, [json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"])


def write_whole(file: Path, pieces: Iterable[str]) -> None:
    """Write a file in one step, so that whoever reads meanwhile never reads half of it.

    Args:
        file: Its folder is made if it is missing.
        pieces: The text.

    Raises:
        UsageError: It cannot be written; what was there before is there still.
        OSError: The disk is full or fails, or whoever read from a pipe has gone.
    """
    try:
        if file.exists() and not file.is_file():  # a pipe, or a terminal: nothing that could be replaced
            with file.open("w", encoding="utf-8") as stream:
                stream.writelines(pieces)
            return
        whole = file.resolve()
        whole.parent.mkdir(parents=True, exist_ok=True)
        aside = whole.with_name(f".{os.getpid()}.part")
        try:
            with aside.open("w", encoding="utf-8") as stream:
                stream.writelines(pieces)
            aside.replace(whole)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        if is_lost(error):
            error.filename = error.filename or str(file)
            raise
        raise UsageError(f"{file} cannot be written: {error.strerror}", "name a place that can be") from error
