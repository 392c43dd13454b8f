"""A damaged or foreign index is named, never read."""

from __future__ import annotations

import json
import shutil

import pytest

from search.checked import with_sum, without_sum
from search.errors import IndexCorrupt, IndexMissing, IndexVersionMismatch
from search.index.build import build_index
from search.index.generation import current_name, generation_folder
from search.index.opened import open_index
from search.index.schema import FORMAT_VERSION


@pytest.fixture
def built(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    return folder, generation_folder(folder, current_name(folder))


@pytest.mark.parametrize("name", ["catalogue.sqlite", "vectors.faiss"])
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_one_flipped_bit_is_noticed(built, name, place):
    folder, generation = built
    data = bytearray((generation / name).read_bytes())
    data[int(len(data) * place)] ^= 1
    (generation / name).write_bytes(data)
    with pytest.raises(IndexCorrupt, match=name):
        open_index(folder)


@pytest.mark.parametrize("name", ["catalogue.sqlite", "vectors.faiss"])
def test_a_cut_file_is_noticed(built, name):
    folder, generation = built
    data = (generation / name).read_bytes()
    (generation / name).write_bytes(data[:-1])
    with pytest.raises(IndexCorrupt, match=name):
        open_index(folder)


@pytest.mark.parametrize("name", ["catalogue.sqlite", "vectors.faiss"])
def test_a_missing_file_is_noticed(built, name):
    folder, generation = built
    (generation / name).unlink()
    with pytest.raises(IndexCorrupt, match=name):
        open_index(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", f'{{"format": {FORMAT_VERSION}}}', '{"format": "x"}'])
def test_a_damaged_manifest_is_noticed(built, text):
    folder, generation = built
    (generation / "manifest.json").write_text(text)
    with pytest.raises(IndexCorrupt, match="manifest"):
        open_index(folder)


@pytest.mark.parametrize("text", ["", "../../etc", "999999"])
def test_a_damaged_pointer_is_noticed(built, text):
    folder, _ = built
    (folder / "CURRENT").write_text(text)
    with pytest.raises(IndexCorrupt):
        open_index(folder)


@pytest.mark.parametrize(("version", "age"), [(0, "older"), (999, "newer")])
def test_another_format_is_refused_and_rebuilt(built, harbour, version, age):
    folder, generation = built
    record = without_sum(json.loads((generation / "manifest.json").read_text()))
    (generation / "manifest.json").write_text(json.dumps(with_sum(record | {"format": version})))
    with pytest.raises(IndexVersionMismatch, match=age):
        open_index(folder)


def test_a_damaged_index_is_built_anew(built, harbour):
    folder, generation = built
    (generation / "vectors.faiss").write_bytes(b"nonsense")
    report = build_index(harbour.root, folder)
    assert (report.switched, report.articles) == (True, 7)
    open_index(folder).close()


def test_a_reader_answers_after_its_folder_was_moved(built, tmp_path):
    folder, _ = built
    with open_index(folder) as index:
        folder.rename(tmp_path / "moved")
        assert len(index.vectors) == len(index.columns) == index.manifest.articles == 7
        assert set(index.sparse) == {"words", "grams", "topics"}


def test_a_part_that_vanished_after_opening_is_named(built):
    folder, generation = built
    with open_index(folder) as index:
        (generation / "vectors.faiss").unlink()
        with pytest.raises(IndexCorrupt, match=r"vectors\.faiss cannot be read"):
            _ = index.vectors


def test_no_index(tmp_path):
    with pytest.raises(IndexMissing, match="there is no index"):
        open_index(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "catalogue.sqlite", "columns.npz"])
def test_a_folder_in_the_place_of_a_file_is_noticed(built, name):
    folder, generation = built
    place = (folder if name == "CURRENT" else generation) / name
    place.unlink()
    place.mkdir()
    with pytest.raises(IndexCorrupt, match=f"{name} cannot be read: is a directory"):
        open_index(folder)


def test_a_file_in_the_place_of_a_generation_is_noticed(built):
    folder, generation = built
    shutil.rmtree(generation)
    generation.write_text("no folder")
    with pytest.raises(IndexCorrupt, match="cannot be read"):
        open_index(folder)
