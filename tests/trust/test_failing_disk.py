"""A disk that fails: a clear error, and the last good generation answers."""

from __future__ import annotations

import errno
import os

import pytest

from search.desk.apply import change_of, write
from search.desk.decisions import Decision, now_text
from search.desk.place import desk_of
from search.errors import IndexNotWritable
from search.index import generation
from search.index.build import build_index
from search.index.opened import open_index


@pytest.mark.parametrize("after", range(8))
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
