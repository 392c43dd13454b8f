"""Building an index, and building it again."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from search.content.fields import DEFAULT_FIELDS
from search.errors import IndexLocked, IndexMissing, IndexNotWritable, UsageError
from search.index.build import build_index
from search.index.filters import Filters
from search.index.generation import current_name
from search.index.lock import writer_lock
from search.index.opened import open_index
from tests.site import item


def logical_content(folder):
    """Everything an index says, without row numbers, which depend on its history."""
    with open_index(folder) as index:
        rows = index.rows(index.condition(Filters()))
        articles = index.articles(rows)
        vectors = dict(zip(rows.tolist(), index.vectors.get(rows), strict=True))
        by_id = {article.id: (article, vectors[row]) for row, article in articles.items()}
        curated = {article.id: index.curated(article.id) for article in articles.values()}
        files = sorted(index.connection.execute("SELECT path, state, reason FROM file"))
        return by_id, curated, files


def assert_same_content(folder, other):
    ours, our_lists, our_files = logical_content(folder)
    theirs, their_lists, their_files = logical_content(other)
    assert {key: article for key, (article, _) in ours.items()} == {
        key: article for key, (article, _) in theirs.items()
    }
    assert our_lists == their_lists
    assert our_files == their_files
    for key, (_, vector) in ours.items():
        np.testing.assert_allclose(vector, theirs[key][1], atol=2e-2)


def test_every_file_and_every_item_without_a_file_is_an_article(harbour_index):
    ids = set(harbour_index.ids(harbour_index.rows(harbour_index.condition(Filters()))).values())
    assert ids == {
        "_news/crowd-cameras.md",
        "_news/face-cameras-wire.md",
        "_news/face-cameras.md",
        "_news/heat-pumps.md",
        "_news/regatta.md",
        "_videos/harbour-tour.md",
        "https://quaycourier.example/watchdog",
    }


def test_an_item_of_a_related_list_that_has_a_file_is_that_file(harbour_index):
    rows = harbour_index.rows_of_url("https://www.harbourpost.example/heat-pumps/?utm_source=feed")
    assert harbour_index.ids(rows) == {rows[0]: "_news/heat-pumps.md"}


def test_nothing_changed_means_no_new_generation(harbour, tmp_path):
    folder = tmp_path / "index"
    first = build_index(harbour.root, folder)
    name = current_name(folder)
    second = build_index(harbour.root, folder)
    assert (first.switched, first.encoded, first.read) == (True, 7, 7)
    assert (second.switched, second.encoded, second.read, second.articles) == (False, 0, 0, 7)
    assert current_name(folder) == name


def test_nothing_changed_loads_no_model(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    code = (
        "import sys\nfrom pathlib import Path\nfrom search.index.build import build_index\n"
        f"build_index(Path({str(harbour.root)!r}), Path({str(folder)!r}))\n"
        "print([name for name in ('torch', 'transformers', 'onnxruntime', 'tokenizers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_a_changed_text_is_encoded_again(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    harbour.article("_news/regatta.md", "Sun returns to the spring regatta", "Crews race at noon.")
    report = build_index(harbour.root, folder)
    assert (report.read, report.encoded) == (1, 1)
    build_index(harbour.root, tmp_path / "fresh")
    assert_same_content(folder, tmp_path / "fresh")


def test_a_change_outside_title_and_excerpt_encodes_nothing(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    harbour.article(
        "_news/regatta.md", "Rain delays the spring regatta", "Crews wait for the wind to drop.", quality=12
    )
    report = build_index(harbour.root, folder)
    assert (report.read, report.encoded) == (1, 0)
    with open_index(folder) as index:
        row = index.row_of_id("_news/regatta.md")
        assert row is not None
        assert index.articles([row])[row].quality == 12


def test_a_new_time_without_new_bytes_reads_nothing(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    for file in harbour.root.rglob("*.md"):
        os.utime(file, (1, 1))
    assert build_index(harbour.root, folder).read == 0


def test_a_file_that_is_gone_takes_its_article_and_its_embedded_items_along(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    (harbour.root / "_news/face-cameras.md").unlink()
    report = build_index(harbour.root, folder)
    assert (report.gone, report.articles, report.encoded) == (1, 5, 0)
    with open_index(folder) as index:
        assert index.rows_of_url("https://quaycourier.example/watchdog") == []


def test_an_embedded_article_becomes_a_file_and_back(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    file = harbour.article(
        "_news/watchdog.md", "Watchdog asks who checks the cameras", webUrl="https://quaycourier.example/watchdog"
    )
    build_index(harbour.root, folder)
    with open_index(folder) as index:
        rows = index.rows_of_url("https://quaycourier.example/watchdog")
        assert list(index.ids(rows).values()) == ["_news/watchdog.md"]
    file.unlink()
    build_index(harbour.root, folder)
    with open_index(folder) as index:
        rows = index.rows_of_url("https://quaycourier.example/watchdog")
        assert list(index.ids(rows).values()) == ["https://quaycourier.example/watchdog"]


def test_the_copy_that_stands_for_an_embedded_article_does_not_depend_on_history(site, tmp_path):
    url = "https://quaycourier.example/bridge"
    site.article("b.md", "Second list", related=[item("Bridge closed for a week", url)])
    build_index(site.root, tmp_path / "index")
    site.article("a.md", "First list", related=[item("Bridge closed", url)])
    build_index(site.root, tmp_path / "index")
    build_index(site.root, tmp_path / "fresh")
    assert_same_content(tmp_path / "index", tmp_path / "fresh")
    with open_index(tmp_path / "index") as index:
        (row,) = index.rows_of_url(url)
        assert index.articles([row])[row].title == "Bridge closed"


def test_a_date_written_in_another_offset_is_seen(site, tmp_path):
    url = "https://quaycourier.example/bridge"
    dates = ("2025-05-19T23:15:00Z", "2025-05-20T00:15:00+01:00")
    for written in dates:
        site.article("a.md", "List", related=[item("Bridge closed", url, publishedDateTime=written)])
        build_index(site.root, tmp_path / "index")
    site.article("b.md", "Another", related=[item("Bridge closed", url, publishedDateTime=dates[0])])
    build_index(site.root, tmp_path / "index")
    build_index(site.root, tmp_path / "fresh")
    assert_same_content(tmp_path / "index", tmp_path / "fresh")
    with open_index(tmp_path / "index") as index:
        (row,) = index.rows_of_url(url)
        copies = [entry.article for path in ("a.md", "b.md") for entry in index.curated(path)]
        shown = [str(one and one.published_at) for one in (index.articles([row])[row], *copies)]
    assert shown == ["2025-05-20 00:15:00+01:00", "2025-05-20 00:15:00+01:00", "2025-05-19 23:15:00+00:00"]


def test_the_same_text_in_many_files_is_encoded_once(site, tmp_path):
    for number in range(5):
        site.article(f"{number}.md", "Harbour wall repaired", "Work ended on Friday.")
    report = build_index(site.root, tmp_path / "index")
    assert (report.articles, report.encoded) == (5, 1)


def test_the_same_address_in_two_files_gives_two_articles(site, tmp_path):
    for name in ("one", "two"):
        site.article(f"{name}.md", f"Version {name}", webUrl="https://harbourpost.example/same")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert len(index.rows_of_url("https://harbourpost.example/same")) == 2


def test_one_bad_file_does_not_stop_the_run(harbour, tmp_path):
    harbour.write("_news/bad.md", "---\ntitle: [unclosed\n---\n")
    report = build_index(harbour.root, tmp_path / "index")
    assert report.articles == 7
    assert [(problem.path, problem.fatal) for problem in report.problems] == [("_news/bad.md", True)]


def test_problems_of_unchanged_files_are_still_told(harbour, tmp_path):
    harbour.write("_news/bad.md", "---\ntitle: [unclosed\n---\n")
    build_index(harbour.root, tmp_path / "index")
    assert [problem.path for problem in build_index(harbour.root, tmp_path / "index").problems] == ["_news/bad.md"]


def test_a_file_whose_permissions_are_mended_is_read(harbour, tmp_path, run_search, ordinary_user):
    locked, folder = harbour.article("_news/locked.md", "The lock of the harbour"), tmp_path / "index"
    locked.chmod(0)
    command = ("index", harbour.root, "--index", folder, "--strict")
    first, second = (run_search(*command, before=ordinary_user) for _ in range(2))
    assert (first.returncode, second.returncode) == (3, 3)
    assert "_news/locked.md: cannot be read: Permission denied" in second.stderr
    assert "nothing changed" in second.stdout
    locked.chmod(0o644)
    third = run_search(*command, before=ordinary_user)
    assert (third.returncode, third.stderr) == (0, "")
    assert "8 articles" in third.stdout


def test_what_is_in_the_place_of_a_file_is_told_as_it_is_now(harbour, tmp_path):
    place, folder = harbour.root / "_news" / "odd.md", tmp_path / "index"
    os.mkfifo(place)
    (harbour.root / "_index.md").symlink_to("nowhere.md")
    assert [one.what for one in build_index(harbour.root, folder).problems] == ["no regular file"]
    assert not build_index(harbour.root, folder).switched
    place.unlink()
    place.symlink_to("nowhere.md")
    assert [one.what for one in build_index(harbour.root, folder).problems] == ["a symbolic link that leads nowhere"]
    assert not build_index(harbour.root, folder).switched
    place.unlink()
    harbour.article("_news/odd.md", "An odd story")
    assert build_index(harbour.root, folder).problems == []


def test_a_folder_that_cannot_be_read_is_told_once(harbour, tmp_path, run_search, ordinary_user):
    (harbour.root / "locked").mkdir(mode=0)
    command = ("index", harbour.root, "--index", tmp_path / "index")
    first, second = (run_search(*command, before=ordinary_user) for _ in range(2))
    (harbour.root / "locked").chmod(0o755)
    assert "locked: the folder cannot be read: Permission denied" in first.stderr
    assert first.stderr == second.stderr
    assert "nothing changed" in second.stdout


def test_files_whose_names_are_shown_alike(harbour, tmp_path):
    harbour.article(r"_news/p\xff.md", "A story of a backslash")
    shutil.copyfile(harbour.root / r"_news/p\xff.md", os.fsencode(harbour.root) + b"/_news/p\xff.md")
    report = build_index(harbour.root, tmp_path / "index")
    assert [(one.path, one.what) for one in report.problems] == [(r"_news/p\xff.md (2)", "the file name is not UTF-8")]
    assert report.articles == 8
    assert not build_index(harbour.root, tmp_path / "index").switched


def test_where_decisions_are_kept_does_not_decide_how_files_are_read(harbour, tmp_path):
    build_index(harbour.root, tmp_path / "index")
    harbour.write("search.toml", '[desk]\ndecisions = "desk/decisions.jsonl"\n')
    assert not build_index(harbour.root, tmp_path / "index").switched


def test_other_defaults_of_the_field_map_read_everything_again(harbour, tmp_path, monkeypatch):
    build_index(harbour.root, tmp_path / "index")
    monkeypatch.setattr("search.content.fields.DEFAULT_FIELDS", {**DEFAULT_FIELDS, "excerpt": ("summary", "excerpt")})
    assert build_index(harbour.root, tmp_path / "index").read == 7


def test_another_reader_reads_everything_again_and_encodes_nothing(harbour, tmp_path, monkeypatch):
    build_index(harbour.root, tmp_path / "index")
    monkeypatch.setattr("search.index.changes.READER", 0)
    report = build_index(harbour.root, tmp_path / "index")
    assert (report.read, report.encoded, report.switched) == (7, 0, True)


@pytest.mark.parametrize("setting", ['[fields]\nexcerpt = "summary"\n', "[content]\ntopics_by_spaces = true\n"])
def test_new_settings_read_everything_again(harbour, tmp_path, setting):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    harbour.write("search.toml", setting)
    report = build_index(harbour.root, folder)
    assert report.read == 7


def test_another_content_root_replaces_the_first(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    other = tmp_path / "elsewhere"
    shutil.copytree(harbour.root, other)
    report = build_index(other, folder)
    assert (report.read, report.encoded) == (7, 0)
    with open_index(folder) as index:
        assert index.content_root == other


def test_another_encoder_encodes_everything_again(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    report = build_index(harbour.root, folder, encoder="static")
    assert report.encoded == 7
    with open_index(folder) as index:
        assert index.vectors.dim == report.encoder.dim
        assert index.manifest.encoder.backend == "static"
    assert build_index(harbour.root, folder).switched is False, "the encoder of the index at hand is kept"


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(UsageError, match="is not a folder"):
        build_index(tmp_path / "nowhere", tmp_path / "index")


def test_an_empty_folder(site, tmp_path):
    with pytest.raises(UsageError, match="no article files"):
        build_index(site.root, tmp_path / "index")
    with pytest.raises(IndexMissing):
        open_index(tmp_path / "index")


def test_a_folder_where_nothing_is_an_article(site, tmp_path):
    site.write("readme.md", "No front matter here.\n")
    report = build_index(site.root, tmp_path / "index")
    assert (report.articles, report.not_articles) == (0, 1)


def test_an_index_path_that_is_a_file(harbour, tmp_path):
    (tmp_path / "index").write_text("in the way")
    with pytest.raises(IndexNotWritable, match="index"):
        build_index(harbour.root, tmp_path / "index")


def test_a_second_writer_is_told_who_holds_the_lock(harbour, tmp_path):
    folder = tmp_path / "index"
    folder.mkdir()
    with writer_lock(folder), pytest.raises(IndexLocked, match=str(os.getpid())):
        build_index(harbour.root, folder)


def test_the_lock_dies_with_its_holder(harbour, tmp_path):
    folder = tmp_path / "index"
    folder.mkdir()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_hold_the_lock, args=(folder,))
    process.start()
    deadline = time.monotonic() + 30
    while not (folder / ".held").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert build_index(harbour.root, folder).switched


def _hold_the_lock(folder):
    with writer_lock(folder):
        (folder / ".held").touch()
        time.sleep(60)


def test_an_interrupted_run_keeps_the_old_generation_and_what_it_encoded(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    name = current_name(folder)
    for number in range(600):
        harbour.article(f"more/{number}.md", f"Ferry number {number} leaves on time", f"It carried {number} people.")

    class Impatient:
        """Presses Ctrl-C once some texts are encoded."""

        def phase(self, name, total): ...

        def notice(self, text): ...

        def advance(self, steps):
            if steps > 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_index(harbour.root, folder, progress=Impatient())
    assert current_name(folder) == name
    with open_index(folder) as index:
        assert index.count(index.condition(Filters())) == 7
    report = build_index(harbour.root, folder)
    assert 0 < report.encoded < 600
    assert report.articles == 607


def test_a_reader_keeps_the_generation_it_opened(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    with open_index(folder) as reader:
        for number in range(3):
            harbour.article(f"_news/new-{number}.md", f"Another story {number}")
            build_index(harbour.root, folder)
        assert reader.count(reader.condition(Filters())) == 7
        assert len(reader.vectors) == 7
    with open_index(folder) as index:
        assert index.count(index.condition(Filters())) == 10
    harbour.article("_news/last.md", "The last one")
    build_index(harbour.root, folder)
    assert len(list((folder / "generations").iterdir())) == 1, "what nobody reads is collected"


def test_pages_of_sections_and_drafts_are_counted_and_named_and_no_articles(site, run_search, tmp_path):
    site.article("news/a.md", "Rain delays the regatta")
    site.article("news/_index.md", "News")
    site.article("_drafts/b.md", "Rain again")
    site.write("_drafts/broken.md", "---\ntitle: [unclosed\n---\n")
    folder = tmp_path / "index"
    report = build_index(site.root, folder, encoder="static")
    assert (report.articles, report.not_articles, report.problems) == (1, 3, [])
    assert run_search("status", "--index", folder, "--not-articles").stdout.splitlines() == [
        "_drafts/b.md: no article: a draft (_drafts)",
        "_drafts/broken.md: no article: a draft (_drafts)",
        "news/_index.md: no article: the page of a section (_index)",
    ]
    assert build_index(site.root, folder).read == 0
    # who writes it may ask what fits
    assert (
        "Rain delays the regatta"
        in run_search("related", site.root / "_drafts/b.md", "--index", folder, "--min-probability", 0).stdout
    )
    site.write("search.toml", '[content]\ninclude = ["**", "_drafts/**"]\n')
    report = build_index(site.root, folder)
    assert (report.articles, report.not_articles, len(report.problems)) == (2, 1, 1)
