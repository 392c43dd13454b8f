"""All commands under one name."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer

from search.cli import log
from search.cli.command import Program, QueryCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.core import TyperCommand

# By name, in the order of --help: where each is, and how its command line is read if not as Typer does.
_COMMANDS: Final[dict[str, tuple[str, str, type[TyperCommand] | None]]] = {
    "index": ("search.cli.index", "index", None),
    "query": ("search.cli.query", "query", QueryCommand),
    "related": ("search.cli.related", "related", None),
    "suggest": ("search.cli.suggest", "suggest", None),
    "review": ("search.cli.review", "review", None),
    "apply": ("search.cli.apply", "apply", None),
    "audit": ("search.cli.audit", "audit", None),
    "export": ("search.cli.export", "export", None),
    "why-not": ("search.cli.why_not", "why_not", QueryCommand),
    "eval": ("search.cli.evaluate", "evaluate", None),
    "learn": ("search.cli.learn", "learn", None),
    "status": ("search.cli.status", "status", None),
    "verify": ("search.cli.verify", "verify", None),
}


def _version(value: bool) -> None:  # noqa: FBT001 - Typer's callback
    if value:
        from importlib.metadata import version

        typer.echo(f"search {version('search')}")
        raise typer.Exit


def _root(
    _show_version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
    form: Annotated[
        log.LogForm, typer.Option("--log", envvar="SEARCH_LOG", help="Standard error as lines or as JSON objects.")
    ] = log.LogForm.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="How far a long run is, and where a fault happened.")
    ] = False,
) -> None:
    """Semantic search and related articles for news sites kept as Markdown files."""
    log.set_up(form, logging.ERROR if quiet else logging.DEBUG if verbose else logging.INFO)


def app_for(arguments: Sequence[str]) -> typer.Typer:
    """Return the program with the command that is named first, or with all of them where none is.

    Each takes milliseconds to import and to describe (all together a tenth of a cold query).
    """
    program = typer.Typer(
        name="search",
        cls=Program,
        help=_root.__doc__,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    program.callback()(_root)
    named = next((one for one in arguments if not one.startswith("-")), "")
    for name in [named] if named in _COMMANDS else _COMMANDS:
        module, function, reader = _COMMANDS[name]
        program.command(name=name, cls=reader)(getattr(import_module(module), function))
    return program
