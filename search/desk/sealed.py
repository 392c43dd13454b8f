"""Sealed fields taken out of text that a person is shown."""

from __future__ import annotations

import re
from typing import Final

_KEY: Final = re.compile(r"""^([ ]*(?:-[ ]+)*)(["']?secured["']?[ ]*:)(.*)$""", re.DOTALL)
# In a flow mapping: the value in quotes, or up to what ends it.
_IN_FLOW: Final = re.compile(r"""([{,][ ]*["']?secured["']?[ ]*:[ ]*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,}\n]*)""")
_HIDDEN: Final = "…"


def without_sealed(text: str) -> str:
    """Return YAML with nothing in its ``secured`` fields; all else is as it was."""
    shown: list[str] = []
    blank: list[str] = []  # lines that belong to a sealed value if it goes on after them
    column = -1  # of the sealed key whose value may go on, or -1
    for line in text.split("\n"):
        if column >= 0 and not line.strip():
            blank.append(line)
            continue
        if column >= 0 and _goes_on(line, column):
            blank.clear()
            continue
        shown += blank
        blank.clear()
        match = _KEY.match(line)
        column = len(match[1]) if match else -1
        shown.append(f"{match[1]}{match[2]} {_HIDDEN}" if match else _IN_FLOW.sub(rf"\1{_HIDDEN}", line))
    return "\n".join([*shown, *blank])


def _goes_on(line: str, column: int) -> bool:
    """Return whether a line belongs to the value of a key: it stands further in, or is an item of its list."""
    indent = len(line) - len(line.lstrip(" "))
    return indent > column or (indent == column and line.lstrip().startswith("- "))
