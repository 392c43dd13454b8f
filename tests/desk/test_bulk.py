"""Suggestions in bulk: for what git changed, the reverse for older articles, and as data for templates."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from typer import Exit

from search.cli.export import export
from search.cli.render.markdown import LONGEST_COMMENT, within_a_comment
from search.cli.suggest import suggest
from search.desk.output import check_folder
from search.errors import UsageError
from search.index.build import build_index
from tests.site import item


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


@pytest.fixture
def left_out(repository, tmp_path):
    """What the branch changed and an index leaves out; of each file one heading and why."""
    why = {"drafts/a.md": "search.toml excludes it", "_news/_index.md": "section", "_drafts/b.md": "draft"}
    for path in why:
        repository.article(path, f"Court looks at the cameras of {path}")
    repository.write("search.toml", '[content]\nexclude = ["drafts"]\n')
    who = ["-c", "user.name=E", "-c", "user.email=e@example.com"]
    for command in (["add", "-A"], [*who, "commit", "-qm", "more"]):
        subprocess.run(["git", *command], cwd=repository.root, check=True)
    build_index(repository.root, tmp_path / "index")
    return why


@pytest.mark.parametrize(
    ("here", "paths", "count"),
    [
        ("", ["content/_news"], 6),
        ("", ["content"], 7),
        ("", ["."], 7),
        ("", ["_news", "content/_news", "_news/regatta.md"], 6),  # an id, from anywhere
        ("content/_news", ["."], 6),
        ("content/_news", ["..", "regatta.md"], 7),
    ],
)
def test_a_folder_means_all_articles_below_it(repository, tmp_path, monkeypatch, capsys, here, paths, count):
    monkeypatch.chdir(tmp_path / here)
    repository.write("_new/empty.txt", "no article")
    suggest(paths, folder=tmp_path / "index", min_probability=0.0)
    ids = [json.loads(line)["article"]["id"] for line in capsys.readouterr().out.splitlines()]
    assert len(ids) == len(set(ids)) == count
    assert "_news/regatta.md" in ids


def test_a_folder_without_articles_says_so_and_the_others_go_on(repository, run_search, tmp_path):
    repository.write("_new/empty.txt", "no article")
    (tmp_path / "elsewhere").mkdir()
    done = run_search("suggest", "content/_new", "elsewhere", "_videos", "--index", "index", "--min-probability", 0)
    assert [one["article"]["id"] for one in records(done)] == ["_videos/harbour-tour.md"]
    assert done.stderr.splitlines() == [
        "no article is below content/_new",
        f"elsewhere is outside the content root {repository.root}",
        "search: 2 paths of 3 cannot be answered for",
        "        see above",
    ]
    assert done.returncode == 2


def test_what_an_index_leaves_out_is_not_what_git_changed(left_out, run_search, tmp_path):
    done = run_search("suggest", "--git", "main..HEAD", "--index", tmp_path / "index")
    assert [one["article"]["id"] for one in records(done)] == ["_news/é new.md"]
    assert done.stderr == ""


def test_settings_are_read_once_however_many_files_are_left_out(left_out, repository, tmp_path, monkeypatch):
    known = []

    def why(_, settings):
        known.append(settings)
        return "of a rule"

    monkeypatch.setattr("search.content.walk.why_passed_over", why)
    with pytest.raises(Exit):
        suggest([str(repository.root / path) for path in left_out], folder=tmp_path / "index", backfill=True)
    assert len(known) == len(left_out)
    assert all(one is known[0] for one in known)


def test_backfill_says_why_a_file_is_left_out(left_out, repository, run_search, tmp_path):
    files = [repository.root / path for path in left_out]
    done = run_search("suggest", *files, "--backfill", "--index", tmp_path / "index")
    for path, why in left_out.items():
        assert re.search(rf"^{re.escape(path)} is left out of the index: .*{why}", done.stderr, re.MULTILINE)
    assert "run: search index" not in done.stderr


@pytest.mark.parametrize("revisions", ["nonsense..HEAD", "--output=/tmp/x", "-h"])
def test_revisions_that_are_none(repository, run_search, tmp_path, revisions):
    done = run_search("suggest", f"--git={revisions}", "--index", tmp_path / "index")
    assert done.returncode == 2
    assert "--git" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_repository(harbour_index, run_search, tmp_path):
    done = run_search("suggest", "--git", "main..HEAD", "--index", tmp_path / "index")
    assert done.returncode == 2
    assert f"{harbour_index.content_root} is in no git repository" in done.stderr
    assert "--no-index" not in done.stderr


@pytest.mark.parametrize("name", ["mark", "with.dots"])
@pytest.mark.parametrize("kind", ["clean", "process"])
def test_nothing_that_a_repository_names_is_run(repository, run_search, tmp_path, name, kind):
    ran = tmp_path / "ran"
    command = f"touch '{ran}'; cat"
    config = {f"filter.{name}.{kind}": command, f"filter.{name}.required": "true", "core.fsmonitor": command}
    for key, value in {**config, "diff.mark.textconv": command, "diff.external": command}.items():
        subprocess.run(["git", "config", key, value], cwd=repository.root, check=True)
    repository.write(".gitattributes", f"*.md filter={name} diff=mark\n")
    hook = repository.root / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{command}\n")
    hook.chmod(0o755)
    path = repository.root / "_news/regatta.md"
    path.write_text(path.read_text() + "More of the rain.\n")
    os.utime(repository.root / "_news/heat-pumps.md", (1, 1))  # touched only: git reads it, and writes its index
    done = run_search("suggest", "--git", "HEAD", "--index", tmp_path / "index")
    assert [one["article"]["id"] for one in records(done)] == ["_news/regatta.md"]
    assert not ran.exists()
    subprocess.run(["git", "config", f"filter.a=b.{kind}", command], cwd=repository.root, check=True)
    refused = run_search("suggest", "--git", "HEAD", "--index", tmp_path / "index")
    assert (refused.returncode, ran.exists()) == (2, False)
    assert "equals sign" in refused.stderr


def test_backfill_names_older_articles_that_should_list_the_new_one(repository, run_search, tmp_path):
    done = run_search("suggest", "--git", "main..HEAD", "--backfill", "--index", tmp_path / "index")
    found = records(done)
    assert found
    for one in found:
        assert one["article"]["published_at"] <= "2025-07-01T08:00:00Z"
        assert [some["id"] for some in one["suggested"]] == ["_news/é new.md"]
    assert "_news/face-cameras.md" in [one["article"]["id"] for one in found]


def test_backfill_names_who_should_list_a_story_that_others_tell_better(harbour, run_search, tmp_path):
    for number, excerpt in enumerate(["It has asked for offers.", "It has asked for offers, it says."]):
        harbour.article(
            f"_news/plan-{number}.md",
            "Port plans facial recognition of travellers",
            excerpt,
            publishedDateTime=f"2025-01-10T0{number}:00:00Z",
        )
    harbour.article(
        "_news/late.md",
        "Police to scan faces at the ferry terminal",
        "Ferry travellers' faces will be scanned from June.",
        publishedDateTime="2025-03-11T08:00:00Z",
        quality=5,
    )
    build_index(harbour.root, tmp_path / "index")
    options = ("--index", tmp_path / "index", "--min-probability", 0)
    (plain,) = records(run_search("suggest", "_news/plan-0.md", *options))
    told = next(one for one in plain["suggested"] if "_news/late.md" in one["also"])
    found = records(run_search("suggest", "_news/late.md", "--backfill", *options))
    holders = {one["article"]["id"]: one["suggested"] for one in found}
    assert {"_news/plan-0.md", "_news/plan-1.md"} <= holders.keys()
    (late,) = holders["_news/plan-0.md"]
    assert (late["id"], late["rank"]) == ("_news/late.md", told["rank"])
    assert {late["id"], *late["also"]} == {told["id"], *told["also"]}
    assert late["probability"] != told["probability"], "its own"
    assert "_news/face-cameras.md" in holders, "of the same story"


@pytest.mark.parametrize(("option", "told"), [("--all", "every article counts as new"), ("--since=2026", "2026")])
def test_a_backfill_of_everything_or_of_nothing_says_why(repository, run_search, tmp_path, option, told):
    done = run_search("suggest", option, "--backfill", "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr.splitlines()[0]
    assert done.stderr.splitlines()[1:] == ["nothing to suggest"]


def test_what_is_yet_to_come_out_is_neither_exported_nor_to_be_listed(harbour, run_search, tmp_path):
    soon = datetime.now(UTC) + timedelta(days=40)
    for days in (-400, 0):
        harbour.article(
            f"_news/gate{days}.md",
            f"Police to scan faces at the ferry terminal, part {days}",
            publishedDateTime=(soon + timedelta(days=days)).isoformat(),
        )
    options = ("--min-probability", 0, "--index", tmp_path / "index")
    build_index(harbour.root, tmp_path / "index")
    assert run_search("export", "--data", tmp_path / "data.json", *options).returncode == 0
    exported = json.loads((tmp_path / "data.json").read_text())
    ids = {name: {one["id"] for one in suggestions} for name, suggestions in exported.items()}
    assert "_news/gate-400.md" in ids["_news/face-cameras.md"]
    assert "_news/gate-400.md" in ids["_news/gate0.md"]
    assert not any("_news/gate0.md" in found for found in ids.values())
    article = harbour.root / "_news/gate0.md"
    assert run_search("suggest", article, "--backfill", *options).returncode == 1
    shown = run_search("suggest", "--all", *options, "--format", "jsonl").stdout
    assert all(one["id"] != "_news/gate0.md" for line in shown.splitlines() for one in json.loads(line)["suggested"])


def test_backfill_as_paths_names_what_is_to_be_changed(repository, run_search, tmp_path):
    command = ["suggest", "--git", "main..HEAD", "--backfill", "--index", tmp_path / "index"]
    older = [one["article"]["id"] for one in records(run_search(*command))]
    done = run_search(*command, "--format", "paths")
    assert done.stdout.splitlines() == [f"content/{name}" for name in older]


@pytest.mark.parametrize("output", ["markdown", "table"])
def test_what_backfill_prints_is_numbered_from_one(repository, run_search, tmp_path, output):
    command = ["suggest", "--git", "main..HEAD", "--backfill", "--min-probability", "0", "--index", tmp_path / "index"]
    assert max(some["rank"] for one in records(run_search(*command)) for some in one["suggested"]) > 1
    shown = run_search(*command, "--format", output).stdout
    assert set(re.findall(r"^ *(\d+)\.? +.*Court stops", shown, re.MULTILINE)) == {"1"}


def test_markdown_for_a_comment(repository, run_search, tmp_path):
    done = run_search(
        "suggest", "--all", "--min-probability", "0", "--format", "markdown", "--index", tmp_path / "index"
    )
    first, *others = re.split(r"(?<=\n)\n(?=## )", done.stdout)
    assert len(others) == 6
    assert first.startswith("## [Cameras that identify")
    assert "\n\n\\_news/crowd\\-cameras.md\n" in first
    assert str(repository.root) not in done.stdout
    faces = next(one for one in others if "face\\-cameras.md" in one)
    assert "<details>\n<summary>Curated: 2</summary>\n\n1. [Watchdog" in faces
    assert re.search(r"^1\. \[.*: \d+%, \*[a-z-]+\*; ", first, re.MULTILINE)


def test_a_comment_holds_what_it_can_and_says_what_it_cannot():
    texts = [f"## {number}\n{'x' * 20_000}\n" for number in range(5)]
    (one, two, told) = within_a_comment(texts)
    assert len(one + two + told) <= LONGEST_COMMENT
    assert two.startswith("\n## 1")
    assert "3 more articles are left out" in told
    assert list(within_a_comment(["a\n"])) == ["a\n"]


def test_a_place_that_cannot_be_written_is_refused_before_the_work(harbour_index, tmp_path, monkeypatch):
    def worked(*_, **__):
        pytest.fail("the work was begun")

    monkeypatch.setattr("search.related.suggest.suggest", worked)
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "page.html", tmp_path):
        with pytest.raises(UsageError):
            suggest(folder=tmp_path / "index", everything=True, html=place)
    with pytest.raises(UsageError):
        export(tmp_path / "file" / "data", folder=tmp_path / "index")


OUTPUTS = {
    "page.html": ("suggest", "--all", "--min-probability", 0, "--html"),
    "articles.jsonl": ("export", "--articles"),
    "data.json": ("export", "--data"),
    "plot.svg": ("eval", "--plot"),
}
KEPT = {
    "content/_news/heat-pumps.md": "is an article of the index",
    "content/page.html": "is an article of the index",
    "link.json": "is an article of the index",
    "content/_drafts/idea.html": "begins with front matter",
    "idea.json": "begins with front matter",
    "idea.svg": "begins with front matter",
    "unclosed.json": "begins with front matter",
    "content/desk/decisions.jsonl": "holds the decisions of a desk",
    "elsewhere.jsonl": "holds the decisions of a desk",
    "notes.mdx": "does not end in .jsonl",
    "notes.txt": "does not end in .jsonl",
}


DECISION = '{"article": "a.md", "candidate": "b.md", "verdict": "accepted", "decided_at": "2025-06-01T10:00:00Z"}'


@pytest.mark.parametrize("command", OUTPUTS.values(), ids=OUTPUTS)
def test_no_output_takes_the_place_of_what_is_none(harbour, run_search, tmp_path, command):
    for path in ("page.html", "_drafts/idea.html"):
        harbour.article(path, f"A page of {path}")
    front = "---\ntitle: An idea\n"
    for path, text in {
        "content/search.toml": '[desk]\ndecisions = "desk/decisions.jsonl"\n',
        "content/desk/decisions.jsonl": '{"article": "a.md"}\n',
        "elsewhere.jsonl": f"<<<<<<< ours\n{DECISION}\n",
        "idea.json": f"{front}---\n",
        "idea.svg": f"{front}---\n",
        "unclosed.json": front,
        "notes.mdx": "mine",
        "notes.txt": "mine",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "link.json").symlink_to(harbour.root / "_news/heat-pumps.md")
    build_index(harbour.root, tmp_path / "index")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    everything = command == OUTPUTS["articles.jsonl"]  # one guard serves all
    for path, why in KEPT.items() if everything else list(KEPT.items())[:3]:
        done = run_search(*command, path, "--index", "index")
        assert (done.returncode, done.stdout) == (2, ""), path
        assert path in done.stderr
        assert not everything or f"{path} would be overwritten, and {why}" in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("command", OUTPUTS.values(), ids=OUTPUTS)
def test_no_output_stands_among_what_an_index_or_a_desk_keeps(harbour_index, run_search, tmp_path, command):
    build_index(harbour_index.content_root, tmp_path / "other", encoder="static")
    (tmp_path / "begun/generations").mkdir(parents=True)
    for path, text in {"site/.search/decisions.jsonl": "kept", "begun/lock": "1563\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    (tmp_path / "link").symlink_to("other", target_is_directory=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    places = {
        "site/.search/decisions.jsonl": "the desk keeps decisions",
        "site/.search/deeper/new.json": "the desk keeps decisions",
        "index/CURRENT": "an index is kept",
        "index/new.json": "an index is kept",
        "other/generations/000001/manifest.json": "an index is kept",
        "link/new.json": "an index is kept",
        "begun/new.json": "an index is kept",
    }
    if command[-1] == "--data":
        places |= {"index": "an index is kept", "other/generations": "an index is kept", "site/.search": "the desk"}
    for path, why in places.items():
        done = run_search(*command, path, "--index", "index")
        assert (done.returncode, done.stdout) == (2, ""), path
        assert f"{path} is not written: in " in done.stderr
        assert why in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("option", ["--data", "--articles"])
def test_a_link_that_leads_to_itself_is_no_place_for_an_output(harbour_index, run_search, tmp_path, option):
    (tmp_path / "loop").symlink_to("loop")
    for place in ("loop", "loop/x.json"):
        done = run_search("export", option, place, "--index", "index")
        assert (done.returncode, place in done.stderr) == (2, True)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_takes_the_place_of_the_last_one_and_of_an_empty_file(harbour_index, run_search, tmp_path, name):
    (tmp_path / "empty").touch()
    for place in (name, name) if name == "data.json" else (name, name, "empty"):
        done = run_search(*OUTPUTS[name], place, "--index", "index")
        assert (done.returncode, done.stderr.splitlines()[-1].split(" to ")[-1].removeprefix("wrote ")) == (0, place)
        assert (tmp_path / place).stat().st_size


def test_nothing_sealed_is_exported(site, run_search, tmp_path):
    other = item("Another", "https://o.example/x", secured="mark2==")
    site.article("a.md", "A story", secured="mark1==", related=[other])
    build_index(site.root, tmp_path / "index")
    command = ("export", "--articles", "articles.jsonl", "--data", "data.json", "--index", tmp_path / "index")
    assert run_search(*command).returncode == 0
    for name in ("articles.jsonl", "data.json"):
        assert "mark" not in (tmp_path / name).read_text()
    assert "Another" in (tmp_path / "articles.jsonl").read_text()


def test_a_file_of_data_is_known_however_its_ending_is_written(harbour_index, run_search, tmp_path):
    assert run_search("export", "--data", "all.JSON", "--index", tmp_path / "index").returncode == 0
    assert json.loads((tmp_path / "all.JSON").read_text()).keys() == set(harbour_index.ids([*range(7)]).values())


def test_nothing_is_exported_when_an_option_is_wrong(harbour_index, run_search, tmp_path):
    command = ("export", "--articles", "a.json", "--index", tmp_path / "index")
    assert run_search(*command, "--rejected-for", "nonsense").returncode == 2
    assert run_search(*command, "--data", "a.json").returncode == 2
    assert not (tmp_path / "a.json").exists()


def test_articles_are_exported_that_pass_the_filters(harbour, harbour_index, run_search, tmp_path):
    command = ("export", "--articles", "out/articles.jsonl", "--index", tmp_path / "index")
    assert run_search(*command, "--provider", "Harbour Post").returncode == 0
    records = [json.loads(line) for line in (tmp_path / "out/articles.jsonl").read_text().splitlines()]
    assert [record["id"] for record in records] == sorted(record["id"] for record in records)
    assert {record["provider"]["name"] for record in records} == {"Harbour Post"}
    nothing = run_search("export", "--index", tmp_path / "index")
    assert (nothing.returncode, "--articles FILE" in nothing.stderr) == (2, True)


def test_a_name_too_long_for_a_data_file_is_named_and_the_others_are_written(site, run_search, tmp_path):
    long = f"{'x' * 249}.md"
    site.article(long, "A story with a long name")
    site.article("a.md", "A story")
    build_index(site.root, tmp_path / "index")
    done = run_search("export", "--data", "each", "--index", tmp_path / "index")
    assert done.returncode == 0
    assert f"{long} is left out" in done.stderr
    assert [path.name for path in files(tmp_path)] == ["a.md.json"]


def test_a_file_that_would_have_to_be_a_folder_too_is_told_before_anything_is_written(site, run_search, tmp_path):
    site.article("n/a.md", "A story")
    site.article("n/a.md.json/b.md", "Another story")
    build_index(site.root, tmp_path / "index")
    done = run_search("export", "--data", "each", "--articles", "all.jsonl", "--index", tmp_path / "index")
    assert done.returncode == 2
    assert "n/a.md and n/a.md.json/b.md cannot both be written: n/a.md.json would be a file and a folder" in done.stderr
    assert not (tmp_path / "each").exists()
    assert not (tmp_path / "all.jsonl").exists()
    assert run_search("export", "--data", "all.json", "--index", tmp_path / "index").returncode == 0


def test_export_for_templates(repository, run_search, tmp_path):
    one = run_search("export", "--data", "data/related.json", "--index", tmp_path / "index")
    assert one.returncode == 0
    data = json.loads((tmp_path / "data/related.json").read_text())
    assert data["_news/crowd-cameras.md"][0]["title"]
    assert {"id", "title", "webUrl", "kind", "probability"} <= data["_news/crowd-cameras.md"][0].keys()
    run_search("export", "--data", "each", "--index", tmp_path / "index")
    each = {path.relative_to(tmp_path / "each").as_posix(): json.loads(path.read_text()) for path in files(tmp_path)}
    assert each == {f"{name}.json": value for name, value in data.items()}


@pytest.mark.parametrize("option", ["--data", "--articles"])
def test_a_folder_that_is_made_for_an_export_is_told(harbour_index, run_search, tmp_path, option):
    command = ("export", "--index", tmp_path / "index", option)
    assert "made the folder site/data" in run_search(*command, "site/data/a.json").stderr
    made, there = run_search(*command, "new/a.json"), run_search(*command, "new/a.json")
    assert "to new/a.json; made the folder new" in made.stderr
    assert (there.returncode, "made" in there.stderr) == (0, False)
    each = run_search("export", "--data", "each", "--index", tmp_path / "index")
    assert "to each; made the folder each" in each.stderr


def test_an_export_is_written_anew_whatever_folders_the_content_has(site, run_search, tmp_path):
    site.article("x/a.md", "A story")
    build_index(site.root, tmp_path / "index")
    for made in (True, False):
        done = run_search("export", "--data", "each", "--index", tmp_path / "index")
        assert (done.returncode, "made the folder each" in done.stderr) == (0, made)
    assert [path.relative_to(tmp_path).as_posix() for path in files(tmp_path)] == ["each/x/a.md.json"]


def test_a_folder_for_an_export_can_be_written_or_made(tmp_path):
    (tmp_path / "file").write_text("")
    assert check_folder(tmp_path) is None
    assert check_folder(tmp_path / "new" / "each") == tmp_path / "new" / "each"
    for place in (tmp_path / "file", tmp_path / "file" / "each"):
        with pytest.raises(UsageError, match="no folder that can be"):
            check_folder(place)


def files(folder):
    return [path for path in (folder / "each").rglob("*") if path.is_file()]


def test_filters_say_what_is_proposed_and_since_for_which_articles(repository, run_search, tmp_path):
    command = ["suggest", "--index", tmp_path / "index", "--min-probability", 0]
    some = records(run_search(*command, "--since", "2025-06", "--topic", "climate"))
    assert {one["article"]["id"] for one in some} == {"_news/crowd-cameras.md", "_news/é new.md"}
    assert {one["id"] for found in some for one in found["suggested"]} == {"_news/heat-pumps.md"}
    bad = run_search(*command, "--all", "--topic", "nonsense")
    assert bad.returncode == 2
    new = records(run_search(*command, "--git", "main..HEAD", "--backfill", "--topic", "city"))
    assert "_news/face-cameras.md" in [one["article"]["id"] for one in new]  # its topics are others


def test_no_two_articles_share_a_file_of_an_export(site, run_search, tmp_path):
    names = {"sub/a.md", "sub-a.md", "x.md", "x.html", "a b.md", "a-b.md"}
    for name in names:
        site.article(name, f"A story called {name}")
    build_index(site.root, tmp_path / "index")
    run_search("export", "--data", "each", "--index", tmp_path / "index")
    assert {path.relative_to(tmp_path / "each").as_posix() for path in files(tmp_path)} == {
        f"{one}.json" for one in names
    }


def test_a_file_name_that_is_no_text_is_named_and_the_others_go_on(repository, run_search, tmp_path):
    (repository.root / os.fsdecode(b"caf\xe9.md")).write_text("---\ntitle: Café\n---\n")
    for command in (["add", "-A"], ["-c", "user.name=E", "-c", "user.email=e@example.com", "commit", "-qm", "odd"]):
        subprocess.run(["git", *command], cwd=repository.root, check=True)
    done = run_search("suggest", "--git", "main..HEAD", "--index", tmp_path / "index")
    assert done.returncode == 0
    assert done.stderr == "caf\\xe9.md: the file name is not UTF-8\n"
    assert [one["article"]["id"] for one in records(done)] == ["_news/é new.md"]


def test_a_page_is_written_when_all_is_there_and_not_before(harbour_index, run_search, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("of last week")
    command = ["suggest", "--index", tmp_path / "index", "--html", page]
    assert run_search(*command).returncode == 2
    assert run_search(*command, "--all", "--since", "7d").returncode == 2
    assert page.read_text() == "of last week"
    assert run_search(*command, "--all", "--min-probability", 0).returncode == 0
    assert page.read_text().startswith("<!doctype html>")
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_page_is_not_written_when_the_run_is_interrupted(harbour_index, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    page = tmp_path / "page.html"
    page.write_text("of last week")
    monkeypatch.setattr("search.related.suggest.suggest", interrupted)
    with pytest.raises(KeyboardInterrupt):
        suggest(folder=tmp_path / "index", everything=True, html=page)
    assert page.read_text() == "of last week"
