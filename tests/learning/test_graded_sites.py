"""The grades that the default ranker was fitted to, and the articles that were written for them."""

from __future__ import annotations

import sys

import pytest

from search.evaluation.graded_pairs import read_graded_pairs
from search.index.build import build_index
from search.index.opened import open_index
from tests.conftest import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "scripts"))
from graded_sites import FOLDER, WRITTEN, write_site


@pytest.mark.parametrize("name", WRITTEN)
def test_every_graded_pair_is_of_the_site_that_was_written_for_it(name, tmp_path):
    write_site(FOLDER / f"{name}.jsonl", tmp_path / "content")
    report = build_index(tmp_path / "content", tmp_path / "index")
    assert not report.problems
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if not line.startswith("#")]
    with open_index(tmp_path / "index") as index:
        grades, _ = read_graded_pairs(index, FOLDER / f"{name}.tsv")
    assert sum(map(len, grades.values())) > 0.98 * len(pairs)  # of copies the first is meant
    assert len(grades) >= 20
