"""What a long run tells whoever watches it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of phases and of single steps; the command line draws bars from it."""

    def phase(self, name: str, total: int) -> None:
        """A phase begins: ``reading`` or ``encoding``, with its number of steps."""

    def advance(self, steps: int) -> None:
        """Some more steps of the phase are done."""

    def notice(self, text: str) -> None:
        """Something a person may want to know, one line."""


class Silent:
    """Watches nothing."""

    def phase(self, name: str, total: int) -> None:
        """Ignore it."""

    def advance(self, steps: int) -> None:
        """Ignore it."""

    def notice(self, text: str) -> None:
        """Ignore it."""
