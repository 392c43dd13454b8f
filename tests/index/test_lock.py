"""A lock whose file is removed protects nobody, and is noticed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from search.errors import IndexLocked, IndexNotWritable
from search.index import build, parts
from search.index.build import build_index
from search.index.generation import current_name, generations
from search.index.lock import writer_lock
from search.index.opened import open_index

if TYPE_CHECKING:
    from pathlib import Path


def test_a_build_whose_lock_was_removed_does_not_replace_what_another_made(harbour, tmp_path, monkeypatch):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    real = parts.read_back

    def meanwhile(*arguments):
        real(*arguments)
        monkeypatch.undo()
        (folder / "lock").unlink()
        harbour.article("_news/new.md", "A new story")
        assert build_index(harbour.root, folder).articles == 8

    monkeypatch.setattr(build, "read_back", meanwhile)
    with pytest.raises(IndexLocked, match="removed while it was held") as caught:
        build_index(harbour.root, folder, rebuild=True)
    assert "run again" in caught.value.hint
    with open_index(folder) as index:
        assert index.manifest.articles == 8
    assert [entry.name for entry in generations(folder)] == [current_name(folder)]


@pytest.mark.parametrize("replaced", [False, True])
def test_a_lock_notices_that_its_file_is_gone(tmp_path, replaced):
    with writer_lock(tmp_path) as lock:
        lock.check()
        (tmp_path / "lock").unlink()
        if replaced:
            (tmp_path / "lock").touch()
        with pytest.raises(IndexLocked, match="removed while it was held"):
            lock.check()


def test_a_file_that_is_removed_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    real = os.open
    removed: list[Path] = []

    def opened_and_removed(path, *arguments, **more):
        descriptor = real(path, *arguments, **more)
        if not removed:
            removed.append(path)
            path.unlink()
        return descriptor

    monkeypatch.setattr(os, "open", opened_and_removed)
    with writer_lock(tmp_path) as lock:
        monkeypatch.undo()
        lock.check()
        with pytest.raises(IndexLocked, match=f"process {os.getpid()}"), writer_lock(tmp_path):
            pass
    assert removed == [tmp_path / "lock"]


def test_a_lock_is_not_taken_through_a_link(tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "precious").write_text("as it was")
    (tmp_path / "index" / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(IndexNotWritable, match="lock is a link"), writer_lock(tmp_path / "index"):
        pass
    assert (tmp_path / "precious").read_text() == "as it was"
