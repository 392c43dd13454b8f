"""Globs over paths below the content root, with ``**`` for any number of folders."""

from __future__ import annotations

import re
from functools import lru_cache


def glob_fault(pattern: str) -> str:
    """Return why a pattern cannot be used, or ``""``.

    Args:
        pattern: As written in ``search.toml``.
    """
    if not pattern or pattern.isspace():
        return "is empty"
    if pattern.startswith("/") or "\\" in pattern or re.match(r"[A-Za-z]:", pattern):
        return "is not relative to the content root, written with /"
    if ".." in pattern.split("/"):
        return "leads outside of the content root"
    if not pattern.isprintable():
        return "holds characters that no path has"
    if pattern.count("*") > 16:  # noqa: PLR2004
        return "has more than 16 stars"
    return ""


def matches_any(path: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a path matches one of the patterns.

    ``*`` and ``?`` stay within a folder, ``**`` crosses folders, ``[abc]`` is one of the characters; a pattern that
    names a folder (``drafts`` or ``drafts/``) stands for everything below it.

    Args:
        path: Relative to the content root, with ``/``.
        patterns: Globs without fault.
    """
    return any(_compiled(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.removeprefix("./").rstrip("/")
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        rest = pattern[position:]
        if rest.startswith("**/"):
            parts.append("(?:.*/)?")
            position += 3
        elif rest.startswith("**"):
            parts.append(".*")
            position += 2
        elif found := re.match(r"\[(!?)([^\]/]+)\]", rest):
            escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", found[2])
            parts.append(f"[{'^' if found[1] else ''}{escaped}]")
            position += found.end()
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(rest[0], re.escape(rest[0])))
            position += 1
    try:
        return re.compile("".join(parts) + "(?:/.*)?", re.DOTALL)
    except re.error:  # a range such as [z-a]
        return re.compile(re.escape(pattern))
