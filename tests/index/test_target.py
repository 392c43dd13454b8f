"""What a build refuses to replace."""

from __future__ import annotations

import json
import shutil

import pytest

from search.checked import with_sum, without_sum
from search.errors import IndexCorrupt, IndexMissing, IndexNotWritable, UsageError
from search.index.build import build_index
from search.index.filters import Filters
from search.index.generation import current_name, generation_folder
from search.index.opened import open_index
from search.index.target import is_index
from tests.site import Site


def count(folder):
    with open_index(folder) as index:
        return index.count(index.condition(Filters()))


def other_site(tmp_path):
    site = Site(tmp_path / "other")
    for number in range(3):
        site.article(f"_news/{number}.md", f"Mountain railway opens section {number}")
    return site


def test_a_content_root_that_became_empty_leaves_the_index_as_it_was(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    before = current_name(folder)
    harbour.root.rename(tmp_path / "unmounted")
    harbour.root.mkdir()
    with pytest.raises(UsageError, match=r"nothing left below .* of 7 files") as caught:
        build_index(harbour.root, folder)
    assert "--rebuild" in caught.value.hint
    assert (current_name(folder), count(folder)) == (before, 7)


def test_rebuild_empties_an_index_on_purpose_and_it_stays_usable(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    harbour.root.rename(tmp_path / "elsewhere")
    harbour.root.mkdir()
    assert build_index(harbour.root, folder, rebuild=True).articles == 0
    assert build_index(harbour.root, folder).switched is False
    (tmp_path / "elsewhere" / "_news" / "regatta.md").rename(harbour.root / "regatta.md")
    assert build_index(harbour.root, folder).articles == 1


def test_settings_by_which_nothing_is_an_article_leave_the_index_as_it_was(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    before = current_name(folder)
    (harbour.root / "search.toml").write_text('[fields]\ntitle = "headline"\n')
    with pytest.raises(UsageError, match=r"of 7 articles below .* none is left") as caught:
        build_index(harbour.root, folder)
    assert "search.toml" in caught.value.hint
    assert (current_name(folder), count(folder)) == (before, 7)
    assert len(list((folder / "generations").iterdir())) == 1
    assert build_index(harbour.root, folder, rebuild=True).articles == 0


def test_rebuild_makes_no_index_of_an_empty_folder(site, tmp_path):
    with pytest.raises(UsageError, match="no article files"):
        build_index(site.root, tmp_path / "index", rebuild=True)


def test_another_site_does_not_replace_an_index_unasked(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    other = other_site(tmp_path)
    with pytest.raises(UsageError) as caught:
        build_index(other.root, folder)
    assert str(harbour.root) in caught.value.message
    assert str(other.root) in caught.value.message
    assert count(folder) == 7
    assert build_index(other.root, folder, rebuild=True).articles == 3


def test_an_index_without_articles_has_nothing_to_lose(site, tmp_path):
    site.write("readme.md", "No front matter.\n")
    build_index(site.root, tmp_path / "index")
    assert build_index(other_site(tmp_path).root, tmp_path / "index").articles == 3


def test_a_content_root_that_moved_is_the_same_site(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    moved = harbour.root.rename(tmp_path / "moved")
    (moved / "_news" / "regatta.md").unlink()
    Site(moved).article("_news/new.md", "A lighthouse for the breakwater")
    report = build_index(moved, folder)
    assert (report.articles, report.encoded) == (7, 1)


def test_a_folder_of_other_files_does_not_become_an_index(harbour, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "thesis.odt").touch()
    with pytest.raises(UsageError, match="holds files and is no index"):
        build_index(harbour.root, folder)
    assert [entry.name for entry in folder.iterdir()] == ["thesis.odt"]


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ({"lock": ""}, True),
        ({"lock": "1563\n", ".gitignore": "*"}, True),
        ({"lock": "1563\n", "generations/000001/catalogue.sqlite": ""}, True),
        ({"lock": "of the front door"}, False),
        ({"lock": "", "thesis.txt": "mine"}, False),
        ({"lock": "1563\n", "thesis.txt": "mine"}, False),
        ({"CURRENT": "of the river"}, False),
        ({"lock": "of the front door", "generations/mine.txt": ""}, False),
        ({"generations/mine.txt": ""}, False),
    ],
)
def test_a_lock_of_somebody_else_makes_no_index(harbour, tmp_path, there, taken):
    folder = tmp_path / "index"
    for path, text in there.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    assert is_index(folder) is taken
    if taken:
        assert build_index(harbour.root, folder).articles == 7
        return
    with pytest.raises(UsageError, match="holds files and is no index"):
        build_index(harbour.root, folder)
    assert {path: (folder / path).read_text() for path in there} == there


@pytest.mark.parametrize("name", ["CURRENT", "generations", "lock"])
def test_an_index_that_lost_one_of_its_marks_is_one(harbour, tmp_path, name):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    shutil.rmtree(folder / name) if name == "generations" else (folder / name).unlink()
    assert is_index(folder)
    assert build_index(harbour.root, folder).articles == 7


def test_hidden_files_are_no_hindrance(harbour, tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / ".gitignore").write_text("*\n")
    assert build_index(harbour.root, tmp_path / "index").articles == 7


def test_the_content_root_is_no_index_folder(harbour):
    before = sorted(harbour.root.rglob("*"))
    with pytest.raises(UsageError, match="is the content root"):
        build_index(harbour.root, harbour.root / "_news" / "..")
    assert sorted(harbour.root.rglob("*")) == before


LINKED = [
    "lock",
    "CURRENT",
    "CURRENT.new",
    "encoded.sqlite",
    "encoded.sqlite-journal",
    "generations",
    "ranker",
    "encoders",
]


@pytest.mark.parametrize("name", [*LINKED, "generations/000009", "ranker/card.json.part", "encoders/0a1b"])
def test_nothing_is_written_or_deleted_through_a_link(harbour, tmp_path, name):
    outside = tmp_path / "outside"
    (outside / "000003").mkdir(parents=True)
    (outside / "000003" / "manifest.json").write_text("precious")
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    before = current_name(folder)
    link = folder / name
    link.parent.mkdir(exist_ok=True)
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(outside if name in {"generations", "ranker", "encoders"} else outside / "000003" / "manifest.json")
    harbour.article("_news/new.md", "A new story")
    with pytest.raises(IndexNotWritable, match=f"{name} is a link") as caught:
        build_index(harbour.root, folder, rebuild=True)
    assert "remove it" in caught.value.hint
    assert link.is_symlink()
    assert {file: file.read_text() for file in outside.rglob("*") if file.is_file()} == {
        outside / "000003" / "manifest.json": "precious"
    }
    link.unlink()
    assert build_index(harbour.root, folder).articles == 8
    assert current_name(folder) > before or name in {"CURRENT", "generations"}


def test_the_index_folder_may_be_a_link(harbour, tmp_path):
    (tmp_path / "large disk").mkdir()
    (tmp_path / "index").symlink_to(tmp_path / "large disk")
    assert build_index(harbour.root, tmp_path / "index").articles == 7


@pytest.mark.parametrize("pattern", ['exclude = ["**"]', 'include = ["nowhere/**"]'])
def test_patterns_that_leave_no_file_are_named(harbour, tmp_path, pattern):
    folder = tmp_path / "index"
    (harbour.root / "search.toml").write_text(f"[content]\n{pattern}\n")
    with pytest.raises(UsageError, match=r"search\.toml leaves out all 7 article files below"):
        build_index(harbour.root, folder)
    (harbour.root / "search.toml").unlink()
    build_index(harbour.root, folder)
    (harbour.root / "search.toml").write_text(f"[content]\n{pattern}\n")
    with pytest.raises(UsageError, match=r"search\.toml leaves out all 7 article files below"):
        build_index(harbour.root, folder)
    assert count(folder) == 7


def test_an_index_folder_that_is_a_file(harbour, tmp_path):
    file = tmp_path / "index"
    file.write_text("notes")
    with pytest.raises(IndexNotWritable, match="is a file, and an index is a folder"):
        build_index(harbour.root, file)
    with pytest.raises(IndexMissing, match="is a file, and an index is a folder"):
        open_index(file)


@pytest.mark.parametrize(("name", "is_folder"), [("CURRENT", True), ("lock", True), ("generations", False)])
@pytest.mark.parametrize("rebuild", [False, True])
def test_a_folder_in_the_place_of_a_file(harbour, tmp_path, name, is_folder, rebuild):
    place = tmp_path / "index" / name
    place.parent.mkdir()
    place.mkdir() if is_folder else place.touch()
    with pytest.raises(IndexNotWritable, match=f"{name} is a ") as caught:
        build_index(harbour.root, tmp_path / "index", rebuild=rebuild)
    assert "delete it" in caught.value.hint
    place.rmdir() if is_folder else place.unlink()
    assert build_index(harbour.root, tmp_path / "index").articles == 7


def test_a_name_of_the_generation_that_is_a_folder(tmp_path):
    (tmp_path / "index" / "CURRENT").mkdir(parents=True)
    with pytest.raises(IndexCorrupt, match="CURRENT cannot be read: is a directory") as caught:
        open_index(tmp_path / "index")
    assert caught.value.hint.startswith("delete it, then rebuild")


def test_an_index_of_an_older_format_is_not_replaced_by_another_site(site, tmp_path):
    folder, other = tmp_path / "index", tmp_path / "other"
    site.article("a.md", "Ferry strike ends")
    (other / "_news").mkdir(parents=True)
    (other / "_news" / "b.md").write_text("---\ntitle: Bakery wins a prize\n---\n")
    build_index(site.root, folder, encoder="static")
    manifest = generation_folder(folder, current_name(folder)) / "manifest.json"
    record = without_sum(json.loads(manifest.read_text()))
    manifest.write_text(json.dumps(with_sum(record | {"format": 5})))
    with pytest.raises(UsageError, match="is the index of"):
        build_index(other, folder)
    assert "static" in build_index(site.root, folder).encoder.name
    manifest = generation_folder(folder, current_name(folder)) / "manifest.json"
    record = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(record | {"encoder": record["encoder"] | {"name": "no such model"}}))
    assert build_index(other, folder).articles == 1
