"""Verifying an index finds what checksums cannot: parts that are whole and do not belong together."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import faiss
import numpy as np
import pytest

from search.checked import with_sum, without_sum
from search.index import sparse
from search.index.build import build_index
from search.index.generation import checksum, current_name, generation_folder
from search.index.opened import open_index
from search.index.sparse import SparseIndex
from search.index.terms import TERM
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


def vectors_of(generation):
    with (generation / "vectors.faiss").open("rb") as stream:
        return VectorIndex.load(stream, 384, 7)


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
    vectors = vectors_of(generation)
    vectors.remove(vectors.rows()[:1])
    vectors.save(generation / "vectors.faiss")
    resealed(generation)
    with open_index(folder) as index:
        first = next(check for check in verify(index) if check.fault)
    assert first.name == "vectors row by row"


def test_vectors_of_other_texts(built, run_search):
    folder, generation = built
    vectors = vectors_of(generation)
    rows = np.sort(vectors.rows())
    turned = VectorIndex.empty(vectors.dim)
    turned.add(rows, np.roll(vectors.get(rows), 1, axis=0))
    turned.save(generation / "vectors.faiss")
    resealed(generation)
    assert list(faults(folder)) == ["7 texts encoded anew"]
    done = run_search("verify", "--index", folder)
    assert (done.returncode, done.stdout.count("wrong")) == (4, 1)
    assert "Traceback" not in done.stderr


def flat(kind, dim, *, metric=faiss.METRIC_INNER_PRODUCT):
    def changed(vectors, rows):
        index = faiss.IndexIDMap2(kind(dim, 16, metric) if kind is faiss.IndexHNSWFlat else kind(dim))
        index.add_with_ids(np.ascontiguousarray(np.hstack([vectors, vectors])[:, :dim]), rows)
        return index

    return changed


def without_rows(vectors, _):
    index = faiss.IndexFlatIP(384)
    index.add(vectors)
    return index


KINDS = {
    "shorter": (flat(faiss.IndexFlatIP, 128), "length 128"),
    "longer": (flat(faiss.IndexFlatIP, 768), "length 768"),
    "another metric": (flat(faiss.IndexFlatL2, 384), "another metric"),
    "a graph": (flat(faiss.IndexHNSWFlat, 384), "another kind of index: IndexHNSWFlat"),
    "without rows": (without_rows, "another kind of index: IndexFlatIP"),
    "fewer": (lambda vectors, rows: flat(faiss.IndexFlatIP, 384)(vectors[:3], rows[:3]), "3 vectors, not 7"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_vectors_of_another_kind(built, harbour, run_search, kind):
    """Verifying names them, a query refuses them, and the next build does not go on from them."""
    folder, generation = built
    vectors = vectors_of(generation)
    rows = np.sort(vectors.rows())
    changed, fault = KINDS[kind]
    faiss.write_index(changed(vectors.get(rows), rows), str(generation / "vectors.faiss"))
    resealed(generation)
    found = faults(folder)
    assert list(found) == ["vectors row by row"]
    assert fault in found["vectors row by row"]
    for command in (["verify"], ["query", "cameras at the port"]):
        done = run_search(*command, "--index", folder)
        assert done.returncode == 4
        assert "--rebuild" in done.stderr
    report = build_index(harbour.root, folder)
    assert (report.switched, report.articles) == (True, 7)
    assert faults(folder) == {}


@pytest.mark.parametrize("name", ["columns.npz", "sparse.npz"])
@pytest.mark.parametrize("data", [b"", b"PK", b"no archive", b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'"])
def test_an_archive_that_is_none(built, harbour, name, data):
    folder, generation = built
    (generation / name).write_bytes(data)
    resealed(generation)
    assert all("cannot be read" in fault for fault in faults(folder).values())
    assert faults(folder)
    assert build_index(harbour.root, folder).switched
    assert faults(folder) == {}


@pytest.mark.parametrize("name", ["words", "grams", "topics"])
def test_sparse_vectors_that_are_gone_or_of_other_articles(built, harbour, name):
    folder, generation = built
    with open_index(folder) as index:
        parts = dict(index.sparse)
    fewer = SparseIndex.build([np.zeros(0, TERM)] * 3, 1.0)
    for damaged, fault in (({**parts, name: fewer}, "3 vectors, 7 articles"), ({**parts}, "there are none")):
        if fault == "there are none":
            del damaged[name]
        sparse.save(generation / "sparse.npz", damaged)
        resealed(generation)
        assert fault in faults(folder)[f"sparse vectors of {name}"]
    assert build_index(harbour.root, folder).switched
    assert faults(folder) == {}


@pytest.mark.parametrize("name", ["days", "quality", "title_key", "story", "removed"])
def test_a_column_that_is_not_as_in_the_catalogue(built, name):
    folder, generation = built
    with open_index(folder) as index:
        columns = index.columns
    replace(columns, **{name: np.roll(getattr(columns, name), 1)[::-1] + 1}).save(generation / "columns.npz")
    resealed(generation)
    assert f"{name} is not as in the catalogue" in faults(folder)["columns against the catalogue"]


def test_a_story_without_its_leader(built):
    folder, generation = built
    connection = sqlite3.connect(generation / "catalogue.sqlite")
    connection.execute("DELETE FROM story")
    connection.execute("INSERT INTO story (row, leader) VALUES (1, 2), (3, 3)")
    connection.commit()
    connection.close()
    resealed(generation)
    assert faults(folder)["stories"] == "2 articles are in a story that is none"


def test_a_catalogue_that_sqlite_cannot_read(built, harbour):
    folder, generation = built
    with closing(sqlite3.connect(generation / "catalogue.sqlite")) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'article'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    data = bytearray((generation / "catalogue.sqlite").read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    (generation / "catalogue.sqlite").write_bytes(data)
    resealed(generation)
    assert list(faults(folder)) == ["catalogue, as SQLite checks it"]
    assert build_index(harbour.root, folder).articles == 7


def test_a_large_index_is_sampled_by_its_size(site, tmp_path, monkeypatch):
    monkeypatch.setattr("search.index.verify._SAMPLE", 3)
    for number in range(201):
        site.article(f"{number}.md", f"Ferry {number} leaves on time")
    build_index(site.root, tmp_path / "index", encoder="static")
    with open_index(tmp_path / "index") as index:
        assert [check.name for check in verify(index)][-1] == "5 texts encoded anew"
        assert [check.name for check in verify(index, 2)][-1] == "2 texts encoded anew"
        assert [check.name for check in verify(index, 0)][-1] == "vectors of unit length"


def test_a_changed_text(built):
    folder, generation = built
    connection = sqlite3.connect(generation / "catalogue.sqlite")
    connection.execute("UPDATE article SET title = 'Something else' WHERE row = 1")
    connection.commit()
    connection.close()
    resealed(generation)
    assert "texts and their keys" in faults(folder)
