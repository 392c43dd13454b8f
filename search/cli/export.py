"""``search export``: suggestions as data for the templates of a static site."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from search.cli import log
from search.cli.options import (
    DEFAULT_INDEX,
    MIN_PROBABILITY,
    Count,
    Diversity,
    IndexFolder,
    MinProbability,
    PastOnly,
    PerProvider,
    Published,
    RejectedFor,
)


def export(
    data: Annotated[
        Path, typer.Option("--data", help="A .json file for all articles, or a folder for one an article.")
    ],
    k: Count = 5,
    folder: IndexFolder = DEFAULT_INDEX,
    past_only: PastOnly = False,
    diversity: Diversity = 0.1,
    min_probability: MinProbability = MIN_PROBABILITY,
    per_provider: PerProvider = 0,
    rejected_for: RejectedFor = None,
    published: Published = None,
) -> None:
    """Write suggestions for every article as data that Jekyll, Hugo or Eleventy can show; docs/templates.md tells how.

    What was rejected or is flagged as removed is not in it; --published leaves out what is not published.
    """
    from search.cli.related import rejected_age
    from search.cli.suggest import readable, suggested, with_decisions
    from search.desk.export import check_place, write_each, write_one
    from search.desk.selection import files_of
    from search.index.filters import Filters
    from search.index.opened import open_index
    from search.related.subject import subject_of_id
    from search.related.suggest import Options

    options = Options(
        k=k,
        filters=Filters(published=published),
        past_only=past_only,
        diversity=diversity,
        min_probability=min_probability,
        per_provider=per_provider,
    )
    check_place(data if data.suffix == ".json" else data / "x")
    with open_index(folder) as index:
        narrowed = with_decisions(index, rejected_age(rejected_for))
        answers = suggested(index, readable(index, files_of(index), subject_of_id), options, narrowed)
        too_long: list[str] = []
        if data.suffix == ".json":
            count = write_one(data, answers)
        else:
            count, too_long = write_each(data, answers)
    for name in too_long:
        log.warning(f"{name} is left out: with .json its name is too long; shorten it", event="problem", path=name)
    log.info(f"wrote suggestions for {count:,} articles to {data}", event="written", articles=count)
