"""Suggestions in bulk: for what git changed, the reverse for older articles, and as data for templates."""

from __future__ import annotations

import json
import subprocess

import pytest

from search.index.build import build_index


@pytest.fixture
def repository(harbour, tmp_path):
    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=E", "-c", "user.email=e@example.com", *arguments],
            cwd=harbour.root,
            check=True,
            capture_output=True,
        )

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "all")
    git("checkout", "-qb", "new")
    harbour.article(
        "_news/é new.md",
        "Court stops face cameras at the ferry terminal",
        "Police must not scan travellers' faces, the judge ruled.",
        publishedDateTime="2025-07-01T08:00:00Z",
    )
    harbour.write("notes.txt", "no article")
    git("add", "-A")
    git("commit", "-qm", "new")
    build_index(harbour.root, tmp_path / "index")
    return harbour


def records(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_git_changed(repository, run_search, tmp_path):
    done = run_search("suggest", "--git", "main..HEAD", "--index", tmp_path / "index")
    assert [one["article"]["id"] for one in records(done)] == ["_news/é new.md"]
    assert records(done)[0]["suggested"][0]["id"].startswith("_news/face-cameras")


@pytest.mark.parametrize("revisions", ["nonsense..HEAD", "--output=/tmp/x", "-h"])
def test_revisions_that_are_none(repository, run_search, tmp_path, revisions):
    done = run_search("suggest", f"--git={revisions}", "--index", tmp_path / "index")
    assert done.returncode == 2
    assert "--git" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_repository(harbour_index, run_search, tmp_path):
    done = run_search("suggest", "--git", "main..HEAD", "--index", tmp_path / "index")
    assert done.returncode == 2
    assert "main..HEAD" in done.stderr


def test_backfill_names_older_articles_that_should_list_the_new_one(repository, run_search, tmp_path):
    done = run_search("suggest", "--git", "main..HEAD", "--backfill", "--index", tmp_path / "index")
    found = records(done)
    assert found
    for one in found:
        assert one["article"]["published_at"] <= "2025-07-01T08:00:00Z"
        assert [some["id"] for some in one["suggested"]] == ["_news/é new.md"]
    assert "_news/face-cameras.md" in [one["article"]["id"] for one in found]


def test_export_for_templates(repository, run_search, tmp_path):
    one = run_search("export", "--data", "data/related.json", "--index", tmp_path / "index")
    assert one.returncode == 0
    data = json.loads((tmp_path / "data/related.json").read_text())
    assert data["_news/crowd-cameras.md"][0]["title"]
    assert {"id", "title", "webUrl", "kind", "probability"} <= data["_news/crowd-cameras.md"][0].keys()
    run_search("export", "--data", "each", "--index", tmp_path / "index")
    names = {path.name for path in (tmp_path / "each").iterdir()}
    assert "_news-crowd-cameras.json" in names
    assert json.loads((tmp_path / "each/_news-crowd-cameras.json").read_text()) == data["_news/crowd-cameras.md"]
    assert len(names) == len(data)
