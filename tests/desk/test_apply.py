"""Write-back: files change by lines of the list, whole or not at all."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time

import pytest

from search.cli.apply import write_diffs
from search.content.records import MAX_RELATED
from search.content.settings import Settings, load_settings
from search.desk.apply import Change, FileRefused, Refusal, applied, change_of, change_to, plan, write
from search.desk.decisions import Decision, now_text
from search.desk.decisions_file import read_decisions, write_decisions
from search.desk.files import FileConflict, FileOutside, replace_file, resolved, scratch_folder
from search.desk.listing import EVERY, REPEATED, CannotJoin
from search.desk.place import desk_of
from search.index.build import build_index
from search.index.opened import open_index
from tests.site import Site, item
from tests.soak import times, told

ARTICLE = "_news/crowd-cameras.md"
FACES = "_news/face-cameras.md"
KILLS, FILES = times(3, 50), times(60, 500)


def decided(article, *candidates, verdict="accepted", **more):
    return [Decision(article, one, verdict, now_text(), **more) for one in candidates]


def accept(desk, article, *candidates, verdict="accepted", **more):
    write_decisions(desk.decisions_file, decided(article, *candidates, verdict=verdict, **more))


def test_apply_adds_what_was_accepted_once(harbour, harbour_index, run_search, tmp_path):
    desk = desk_of(harbour.root)
    before = (harbour.root / ARTICLE).read_bytes()
    accept(desk, ARTICLE, "_news/face-cameras.md", "https://quaycourier.example/watchdog")
    dry = run_search("apply", "--index", tmp_path / "index", "--dry-run")
    assert dry.stdout.startswith(f"--- a/{ARTICLE}\n+++ b/{ARTICLE}\n")
    assert run_search("apply", "--index", tmp_path / "index", "--check").returncode == 1
    assert (harbour.root / ARTICLE).read_bytes() == before
    done = run_search("apply", "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (0, f"{ARTICLE}  +2\n")
    after = (harbour.root / ARTICLE).read_text()
    assert "related:\n- title: Police to scan faces" in after
    assert "webUrl: https://quaycourier.example/watchdog" in after
    assert after.encode().startswith(before[: before.rindex(b"---")])
    patched = subprocess.run(
        ["git", "apply", "--check", "--reverse", "-"],
        input=dry.stdout,
        text=True,
        cwd=harbour.root,
        check=False,
        capture_output=True,
    )
    assert patched.returncode == 0, patched.stderr
    again = run_search("apply", "--index", tmp_path / "index")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "nothing to apply\n")
    # taken out again by hand, it stays out
    (harbour.root / ARTICLE).write_bytes(before)
    run_search("apply", "--index", tmp_path / "index")
    assert (harbour.root / ARTICLE).read_bytes() == before


def test_what_a_file_of_decisions_says_joins_those_of_the_content(harbour, harbour_index, run_search, tmp_path):
    desk, given = desk_of(harbour.root), tmp_path / "colleague.jsonl"
    accept(desk, ARTICLE, "_news/heat-pumps.md", verdict="rejected")
    accepted = decided(ARTICLE, FACES, "_news/gone.md")
    accepted_and_applied = [*accepted[:1], *decided(ARTICLE, FACES, verdict="applied")]  # to files of another checkout
    rejected = decided(ARTICLE, "_news/regatta.md", verdict="rejected", reason="unrelated", score=0.123456789)
    done_elsewhere = decided(ARTICLE, "_videos/harbour-tour.md", verdict="applied")
    taken_back = decided(ARTICLE, "_news/heat-pumps.md", verdict="undone")
    write_decisions(given, [*accepted_and_applied, *accepted[1:], *rejected, *taken_back, *done_elsewhere])
    for option in ("--dry-run", "--check"):
        shown = run_search("apply", given, "--index", tmp_path / "index", option)
        assert "3 decisions would join those of the content" in shown.stderr
    assert [one.candidate for one in desk.decisions().of(ARTICLE)] == ["_news/heat-pumps.md"]
    done = run_search("apply", given, "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (3, f"{ARTICLE}  +1\n")
    kept = desk.decisions()
    assert {(one.candidate, one.verdict) for one in kept.of(ARTICLE)} == {
        (FACES, "accepted"),
        ("_news/regatta.md", "rejected"),
    }
    assert not kept.pending()  # what cannot be carried out would be named at each run
    before = desk.decisions_file.read_bytes()
    assert b"harbour-tour" not in before
    with given.open("a") as file:
        file.write(before.splitlines()[-2].decode().replace("0.123457", "0.12345678901") + "\n")
    run_search("apply", given, "--index", tmp_path / "index")
    assert desk.decisions_file.read_bytes() == before
    rejections = tmp_path / "rejections.jsonl"
    write_decisions(rejections, decided(FACES, "_news/regatta.md", verdict="rejected"))
    assert run_search("apply", rejections, "--index", tmp_path / "index", "--check").returncode == 1
    told = run_search("apply", rejections, "--index", tmp_path / "index").stderr
    assert told == "1 decision joined those of the content\n"


def test_a_line_that_is_no_decision_does_not_pass_for_nothing_to_do(harbour, harbour_index, run_search, tmp_path):
    accept(desk_of(harbour.root), ARTICLE, FACES)
    with (harbour.root / ".search/decisions.jsonl").open("a") as file:
        file.write("<<<<<<< ours\nnot json\n")
    done = run_search("apply", "--index", tmp_path / "index")
    assert done.returncode == 3
    assert "2 lines are no decisions" in done.stderr
    assert "face-cameras" in (harbour.root / ARTICLE).read_text()


def test_content_that_is_not_there_does_not_pass_for_content_without_a_fault(
    harbour, harbour_index, run_search, tmp_path
):
    harbour.root.rename(tmp_path / "elsewhere")
    for command in ("apply", "audit", "review"):
        done = run_search(command, "--index", tmp_path / "index")
        assert done.returncode == 2
        assert f"the content {harbour.root} is not there\n" in done.stderr
    assert not harbour.root.exists()


def test_a_list_that_is_not_known_to_its_end_is_not_edited(harbour, run_search, tmp_path):
    items = [f"https://harbourpost.example/{number}" for number in range(MAX_RELATED + 1)]
    path = harbour.article("_news/long.md", "A long list", related=["https://harbourpost.example/long", *items])
    before = path.read_bytes()
    build_index(harbour.root, tmp_path / "index")
    accept(desk_of(harbour.root), "_news/long.md", "_news/heat-pumps.md")
    applied = run_search("apply", "--index", tmp_path / "index")
    fixed = run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "itself")
    for done in (applied, fixed):
        assert done.returncode == 3
        assert "_news/long.md: the list has 2,002 items, of which 2,000 are known; shorten it by hand" in done.stderr
    assert path.read_bytes() == before


def test_a_sealed_field_within_what_an_item_shows_stays_where_it_is(harbour, run_search, tmp_path):
    keys = {"https://m.example/a.jpg": "secured", "https://m.example/b.jpg": "seCured"}
    images = [{"url": url, key: f"MARK {key}"} for url, key in keys.items()]
    harbour.article("_news/pictures.md", "Pictures of the harbour", images=images)
    path = harbour.article("_news/taker.md", "Takes the pictures", related=[])
    build_index(harbour.root, tmp_path / "index")
    accept(desk_of(harbour.root), "_news/taker.md", "_news/pictures.md")
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    assert "https://m.example/b.jpg" in path.read_text()
    assert "MARK" not in path.read_text()


def test_what_is_only_touched_can_be_mended_after_the_next_run(harbour, run_search, tmp_path):
    url = "https://harbourpost.example/touched"
    path = harbour.article("_news/touched.md", "Lists itself", webUrl=url, related=[url])
    build_index(harbour.root, tmp_path / "index")
    os.utime(path, (1, 1))
    assert build_index(harbour.root, tmp_path / "index").encoded == 0
    assert not build_index(harbour.root, tmp_path / "index").switched
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "itself")
    assert url not in path.read_text().partition("related")[2]


def test_a_diff_breaks_lines_where_git_does(tmp_path):
    before = "first\u2028still\x85the\x0cfirst\nsecond\nlast".encode()
    after = before.replace(b"second", "sec\u2028ond\x0c".encode())
    (tmp_path / "a.md").write_bytes(after)
    command = ["git", "apply", "--check", "--reverse", "-"]
    diff = Change("a.md", tmp_path / "a.md", before, after).diff()
    done = subprocess.run(command, input=diff.encode(), cwd=tmp_path, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_a_diff_for_people_shows_nothing_of_a_sealed_field(tmp_path):
    list_of_one = b"related:\n- title: b\n  'secured' : 'ef=='\n  type: c\n"
    before = b"---\ntitle: a\nsecured: >-\n  ab==\n  cd==\n" + list_of_one + b"---\n"
    change = Change("a.md", tmp_path / "a.md", before, before.replace(b"type: c", b"type: d"))
    shown = change.shown_diff()
    assert "==" in change.diff()
    assert "==" not in shown
    assert " related:\n - title: b\n   'secured': …\n-  type: c\n+  type: d\n" in shown
    added = Change("a.md", tmp_path / "a.md", before, before.replace(list_of_one, b"")).shown_diff()
    assert " title: a\n secured: …\n-related:\n" in added


def test_a_diff_on_a_terminal_is_harmless(tmp_path, monkeypatch, capsysbinary):
    change = Change("a.md", tmp_path / "a.md", b"---\na: b\n---\n", b"---\na: b\n---\n\ttwo \x1b[2J\xc2\x9b\xe9\n")
    write_diffs([change])
    assert capsysbinary.readouterr().out.endswith(b"\n+\ttwo \x1b[2J\xc2\x9b\xe9\n")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    write_diffs([change])
    assert capsysbinary.readouterr().out.decode().endswith("\n+\ttwo \\x1b[2J\\x9b\ufffd\n")


@pytest.mark.parametrize("name", ["na me.md", 'é "q".md', "plain.md"])
def test_a_piped_diff_is_applied_by_git_and_by_patch(harbour, run_search, tmp_path, name):
    text = "---\ntitle: Ferry Row floods\nrelated:\n- https://harbourpost.example/x\n---\n"
    file = harbour.root / "_news" / name
    file.write_bytes(text.encode() + b"caf\xe9\n")
    build_index(harbour.root, tmp_path / "index")
    accept(desk_of(harbour.root), f"_news/{name}", "_news/heat-pumps.md")
    diff = tmp_path / "piped.diff"
    command = [sys.executable, "-m", "search", "apply", "--dry-run", "--index", tmp_path / "index"]
    with diff.open("wb") as stream:
        subprocess.run(command, stdout=stream, check=True)
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    applied = file.read_bytes()
    for tool in (["git", "apply", "--unsafe-paths", diff], ["patch", "-p1", "-i", diff]):
        if shutil.which(tool[0]) is None:
            continue
        file.write_bytes(text.encode() + b"caf\xe9\n")
        subprocess.run(tool, cwd=harbour.root, check=True, capture_output=True)
        assert file.read_bytes() == applied


def test_what_is_listed_under_any_address_is_not_added_again(harbour_index):
    change = change_of(harbour_index, Settings(), FACES, decided(FACES, "_news/heat-pumps.md"))
    assert change.before == change.after
    assert change.added == ()


def test_a_removed_item_leaves_the_list(harbour, harbour_index):
    change = change_of(harbour_index, Settings(), FACES, decided(FACES, "_news/heat-pumps.md", verdict="removed"))
    assert change.removed == ("_news/heat-pumps.md",)
    assert b"heat-pumps" not in change.after
    assert b"watchdog" in change.after


def test_headings_of_a_list_stay_when_items_below_them_go(site, run_search, tmp_path):
    for name in "abcde":
        site.write(f"{name}.md", f"---\ntitle: Story {name}\n---\n")
    text = (
        "---\ntitle: Story a\nrelated:\n  # --- morning picks ---\n  - b.md\n  - c.md\n"
        "  # --- evening picks, keep! ---\n  - d.md\n  - e.md\n---\n"
    )
    path = site.write("a.md", text)
    build_index(site.root, tmp_path / "index", encoder="static")
    accept(desk_of(site.root), "a.md", "b.md", "d.md", verdict="removed")
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    assert path.read_text() == text.replace("  - b.md\n", "").replace("  - d.md\n", "")
    # as the page saves it
    with open_index(tmp_path / "index") as index:
        saved = change_to(index, Settings(), "a.md", text.encode(), [0, 1, 3])
    assert saved.after.decode() == text.replace("  - d.md\n", "")


@pytest.mark.parametrize("article", ["../outside.md", "/etc/hostname", "_news/link.md", "_news/nowhere.md"])
def test_nothing_outside_of_the_content_root_is_touched(harbour, tmp_path, article):
    (tmp_path / "outside.md").write_text("---\ntitle: Outside\n---\n")
    (harbour.root / "_news/link.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(FileOutside):
        resolved(harbour.root, article)


def test_a_file_that_cannot_be_changed_is_named_and_the_others_go_on(harbour, run_search, tmp_path):
    harbour.write("_news/odd.md", "---\ntitle: Odd\nwebUrl: https://h.example/odd\nrelated: true\n---\n")
    build_index(harbour.root, tmp_path / "index")
    desk = desk_of(harbour.root)
    accept(desk, "_news/odd.md", "_news/heat-pumps.md")
    accept(desk, "../../etc/passwd", "_news/heat-pumps.md")
    accept(desk, ARTICLE, "_news/gone.md")
    accept(desk, "_news/regatta.md", "_news/heat-pumps.md")
    done = run_search("apply", "--index", tmp_path / "index")
    assert done.returncode == 3
    assert "_news/odd.md:4: `related` is no list; write it as a list\n" in done.stderr
    assert "../../etc/passwd: " in done.stderr
    assert "_news/gone.md is no article of the index" in done.stderr
    assert done.stdout == "_news/regatta.md  +1\n"
    assert "Traceback" not in done.stderr
    assert set(read_decisions(desk.decisions_file).pending()) == {"_news/odd.md", "../../etc/passwd", ARTICLE}


def test_a_file_that_is_left_alone_is_named_once(harbour, harbour_index, run_search, tmp_path):
    accept(desk_of(harbour.root), "_news/gone.md", "_news/heat-pumps.md")
    accept(desk_of(harbour.root), "_data/quay.md", "_news/heat-pumps.md")
    done = run_search("apply", "--index", tmp_path / "index")
    assert done.stderr.splitlines()[:2] == [
        "_data/quay.md is no article of the index; run: search index, and decide anew",
        "_news/gone.md: there is no such file in the content; name a file of the content",
    ]


def test_a_decision_that_cannot_be_carried_out_is_named_and_the_others_are(
    harbour, harbour_index, run_search, tmp_path
):
    desk = desk_of(harbour.root)
    accept(desk, ARTICLE, "_news/gone.md", "_news/heat-pumps.md", "_news/regatta.md")
    (harbour.root / "_news/regatta.md").unlink()
    done = run_search("apply", "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (3, f"{ARTICLE}  +1\n")
    assert "_news/gone.md is no article of the index" in done.stderr
    assert "_news/regatta.md: there is no such file" in done.stderr
    assert "2 decisions cannot be carried out" in done.stderr
    assert "webUrl: https://harbourpost.example/heat-pumps" in (harbour.root / ARTICLE).read_text()
    left = read_decisions(desk.decisions_file).pending_of(ARTICLE)
    assert [one.candidate for one in left] == ["_news/gone.md", "_news/regatta.md"]


def test_an_article_joins_no_list_of_its_own_and_none_twice(harbour, tmp_path):
    harbour.article("_news/second.md", "The same page", webUrl="https://harbourpost.example/heat-pumps?utm_source=x")
    harbour.article("_news/twin.md", "Our own page", webUrl="https://harbourpost.example/crowd-cameras/")
    build_index(harbour.root, tmp_path / "index")
    wanted = [ARTICLE, "_news/twin.md", "_news/heat-pumps.md", "_news/second.md"]
    with open_index(tmp_path / "index") as index:
        change = change_of(index, Settings(), ARTICLE, decided(ARTICLE, *wanted))
        assert change.added == ("_news/heat-pumps.md",)
        told = {one.candidate: one.what for one in change.refused}
        assert told[ARTICLE].endswith("is the article itself")
        assert told["_news/twin.md"].endswith("has the address of the article itself")
        assert "_news/second.md is in the list already" in told["_news/second.md"]
        for one in (ARTICLE, "_news/twin.md"):
            with pytest.raises(CannotJoin):
                change_to(index, Settings(), ARTICLE, change.before, [one])
        with pytest.raises(CannotJoin):
            change_to(index, Settings(), ARTICLE, change.before, ["_news/heat-pumps.md", "_news/second.md"])


WATCHDOG, PUMPS = "https://quaycourier.example/watchdog", "https://harbourpost.example/heat-pumps"


@pytest.fixture
def repeated(harbour, tmp_path):
    """A list that holds the heat pumps twice, around the watchdog."""
    listed = [item("First", PUMPS), item("Between", WATCHDOG), item("Second", PUMPS)]
    harbour.article("_news/repeated.md", "Twice the same", related=listed)
    build_index(harbour.root, tmp_path / "index")
    return harbour.root / "_news/repeated.md"


@pytest.mark.parametrize(
    ("position", "left"), [(None, ["First", "Between"]), (3, ["First", "Between"]), (1, ["Between", "Second"])]
)
def test_a_removal_takes_out_one_of_two_that_are_the_same(repeated, harbour, run_search, tmp_path, position, left):
    accept(desk_of(harbour.root), "_news/repeated.md", "_news/heat-pumps.md", verdict="removed", position=position)
    done = run_search("apply", "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (0, "_news/repeated.md  -1\n")
    text = repeated.read_text()
    assert [one for one in ("First", "Between", "Second") if f"title: {one}" in text] == left
    run_search("apply", "--index", tmp_path / "index")
    assert repeated.read_text() == text


def test_a_removal_of_every_item_that_shows_an_article_takes_out_all(repeated, harbour, run_search, tmp_path):
    more = {"verdict": "removed", "reason": EVERY, "position": 3}
    accept(desk_of(harbour.root), "_news/repeated.md", "_news/heat-pumps.md", **more)
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    assert PUMPS not in repeated.read_text()
    assert WATCHDOG in repeated.read_text()


def test_what_was_removed_as_a_repetition_stays_when_it_is_the_last(repeated, harbour, run_search, tmp_path):
    more = {"verdict": "removed", "reason": REPEATED, "position": 3}
    accept(desk_of(harbour.root), "_news/repeated.md", "_news/heat-pumps.md", **more)
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "repeated")
    build_index(harbour.root, tmp_path / "index")
    mended = repeated.read_text()
    assert mended.count(PUMPS) == 1
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    assert repeated.read_text() == mended


def test_mode_and_owner_are_kept_and_a_changed_file_is_not_overwritten(tmp_path):
    file = tmp_path / "a.md"
    file.write_bytes(b"old")
    file.chmod(0o640)
    with scratch_folder(tmp_path / ".search") as scratch:
        replace_file(file, b"old", b"new", scratch)
        assert file.read_bytes() == b"new"
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        with pytest.raises(FileConflict):
            replace_file(file, b"old", b"newer", scratch)
        assert file.read_bytes() == b"new"
        assert list(scratch.iterdir()) == []
    assert {path.name for path in (tmp_path / ".search").iterdir()} == {"lock", ".gitattributes", ".gitignore"}


def test_scratch_folders_of_killed_runs_go_and_nothing_else_of_the_folder(tmp_path):
    desk = tmp_path / ".search"
    (tmp_path / "kept").mkdir()
    for name in (".writing-ab12cd_9", "writing", ".writing-notes", "writing-ab12cd_9"):
        (desk / name).mkdir(parents=True)
        (desk / name / "file").write_text("text")
    (desk / ".writing-00000000").symlink_to(tmp_path / "kept")
    with scratch_folder(desk):
        assert not (desk / ".writing-ab12cd_9").exists()
    for name in ("writing", ".writing-notes", "writing-ab12cd_9"):
        assert (desk / name / "file").exists()
    assert (tmp_path / "kept").exists()


@pytest.mark.parametrize("link", [".search", ".search/decisions.jsonl", ".search/lock", ".search/.gitignore"])
def test_no_link_leads_the_desk_out_of_the_content(harbour, harbour_index, run_search, tmp_path, link):
    away = tmp_path / "away"
    (away / "writing").mkdir(parents=True)
    (away / "writing" / "mine.txt").write_text("mine")
    (harbour.root / link).parent.mkdir(exist_ok=True)
    (harbour.root / link).symlink_to(away if link == ".search" else away / "new")
    decisions = tmp_path / "decisions.jsonl"
    write_decisions(decisions, [Decision(ARTICLE, "_news/heat-pumps.md", "accepted", now_text())])
    done = run_search("apply", decisions, "--index", tmp_path / "index")
    assert "Traceback" not in done.stderr
    if link != ".search/.gitignore":
        assert done.returncode in {2, 74}
        assert link.split("/")[-1] in done.stderr
    assert [path.name for path in away.rglob("*")] == ["writing", "mine.txt"]


def test_a_link_within_the_content_is_followed(harbour):
    (harbour.root / "editors").mkdir()
    (harbour.root / ".search").symlink_to("editors")
    accept(desk_of(harbour.root), ARTICLE, "_news/heat-pumps.md")
    assert (harbour.root / "editors/decisions.jsonl").exists()


def test_a_file_that_may_not_be_written_is_named(harbour, harbour_index):
    change = change_of(harbour_index, Settings(), ARTICLE, decided(ARTICLE, "_news/heat-pumps.md"))
    changed = Change(change.article, change.file, b"somebody else's", change.after)
    ((_, error),) = list(write([changed], harbour.root / ".search"))
    assert isinstance(error, FileConflict)


def test_a_killed_apply_leaves_every_file_old_or_new_and_nothing_astray(tmp_path):
    site = Site(tmp_path / "content")
    for number in range(FILES):
        site.article(f"n{number}.md", f"Story {number}", related=[item("Other", f"https://o.example/{number}")])
    build_index(site.root, tmp_path / "index")
    desk = desk_of(site.root)
    for number in range(FILES):
        accept(desk, f"n{number}.md", f"n{(number + 1) % FILES}.md")
    old = {path: path.read_bytes() for path in site.root.glob("*.md")}
    with open_index(tmp_path / "index") as index:
        planned = list(plan(index, desk.settings, desk.decisions().pending()))
    assert not any(isinstance(one, Refusal) for one in planned)
    new = {one.file: one.after for one in planned if isinstance(one, Change)}
    decided = desk.decisions_file.read_bytes()
    command = [sys.executable, "-m", "search", "apply", "--index", str(tmp_path / "index")]
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    took = time.monotonic() - started
    dice = random.Random(7)  # noqa: S311
    torn = 0
    for _ in range(KILLS):
        for path, data in old.items():
            path.write_bytes(data)
        desk.decisions_file.write_bytes(decided)
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took * dice.uniform(0.3, 1.0))
        running.send_signal(signal.SIGKILL)
        running.wait()
        now = {path: path.read_bytes() for path in old}
        assert all(data in {old[path], new[path]} for path, data in now.items())
        torn += len({data == old[path] for path, data in now.items()}) == 2
        subprocess.run(command, check=True, capture_output=True)
        assert {path: path.read_bytes() for path in old} == new
        assert {path.name for path in site.root.rglob("*") if path.is_file()} == {
            *(path.name for path in old),
            "decisions.jsonl",
            "lock",
            ".gitattributes",
            ".gitignore",
        }
    told(f"{KILLS} kills of apply over {FILES} files, {torn} of them midway: every file old or new, nothing astray")
    if KILLS >= 20:
        assert torn, "no kill came while files were being written"


def test_a_content_root_that_cannot_be_written(harbour, run_search, tmp_path, ordinary_user):
    build_index(harbour.root, tmp_path / "index")
    decisions = tmp_path / "elsewhere.jsonl"
    write_decisions(decisions, [Decision(ARTICLE, "_news/heat-pumps.md", "accepted", now_text())])
    before = (harbour.root / ARTICLE).read_bytes()
    harbour.root.chmod(0o555)
    try:
        done = run_search("apply", decisions, "--index", tmp_path / "index", before=tuple(ordinary_user))
    finally:
        harbour.root.chmod(0o755)
    assert done.returncode == 74
    assert "cannot be written: permission denied" in done.stderr
    assert "Traceback" not in done.stderr
    assert (harbour.root / ARTICLE).read_bytes() == before


def test_applied_says_so(tmp_path):
    one = Decision("a.md", "b.md", "accepted", now_text())
    file = tmp_path / "d.jsonl"
    write_decisions(file, [one, *applied([one])])
    assert read_decisions(file).pending() == {}


ODD = {
    "a key that is an alias": b"---\na: &k foo\n*k : bar\ntitle: Old wharf\nrelated: []\n---\n",
    "a key elsewhere that is an alias": b"---\na: &k foo\nb: {*k : bar}\ntitle: Old wharf\nrelated: []\n---\n",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_file_keeps_no_other_from_being_written(harbour, run_search, tmp_path, odd, request):
    (harbour.root / "_news/aa-odd.md").write_bytes(odd)
    path = harbour.article("_news/taker.md", "Takes an article", related=[])
    build_index(harbour.root, tmp_path / "index")
    for article in ("_news/aa-odd.md", "_news/taker.md"):
        accept(desk_of(harbour.root), article, "_news/heat-pumps.md")
    done = run_search("apply", "--index", tmp_path / "index")
    assert done.returncode == (0 if "elsewhere" in request.node.callspec.id else 3)
    assert ("_news/aa-odd.md:3: a key is an alias" in done.stderr) == (done.returncode == 3)
    assert "heat-pumps" in path.read_text()
    assert "Traceback" not in done.stderr


CANDIDATES = {
    "an anchor that stands twice": (b"---\ntitle: Quay\nx: &q 1\ny: &q 2\n---\n", "too unusual to be copied"),
    "nothing left in it": (b"---\n# nothing\n---\n", ""),
    "half a character": (b'{"title": "Quay", "provider": {"\\ud801": "n"}}\n', ""),
}


@pytest.mark.parametrize(("later", "told"), CANDIDATES.values(), ids=CANDIDATES.keys())
def test_an_odd_candidate_keeps_no_other_from_being_written(harbour, run_search, tmp_path, later, told):
    odd = harbour.article("_news/odd.md", "Quay")
    path = harbour.article("_news/taker.md", "Takes an article", related=[])
    build_index(harbour.root, tmp_path / "index")
    odd.write_bytes(later)
    for candidate in ("_news/odd.md", "_news/heat-pumps.md"):
        accept(desk_of(harbour.root), "_news/taker.md", candidate)
    done = run_search("apply", "--index", tmp_path / "index")
    assert done.returncode == (3 if told else 0)
    assert told in done.stderr
    assert "heat-pumps" in path.read_text()


def test_a_fault_of_the_editor_is_told_and_the_next_file_is_written(harbour_index, monkeypatch):
    monkeypatch.setattr("search.desk.apply.edit_related", lambda *_: 1 / 0)
    decisions = {one: decided(one, "_news/regatta.md") for one in (FACES, ARTICLE)}
    told = [str(one) for one in plan(harbour_index, Settings(), decisions)]
    assert len(told) == 2
    assert all("the editor failed (ZeroDivisionError)" in one for one in told)


def test_a_fault_of_the_index_is_no_files_fault(harbour_index, monkeypatch):
    def broken(*_):
        raise sqlite3.DatabaseError("malformed")

    monkeypatch.setattr("search.desk.apply.names_of_items", broken)
    with pytest.raises(sqlite3.DatabaseError):
        list(plan(harbour_index, Settings(), {FACES: decided(FACES, "_news/heat-pumps.md")}))


def test_what_is_no_article_of_the_index_is_not_edited(harbour, run_search, tmp_path):
    build_index(harbour.root, tmp_path / "index")
    (harbour.root / ".git").mkdir(exist_ok=True)
    files = [".git/x.md", "_data/o.md", "later.md"]
    for name in files:
        (harbour.root / name).parent.mkdir(exist_ok=True)
        (harbour.root / name).write_text("---\ntitle: Hidden\n---\n")
        accept(desk_of(harbour.root), name, "_news/heat-pumps.md")
    done = run_search("apply", "--index", tmp_path / "index")
    assert done.returncode == 3
    assert all(f"{name} is no article of the index" in done.stderr for name in files)
    assert all((harbour.root / name).read_text() == "---\ntitle: Hidden\n---\n" for name in files)


def test_nothing_is_written_when_it_could_not_be_noted(harbour, run_search, tmp_path):
    (harbour.root / "search.toml").write_text('[desk]\ndecisions = "aside/d.jsonl"\n')
    (harbour.root / "aside").write_text("a file\n")
    path = harbour.article("_news/taker.md", "Takes an article", related=[])
    before = path.read_bytes()
    build_index(harbour.root, tmp_path / "index")
    given = tmp_path / "given.jsonl"
    write_decisions(given, [Decision("_news/taker.md", "_news/heat-pumps.md", "accepted", now_text())])
    done = run_search("apply", given, "--index", tmp_path / "index")
    assert done.returncode == 74
    assert path.read_bytes() == before


TAKEN = {
    "an address of another kind": (
        'webUrl: "javascript:alert(1)"\ncanonical_url: https://a.example/1',
        "https://a.example/1",
    ),
    "a pattern": ("permalink: /2025/:slug/\nurl: https://a.example/5", "https://a.example/5"),
    "a list": ("webUrl: [x]\noriginalUrl: https://a.example/2", "https://a.example/2"),
    "by a merge": ("base: &b {webUrl: https://a.example/3}\n<<: *b", "https://a.example/3"),
}


@pytest.mark.parametrize(("fields", "address"), TAKEN.values(), ids=TAKEN.keys())
def test_an_item_has_the_address_that_the_article_is_known_by(harbour, run_search, tmp_path, fields, address):
    (harbour.root / "_news/odd.md").write_text(f"---\ntitle: {{en: Quay}}\nheadline: The quay\n{fields}\n---\n")
    path = harbour.article("_news/taker.md", "Takes an article", related=[])
    build_index(harbour.root, tmp_path / "index")
    accept(desk_of(harbour.root), "_news/taker.md", "_news/odd.md")
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    text = path.read_text().partition("related:")[2]
    assert address in text
    assert "The quay" in text
    assert "javascript" not in text
    build_index(harbour.root, tmp_path / "index")
    assert run_search("audit", "--index", tmp_path / "index", "--rule", "gone-target").returncode == 0


def test_a_file_named_like_an_address_can_be_listed(harbour, run_search, tmp_path):
    (harbour.root / "Interview: the mayor.md").write_text("---\ntitle: The mayor\n---\n")
    path = harbour.article("_news/taker.md", "Takes an article", related=[])
    build_index(harbour.root, tmp_path / "index")
    accept(desk_of(harbour.root), "_news/taker.md", "Interview: the mayor.md")
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert [one.target for one in index.curated("_news/taker.md")] == ["Interview: the mayor.md"]
    accept(desk_of(harbour.root), "_news/taker.md", "Interview: the mayor.md")
    before = path.read_bytes()
    run_search("apply", "--index", tmp_path / "index")
    assert path.read_bytes() == before


def test_an_item_that_would_mean_another_article_is_not_written(harbour, run_search, tmp_path):
    (harbour.root / " a.md").write_text("---\ntitle: With a space before its name\n---\n")
    path = harbour.article("_news/taker.md", "Takes an article", related=[])
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index, pytest.raises(FileRefused, match="read as something else"):
        change_to(index, Settings(), "_news/taker.md", path.read_bytes(), [" a.md"])
    accept(desk_of(harbour.root), "_news/taker.md", " a.md")
    accept(desk_of(harbour.root), "_news/taker.md", "_news/heat-pumps.md")
    done = run_search("apply", "--index", tmp_path / "index")
    assert done.returncode == 3
    assert " a.md: an item that shows it would be read as something else" in done.stderr
    assert "heat-pumps" in path.read_text()
    assert "With a space" not in path.read_text()


def post(site, name, *lines, folder="_posts"):
    """Write a post as Jekyll has it, with lines of its own."""
    text = "\n".join(["---", f'title: "What {name} tells"', *lines, "---", "Body", ""])
    return site.write(f"{folder}/{name}.md", text)


def test_a_new_list_is_as_those_of_its_folder_are(site, run_search, tmp_path):
    for day in range(1, 6):
        post(site, f"2026-01-0{day}-note", "related_posts:", "  - 2026-02-01-base")
    base = post(site, "2026-02-01-base")
    post(site, "long", "related:", "- {title: What base tells, url: https://c.example/2026/02/01/base}", folder="wiki")
    wiki = post(site, "short", folder="wiki")
    before = base.read_text()
    build_index(site.root, tmp_path / "index", encoder="static")
    desk = desk_of(site.root)
    accept(desk, "_posts/2026-02-01-base.md", "_posts/2026-01-03-note.md", "wiki/long.md")
    accept(desk, "wiki/short.md", "_posts/2026-02-01-base.md")
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    added = 'related_posts:\n  - "2026-01-03-note"\n  - "long"\n---\n'
    assert base.read_text() == before.replace("\n---\n", f"\n{added}")
    assert 'related:\n  - title: "What 2026-02-01-base tells"\n    path: ' in wiki.read_text(), "no address is known"
    # what was written is what was meant, before the next build and after it
    for _ in range(2):
        with open_index(tmp_path / "index") as index:
            assert not change_of(index, Settings(), "_posts/2026-02-01-base.md", decided("x", "wiki/long.md")).added
        assert "gone-target" not in run_search("audit", "--index", tmp_path / "index").stdout
        build_index(site.root, tmp_path / "index")


def test_what_joins_a_short_list_has_its_keys_and_its_kind_of_address(site, run_search, tmp_path):
    site.write("search.toml", '[content]\nsite_url = "https://c.example"\n')
    post(site, "2026-03-04-comet", "date: 2026-03-04 09:00:00 +0100")
    path = post(
        site,
        "2026-03-06-fades",
        "related_posts:",
        '  - title: "Comet brightens"',
        "    url: /2026/03/04/comet.html",
        "    date: 2026-03-04",
    )
    post(site, "2026-03-08-gone", "date: 2026-03-08 00:30:00 +0100", "description: A look back.")
    post(site, "2026-03-09-named")
    build_index(site.root, tmp_path / "index", encoder="static")
    accept(desk_of(site.root), "_posts/2026-03-06-fades.md", "_posts/2026-03-08-gone.md", "_posts/2026-03-09-named.md")
    before = path.read_text()
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    added = "".join(
        f'  - title: "What {day}-{name} tells"\n    url: /{day.replace("-", "/")}/{name}.html\n    date: {day}\n'
        for day, name in (("2026-03-08", "gone"), ("2026-03-09", "named"))
    )
    assert path.read_text() == before.replace("---\nBody", f"{added}---\nBody")


def test_a_name_that_may_mean_another_file_is_not_written(site, tmp_path):
    for name in ("a", "b"):
        site.write(f"{name}/same.md", f"---\ntitle: The same name in {name}\n---\n")
    site.write("one.md", "---\ntitle: One of its name\n---\n")
    site.write("holder.md", "---\ntitle: A holder\nrelated: [one]\n---\n")
    build_index(site.root, tmp_path / "index", encoder="static")
    with open_index(tmp_path / "index") as index:
        change = change_of(index, Settings(), "holder.md", decided("holder.md", "a/same.md"))
    assert b"related: [one, a/same]\n" in change.after


def joined(site, tmp_path, related, *candidates):
    """Return the list of a file after some articles joined it."""
    page = site.write("holder.md", f"---\ntitle: A holder\nrelated:\n{related}---\n")
    build_index(site.root, tmp_path / "index", encoder="static")
    settings = load_settings(site.root)
    with open_index(tmp_path / "index") as index:
        change = change_of(index, settings, "holder.md", decided("holder.md", *candidates))
    assert [str(one) for one in change.refused] == []
    return change.after.decode().removeprefix(page.read_text().removesuffix("---\n")).removesuffix("---\n")


@pytest.mark.parametrize("site_url", ["", "https://c.example"])
def test_the_slug_of_a_file_is_what_lists_call_it(site, tmp_path, site_url):
    site.write("search.toml", f'[content]\nsite_url = "{site_url}"\n')
    site.write("n/old.md", "---\ntitle: An old one\n---\n")
    for name, slug in (("s", "my-slug"), ("a", "same"), ("b", "same")):
        site.write(f"n/{name}.md", f"---\ntitle: What {name} tells\nslug: {slug}\n---\n")
    assert joined(site, tmp_path, "  - slug: my-slug\n  - slug: old\n", "n/s.md") == "", "it is there already"
    assert joined(site, tmp_path, "  - slug: old\n", "n/s.md", "n/a.md") == "  - slug: my-slug\n  - slug: a\n"
    assert joined(site, tmp_path, "  - /n/old/\n", "n/s.md", "n/a.md") == "  - /n/my-slug/\n  - /n/a/\n"
    # what names files keeps naming files
    assert joined(site, tmp_path, "  - n/old.md\n", "n/s.md") == "  - n/s.md\n"
    assert joined(site, tmp_path, "  - old\n", "n/s.md") == "  - s\n"
    whole = "  - https://c.example/n/my-slug/\n" if site_url else "  - n/s.md\n"
    assert joined(site, tmp_path, "  - https://c.example/n/old/\n", "n/s.md") == whole


@pytest.mark.parametrize("form", ["  - {}\n", "  - path: {}\n", "  - url: {}\n"])
def test_a_permalink_is_what_joins_pages_and_is_understood(site, tmp_path, form):
    site.write("search.toml", '[content]\nsite_url = "https://c.example"\n')
    site.write("n/old.md", "---\ntitle: An old one\n---\n")
    site.write("n/p.md", "---\ntitle: One elsewhere\npermalink: /energy/wind.html\n---\n")
    assert joined(site, tmp_path, form.format("/n/old/"), "n/p.md") == form.format("/energy/wind.html")
    assert joined(site, tmp_path, form.format("/energy/wind.html"), "n/p.md") == "", "it is there already"


def test_a_post_joins_pages_by_its_date_unless_other_posts_stand_there_without(site, tmp_path):
    site.write("search.toml", '[content]\nsite_url = "https://c.example"\n')
    site.write("news/old.md", "---\ntitle: An old one\n---\n")
    post(site, "2026-03-04-comet")
    post(site, "2026-03-08-gone")
    gone = "_posts/2026-03-08-gone.md"
    assert joined(site, tmp_path, "  - /news/old/\n", gone) == "  - /2026/03/08/gone/\n"
    assert joined(site, tmp_path, "  - /news/old\n", gone) == "  - /2026/03/08/gone\n"
    whole = joined(site, tmp_path, "  - https://c.example/news/old/\n", gone)
    assert whole == "  - https://c.example/2026/03/08/gone/\n", "where site_url has it"
    assert joined(site, tmp_path, "  - /news/old/\n  - /comet/\n", gone) == "  - /gone/\n"


@pytest.mark.parametrize("text", ['+++\ntitle = "A"\nrelated = [{}]\n+++\n', '{{"title": "A", "related": [{}]}}\n'])
def test_what_a_person_wrote_into_toml_or_json_is_done(harbour, run_search, tmp_path, text):
    path = harbour.write("_news/hand.md", text.format(""))
    build_index(harbour.root, tmp_path / "index")
    accept(desk_of(harbour.root), "_news/hand.md", "_news/heat-pumps.md")
    refused = run_search("apply", "--index", tmp_path / "index")
    assert (refused.returncode, "is not edited; edit it by hand" in refused.stderr) == (3, True)
    path.write_text(text.format('"_news/heat-pumps.md"'))
    assert run_search("apply", "--check", "--index", tmp_path / "index").returncode == 0
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    again = run_search("apply", "--index", tmp_path / "index")
    assert (again.returncode, again.stderr) == (0, "nothing to apply\n")
    accept(desk_of(harbour.root), "_news/hand.md", "_news/heat-pumps.md", verdict="removed")
    assert run_search("apply", "--index", tmp_path / "index").returncode == 3
    path.write_text(text.format(""))
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0


def test_apply_goes_by_the_list_as_it_stands_and_says_so(harbour, run_search, tmp_path):
    build_index(harbour.root, tmp_path / "index")
    accept(desk_of(harbour.root), ARTICLE, "_news/heat-pumps.md")
    path = harbour.root / ARTICLE
    path.write_text(f"{path.read_text()}A body that was written since.\n")
    assert run_search("apply", "--index", tmp_path / "index").returncode == 0
    assert "heat-pumps" in path.read_text()
    assert path.read_text().endswith("A body that was written since.\n")
    told = " ".join(run_search("apply", "--help").stdout.replace("│", " ").split())
    assert "only the list as it stands now says what is left to do" in told
