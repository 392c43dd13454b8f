"""TOML, and on which line it is wrong."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_LINE = re.compile(r"\(at line (\d+),")


class TomlError(Exception):
    """Text that cannot be read as TOML.

    Args:
        line: 1-based line of the text, or 0 where it is nested too deep or a value is out of range.
        reason: What the reader of TOML says; may quote the text.
    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def read_toml(text: str) -> dict[str, Any]:
    """Read TOML.

    Raises:
        TomlError: It cannot be read.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))  # without a line it is the end that is wrong
        line = int(found[1]) if found else 1 + text.rstrip().count("\n")
        raise TomlError(line, _LINE.split(str(error))[0]) from None
    except (RecursionError, ValueError) as error:
        raise TomlError(0, str(error)) from None
