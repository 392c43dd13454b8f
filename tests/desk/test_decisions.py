"""Decisions: what holds is the latest, whatever the order of lines, and a rejection lasts as long as the texts do."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.content.settings import load_settings
from search.desk import decisions_file as decisions_module
from search.desk.decisions import Decision, Decisions, id_fault, is_in_force, now_text
from search.desk.decisions_file import read_decisions, write_decisions
from search.desk.files import DeskNotWritable, FileOutside
from search.desk.listing import EVERY, REPEATED, carried_out
from search.desk.place import desk_of
from search.desk.rejections import grades, text_of, without_rejected
from search.errors import UsageError
from search.index.build import build_index
from search.index.opened import open_index
from search.related.options import Options
from search.related.ranker import load_ranker
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.conftest import REPOSITORY

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def decision(candidate="b.md", verdict="accepted", minutes=0, **more):
    return Decision("a.md", candidate, verdict, now_text(NOON + timedelta(minutes=minutes)), **more)


def test_the_latest_verdict_holds_and_undone_is_none(tmp_path):
    file = tmp_path / "d.jsonl"
    write_decisions(file, [decision(), decision(verdict="rejected", minutes=5, reason="weak"), decision("c.md")])
    write_decisions(file, [decision("c.md", "undone", minutes=1)])
    known = read_decisions(file)
    assert known.latest[("a.md", "b.md")].reason == "weak"
    assert ("a.md", "c.md") not in known.latest
    assert known.pending() == {}


def test_what_was_applied_waits_no_longer_until_it_is_accepted_again(tmp_path):
    file = tmp_path / "d.jsonl"
    write_decisions(file, [decision(), decision(verdict="applied", minutes=1)])
    assert read_decisions(file).pending() == {}
    write_decisions(file, [decision(minutes=2)])
    assert [one.candidate for one in read_decisions(file).pending()["a.md"]] == ["b.md"]


LINES = st.lists(
    st.builds(
        decision,
        st.sampled_from(["b.md", "c.md", "é😀"]),
        st.sampled_from(["accepted", "rejected", "removed", "undone", "applied"]),
        st.integers(0, 3),
        reason=st.sampled_from(["", "weak"]),
        position=st.sampled_from([None, 1, 3]),
    ),
    max_size=12,
)


@given(lines=LINES, dice=st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(tmp_path_factory, lines, dice):
    folder = tmp_path_factory.mktemp("d")
    write_decisions(folder / "one.jsonl", lines)
    shuffled = [*lines, *lines[: len(lines) // 2]]
    dice.shuffle(shuffled)
    write_decisions(folder / "two.jsonl", shuffled)
    one, two, both = (
        read_decisions(*files)
        for files in ([folder / "one.jsonl"], [folder / "two.jsonl"], [folder / "two.jsonl", folder / "one.jsonl"])
    )
    assert one == two == both


def test_moments_sort_as_text_in_every_year(tmp_path):
    file = tmp_path / "d.jsonl"
    lines = [
        {"article": "a.md", "candidate": "b.md", "verdict": "rejected", "decided_at": "2025-01-01T00:00:00Z"},
        {"article": "a.md", "candidate": "b.md", "verdict": "accepted", "decided_at": "0999-01-01T00:00:00Z"},
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    latest = read_decisions(file).latest[("a.md", "b.md")]
    assert latest.verdict == "rejected"
    assert not is_in_force(
        replace(latest, decided_at=now_text(datetime(999, 1, 1, tzinfo=UTC))), ("", ""), timedelta(days=1), NOON
    )


def test_keys_of_texts_that_nobody_writes_are_none(tmp_path):
    file = tmp_path / "d.jsonl"
    line = {
        "article": "a.md",
        "candidate": "b.md",
        "verdict": "removed",
        "decided_at": now_text(),
        "texts": ["\ud800", 3],
    }
    file.write_text(json.dumps(line) + "\n")
    known = read_decisions(file)
    assert known.latest[("a.md", "b.md")].texts == ("", "")
    write_decisions(file, known.latest.values())


def test_a_bad_line_is_named_and_the_others_count(tmp_path):
    file = tmp_path / "d.jsonl"
    write_decisions(file, [decision()])
    good = file.read_text()
    odd = json.dumps({"article": "a", "candidate": "b", "verdict": "maybe", "decided_at": "2025-01-01"})
    when = json.dumps({"article": "a", "candidate": "b", "verdict": "accepted", "decided_at": "26 Nov\x1b[1m"})
    file.write_text(f"{good}<<<<<<< HEAD\n[1]\n{{}}\n{odd}\nnonsense\n{when}")
    known = read_decisions(file)
    assert len(known.latest) == 1
    assert [(problem.line, problem.what) for problem in known.problems] == [
        (2, "is left from a merge"),
        (3, "is no decision"),
        (4, "has no text as article, candidate, verdict, decided_at"),
        (5, "has a verdict that is not known; known are accepted, rejected, removed, undone, applied"),
        (6, "is no decision"),
        (7, "has a decided_at that is no time: 26 Nov; write it like 2025-06-01T10:00:00Z"),
    ]
    write_decisions(file, [decision("z.md")])
    assert ("a.md", "z.md") in read_decisions(file).latest


def test_ids_that_no_article_has_are_problems_and_told_harmlessly(harbour, harbour_index, run_search, tmp_path):
    file = tmp_path / "d.jsonl"
    write_decisions(file, [decision("b\x1b[31m.md"), decision("b\u202egnp.md"), decision("\u001b]0;x\u0007")])
    odd = {"article": "\ud800.md", "candidate": "b.md", "verdict": "accepted", "decided_at": "2025-01-01"}
    file.write_text(f"{file.read_text()}{json.dumps(odd)}\n")
    known = read_decisions(file)
    assert not known.latest
    assert {problem.what for problem in known.problems} == {"names an article by characters that no id has"}
    done = run_search("apply", file, "--index", tmp_path / "index")
    assert done.stderr.count("names an article by") == 4
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout + done.stderr)


@pytest.mark.parametrize("name", ["", "b\x1b[31m.md", "b\u202egnp.md", "\ud800.md", "a\u200f.md", "x" * 20_000])
def test_what_cannot_be_an_id_is_told_before_it_is_written(tmp_path, name):
    assert id_fault(name)
    line = {"article": name, "candidate": "b.md", "verdict": "accepted", "decided_at": "2025-01-01"}
    (tmp_path / "d.jsonl").write_text(json.dumps(line))
    known = read_decisions(tmp_path / "d.jsonl")
    assert not known.latest
    assert [problem.what for problem in known.problems] == [id_fault(name)]


@pytest.mark.parametrize("name", ["_news/ä.md", "https://example.com/a?b=%C3%A4", "می\u200cخواهم.md"])
def test_what_can_be_an_id(name):
    assert id_fault(name) == ""


def test_a_pipe_in_place_of_decisions_is_not_waited_for(tmp_path):
    file = tmp_path / "d.jsonl"
    os.mkfifo(file)
    known = read_decisions(file)
    assert not known.latest
    assert [problem.what for problem in known.problems] == ["cannot be read: no regular file"]
    with pytest.raises(DeskNotWritable, match="no regular file"):
        write_decisions(file, [decision()])


def test_a_device_in_place_of_decisions_is_not_read(tmp_path):
    (tmp_path / "d.jsonl").symlink_to("/dev/zero")
    assert [one.what for one in read_decisions(tmp_path / "d.jsonl").problems] == ["cannot be read: no regular file"]


def test_a_file_that_is_too_large_counts_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "d.jsonl"
    write_decisions(file, [decision(), decision("c.md")])
    monkeypatch.setattr(decisions_module, "MAX_LINES", 1)
    known = read_decisions(file)
    assert not known.latest
    assert [one.what for one in known.problems] == ["has more than 1 lines and is not read"]
    monkeypatch.undo()
    with file.open("ab") as stream:
        stream.truncate(decisions_module.MAX_SIZE + 1)  # a hole: it takes no room
    known = read_decisions(file)
    assert not known.latest
    assert [one.what for one in known.problems] == ["is larger than 64 MB and is not read"]
    with pytest.raises(DeskNotWritable, match="larger than 64 MB"):
        write_decisions(file, [decision()])


def test_a_file_that_nobody_would_read_any_more_is_not_made(tmp_path, monkeypatch):
    file = tmp_path / "d.jsonl"
    monkeypatch.setattr(decisions_module, "MAX_LINES", 3)
    write_decisions(file, [decision("b.md"), decision("c.md")])
    before = file.read_bytes()
    with pytest.raises(DeskNotWritable, match="more than 3 lines"):
        write_decisions(file, [decision("d.md"), decision("e.md")])
    assert file.read_bytes() == before
    write_decisions(file, [decision("d.md")])
    assert len(read_decisions(file).latest) == 3


def test_of_many_bad_lines_some_are_named(tmp_path):
    file = tmp_path / "d.jsonl"
    file.write_text("x\n" * 1_000)
    write_decisions(file, [decision()])
    known = read_decisions(file)
    assert len(known.latest) == 1
    assert len(known.problems) == decisions_module.MAX_PROBLEMS + 1
    assert known.problems[-1].what == "has 900 more lines that cannot be read"


def test_values_that_nobody_writes_do_no_harm(tmp_path):
    file = tmp_path / "d.jsonl"
    line = '{"article": "a", "candidate": "b", "verdict": "rejected", "decided_at": "2025-01-01", '
    file.write_text(f'{line}"score": NaN, "position": Infinity, "reason": "\\u001b[31m{"x" * 999}"}}\n' * 2)
    ((_, one),) = read_decisions(file).latest.items()
    assert (one.score, one.position) == (None, None)
    assert one.reason.isprintable()
    assert len(one.reason) <= 200


def test_a_bad_line_is_named_with_the_path_of_its_file(harbour, harbour_index, run_search, tmp_path):
    harbour.write(".search/decisions.jsonl", "\nnot json\n")
    theirs = tmp_path / "decisions.jsonl"
    theirs.write_text("not json\n")
    places = [str(problem).split(": ")[0] for problem in desk_of(harbour.root).decisions_with(theirs)[0].problems]
    assert places == [".search/decisions.jsonl:2", f"{theirs}:1"]
    done = run_search("suggest", "--all", "--index", tmp_path / "index")
    assert ".search/decisions.jsonl:2: is no decision; correct or delete the line" in done.stderr.splitlines()


def test_git_merges_the_files_of_two_editors(tmp_path):
    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=E", "-c", "user.email=e@example.com", *arguments],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    file = tmp_path / ".search" / "decisions.jsonl"
    git("init", "-q", "-b", "main")
    write_decisions(file, [decision()])
    git("add", "-A")
    git("commit", "-qm", "first")
    git("checkout", "-qb", "other")
    write_decisions(file, [decision("c.md", minutes=1)])
    git("commit", "-qam", "other")
    git("checkout", "-q", "main")
    write_decisions(file, [decision("d.md", minutes=2)])
    git("commit", "-qam", "mine")
    git("merge", "-q", "other", "-m", "both")
    known = read_decisions(file)
    assert not known.problems
    assert {candidate for _, candidate in known.latest} == {"b.md", "c.md", "d.md"}


def test_a_rejection_lasts_until_a_text_changes_or_it_expires():
    one = decision(verdict="rejected", texts=("x", "y"))
    assert is_in_force(one, ("x", "y"), None, NOON + timedelta(days=999))
    assert not is_in_force(one, ("x", "changed"), None, NOON)
    assert is_in_force(one, ("x", "y"), timedelta(days=90), NOON + timedelta(days=89))
    assert not is_in_force(one, ("x", "y"), timedelta(days=90), NOON + timedelta(days=91))


def test_what_was_rejected_is_not_proposed_again(harbour_index):
    subject = find_subject(harbour_index, "_news/crowd-cameras.md")
    desk = desk_of(harbour_index.content_root)

    def proposed(**blind):
        options = without_rejected(harbour_index, subject, Options(**blind), desk.decisions(), NOON)
        return [one.article.id for one in suggest(harbour_index, subject, options).suggested]

    first = proposed()[0]
    row = harbour_index.row_of_id(first)
    texts = (text_of(subject.article), text_of(harbour_index.articles([row])[row]))
    rejected = Decision(subject.article.id, first, "rejected", now_text(NOON), "unrelated", texts=texts)
    write_decisions(desk.decisions_file, [rejected])
    assert first not in proposed()
    assert first in proposed(blind=True)
    assert grades(harbour_index, desk.decisions().latest.values()) == {
        harbour_index.row_of_id(subject.article.id): {row: 0}
    }


@pytest.mark.parametrize(("reason", "left"), [("unrelated", []), ("", []), ("weak", ["_news/face-cameras-wire.md"])])
def test_with_a_story_its_other_tellings_are_turned_down(harbour_index, reason, left):
    subject = find_subject(harbour_index, "_news/crowd-cameras.md")
    desk = desk_of(harbour_index.content_root)
    write_decisions(
        desk.decisions_file,
        [Decision(subject.article.id, "_news/face-cameras.md", "rejected", now_text(NOON), reason)],
    )
    options = without_rejected(harbour_index, subject, Options(), desk.decisions(), NOON)
    proposed = {one.article.id for one in suggest(harbour_index, subject, options).suggested}
    assert sorted(one for one in proposed if one.startswith("_news/face-cameras")) == left


@pytest.fixture(scope="module")
def examples_index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    build_index(REPOSITORY / "examples" / "content", folder / "index", encoder="static")
    with open_index(folder / "index") as index:
        yield index


@pytest.mark.parametrize(("reason", "stays_away"), [("", True), ("repeats", True), ("weak", False)])
def test_what_is_folded_under_a_suggestion_is_turned_down_with_it(examples_index, reason, stays_away):
    seen, ranker = 0, load_ranker()
    for (name,) in examples_index.connection.execute("SELECT id FROM article WHERE origin = 'file'").fetchall():
        subject = find_subject(examples_index, name)
        first = next((one for one in suggest(examples_index, subject, ranker=ranker).suggested if one.also), None)
        if first is None:
            continue
        decided = Decision(name, first.article.id, "rejected", now_text(NOON), reason)
        decisions = Decisions({(name, decided.candidate): decided}, frozenset(), (), {name: (decided,)})
        options = without_rejected(examples_index, subject, Options(), decisions, NOON)
        after = suggest(examples_index, subject, options, ranker=ranker).suggested
        shown = {some for one in after for some in (one.article.id, *one.also)}
        assert first.article.id not in shown
        if stays_away:
            assert not shown & set(first.also), f"{first.also} come after {first.article.id} for {name}"
        seen += bool(shown & set(first.also)) or stays_away
    assert seen > 5


@pytest.mark.parametrize("reason", [REPEATED, EVERY])
def test_a_removal_says_that_an_article_does_not_belong_when_every_item_that_shows_it_goes(harbour_index, reason):
    subject = find_subject(harbour_index, "_news/crowd-cameras.md")
    desk = desk_of(harbour_index.content_root)
    removed = Decision(subject.article.id, "_news/face-cameras.md", "removed", now_text(NOON), reason)
    write_decisions(desk.decisions_file, [removed])
    decisions = desk.decisions()
    row = harbour_index.row_of_id("_news/face-cameras.md")
    every = reason == EVERY
    rejected = without_rejected(harbour_index, subject, Options(), decisions, NOON).rejected
    assert (row in rejected) == bool(rejected) == every
    assert grades(harbour_index, decisions.latest.values()) == ({subject.row: {row: 0}} if every else {})


def test_a_removal_of_every_item_is_carried_out_when_none_is_left():
    one = Decision("a.md", "b.md", "removed", now_text(NOON), EVERY)
    both, last = [{"b.md"}, {"c.md"}, {"b.md"}], [{"c.md"}, {"b.md"}]
    assert carried_out(both, last, [one]) == []
    assert carried_out(both, [{"c.md"}], [one]) == [one]
    assert carried_out(both, last, [replace(one, reason="")]) == [replace(one, reason="")]


def test_the_place_of_decisions_is_set_in_the_content_root_and_stays_in_it(tmp_path):
    (tmp_path / "search.toml").write_text('[desk]\ndecisions = "editors/decided.jsonl"\n')
    assert desk_of(tmp_path).decisions_file == tmp_path / "editors" / "decided.jsonl"
    for bad in ("/etc/decided.jsonl", "../decided.jsonl", "decided.txt"):
        (tmp_path / "search.toml").write_text(f'[desk]\ndecisions = "{bad}"\n')
        with pytest.raises(UsageError, match="no path below"):
            load_settings(tmp_path)


@pytest.mark.parametrize("target", ["../.git/config", "../_news/a.md", "../deploy.sh", "../.git/decisions.jsonl"])
def test_no_link_makes_a_file_of_decisions_of_something_else(tmp_path, target):
    for folder in (".search", ".git", "_news"):
        (tmp_path / folder).mkdir()
    (tmp_path / ".search" / "decisions.jsonl").symlink_to(target)
    with pytest.raises(FileOutside, match=r"what git keeps|holds no decisions"):
        _ = desk_of(tmp_path).decisions_file


def test_no_link_makes_the_desk_write_for_git(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".search").symlink_to(".git")
    with pytest.raises(FileOutside, match="what git keeps"):
        _ = desk_of(tmp_path).folder


def test_every_command_that_goes_by_decisions_names_the_lines_it_cannot_read(harbour, run_search, tmp_path):
    build_index(harbour.root, tmp_path / "indexes" / "default")
    article, candidate = "_news/face-cameras.md", "_news/crowd-cameras.md"
    file = desk_of(harbour.root).decisions_file
    write_decisions(file, [Decision(article, candidate, "rejected", now_text(), "unrelated")])
    file.write_text(f"<<<<<<< HEAD\n{file.read_text()}>>>>>>> theirs\n")
    told = [f".search/decisions.jsonl:{line}: is left from a merge" for line in (1, 3)]
    commands = [
        ("related", article),
        ("suggest", article),
        ("export", "--data", "data.json"),
        ("eval", "--decisions"),
        ("learn", "--dry-run"),
        ("apply", "--dry-run"),
    ]
    for command in commands:
        done = run_search(*command)
        # there are too few lists to learn from, and what writes must not be green
        assert done.returncode == {"learn": 2, "apply": 3}.get(command[0], 0), done.stderr
        for place in told:
            assert done.stderr.count(place) == 1, command
