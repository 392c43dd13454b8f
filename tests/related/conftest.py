"""The sample content with its index and the ranker that ships."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.opened import open_index
from search.related.ranker import (
    load_ranker,
)
from tests.conftest import REPOSITORY

CONTENT = REPOSITORY / "examples" / "content"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """The sample content's index, open."""
    folder = tmp_path_factory.mktemp("samples")
    build_index(CONTENT, folder)
    with open_index(folder) as index:
        yield index


@pytest.fixture(scope="module")
def ranker():
    """The one that ships, read once."""
    return load_ranker()
