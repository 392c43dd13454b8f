"""Whom a reference means: a person's own folder counts at the command line, and nowhere else."""

from __future__ import annotations

import json
import os

import pytest

from search.desk.page.session import Session
from search.desk.page.viewing import digest
from search.desk.place import desk_of
from search.errors import UsageError
from search.index.build import build_index
from search.index.opened import open_index
from search.related.options import Options
from search.related.subject import find_subject, subject_of_id


@pytest.fixture
def twins(site, tmp_path):
    """An index of two articles of one name, one of them in a folder below the other's."""
    site.article("a.md", "Ferry strike ends after nine days", "The crews return on Monday.")
    tram = "https://harbourpost.example/tram"
    site.article("sub/a.md", "Council votes on the tram line", "The line would end at the market.", webUrl=tram)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        yield index


@pytest.fixture
def within(twins, monkeypatch):
    monkeypatch.chdir(twins.content_root / "sub")
    return twins


@pytest.fixture
def beside(twins, tmp_path, monkeypatch):
    """The current folder is none of the content's, and has a file named like an article."""
    (tmp_path / "a.md").write_text("---\ntitle: A note to myself\n---\n")
    (tmp_path / "note.md").write_text("---\ntitle: Another\n---\n")
    monkeypatch.chdir(tmp_path)
    return twins


def test_an_id_means_its_article_from_every_folder(within):
    assert subject_of_id(within, "a.md").article.title == "Ferry strike ends after nine days"
    assert subject_of_id(within, "sub/a.md").article.title == "Council votes on the tram line"


def test_a_person_in_a_folder_of_the_content_means_the_file_there(within):
    assert find_subject(within, "a.md").article.id == "sub/a.md"
    assert find_subject(within, "../a.md").article.id == "a.md"
    assert find_subject(within, str(within.content_root / "a.md")).article.id == "a.md"
    assert find_subject(within, "sub/a.md").article.id == "sub/a.md"


def test_a_file_outside_does_not_stand_before_an_id(beside):
    assert find_subject(beside, "a.md").article.title == "Ferry strike ends after nine days"
    assert subject_of_id(beside, "a.md").article.id == "a.md"
    with pytest.raises(UsageError, match="outside the content root"):
        find_subject(beside, "note.md")


def test_a_link_that_is_indexed_under_its_own_name_is_that_article(site, tmp_path, monkeypatch):
    site.article(".drafts/a.md", "Ferry strike ends after nine days")
    (site.root / "shown").symlink_to(".drafts")
    build_index(site.root, tmp_path / "index")
    monkeypatch.chdir(site.root)
    with open_index(tmp_path / "index") as index:
        for found in (find_subject(index, "shown/a.md"), subject_of_id(index, "shown/a.md")):
            assert (found.article.id, found.row) == ("shown/a.md", index.row_of_id("shown/a.md"))


def test_names_that_can_be_no_id_are_refused(twins):
    for find in (find_subject, subject_of_id):
        with pytest.raises(UsageError, match=r"caf\\xe9\.md: the file name is not UTF-8"):
            find(twins, os.fsdecode(b"caf\xe9.md"))


@pytest.mark.parametrize(
    "reference",
    [
        "https://w.example/2025/02/11/bus-gate.html",
        "http://www.w.example/council/2025/02/11/bus-gate.html?utm_source=x",
        "https://w.example/2025/02/11/bus-gate/",
        "/2025/02/11/bus-gate.html",
        "/council/2025/02/11/bus-gate/",
        "2025/02/11/bus-gate",
    ],
)
def test_the_addresses_that_lists_may_name_find_an_article(site, tmp_path, reference):
    post = "_posts/2025-02-11-bus-gate.md"
    site.write("search.toml", '[content]\nsite_url = "https://w.example"\n')
    site.write(post, "---\ntitle: A bus gate\ncategory: council\n---\n")
    site.write("holder.md", "---\ntitle: Buses\nrelated: [/2025/02/11/bus-gate/]\n---\n")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert find_subject(index, reference).article.id == post
        for other in (reference.replace("11", "12"), "https://v.example/2025/02/11/bus-gate.html", "bus-gate"):
            with pytest.raises(UsageError, match="no article"):  # a bare name may be a word that somebody looks for
                find_subject(index, other)


@pytest.mark.parametrize("more", [["--all"], ["--since", "2025-01"]])
def test_bulk_suggestions_are_for_each_article_once(twins, run_search, tmp_path, more):
    inside = ("env", "-C", str(twins.content_root / "sub"))
    done = run_search("suggest", *more, "--min-probability", 0, "--index", tmp_path / "index", before=inside)
    assert [json.loads(line)["article"]["id"] for line in done.stdout.splitlines()] == ["a.md", "sub/a.md"]


def test_export_is_for_each_article_once(twins, run_search, tmp_path):
    inside = ("env", "-C", str(twins.content_root / "sub"))
    run_search("export", "--data", tmp_path / "related.json", "--index", tmp_path / "index", before=inside)
    assert set(json.loads((tmp_path / "related.json").read_text())) == {"a.md", "sub/a.md"}


def test_the_page_writes_the_file_that_it_shows(within):
    root = within.content_root
    other = (root / "sub/a.md").read_bytes()
    session = Session(within, desk_of(root), Options())
    assert session.view("a.md", "all").answer.article.id == "a.md"
    session.save("a.md", digest((root / "a.md").read_bytes()), ["sub/a.md"])
    assert b"Council votes on the tram line" in (root / "a.md").read_bytes()
    assert (root / "sub/a.md").read_bytes() == other
