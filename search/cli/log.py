"""What is told on standard error: lines for people, or JSON objects for programs (``--log json``).

Levels: errors end a run; warnings are faults the run goes on after; info is what a person wants to know; debug is how
far a long run is. Nothing of ``secured`` and no token of the page is ever among it.
"""

from __future__ import annotations

import json
import logging
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from search.cli.inert import inert

if TYPE_CHECKING:
    from collections.abc import Iterator


class LogForm(StrEnum):
    """How standard error is written."""

    TEXT = "text"
    JSON = "json"


_LOG = logging.getLogger("search")
_QUERY: ContextVar[str] = ContextVar("query", default="")


def set_up(form: LogForm, level: int) -> None:
    """Send what is told to standard error, in a form, from a level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if form is LogForm.JSON else _Lines())
    _LOG.handlers[:] = [handler]
    _LOG.propagate = False
    _LOG.setLevel(level)


@contextmanager
def of_query(qid: str) -> Iterator[None]:
    """Name a query, one of many, in what is told meanwhile; ``""`` for the only one."""
    token = _QUERY.set(qid)
    try:
        yield
    finally:
        _QUERY.reset(token)


def info(text: str, **fields: Any) -> None:
    """Tell what a person may want to know."""
    _tell(logging.INFO, text, fields)


def warning(text: str, **fields: Any) -> None:
    """Tell of a fault that the run goes on after."""
    _tell(logging.WARNING, text, fields)


def error(text: str, **fields: Any) -> None:
    """Tell what ends the run."""
    _LOG.error(text, extra={"fields": fields})


def fault(text: str, **fields: Any) -> None:
    """Tell what ends the run and should not have happened; where debug is told, with the traceback."""
    _LOG.error(text, extra={"fields": fields}, exc_info=is_told(logging.DEBUG))


def debug(text: str, **fields: Any) -> None:
    """Tell how far a run is."""
    _LOG.debug(text, extra={"fields": fields})


def is_structured() -> bool:
    """Return whether programs read standard error."""
    return any(isinstance(handler.formatter, _JsonLines) for handler in _LOG.handlers)


def is_told(level: int) -> bool:
    """Return whether a level is told at all."""
    return _LOG.isEnabledFor(level)


def _tell(level: int, text: str, fields: dict[str, Any]) -> None:
    if qid := _QUERY.get():
        text, fields = f"query {qid}: {text}", {**fields, "qid": qid}
    _LOG.log(level, text, extra={"fields": fields})


class _Lines(logging.Formatter):
    """The message in one line, what to do in a second, a traceback below; nothing that a terminal would obey."""

    def format(self, record: logging.LogRecord) -> str:
        lines = [record.getMessage()]
        if hint := getattr(record, "fields", {}).get("hint"):
            lines.append(f"        {hint}")
        if record.exc_info:
            lines += self.formatException(record.exc_info).split("\n")
        return "\n".join(map(inert, lines))


class _JsonLines(logging.Formatter):
    """One JSON object a line, in ASCII: ``time``, ``level``, ``message``, and what belongs to the event."""

    def format(self, record: logging.LogRecord) -> str:
        from search.content.dates import iso_utc

        told = {
            "time": iso_utc(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)
