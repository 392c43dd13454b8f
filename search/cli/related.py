"""``search related``: the curated list of an article beside suggestions."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import log
from search.cli.decided import rejected_age, with_decisions
from search.cli.options import (
    DEFAULT_INDEX,
    MIN_PROBABILITY,
    Blind,
    Categories,
    Count,
    Diversity,
    EncoderName,
    Explain,
    Format,
    FormatOption,
    IndexFolder,
    MinProbability,
    MinQuality,
    Origin,
    PastOnly,
    PerProvider,
    Providers,
    Published,
    RejectedFor,
    Since,
    Topics,
    Types,
    Until,
    no_effect,
    now,
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
    blind: Blind = False,
    past_only: PastOnly = False,
    diversity: Diversity = 0.1,
    min_probability: MinProbability = MIN_PROBABILITY,
    per_provider: PerProvider = 0,
    rejected_for: RejectedFor = None,
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
    from search.index.why_none import why_none
    from search.related.options import Options
    from search.related.subject import find_subject
    from search.related.suggest import suggest

    if explain and output is not Format.TABLE:
        no_effect("--explain", f"with --format {output.value}")
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
        options = Options(
            k=k,
            filters=filters,
            past_only=past_only,
            diversity=diversity,
            min_probability=min_probability,
            per_provider=per_provider,
            blind=blind,
            collapse=output is not Format.TREC,
        )
        narrowed = with_decisions(index, rejected_age(rejected_for))
        answer = suggest(index, subject, narrowed(subject, options), encoder=opened, now=now())
        sys.stdout.write(rendered(index, answer, output, explain=explain))
        why = "" if answer.suggested else why_none(index.connection, filters)
    if not answer.suggested:
        log.info(_nothing(answer, why))
        raise typer.Exit(1)


def _nothing(answer: Related, why: str) -> str:
    """Say that there is no suggestion and why; ``why`` if it is the filters, else ``""``."""
    if answer.best_left_out:
        return f"nothing good enough to suggest: the best is {answer.best_left_out:.0%} likely (--min-probability)"
    return f"nothing to suggest: {why}" if why else "nothing to suggest"


def rendered(index: Index, answer: Related, output: Format, *, explain: bool) -> str:
    """Return suggestions in the format asked for."""
    from search.cli.render import records
    from search.index.standing import standing_in

    match output:
        case Format.JSON:
            return records.as_json(records.related_record(index, answer))
        case Format.JSONL:
            return records.as_json_lines([records.related_record(index, answer)])
        case Format.PATHS:
            articles = (suggestion.article for suggestion in answer.suggested)
            return "".join(f"{records.file_path(index, some) or some.url}\n" for some in articles)
        case Format.TREC:
            from search.cli.render.trec import trec_lines

            ranked = ((one.article.id, one.score) for one in answer.suggested)
            return trec_lines(answer.article.id, ranked)
        case Format.MARKDOWN:
            from search.cli.render.markdown import related_markdown

            return related_markdown(answer, standing_in(index, now()))
        case _:
            from search.cli.render.related import related_text

            return related_text(answer, explain=explain, standing=standing_in(index, now()))
