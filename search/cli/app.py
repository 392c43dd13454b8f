"""All commands under one name."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from search.cli import log
from search.cli.apply import apply
from search.cli.audit import audit
from search.cli.command import Program, QueryCommand
from search.cli.evaluate import evaluate
from search.cli.export import export
from search.cli.index import index
from search.cli.learn import learn
from search.cli.query import query
from search.cli.related import related
from search.cli.review import review
from search.cli.status import status
from search.cli.suggest import suggest
from search.cli.verify import verify
from search.cli.why_not import why_not

app = typer.Typer(
    name="search",
    cls=Program,
    help="Semantic search and related articles for news sites kept as Markdown files.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001 - Typer's callback
    if value:
        from importlib.metadata import version

        typer.echo(f"search {version('search')}")
        raise typer.Exit


@app.callback()
def root(
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


app.command()(index)
app.command(cls=QueryCommand)(query)
app.command()(related)
app.command()(suggest)
app.command()(review)
app.command()(apply)
app.command()(audit)
app.command()(export)
app.command(name="why-not", cls=QueryCommand)(why_not)
app.command(name="eval")(evaluate)
app.command()(learn)
app.command()(status)
app.command()(verify)
