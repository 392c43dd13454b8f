"""What an index does not need any more goes, and nothing else."""

from __future__ import annotations

import os
import shutil

import pytest

from search.index.build import build_index
from search.index.generation import ENCODED, current_name, generation_folder, new_generation, switch
from search.index.progress import Silent


class Told(Silent):
    """Keeps what it is told."""

    def __init__(self):
        self.notices = []

    def notice(self, text):
        self.notices.append(text)


@pytest.fixture
def built(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    return folder, generation_folder(folder, current_name(folder))


def names(folder):
    return sorted(entry.name for entry in (folder / "generations").iterdir())


def test_a_run_that_changes_nothing_clears_what_killed_ones_left(built, harbour):
    folder, generation = built
    shutil.copytree(generation, folder / "generations" / "000005")  # complete, never switched to
    (folder / "generations" / "000007").mkdir()
    (folder / "generations" / "000007" / "catalogue.sqlite").touch()  # killed while it was built
    (folder / ENCODED).touch()
    os.utime(folder / ENCODED, ns=(0, (folder / "CURRENT").stat().st_mtime_ns - 1))  # killed after the switch
    report = build_index(harbour.root, folder)
    assert not report.switched
    assert names(folder) == [generation.name]
    assert not (folder / ENCODED).exists()


def test_what_an_interrupted_run_encoded_waits_for_the_next_that_needs_it(built, harbour):
    folder, _ = built
    (folder / ENCODED).touch()
    os.utime(folder / ENCODED, ns=(0, (folder / "CURRENT").stat().st_mtime_ns + 1))
    assert not build_index(harbour.root, folder).switched
    assert (folder / ENCODED).exists()


@pytest.mark.parametrize("rebuild", [False, True])
def test_a_folder_that_no_build_made_stays_and_is_told(built, harbour, rebuild):
    folder, _ = built
    for name in ("2024", "000007", "20240131", "notes"):
        (folder / "generations" / name).mkdir()
        (folder / "generations" / name / "story.md").write_text("precious")
    told = Told()
    build_index(harbour.root, folder, rebuild=rebuild, progress=told)
    for name in ("2024", "000007", "20240131", "notes"):
        assert (folder / "generations" / name / "story.md").read_text() == "precious"
    assert [notice for notice in told.notices if "000007" in notice and "story.md" in notice]
    assert not [notice for notice in told.notices if "2024 " in notice or "notes" in notice]


def test_a_file_with_the_name_of_a_generation_is_passed_over(built, harbour):
    folder, _ = built
    (folder / "generations" / "000004").write_text("no folder")
    build_index(harbour.root, folder, rebuild=True)
    assert names(folder) == ["000004", "000005"]


def test_a_generation_that_is_being_built_is_not_collected(built, harbour):
    """The lock of an index may be removed while it is held: two builds run at once."""
    folder, _ = built
    with new_generation(folder) as target:
        (target / "catalogue.sqlite").touch()
        build_index(harbour.root, folder, rebuild=True)
        assert names(folder) == [target.name, current_name(folder)]
    build_index(harbour.root, folder)
    assert names(folder) == [current_name(folder)]


def test_a_generation_whose_build_fails_is_removed_unless_it_answers(built):
    folder, generation = built

    def failing(*, switched):
        with new_generation(folder) as target:
            shutil.copytree(generation, target, dirs_exist_ok=True)
            if switched:
                switch(folder, target.name)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        failing(switched=False)
    assert names(folder) == [generation.name]
    with pytest.raises(KeyboardInterrupt):
        failing(switched=True)
    assert names(folder) == [generation.name, current_name(folder)]
