"""``search verify``: everything of an index checked."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from search.cli.options import DEFAULT_INDEX, MOST, IndexFolder
from search.errors import REBUILD, IndexCorrupt


def verify(
    folder: IndexFolder = DEFAULT_INDEX,
    sample: Annotated[
        int | None,
        typer.Option(min=0, max=MOST, help="How many texts to encode anew and compare; by default 2 %, 50 at least."),
    ] = None,
) -> None:
    """Check an index: sums of all files, catalogue against vectors row by row, a sample against the model.

    Exits with 4 if anything is wrong.
    """
    from search.index.opened import open_index
    from search.index.verify import verify as checks
    from search.related.ranker import ranker_for

    faults = 0
    with open_index(folder) as index:
        for check in checks(index, sample):
            sys.stdout.write(
                f"{'wrong' if check.fault else 'right'}  {check.name}{': ' * bool(check.fault)}{check.fault}\n"
            )
            faults += bool(check.fault)
    ranker_for(folder)
    sys.stdout.write("right  ranker\n")
    if faults:
        raise IndexCorrupt(
            f"{folder}: {faults} {'check' if faults == 1 else 'checks'} failed",
            REBUILD,
        )
