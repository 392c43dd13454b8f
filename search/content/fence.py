"""Finding the front matter block at the start of a file, reading no more of the file than that."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, Literal

from search.content.faults import FrontMatterError

Syntax = Literal["yaml", "toml", "json"]

MAX_FRONT_MATTER: Final = 2 * 1024 * 1024
_FIRST_READ = 16 * 1024
_BOM = b"\xef\xbb\xbf"
# Dashes may name a language, as gray-matter has it (Eleventy).
_OPENING = re.compile(rb"(?:---[ \t]*(?P<language>[A-Za-z]{2,10})?|\+\+\+)[ \t]*\r?\n")
_LANGUAGES: dict[bytes, Syntax] = {b"yaml": "yaml", b"yml": "yaml", b"toml": "toml", b"json": "json"}
_SCRIPTS = frozenset({b"js", b"javascript", b"node"})
_CLOSING_END = re.compile(rb"[ \t]*(?:\r?\n|\r?\Z)")
_FENCE_ONLY = re.compile(rb"(?:---|\+\+\+)[ \t]*\Z")
_JSON_OPENING = re.compile(rb"\{\s*[\"}]")
_LATE_OPENING = re.compile(rb"\s+---[ \t]*\r?\n[A-Za-z_][\w-]*:[ \t\r\n]")
_LONGEST_FENCE = 64


@dataclass(frozen=True, slots=True)
class Block:
    """The front matter of a file as bytes.

    Attributes:
        syntax: How it is written.
        source: The bytes between the fences; for JSON without fences the start of the file, from the opening brace on.
        first_line: The 1-based line of the file on which ``source`` begins.
        offset: Where in the file ``source`` begins, in bytes.
    """

    syntax: Syntax
    source: bytes
    first_line: int
    offset: int = 0


def read_block(stream: BinaryIO) -> Block | None:
    """Read the front matter of a file, and no more of the file than needed for that.

    Args:
        stream: The file, opened for reading bytes, at its start.

    Returns:
        The block, or None when the file does not begin with front matter.

    Raises:
        FrontMatterError: The block never ends, is too large, begins after blank lines, or is a program.
    """
    head = stream.read(_FIRST_READ)
    data = head.removeprefix(_BOM)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise FrontMatterError(1, "the file is UTF-16, not UTF-8", "save it as UTF-8")
    if (opening := _OPENING.match(data)) and (syntax := _syntax(opening)):
        closing = (b"\n---", b"\n...") if opening[0].strip() == b"---" else (b"\n" + data[:3],)
        block = _fenced(stream, data, opening.end(), syntax, closing)
        return replace(block, offset=len(head) - len(data) + opening.end())
    if _JSON_OPENING.match(data):
        return Block("json", data + stream.read(MAX_FRONT_MATTER - len(data) + 1), 1)
    if _FENCE_ONLY.match(data):
        raise FrontMatterError(1, "the front matter has no closing line", "end it with a line of three dashes")
    if _LATE_OPENING.match(data):
        line = 1 + data[: data.index(b"---")].count(b"\n")
        raise FrontMatterError(line, f"the front matter begins on line {line}", "delete the blank lines above it")
    return None


def _syntax(opening: re.Match[bytes]) -> Syntax | None:
    language = opening["language"]
    if language is None:
        return "yaml" if opening[0].startswith(b"-") else "toml"
    if language.lower() in _SCRIPTS:
        raise FrontMatterError(1, "JavaScript front matter is not read", "write it as YAML, TOML or JSON")
    return _LANGUAGES.get(language.lower())


def _fenced(stream: BinaryIO, data: bytes, start: int, syntax: Syntax, closing: tuple[bytes, ...]) -> Block:
    """Read on, in ever larger pieces, until the closing fence."""
    searched = start - 1  # the line break of the opening fence: the closing one may follow at once
    while True:
        end = _closing(data, searched, closing, complete=False)
        more = b"" if end >= 0 else stream.read(len(data))
        if not more and end < 0:
            end = _closing(data, searched, closing, complete=True)
        if end >= 0:
            if end - start > MAX_FRONT_MATTER:
                raise FrontMatterError(1, "the front matter is larger than 2 MB", "make it smaller")
            return Block(syntax, data[start : end + 1], 2)
        fence = "three dashes" if data.startswith(b"-") else "+++"
        if not more:
            raise FrontMatterError(1, "the front matter has no closing line", f"end it with a line of {fence}")
        if len(data) > MAX_FRONT_MATTER:
            raise FrontMatterError(
                1, "the front matter does not end within 2 MB", f"end it with a line of {fence}, or make it smaller"
            )
        searched = max(searched, len(data) - _LONGEST_FENCE)
        data += more


def _closing(data: bytes, searched: int, fences: tuple[bytes, ...], *, complete: bool) -> int:
    """Return where the line break before the closing fence stands, or -1."""
    first = -1
    for fence in fences:
        position = data.find(fence, searched, first if first >= 0 else len(data))
        while position >= 0:
            end = _CLOSING_END.match(data, position + len(fence))
            # At the end of what was read so far, the fence may be the start of a longer line.
            if end and (complete or end.end() < len(data) or data.endswith(b"\n")):
                first = position
                break
            position = data.find(fence, position + 1, first if first >= 0 else len(data))
    return first
