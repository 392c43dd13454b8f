"""The page's socket."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from search.errors import UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

# A request is asked and answered in a blink; who sends one or reads its answer for longer than this holds a connection.
CONNECTION_SECONDS: Final = 10.0
MOST_CONNECTIONS: Final = 64
# Of a request whose headers are not complete; those of complete ones are the guard's affair.
_LONGEST_HEADERS: Final = 32 * 1024


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
    take its answer: a few dozen such would leave no connection to anybody else.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count."""
        super().connection_made(transport)
        self._timer = asyncio.get_running_loop().call_later(CONNECTION_SECONDS, self._look, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count no more."""
        self._timer.cancel()
        super().connection_lost(exc)

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
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_keep_alive=10,
        limit_concurrency=MOST_CONNECTIONS,
        h11_max_incomplete_event_size=_LONGEST_HEADERS,
    )
    uvicorn.Server(config).run(sockets=[made])
