"""A disk that fails: a clear error, and the last good generation answers."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from search.desk.apply import change_of, write
from search.desk.decisions import Decision, now_text
from search.desk.place import desk_of
from search.errors import IndexNotWritable
from search.index import generation
from search.index.build import build_index
from search.index.opened import open_index
from search.index.vectors import VectorIndex


@pytest.mark.parametrize("after", range(11))
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_fsync_fails_at_any_of_its_calls(harbour, tmp_path, monkeypatch, after, code):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    name = generation.current_name(folder)
    harbour.article("_news/new.md", "A new story")
    calls = 0
    real = os.fsync

    def failing(descriptor):
        nonlocal calls
        calls += 1
        if calls > after:
            raise OSError(code, os.strerror(code))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    try:
        build_index(harbour.root, folder)
    except IndexNotWritable as error:
        assert error.hint  # noqa: PT017 - whether it fails at all depends on how far it came
    monkeypatch.undo()
    with open_index(folder) as index:
        assert index.manifest.articles in {7, 8}
        assert (generation.current_name(folder) == name) == (index.manifest.articles == 7)
    assert build_index(harbour.root, folder).articles == 8


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the disk that is always full")
def test_vectors_do_not_fit_on_the_disk(harbour, tmp_path, monkeypatch):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    name = generation.current_name(folder)
    harbour.article("_news/new.md", "A new story")
    real = VectorIndex.save
    monkeypatch.setattr(VectorIndex, "save", lambda self, _: real(self, Path("/dev/full")))
    with pytest.raises(IndexNotWritable, match="is full"):
        build_index(harbour.root, folder)
    assert generation.current_name(folder) == name
    assert [entry.name for entry in generation.generations(folder)] == [name]


@pytest.mark.parametrize("file", generation.FILES)
@pytest.mark.parametrize("left", [0, 0.4, 0.99])
def test_a_generation_that_was_not_written_whole_does_not_answer(harbour, tmp_path, monkeypatch, file, left):
    """The end of a file is lost without an error, and its checksum is that of what is left."""
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    name = generation.current_name(folder)
    harbour.article("_news/new.md", "A new story")
    real = VectorIndex.save

    def saved_and_lost(vectors, path):
        real(vectors, path)
        lost = path.parent / file
        os.truncate(lost, int(lost.stat().st_size * left))

    monkeypatch.setattr(VectorIndex, "save", saved_and_lost)
    with pytest.raises(IndexNotWritable, match="cannot be read again") as caught:
        build_index(harbour.root, folder)
    assert "disk" in caught.value.hint
    monkeypatch.undo()
    assert generation.current_name(folder) == name
    assert [entry.name for entry in generation.generations(folder)] == [name]
    assert build_index(harbour.root, folder).articles == 8


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks /proc which files are flushed")
def test_all_that_leads_to_a_generation_is_flushed_before_the_switch(harbour, tmp_path, monkeypatch):
    flushed = []
    real = os.fsync

    def noted(descriptor):
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    folder = tmp_path / "some" / "new" / "index"
    build_index(harbour.root, folder)
    built = folder / "generations" / "000001"
    before = flushed[: flushed.index(folder / "CURRENT.new")]
    files = {built / name for name in (*generation.FILES, generation.MANIFEST)}
    assert {built, built.parent, folder, *list(folder.parents)[:3], *files} <= {*before}
    assert flushed[-1] == folder


def test_a_file_is_whole_when_its_replacement_cannot_be_flushed(harbour, harbour_index, monkeypatch):
    desk = desk_of(harbour.root)
    accepted = Decision("_news/regatta.md", "_news/heat-pumps.md", "accepted", now_text())
    change = change_of(harbour_index, desk.settings, "_news/regatta.md", [accepted])

    def failing(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", failing)
    ((_, error),) = list(write([change], desk.folder))
    assert isinstance(error, OSError)
    assert change.file.read_bytes() == change.before
    assert not list(desk.folder.glob(".writing-*"))
