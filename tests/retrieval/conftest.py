"""A small site and a clinic's, asked by the tests of queries."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.filters import ANYTHING
from search.index.opened import open_index
from search.retrieval.query import Query, parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.retrieval.asking import NOW
from tests.site import Site


@pytest.fixture(scope="module")
def harbour_index(harbour_to_read):
    with open_index(harbour_to_read[1]) as index:
        yield index


@pytest.fixture
def ask(harbour_index):
    encoder = encoder_of(harbour_index)

    def asked(typed, *, filters=ANYTHING, collapse=False, **wishes):
        query = parse_query(typed, NOW) if typed else Query("", ANYTHING)
        return search(harbour_index, query.narrowed(filters), Wishes(collapse=collapse, **wishes), encoder, NOW)

    return asked


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """An index of a site on health: a company, two explained WHOs, others who do something."""
    texts = {
        "recall": ("Carrow takes its injection off the market", "Patients with migraine are told to wait."),
        "who": ("Measles deaths rise, says WHO", "The World Health Organization (WHO) counts them."),
        "who-2": ("Fewer die of malaria", "So the World Health Organization (WHO) reports."),
        "fakers": ("Meet the people who find faked data", "They are those who read what nobody reads."),
        "night": ("A nurse who never sleeps", "Who looks after those who look after us?"),
        "retraction": ("Journal announces a retraction", "The paper on tea was wrong."),
        "conductor": ("A superconductor that was none", "Nothing floats."),
        "centre": ("A new centre for burns", "It opens in March."),
        **{f"more-{number}": (f"Ward {number} is painted", "In green, as before.") for number in range(20)},
    }
    folder = tmp_path_factory.mktemp("clinic")
    site = Site(folder / "content")
    for name, (title, excerpt) in texts.items():
        site.article(f"{name}.md", title, excerpt, topics=["Hospitals"] if name.startswith("more") else ["Science"])
    build_index(site.root, folder / "index")
    with open_index(folder / "index") as index:
        yield index
