"""The page's socket."""

from __future__ import annotations

import asyncio
import socket
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from search.errors import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

# A request is asked and answered in a blink; who sends one or reads its answer for longer than this holds a connection.
CONNECTION_SECONDS: Final = 5.0
# Above so many, a connection on which no request is being answered ends for each new one.
MOST_CONNECTIONS: Final = 64
# Requests at once: a browser sends a handful, and each is the page's own work.
_MOST_REQUESTS: Final = 4 * MOST_CONNECTIONS
# Of a request whose headers are not complete; those of complete ones are the guard's affair.
_LONGEST_HEADERS: Final = 32 * 1024
_ORDER: Final = count()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes any that is free.

    Raises:
        UsageError: The address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: asyncio turns off Nagle's algorithm for such sockets only, which else holds answers back 40 ms.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen()  # a browser that is quicker than the server's start waits, and is not turned away
    except (OSError, OverflowError) as error:
        made.close()
        why = getattr(error, "strerror", None) or "no such port"
        raise UsageError(
            f"{host}:{port} cannot be listened on: {why}", "choose another --port, or 0 for any"
        ) from error
    return made


class BoundedProtocol(H11Protocol):
    """HTTP that ends connections on which no request has come for one to two ``CONNECTION_SECONDS``.

    uvicorn bounds how long a connection may be idle between requests, but not how long one may send its headers or
    take its answer: a few dozen such would leave no connection to anybody else. So whoever comes when there are many
    is not refused, but takes the place of one that has asked for nothing yet, of the oldest first, or else of one that
    was answered.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count, and make room."""
        super().connection_made(transport)
        self._since = next(_ORDER)
        self._make_room()
        self._timer = asyncio.get_running_loop().call_later(CONNECTION_SECONDS, self._look, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count no more."""
        self._timer.cancel()
        super().connection_lost(exc)

    def _make_room(self) -> None:
        """End the connection that does least when there are too many."""
        others = [one for one in self.connections if isinstance(one, BoundedProtocol) and one is not self]
        alive = [one for one in others if not one.transport.is_closing()]
        idle = [one for one in alive if one.cycle is None or one.cycle.response_complete]
        if len(alive) >= MOST_CONNECTIONS and idle:
            min(idle, key=lambda one: (one.cycle is not None, one._since)).transport.abort()  # noqa: SLF001 - its own kind

    def _look(self, before: Any) -> None:
        """End the connection when its last request is the one it had when it was looked at before."""
        if self.cycle is before:
            self.transport.abort()
        else:
            self._timer = asyncio.get_running_loop().call_later(CONNECTION_SECONDS, self._look, self.cycle)


def serve(app: ASGIApp, made: socket.socket) -> None:
    """Answer until interrupted. Requests are not logged: their paths hold the token."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        log_level="error",  # what is refused is not told: whoever is refused could fill the disk with it
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=10,
        limit_concurrency=_MOST_REQUESTS,
        h11_max_incomplete_event_size=_LONGEST_HEADERS,
    )
    uvicorn.Server(config).run(sockets=[made])
