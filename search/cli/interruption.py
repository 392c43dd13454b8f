"""Ctrl-C, whatever error it turned into on its way: libraries that are interrupted raise errors of their own."""

from __future__ import annotations

from typing import Any

_received: list[int] = []


def watch() -> None:
    """Take note of Ctrl-C, which raises as ever; where it is ignored, as below ``nohup``, it stays so."""
    import signal

    def noted(number: int, frame: Any) -> None:
        _received.append(number)
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, noted)


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
