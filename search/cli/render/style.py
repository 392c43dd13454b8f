"""Colours, weights and links of a terminal; nothing of the sort in a pipe."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Style:
    """ANSI (ECMA-48) styles and OSC 8 links, or plain text.

    Written by hand because importing Rich costs more (50 ms) than the whole search.
    """

    enabled: bool

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """Return the style that fits a stream; ``NO_COLOR`` and ``TERM=dumb`` are heeded (no-color.org)."""
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        forced = os.environ.get("FORCE_COLOR", "") not in {"", "0"}
        return cls(forced or (stream.isatty() and not plain))

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled and text else text

    def bold(self, text: str) -> str:
        """Titles."""
        # A mark inside ends with a reset; weight is taken up again after it.
        return self._sgr("1", text.replace("\x1b[0m", "\x1b[0m\x1b[1m"))

    def dim(self, text: str) -> str:
        """What matters less."""
        return self._sgr("2", text)

    def heading(self, text: str) -> str:
        """A part's name."""
        return self._sgr("1;36", text)

    def path(self, text: str) -> str:
        """A file's path."""
        return self._sgr("35", text)

    def kind(self, text: str) -> str:
        """A suggestion's kind."""
        return self._sgr("32", text)

    def match(self, text: str) -> str:
        """A word that was searched for."""
        return self._sgr("1;33", text)

    def link(self, text: str, url: str) -> str:
        """Text that leads to an http(s) address where the terminal can."""
        if not self.enabled or not url.startswith(("http://", "https://")):
            return text
        safe = "".join(character for character in url if character.isprintable())
        return f"\x1b]8;;{safe}\x1b\\{text}\x1b]8;;\x1b\\"
