"""``search status``: what is in an index."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from search.cli.inert import inert_json
from search.cli.options import DEFAULT_INDEX, IndexFolder


class StatusFormat(StrEnum):
    """How it is printed."""

    TABLE = "table"
    JSON = "json"


def status(
    folder: IndexFolder = DEFAULT_INDEX,
    form: Annotated[StatusFormat, typer.Option("--format", help="How to print.")] = StatusFormat.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    problems: Annotated[bool, typer.Option("--problems", help="List every problem of the content.")] = False,
    not_articles: Annotated[bool, typer.Option("--not-articles", help="List every file that is no article.")] = False,
) -> None:
    """Tell what is in an index: counts, topics, categories, providers, dates, model, size, age, problems."""
    from search.index.opened import open_index
    from search.index.summary import summarize

    with open_index(folder) as index:
        summary = summarize(index)
    if as_json or form is StatusFormat.JSON:
        sys.stdout.write(inert_json(summary.record(), indent=2) + "\n")
    elif problems or not_articles:
        if problems:
            sys.stdout.writelines(f"{problem}\n" for problem in summary.problems)
        if not_articles:
            sys.stdout.writelines(f"{path}: no article: {why}\n" for path, why in summary.not_articles.items())
    else:
        from search.cli.render.status import status_text

        sys.stdout.write(status_text(summary))
