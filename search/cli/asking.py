"""A query as the options of a command put it, for what answers it and what explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.cli import log
from search.cli.interruption import raise_if_received
from search.cli.options import now

if TYPE_CHECKING:
    from search.cli.options import ModeOption
    from search.encoders.base import Encoder
    from search.encoders.reranker import Reranker
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.retrieval.query import Query
    from search.retrieval.scores import Wishes

# Of what stands before colons in a long text this much is told.
_TOLD: Final = 5
_LONGEST: Final = 60
# What to do instead of writing an operator that is none.
_INSTEAD: Final = {
    "OR": "without it too, articles that have some of the words are found",
    "AND": 'to find only what has a word, write it in quotes: "pumps"',
}


def wishes_from(*, k: int, mode: ModeOption, collapse: bool, recent: str | None, as_typed: bool, floor: bool) -> Wishes:
    """Return how the options want results; raises UsageError for a bad age."""
    from search.retrieval.scores import Wishes
    from search.times.points import parse_age

    return Wishes(
        k=k,
        mode=mode.value,
        collapse=collapse,
        floor=floor,
        as_typed=as_typed,
        half_life_days=parse_age(recent) if recent else 0.0,
    )


def query_from(typed: str, filters: Filters, *, to_people: bool = True) -> Query:
    """Return a query as typed, narrowed by filter options; raises UsageError for one that asks nothing.

    Args:
        typed: The text.
        filters: Of the options.
        to_people: Whether a person typed it, who is told what was perhaps meant by NOT, OR and AND.
    """
    from search.index.filters import Filters as NoFilters
    from search.retrieval.query import Query, parse_query

    # Filter options alone are a question too: what have we of these, newest first.
    parsed = Query("", NoFilters()) if filters and not typed.strip() else parse_query(typed, now())
    if parsed.cut:
        log.warning(f"the query has {len(typed):,} characters; only its beginning is looked at")
    for name, near in parsed.no_fields[:_TOLD]:
        meant = f"; did you mean {near}:?" if near else ""
        log.info(f"{name}: is no field, read as words{meant}", event="no-field")
    said, meant = parsed.meant_without
    if to_people and said:
        read = "words" if " " in said else "a word"
        log.info(
            f"{said} is read as {read}; to leave out what follows it, write {meant[:_LONGEST]}", event="no-operator"
        )
    for operator in parsed.no_operators if to_people else ():
        log.info(f"{operator} is read as a word; {_INSTEAD[operator]}", event="no-operator")
    return parsed.narrowed(filters)


def open_encoder(index: Index, insisted: str | None) -> Encoder:
    """Open the encoder while FAISS is imported and the vectors are read: much of either is not Python."""
    from search.beside import beside
    from search.index.encoder import encoder_of

    opened = beside(lambda: encoder_of(index, insisted))
    len(index.vectors)
    raise_if_received()
    return opened()


def open_reranker(name: str) -> Reranker:
    """Open a cross-encoder, and tell what takes a while."""
    from search.encoders.reranker import open_reranker as opened

    return opened(name, notice=log.info)
