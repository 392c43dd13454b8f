"""Ctrl-C, whatever error it turned into on its way: libraries that are interrupted raise errors of their own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_received: list[int] = []
_SOON = 0.05  # seconds


def watch() -> None:
    """Take note of Ctrl-C, which raises as ever; where it is ignored, as below ``nohup``, it stays so."""
    import signal

    def noted(number: int, frame: Any) -> None:
        _received.append(number)
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, noted)
        sys.unraisablehook = _come_again


def _come_again(lost: UnraisableHookArgs) -> None:
    """Send Ctrl-C again that came where nothing can be raised, as in importlib's callbacks: it would go unheard."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    import signal
    from threading import Timer, main_thread

    again = Timer(_SOON, signal.pthread_kill, (main_thread().ident, signal.SIGINT))
    again.daemon = True
    again.start()


def raise_if_received() -> None:
    """Raise KeyboardInterrupt where it was raised before and got lost.

    It may have left the import lock with the main thread: what another thread then imports is waited for in vain.
    """
    if _received:
        raise KeyboardInterrupt


def is_behind(error: BaseException) -> bool:
    """Return whether an error comes of Ctrl-C.

    Not every one names it: modules written in C say that their initialization failed, and no more.
    """
    if _received:
        return True
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, KeyboardInterrupt):
            return True
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            waiting += [one.__cause__, one.__context__]
    return False
