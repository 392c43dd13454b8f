"""What stands before the page: who may ask, how much, and what a browser may do with the answer.

A page of another site can make a browser send requests here, or by DNS rebinding take our address for its own. So:
the Host must be ours (a rebound name is not), a request that changes something must come from our own origin and be
JSON (which no form can send), and every path begins with a token that no other site knows.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY: Final = 256 * 1024
MAX_TARGET: Final = 8 * 1024
MAX_HEADERS: Final = 16 * 1024
# A request's body comes from the page in one piece; whoever takes longer wants to hold a connection.
BODY_SECONDS: Final = 10.0
# Who listens on all addresses of a machine is asked for none of these, but from the machine itself.
WILDCARDS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - nobody listens here
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """ASGI middleware that lets through what may pass.

    Args:
        app: What answers.
        token: The first part of every path.
        hosts: Values of the Host header that are ours, ports included.
        images: Whether pictures of articles are shown, which other sites serve.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str], *, images: bool = False) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = frozenset(host.lower() for host in hosts)
        pictures = "img-src 'self' data: https: http:" if images else "img-src 'self' data:"
        self._headers = [
            (
                b"content-security-policy",
                f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; {pictures}; "
                "base-uri 'none'; form-action 'self'; frame-ancestors 'none'".encode(),
            ),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            status, why = refusal
            await PlainTextResponse(f"{why}\n", status)(scope, receive, with_headers)
            return
        if scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, with_headers)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _limited_body(receive)
        except TimeoutError:
            await JSONResponse({"error": "the request took too long"}, 408)(scope, receive, with_headers)
            return
        if body is None:
            await JSONResponse({"error": "the request is too large"}, 413)(scope, receive, with_headers)
            return
        await self._app(scope, _replayed(body), with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name, []).append(value)
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in self._hosts:
            return 421, "this is not the host that was asked for"
        if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > MAX_TARGET:
            return 414, "the address is too long"
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
            return 431, "the headers are too long"
        first = scope["path"].split("/", 2)[1] if scope["path"].startswith("/") else ""
        if not secrets.compare_digest(first.encode("utf-8", "replace"), self._token):
            return 404, "not found; open the address that was printed when the page was started"
        return None if scope["method"] in {"GET", "HEAD"} else self._refusal_of_change(scope["method"], headers)

    def _refusal_of_change(self, method: str, headers: Mapping[bytes, list[bytes]]) -> tuple[int, str] | None:
        if method != "POST":
            return 405, "not allowed"
        origins = headers.get(b"origin", [])
        if len(origins) != 1 or not self._is_own(origins[0].decode("latin-1")):
            return 403, "requests of other sites are not answered"
        if headers.get(b"content-type", [b""])[0].split(b";")[0].strip().lower() != b"application/json":
            return 415, "only JSON is understood"
        return None

    def _is_own(self, origin: str) -> bool:
        try:
            parts = urlsplit(origin)
        except ValueError:  # brackets that hold no address
            return False
        return parts.scheme == "http" and parts.netloc.lower() in self._hosts


def own_hosts(host: str, port: int, others: Sequence[str] = ()) -> list[str]:
    """Return the Host headers under which a server is reached: its own names, and others that a person named."""
    own = (
        _LOOPBACK
        if host in {"127.0.0.1", "localhost", "::1", *WILDCARDS}
        else (host if ":" not in host else f"[{host}]",)
    )
    names = (*own, *others)
    return [f"{name}:{port}" for name in names] + ([*names] if port == 80 else [])  # noqa: PLR2004 - HTTP's own


async def _limited_body(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body"):
            return body


def _replayed(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
