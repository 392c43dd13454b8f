"""``search suggest``: suggestions in bulk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli.options import (
    DEFAULT_INDEX,
    MIN_PROBABILITY,
    Blind,
    Count,
    Diversity,
    Format,
    IndexFolder,
    MinProbability,
    PastOnly,
    PerProvider,
    Since,
    now,
)
from search.cli.related import rendered
from search.errors import SearchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.index.opened import Index


def suggest(
    paths: Annotated[list[str] | None, typer.Argument(help="Files, article ids or URLs.")] = None,
    k: Count = 10,
    folder: IndexFolder = DEFAULT_INDEX,
    output: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.JSONL,
    everything: Annotated[bool, typer.Option("--all", help="Every file of the index.")] = False,
    since: Since = None,
    blind: Blind = False,
    past_only: PastOnly = False,
    diversity: Diversity = 0.1,
    min_probability: MinProbability = MIN_PROBABILITY,
    per_provider: PerProvider = 0,
) -> None:
    """Propose related articles for many articles at once.

    An article that cannot be read is named, and the others go on.
    """
    from search.index.encoder import encoder_of
    from search.index.opened import open_index
    from search.related.ranker import ranker_for
    from search.related.subject import find_subject
    from search.related.suggest import Options
    from search.related.suggest import suggest as suggest_for

    options = Options(
        k=k,
        past_only=past_only,
        diversity=diversity,
        min_probability=min_probability,
        per_provider=per_provider,
        blind=blind,
        collapse=output is not Format.TREC,
    )

    found = False
    with open_index(folder) as index:
        opened = None
        ranker = ranker_for(folder)
        for reference in _references(index, paths or [], since, everything=everything):
            try:
                subject = find_subject(index, reference)
            except SearchError as error:
                sys.stderr.write(f"{error.message}\n")
                continue
            if not subject.encoded and opened is None:
                opened = encoder_of(index)
            answer = suggest_for(index, subject, options, encoder=opened, ranker=ranker)
            found = found or bool(answer.suggested)
            sys.stdout.write(rendered(index, answer, output, explain=False))
    if not found:
        sys.stderr.write("nothing to suggest\n")
        raise typer.Exit(1)


def _references(index: Index, paths: list[str], since: str | None, *, everything: bool) -> Iterator[str]:
    if sum(map(bool, (paths, since, everything))) != 1:
        raise UsageError("say for which articles", "name files, or use --since 7d, or --all")
    if paths:
        yield from paths
        return
    from search.index.filters import Filters
    from search.retrieval.dates import parse_since

    wanted = Filters(origin="file", since=parse_since(since, now()) if since else None)
    rows = index.rows(index.condition(wanted))
    yield from sorted(index.ids(rows.tolist()).values())
