"""``search export``: what an index knows, as data for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    path_named,
)
from search.errors import UsageError

if TYPE_CHECKING:
    from datetime import timedelta

    from search.content.article import Article
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.related.options import Options

_AT_ONCE = 500


def export(
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            parser=path_named,
            metavar="PATH",
            help="Suggestions: a .json file for all articles, or a folder for one an article.",
        ),
    ] = None,
    articles: Annotated[
        Path | None,
        typer.Option(
            "--articles",
            parser=path_named,
            metavar="FILE",
            help="All fields of all articles and their lists, as JSON Lines; '-': standard output.",
        ),
    ] = None,
    k: Count = 5,
    folder: IndexFolder = DEFAULT_INDEX,
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
    origin: Origin = None,
) -> None:
    """Write suggestions for every article as data that Jekyll, Hugo or Eleventy can show; docs/templates.md tells how.

    What was rejected or is flagged as removed is not suggested. --articles writes every article, those that are flagged
    too. Filters say what is suggested, and which articles --articles writes.
    """
    from search.cli.decided import rejected_age
    from search.cli.filters import filters_from
    from search.desk.export import check_names
    from search.desk.output import LINES, OBJECTS, check_folder, check_place
    from search.desk.selection import files_of
    from search.index.opened import open_index
    from search.related.options import Options

    if data is None and articles is None:
        raise UsageError("nothing is said to be exported", "give --data FILE, --articles FILE, or both")
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
    options = Options(
        k=k,
        filters=filters,
        past_only=past_only,
        diversity=diversity,
        min_probability=min_probability,
        per_provider=per_provider,
    )
    if data == articles:
        raise UsageError(f"{data} cannot hold both", "give --data and --articles different names")
    age = rejected_age(rejected_for)
    with open_index(folder) as index:
        made_for_articles = check_place(articles, LINES, index) if articles else None
        made_for_data = None
        if data and data.suffix.lower() in OBJECTS:
            made_for_data = check_place(data, OBJECTS, index)
        elif data:
            made_for_data = check_folder(data)
            _check_kind(data)
            check_names(files_of(index))
        if made_for_data == made_for_articles:
            made_for_data = None  # once is enough said
        if articles:
            _write_articles(index, articles, filters, made_for_articles)
        if data:
            _write_suggestions(index, data, options, age, made_for_data)


def _check_kind(data: Path) -> None:
    """Refuse names that tell neither a JSON file for all articles nor a folder for one an article."""
    from search.desk.output import OBJECTS, STANDARD_OUTPUT

    if data == STANDARD_OUTPUT:
        raise UsageError("--data writes a .json file or a folder, and - is neither", "name one: --data related.json")
    if data.suffix and data.suffix.lower() not in OBJECTS and not data.is_dir():
        raise UsageError(
            f"--data {data}: a file for all articles ends in {OBJECTS[0]}, and there is no such folder",
            f"name a file that ends in {OBJECTS[0]}, or a folder; one with a dot in its name is to be made before",
        )


def _write_articles(index: Index, file: Path, filters: Filters, made: Path | None) -> None:
    from search.cli.render.records import article_record, as_json_lines
    from search.desk.output import and_made, told_place, write_whole

    by_id = sorted((name, row) for row, name in index.ids(index.rows(index.condition(filters)).tolist()).items())
    some = (by_id[start : start + _AT_ONCE] for start in range(0, len(by_id), _AT_ONCE))
    found = (article for part in some for article in _in_order(index, [row for _, row in part]))
    write_whole(file, (as_json_lines([article_record(one, index.curated(one.id))]) for one in found))
    log.info(
        f"wrote {len(by_id):,} articles to {told_place(file)}{and_made(made)}", event="written", articles=len(by_id)
    )


def _in_order(index: Index, rows: list[int]) -> list[Article]:
    articles = index.articles(rows)
    return [articles[row] for row in rows]


def _write_suggestions(
    index: Index, data: Path, options: Options, rejected_for: timedelta | None, made: Path | None
) -> None:
    from search.cli.decided import with_decisions
    from search.cli.suggest import readable, suggested
    from search.desk.export import write_each, write_one
    from search.desk.output import OBJECTS, and_made
    from search.desk.selection import files_of
    from search.related.subject import subject_of_id

    narrowed = with_decisions(index, rejected_for)
    answers = suggested(index, readable(index, files_of(index), subject_of_id), options, narrowed)
    too_long: list[str] = []
    if data.suffix.lower() in OBJECTS:
        count = write_one(data, answers)
    else:
        count, too_long = write_each(data, answers)
    for name in too_long:
        log.warning(f"{name} is left out: with .json its name is too long; shorten it", event="problem", path=name)
    log.info(f"wrote suggestions for {count:,} articles to {data}{and_made(made)}", event="written", articles=count)
