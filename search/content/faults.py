"""What can be wrong with front matter, before it is known which file it stands in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong, but does not keep the rest from being read.

    Attributes:
        line: 1-based line in the file, or 0 when the fault has no line.
        what: The fault, one line; never quotes a value of the file.
        todo: What to do about it, one line.
    """

    line: int
    what: str
    todo: str


class FrontMatterError(Exception):
    """Front matter that cannot be read.

    Args:
        line: 1-based line in the file, or 0 when the fault has no line.
        what: The fault, one line; never quotes a value of the file.
        todo: What to do about it, one line.
    """

    def __init__(self, line: int, what: str, todo: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what
        self.todo = todo
