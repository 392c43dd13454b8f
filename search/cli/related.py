"""``search related``: the curated list of an article beside suggestions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli.options import (
    DEFAULT_INDEX,
    Categories,
    Count,
    EncoderName,
    Explain,
    Format,
    FormatOption,
    IndexFolder,
    MinQuality,
    Origin,
    Providers,
    Published,
    Since,
    Topics,
    Types,
    Until,
)

if TYPE_CHECKING:
    from search.index.opened import Index
    from search.related.suggest import Related


def related(
    article: Annotated[str, typer.Argument(help="A file, an article id, or a URL.")],
    k: Count = 10,
    folder: IndexFolder = DEFAULT_INDEX,
    output: FormatOption = Format.TABLE,
    explain: Explain = False,
    blind: Annotated[bool, typer.Option("--blind", help="As if the article had no curated list.")] = False,
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
    """Show what is curated for an article, and propose more.

    Exits with 1 when there is nothing to propose.
    """
    from search.cli.filters import filters_from
    from search.index.opened import open_index
    from search.related.subject import find_subject
    from search.related.suggest import suggest

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
    with open_index(folder) as index:
        subject = find_subject(index, article)
        opened = None
        if encoder or not subject.encoded:
            from search.index.encoder import encoder_of

            opened = encoder_of(index, encoder)
        answer = suggest(
            index, subject, k=k, filters=filters, encoder=opened, blind=blind, collapse=output is not Format.TREC
        )
        sys.stdout.write(rendered(index, answer, output, explain=explain))
    if not answer.suggested:
        sys.stderr.write("nothing to suggest\n")
        raise typer.Exit(1)


def rendered(index: Index, answer: Related, output: Format, *, explain: bool) -> str:
    """Return suggestions in the format asked for."""
    from search.cli.render import records

    match output:
        case Format.JSON:
            return records.as_json(records.related_record(index, answer))
        case Format.JSONL:
            return records.as_json_lines([records.related_record(index, answer)])
        case Format.PATHS:
            articles = (suggestion.candidate.article for suggestion in answer.suggested)
            return "".join(f"{records.file_path(index, some) or some.url}\n" for some in articles)
        case Format.TREC:
            from search.cli.render.trec import trec_lines

            ranked = ((one.candidate.article.id, one.candidate.score) for one in answer.suggested)
            return trec_lines(answer.article.id, ranked)
        case Format.MARKDOWN:
            from search.cli.render.markdown import related_markdown

            return related_markdown(answer)
        case _:
            from search.cli.render.text import related_text

            return related_text(answer, explain=explain)
