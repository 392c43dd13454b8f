"""Progress bars on standard error, with rate and time left; nothing when it is no terminal."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Self

from search.cli import log

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Bars:
    """Draws the phases of a build; notices are printed as lines, terminal or not."""

    def __init__(self) -> None:
        self._bars: RichProgress | None = None
        self._task: TaskID | None = None
        self._terminal = sys.stderr.isatty() and log.is_told(logging.INFO) and not log.is_structured()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def phase(self, name: str, total: int) -> None:
        """Begin a bar; a phase of nothing has none."""
        log.debug(f"{name}: {total:,}", event="phase", phase=name, total=total)
        if not self._terminal or total == 0:
            self._task = None
            return
        if self._bars is None:
            self._bars = _rich_progress()
            self._bars.start()
        self._task = self._bars.add_task(name, total=total)

    def advance(self, steps: int) -> None:
        """Move the bar."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, steps)

    def notice(self, text: str) -> None:
        """Print a line above the bars."""
        if self._bars is not None:
            self._bars.console.print(text, markup=False, highlight=False)
        else:
            log.info(text)


def _rich_progress() -> RichProgress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class RateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}/s" if speed else "")

    return Progress(
        TextColumn("{task.description:>9}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True),
    )
