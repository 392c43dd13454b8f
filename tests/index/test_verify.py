"""Verifying an index finds what checksums cannot: parts that are whole and do not belong together."""

from __future__ import annotations

import json
import sqlite3

import numpy as np
import pytest

from search.checked import with_sum, without_sum
from search.index.build import build_index
from search.index.generation import checksum, current_name, generation_folder
from search.index.opened import open_index
from search.index.vectors import VectorIndex
from search.index.verify import verify


@pytest.fixture
def built(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    return folder, generation_folder(folder, current_name(folder))


def resealed(generation):
    """Make the manifest fit the files as they are."""
    file = generation / "manifest.json"
    record = without_sum(json.loads(file.read_text()))
    record["files"] = {
        name: {"size": (s := checksum(generation / name)).size, "xxh3": s.xxh3} for name in record["files"]
    }
    file.write_text(json.dumps(with_sum(record)))


def faults(folder):
    with open_index(folder) as index:
        return {check.name: check.fault for check in verify(index) if check.fault}


def test_a_sound_index_has_no_fault(built, run_search):
    assert faults(built[0]) == {}
    done = run_search("verify", "--index", built[0])
    assert done.returncode == 0
    assert "wrong" not in done.stdout
    assert "7 texts encoded anew" in done.stdout


def test_a_missing_vector(built, run_search):
    folder, generation = built
    vectors = VectorIndex.load(generation / "vectors.faiss")
    vectors.remove(vectors.rows()[:1])
    vectors.save(generation / "vectors.faiss")
    resealed(generation)
    with open_index(folder) as index:
        first = next(check for check in verify(index) if check.fault)
    assert first.name == "vectors row by row"


def test_vectors_of_other_texts(built, run_search):
    folder, generation = built
    vectors = VectorIndex.load(generation / "vectors.faiss")
    rows = np.sort(vectors.rows())
    turned = VectorIndex.empty(vectors.dim)
    turned.add(rows, np.roll(vectors.get(rows), 1, axis=0))
    turned.save(generation / "vectors.faiss")
    resealed(generation)
    assert list(faults(folder)) == ["7 texts encoded anew"]
    done = run_search("verify", "--index", folder)
    assert (done.returncode, done.stdout.count("wrong")) == (4, 1)
    assert "Traceback" not in done.stderr


def test_a_changed_text(built):
    folder, generation = built
    connection = sqlite3.connect(generation / "catalogue.sqlite")
    connection.execute("UPDATE article SET title = 'Something else' WHERE row = 1")
    connection.commit()
    connection.close()
    resealed(generation)
    assert "texts and their keys" in faults(folder)
