"""``search review``: the editor's page."""

from __future__ import annotations

import secrets
import sys
from contextlib import closing
from typing import Annotated

import typer

from search.cli import log
from search.cli.options import (
    DEFAULT_INDEX,
    MIN_PROBABILITY,
    Categories,
    Count,
    Diversity,
    IndexFolder,
    MinProbability,
    MinQuality,
    PastOnly,
    PerProvider,
    Providers,
    Published,
    RejectedFor,
    Since,
    Topics,
    Types,
    Until,
)


def review(
    k: Count = 12,
    folder: IndexFolder = DEFAULT_INDEX,
    host: Annotated[str, typer.Option(help="Where to listen; beyond this machine only if you say so.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8765,
    name: Annotated[
        list[str] | None, typer.Option(help="A name under which browsers reach it, when --host is not this machine.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser.")] = True,
    images: Annotated[bool, typer.Option("--images", help="Show pictures; other sites serve them and see it.")] = False,
    past_only: PastOnly = False,
    diversity: Diversity = 0.1,
    min_probability: MinProbability = MIN_PROBABILITY,
    per_provider: PerProvider = 0,
    rejected_for: RejectedFor = None,
    since: Since = None,
    until: Until = None,
    topic: Topics = None,
    category: Categories = None,
    provider: Providers = None,
    type_: Types = None,
    min_quality: MinQuality = None,
    published: Published = None,
) -> None:
    """Look at suggestions in the browser: accept, reject, reorder, search, save.

    Filters say which articles stand in the queues, not what is proposed for them.

    Decisions are kept in .search/decisions.jsonl below the content root; files change when you save.
    """
    from search.cli.decided import rejected_age, with_problems_told
    from search.cli.filters import filters_from
    from search.cli.progress import Bars
    from search.desk.page.guard import WILDCARDS
    from search.desk.page.server import make_app
    from search.desk.page.serving import listen, serve
    from search.desk.page.session import Session
    from search.desk.place import desk_at
    from search.index.opened import open_index
    from search.related.options import Options

    options = Options(
        k=k, past_only=past_only, diversity=diversity, min_probability=min_probability, per_provider=per_provider
    )
    filters = filters_from(
        since=since,
        until=until,
        topics=topic,
        categories=category,
        providers=provider,
        types=type_,
        min_quality=min_quality,
        published=published,
        origin=None,
    )
    with open_index(folder) as index:
        desk = desk_at(index.content_root)
        age = rejected_age(rejected_for)
        with Bars() as bars:
            session = Session(index, desk, options, rejected_for=age, images=images, filters=filters, progress=bars)
        with_problems_told(session.decisions())
        listening = listen(host, port)
        token = secrets.token_urlsafe(24)
        port = listening.getsockname()[1]
        everywhere = host in WILDCARDS
        shown = name[0] if name else "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{port}/{token}/"
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        log.info("this address is a key: whoever has it can change files; Ctrl-C ends")
        if everywhere and not name:
            log.info("from other machines it is reached only under a name that you give: --name HOST")
        if open_browser:
            import webbrowser

            webbrowser.open(address)
        with closing(session):
            serve(make_app(session, token, host, port, names=name or (), images=images), listening)
