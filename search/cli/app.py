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

# In the order of --help; each is the function of its name in the module of that name.
_COMMANDS: Final = (
    *("index", "query", "related", "suggest", "review", "apply", "audit", "export", "why-not", "eval", "learn"),
    *("status", "verify"),
)
_OF_FREE_TEXT: Final = frozenset({"query", "why-not"})


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

    Each takes milliseconds to import and to describe, and a cold query needs but one.
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
        own = "evaluate" if name == "eval" else name.replace("-", "_")  # eval is Python's
        command = getattr(import_module(f"search.cli.{own}"), own)
        program.command(name=name, cls=QueryCommand if name in _OF_FREE_TEXT else None)(command)
    return program
