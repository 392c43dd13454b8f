"""``search why-not``: the stage of a query that lost an article."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from search.cli.options import DEFAULT_INDEX, Count, IndexFolder, ModeOption, now


def why_not(
    article: Annotated[str, typer.Argument(help="A file, an article id, or a URL.")],
    text: Annotated[list[str], typer.Argument(help="The query, as for search query.")],
    k: Count = 10,
    mode: Annotated[ModeOption, typer.Option(help="As for search query.")] = ModeOption.HYBRID,
    collapse: Annotated[bool, typer.Option("--collapse/--no-collapse", help="As for search query.")] = True,
    folder: IndexFolder = DEFAULT_INDEX,
) -> None:
    """Say why a query does not show an article.

    Exits with 1 when the article is not shown.
    """
    from search.index.encoder import encoder_of
    from search.index.opened import open_index
    from search.related.subject import find_subject
    from search.retrieval.query import parse_query
    from search.retrieval.search import Wishes
    from search.retrieval.why_not import why_not as find_out

    with open_index(folder) as index:
        subject = find_subject(index, article)
        if subject.row is None:
            sys.stdout.write(f"{subject.article.id} is not in the index: search index {index.content_root}\n")
            raise typer.Exit(1)
        encoder = None if mode is ModeOption.LEXICAL else encoder_of(index)
        query = parse_query(" ".join(text), now())
        wishes = Wishes(k=k, mode=mode.value, collapse=collapse)
        finding = find_out(index, subject.row, query, wishes, encoder, now())
    sys.stdout.write(f"{finding.stage}: {finding.told}\n")
    if finding.stage != "shown":
        raise typer.Exit(1)
