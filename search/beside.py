"""Doing two things at once in one process, without an end that waits for the second."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Made = TypeVar("_Made")


def beside(work: Callable[[], _Made]) -> Callable[[], _Made]:
    """Begin some work in a thread, and return what waits for it and gives what it made, or raises what it raised.

    Who never asks never waits, unlike with an executor, whose end joins its threads. Ctrl-C within an import leaves the
    import lock with the main thread; whatever the other thread then imports waits for that lock, and whoever joins it
    waits for ever.
    """
    made: Future[_Made] = Future()

    def run() -> None:
        try:
            made.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is asked for
            made.set_exception(error)

    Thread(target=run, daemon=True).start()
    return made.result
