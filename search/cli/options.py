"""Options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from search.cli import log
from search.content.values import BEST_QUALITY
from search.errors import UsageError


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    PATHS = "paths"
    MARKDOWN = "markdown"
    TREC = "trec"


class ModeOption(StrEnum):
    """Which retrievers answer."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class OriginOption(StrEnum):
    """Where an article stands."""

    FILE = "file"
    EMBEDDED = "embedded"


# More than this of anything is a slip of the finger, and more than SQLite counts to is an error.
MOST = 1_000_000

_FILTERS = "Filters"


def folder_named(path: str | Path) -> Path:
    """Return a folder that is named: an empty name, as an unset variable of a script gives, is not the current one."""
    if not str(path).strip():
        raise UsageError("the path of a folder is empty", "name it, or give . for the current one")
    if str(path) == "-":
        raise UsageError("- stands for no folder", "name it; ./- is one of that name")
    return Path(path)


def path_named(path: str | Path) -> Path:
    """Return a file or folder that is named, an empty name being none."""
    if not str(path).strip():
        raise UsageError("a path that is given is empty", "name it, or leave the option out")
    return Path(path)


IndexFolder = Annotated[
    # What cannot be read is told by what reads it, with the exit code of an index that cannot answer.
    Path,
    typer.Option(
        "--index",
        envvar="SEARCH_INDEX",
        parser=folder_named,
        metavar="<path>",
        help="The index folder.",
        show_envvar=False,
    ),
]
Mode = Annotated[ModeOption, typer.Option(help="Both words and meaning, or one of them.")]
Collapse = Annotated[bool, typer.Option("--collapse/--no-collapse", help="One result for a story; others fill up -k.")]
Recent = Annotated[
    str | None, typer.Option(help="Prefer what is recent; half the preference is left at this age: 30d, 6m.")
]
AsTyped = Annotated[
    bool, typer.Option("--as-typed", help="Set nothing right, add no acronyms and spellings, read no times.")
]
Floor = Annotated[
    bool,
    typer.Option(
        "--floor/--no-floor",
        help=(
            "Find nothing when nothing comes near; filters switch it off: what they pass is shown. "
            "It is off in runs, too: query --format trec."
        ),
    ),
]
RerankModel = Annotated[
    str | None,
    typer.Option("--rerank", metavar="MODEL", help="Let a CrossEncoder (folder or hub id) read the best again."),
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to print.")]
Count = Annotated[int, typer.Option("-k", min=1, max=MOST, help="How many results.")]
Explain = Annotated[bool, typer.Option("--explain", help="Show what each part contributed to the score.")]
EncoderName = Annotated[str | None, typer.Option("--encoder", help="Insist on this model; an error if it is another.")]
Since = Annotated[
    str | None,
    typer.Option(help="Published then or later: 2023-06, 2023-06-15, 30d, yesterday.", rich_help_panel=_FILTERS),
]
Until = Annotated[str | None, typer.Option(help="Published then or earlier.", rich_help_panel=_FILTERS)]
Topics = Annotated[list[str] | None, typer.Option("--topic", help="Any of these topics.", rich_help_panel=_FILTERS)]
Categories = Annotated[
    list[str] | None, typer.Option("--category", help="Any of these categories.", rich_help_panel=_FILTERS)
]
Providers = Annotated[
    list[str] | None, typer.Option("--provider", help="Any of these domains or names.", rich_help_panel=_FILTERS)
]
Types = Annotated[list[str] | None, typer.Option("--type", help="article, video, …", rich_help_panel=_FILTERS)]
MinQuality = Annotated[
    int | None,
    typer.Option("--min-quality", min=0, max=BEST_QUALITY, help="At least this quality.", rich_help_panel=_FILTERS),
]
Published = Annotated[
    bool | None, typer.Option("--published/--unpublished", help="By the published flag.", rich_help_panel=_FILTERS)
]
Origin = Annotated[
    OriginOption | None, typer.Option(help="Files, or items of related lists only.", rich_help_panel=_FILTERS)
]

_SUGGESTIONS = "Suggestions"
PastOnly = Annotated[
    bool, typer.Option("--past-only", help="Only what was published before the article.", rich_help_panel=_SUGGESTIONS)
]
Diversity = Annotated[
    float,
    typer.Option(
        min=0.0,
        max=1.0,
        help="How much likeness to what is listed or proposed already counts against a suggestion.",
        rich_help_panel=_SUGGESTIONS,
    ),
]
MinProbability = Annotated[
    float,
    typer.Option(min=0.0, max=1.0, help="Leave out what is less likely to be taken.", rich_help_panel=_SUGGESTIONS),
]
PerProvider = Annotated[
    int, typer.Option(min=0, max=MOST, help="At most this many of one provider; 0: any.", rich_help_panel=_SUGGESTIONS)
]
Blind = Annotated[
    bool, typer.Option("--blind", help="As if articles had no curated list.", rich_help_panel=_SUGGESTIONS)
]
RejectedFor = Annotated[
    str | None,
    typer.Option(
        "--rejected-for",
        metavar="AGE",
        help="Propose again what was turned down longer ago than this: 90d.",
        show_default="for ever",
        rich_help_panel=_SUGGESTIONS,
    ),
]


def no_effect(option: str, where: str) -> None:
    """Tell that an option that was given changes nothing, and where it would not: ``with --format paths``."""
    log.info(f"{option} has no effect {where}", event="no-effect")


DEFAULT_INDEX = Path("indexes/default")
# By judged articles: of the ten that lead this keeps 96 in a hundred of what would be taken, and drops a third of the
# rest (scripts/eval_related). Below, an editor's time is wasted.
MIN_PROBABILITY = 0.1


def now() -> datetime:
    """Return the moment that ages like ``30d`` are counted from."""
    return datetime.now(UTC)
