"""``search why-not``: the stage of a query that lost an article."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from search.cli.absent import not_indexed
from search.cli.asking import open_encoder, open_reranker, query_from, wishes_from
from search.cli.filters import filters_from
from search.cli.options import (
    DEFAULT_INDEX,
    AsTyped,
    Categories,
    Collapse,
    Count,
    EncoderName,
    Floor,
    IndexFolder,
    MinQuality,
    Mode,
    ModeOption,
    Origin,
    Providers,
    Published,
    Recent,
    RerankModel,
    Since,
    Topics,
    Types,
    Until,
    now,
)


def why_not(
    article: Annotated[str, typer.Argument(help="A file, an article id, or a URL.")],
    text: Annotated[list[str] | None, typer.Argument(help="The query; text and options as for search query.")] = None,
    k: Count = 10,
    mode: Mode = ModeOption.HYBRID,
    collapse: Collapse = True,
    recent: Recent = None,
    as_typed: AsTyped = False,
    floor: Floor = True,
    rerank: RerankModel = None,
    folder: IndexFolder = DEFAULT_INDEX,
    encoder: EncoderName = None,
    since: Since = None,
    until: Until = None,
    topic: Topics = None,
    category: Categories = None,
    provider: Providers = None,
    type_: Types = None,
    min_quality: MinQuality = None,
    published: Published = None,
    origin: Origin = None,
) -> None:
    """Say why a query does not show an article.

    Exits with 1 when the article is not shown.
    """
    from search.content.settings import load_settings
    from search.index.opened import open_index
    from search.related.subject import find_subject
    from search.retrieval.why_not import why_not as find_out

    filters = filters_from(
        since=since,
        until=until,
        topics=topic,
        categories=category,
        providers=provider,
        types=type_,
        min_quality=min_quality,
        published=published,
        origin=origin,
    )
    query = query_from(" ".join(text or []), filters)
    wishes = wishes_from(k=k, mode=mode, collapse=collapse, recent=recent, as_typed=as_typed, floor=floor)
    with open_index(folder) as index:
        subject = find_subject(index, article)
        if subject.row is None:
            sys.stdout.write(f"{not_indexed(subject.article.id, load_settings(index.content_root))}\n")
            raise typer.Exit(1)
        opened = open_encoder(index, encoder) if query.text and mode is not ModeOption.LEXICAL else None
        reranker = open_reranker(rerank) if query.text and rerank else None
        finding = find_out(index, subject.row, query, wishes, opened, now(), reranker)
    sys.stdout.write(f"{finding.stage}: {finding.told}\n")
    if finding.stage != "shown":
        raise typer.Exit(1)
