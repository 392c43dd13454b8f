"""The page over HTTP: routes, and what is made of errors."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from search.content.faults import FrontMatterError
from search.content.records import MAX_RELATED
from search.content.urls import canonical_url
from search.content.walk import name_fault
from search.desk.decisions import REASONS, VERDICTS
from search.desk.files import DeskNotWritable, FileConflict
from search.desk.page.guard import Guard, own_hosts
from search.desk.page.queue import QUEUES
from search.desk.page.templating import FOLDER, render
from search.desk.page.told import told
from search.desk.page.viewing import digest
from search.errors import SearchError
from search.related.subject import UnknownArticle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from search.desk.decisions import Verdict
    from search.desk.page.session import Session

_STATIC: Final = {"desk.css": "text/css", "desk.js": "text/javascript"}
_LONGEST_ID: Final = 4096
_LONGEST_QUERY: Final = 1000
_FIRST_QUEUE: Final = "needs"


class BadRequest(Exception):
    """A request that is not what the page sends."""


class _Pages:
    """Answers requests for one session."""

    def __init__(self, session: Session, base: str) -> None:
        self._session = session
        self.base = base

    def _fresh(self) -> Session:
        """Return the session with the generation of the index that answers now."""
        self._session.follow()
        return self._session

    def _link(self, article: str | None, queue: str) -> str | None:
        return None if article is None else f"{self.base}/article/{quote(article)}?queue={queue}"

    async def first(self, request: Request) -> Response:
        """Go to the first article of a queue."""
        queue = _queue(request)
        queues = self._fresh().queues
        ids = queues.ids[queue] or queues.ids["all"]
        if not ids:
            return PlainTextResponse("There are no articles with a file in this index.\n")
        return RedirectResponse(self._link(ids[0], queue) or self.base, 303)

    async def article(self, request: Request) -> Response:
        """Show an article."""
        queue = _queue(request)
        view = self._fresh().view(request.path_params["article"][:_LONGEST_ID], queue)
        view = replace(view, previous=self._link(view.previous, queue), next=self._link(view.next, queue))
        return HTMLResponse(render("article.html", view=view, base=self.base))

    async def decide(self, request: Request) -> Response:
        """Record a verdict."""
        record = await _record(request)
        verdict = _one_of(record, "verdict", set(VERDICTS) - {"applied"})
        more = {
            "reason": _one_of(record, "reason", {"", *REASONS}) if "reason" in record else "",
            "score": _number(record.get("score")),
            "position": _place(record.get("position")),
            "every": record.get("every") is True,
        }
        candidate = _id(record.get("candidate"), "candidate")
        self._fresh().decide(_text(record, "article"), candidate, cast("Verdict", verdict), more)
        return JSONResponse({"ok": True})

    async def find(self, request: Request) -> Response:
        """Search for something else to list."""
        record = await _record(request)
        found = self._fresh().find(_text(record, "article"), _text(record, "text", _LONGEST_QUERY))
        return JSONResponse({"results": found.results, "notes": found.notes})

    async def preview(self, request: Request) -> Response:
        """Show what saving would change."""
        record = await _record(request)
        change = self._fresh().preview(_text(record, "article"), _text(record, "digest"), _items(record))
        return JSONResponse({"diff": change.shown_diff()})

    async def save(self, request: Request) -> Response:
        """Write the list into the file."""
        record = await _record(request)
        change = self._fresh().save(_text(record, "article"), _text(record, "digest"), _items(record))
        return JSONResponse({"diff": change.shown_diff(), "digest": digest(change.after)})

    async def refused(self, request: Request, error: SearchError | FrontMatterError) -> Response:
        """Say why something cannot be done, or shown; from an article that is not there the way leads on."""
        if request.method == "POST":
            return JSONResponse({"error": self._told(error)}, 404 if isinstance(error, UnknownArticle) else 422)
        queue = _queue(request)
        _, _, following = self._session.queues.around(queue, request.path_params.get("article", ""))
        following = self._link(following, queue)
        page = render("missing.html", base=self.base, queue=queue, told=self._told(error), next=following)
        return HTMLResponse(page, 404)

    async def conflict(self, _: Request, error: FileConflict) -> Response:
        """Say that somebody else changed a file, and what."""
        return JSONResponse({"error": self._told(error), "diff": error.diff}, 409)

    async def failed(self, _: Request, error: OSError | DeskNotWritable) -> Response:
        """Say what the operating system refused."""
        return JSONResponse({"error": self._told(error)}, 503)

    def _told(self, error: SearchError | FrontMatterError | OSError) -> str:
        return told(error, self._session.folders)

    async def static(self, request: Request) -> Response:
        """Give the style or the script."""
        name = request.path_params["name"]
        if name not in _STATIC:
            return PlainTextResponse("not found\n", 404)
        return FileResponse(FOLDER / "static" / name, media_type=_STATIC[name])


def make_app(
    session: Session, token: str, host: str, port: int, *, names: Sequence[str] = (), images: bool = False
) -> ASGIApp:
    """Return the application that answers for one session.

    Args:
        session: What the page knows.
        token: The first part of every path; whoever knows it may change files.
        host: The address that is listened on.
        port: Its port.
        names: Other names under which browsers reach it.
        images: Whether pictures of other sites may be shown.
    """
    pages = _Pages(session, f"/{token}")
    base = pages.base
    routes = [
        Route(f"{base}/", pages.first),
        Route(f"{base}/article/{{article:path}}", pages.article),
        Route(f"{base}/static/{{name}}", pages.static),
        Route(f"{base}/decide", pages.decide, methods=["POST"]),
        Route(f"{base}/search", pages.find, methods=["POST"]),
        Route(f"{base}/preview", pages.preview, methods=["POST"]),
        Route(f"{base}/save", pages.save, methods=["POST"]),
    ]
    handlers: dict[Any, Any] = {
        FileConflict: pages.conflict,
        DeskNotWritable: pages.failed,
        SearchError: pages.refused,
        FrontMatterError: pages.refused,
        BadRequest: _bad,
        OSError: pages.failed,
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, token, own_hosts(host, port, names), images=images)


async def _bad(_: Request, error: BadRequest) -> Response:
    return JSONResponse({"error": str(error)}, 400)


def _queue(request: Request) -> str:
    name = request.query_params.get("queue", _FIRST_QUEUE)
    return name if name in QUEUES else _FIRST_QUEUE


async def _record(request: Request) -> dict[str, Any]:
    try:
        record = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise BadRequest("this is no JSON") from error
    if not isinstance(record, dict):
        raise BadRequest("an object is expected")
    return record


def _text(record: dict[str, Any], name: str, longest: int = _LONGEST_ID) -> str:
    value = record.get(name)
    if not isinstance(value, str) or not value or len(value) > longest or "\0" in value:
        raise BadRequest(f"{name} is missing or no text of at most {longest} characters")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadRequest(f"{name} is no Unicode text") from error
    return value


def _id(value: Any, name: str) -> str:
    """Return the id of an article, or the address that an item of a list names: what a line of decisions may hold."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or name_fault(value):
        raise BadRequest(f"{name} is missing, too long or holds characters that no id has")
    if canonical_url(value) not in {"", value}:
        raise BadRequest(f"{name} is an address that no id is: it can be written shorter")
    return value


def _one_of(record: dict[str, Any], name: str, known: set[str]) -> str:
    value = record.get(name)
    if not isinstance(value, str) or value not in known:
        raise BadRequest(f"{name} is none of: {', '.join(sorted(known))}")
    return value


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -1e9 < value < 1e9:  # noqa: PLR2004
        raise BadRequest("score and position are numbers")
    return float(value)


def _place(value: Any) -> int | None:
    place = _number(value)
    if place is not None and (place < 1 or not place.is_integer()):
        raise BadRequest("places are whole numbers from 1 on")
    return None if place is None else int(place)


def _items(record: dict[str, Any]) -> list[int | str]:
    items = record.get("items")
    if not isinstance(items, list) or len(items) > MAX_RELATED:
        raise BadRequest(f"items is no list of at most {MAX_RELATED:,}")
    positions = [item for item in items if isinstance(item, int) and not isinstance(item, bool)]
    ids = [_id(item, "items") for item in items if isinstance(item, str)]
    if len(positions) + len(ids) != len(items) or len(set(items)) != len(items) or min(positions, default=0) < 0:
        raise BadRequest("items are places in the list and ids of articles, none twice")
    return items
