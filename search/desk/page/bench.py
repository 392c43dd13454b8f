"""What the page works with: one generation of an index, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from search.beside import beside
from search.desk.page.queue import queues_of
from search.desk.place import desk_of
from search.errors import UsageError
from search.index.encoder import encoder_of
from search.index.opened import open_generation, open_index
from search.related.ranker import ranker_for

if TYPE_CHECKING:
    from search.desk.page.queue import Queues
    from search.desk.place import Desk
    from search.encoders.base import Encoder
    from search.index.filters import Filters
    from search.index.opened import Index
    from search.index.progress import Progress
    from search.related.ranker import Ranker
    from search.related.subject import Subject


@dataclass
class Bench:
    """One generation of an index on one desk.

    Attributes:
        index: Open.
        desk: Where decisions go, and how the content is to be read.
        filters: What an article must be to stand in a queue.
        ranker: That of the index.
        queues: Who needs an editor; other ones when a list was saved, or when all were looked through anew.
    """

    index: Index
    desk: Desk
    filters: Filters
    ranker: Ranker
    queues: Queues

    @cached_property
    def encoder(self) -> Encoder:
        """The model of the index, loaded on first use."""
        return encoder_of(self.index)

    def encoder_for(self, subject: Subject) -> Encoder | None:
        """Return the model where an article needs it: one that was not encoded as it is now."""
        return None if subject.encoded else self.encoder


def bench_of(index: Index, desk: Desk, filters: Filters, progress: Progress | None = None) -> Bench:
    """Look through all lists of an index.

    Raises:
        UsageError: A filter names what no article has.
    """
    ranker = ranker_for(index.folder)
    return Bench(index, desk, filters, ranker, queues_of(index, desk.settings, ranker, filters, progress))


def renewed(bench: Bench) -> Bench:
    """Return the same with the generation that answers now, and the queues there are; what it had stays open.

    Raises:
        SearchError: That cannot be read, or is of another content root.
    """
    index = open_index(bench.index.folder)
    try:
        if index.content_root == bench.index.content_root:
            desk = desk_of(bench.desk.root)
            return Bench(index, desk, bench.filters, ranker_for(index.folder), bench.queues)
    except BaseException:
        index.close()
        raise
    index.close()
    raise UsageError("the index holds another site now", "start the page anew")


def queues_beside(bench: Bench) -> list[Queues]:
    """Look through all lists anew while the page goes on answering.

    Returns:
        An empty list, which the queues come into; it stays empty where a filter names what no article has any more.
    """
    found: list[Queues] = []
    index = bench.index

    def look() -> None:
        with open_generation(index.folder, index.generation) as own:  # a connection is its thread's alone
            found.append(queues_of(own, bench.desk.settings, bench.ranker, bench.filters))

    beside(look)
    return found
