"""The program's edge: the one place where errors become lines and exit codes."""

from __future__ import annotations

import logging
import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search.cli import interruption, log
from search.errors import IO_FAILED, SearchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
_INTERRUPTION = "search: interrupted"
# As in sysexits.h: 1 to 4 have meanings of their own.
_USAGE = 2
_FAULT = 70


def run() -> int:
    """Run the command line and return its exit code."""
    # Closed by whoever started us: there is nobody to tell.
    nowhere = Path(os.devnull)
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
    # Options are not read yet, and what is wrong with them is told in the form that is asked for.
    log.set_up(log.LogForm.JSON if _asks_for_json(sys.argv[1:]) else log.LogForm.TEXT, logging.INFO)
    code = _code_of(_app)
    return _code_of(sys.stdout.flush) or code


def _app() -> None:
    from search.cli.app import app_for

    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = argument.encode(errors="surrogateescape").decode(errors="backslashreplace")
            raise UsageError(f"{shown} is not UTF-8", "type it again, or rename the file it names") from None
    try:
        _invoke(app_for(sys.argv[1:]))
    except UnicodeEncodeError as error:
        try:
            error.object[error.start : error.end].encode(sys.stdout.encoding)
        except UnicodeEncodeError:
            pass
        else:
            raise  # not of what was printed
        raise UsageError(
            f"standard output is {sys.stdout.encoding}, which has no {error.object[error.start]!a}",
            "set PYTHONIOENCODING=utf-8",
        ) from error


def _invoke(app: Callable[..., Any]) -> None:
    """Run a command; what is wrong with the arguments is told as everything else is."""
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        if not hasattr(error, "format_message"):  # Typer does not export the type of its own errors
            raise
        if log.is_structured() or _asks_for_json(sys.argv[1:]):
            log.set_up(log.LogForm.JSON, logging.ERROR)
            log.error(f"search: {error.format_message()}", error="UsageError", code=_USAGE)
        else:
            error.show()  # type: ignore[attr-defined]
        code = _USAGE
    sys.exit(code if isinstance(code, int) else 0)


def _asks_for_json(arguments: list[str]) -> bool:
    """Return whether errors are for programs, where arguments are so wrong that none was read."""
    asked = "--log=json" in arguments or ("--log", "json") in pairwise(arguments)
    return asked or os.environ.get("SEARCH_LOG") == log.LogForm.JSON


def _code_of(step: Callable[[], None]) -> int:
    """Return the exit code of a step, whatever it raises; what went wrong is told in a line."""
    code = 0
    try:
        step()
    except SystemExit as exit_:
        # Typer exits with 1 where the reader has gone, which would say that nothing was found.
        if not isinstance(exit_.__context__, BrokenPipeError):
            code = exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
        if code == INTERRUPTED:  # by Typer, in place of KeyboardInterrupt
            log.error(_INTERRUPTION, code=code)
    except KeyboardInterrupt:
        code = INTERRUPTED
        log.error(_INTERRUPTION, code=code)
    except Exception as error:  # noqa: BLE001 - the program's edge: nothing else may end in a traceback
        code = _told(error)
    return code


def _told(error: Exception) -> int:
    """Tell of an error in a line, and return its exit code."""
    if interruption.is_behind(error):
        code = INTERRUPTED
        log.error(_INTERRUPTION, code=code)
    elif isinstance(error, SearchError):
        code = error.exit_code
        log.error(f"search: {error.message}", error=type(error).__name__, hint=error.hint, code=code)
    elif isinstance(error, BrokenPipeError):
        code = 0  # a pager or head that has seen enough
    elif isinstance(error, OSError):
        code = IO_FAILED
        where = error.filename or "input or output failed"
        log.fault(f"search: {where}: {error.strerror or error}", error=type(error).__name__, code=code)
    else:
        code = _FAULT
        log.fault(
            f"search: a fault of the program: {type(error).__name__}: {str(error)[:200]}",
            error=type(error).__name__,
            hint="search --verbose COMMAND shows where; please report it",
            code=code,
        )
    return code
