"""Standard error for people and for programs."""

from __future__ import annotations

import json
import logging
import unicodedata

import pytest

from search.cli import log
from search.cli.inert import inert, inert_json
from search.index.build import build_index


def events(done):
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_run_told_as_json(harbour, run_process, tmp_path):
    harbour.write("_news/broken.md", "---\ntitle: 'A\nsecured: sealed-text\n---\n")
    done = run_process("--log", "json", "--verbose", "index", harbour.root, "--index", tmp_path / "index")
    assert done.returncode == 0
    told = events(done)
    assert all({"time", "level", "message"} <= one.keys() for one in told)
    (problem,) = [one for one in told if one.get("event") == "problem"]
    assert (problem["level"], problem["path"], problem["line"]) == ("warning", "_news/broken.md", 2)
    assert {"phase", "indexed"} <= {one.get("event") for one in told}
    assert "sealed-text" not in done.stderr


def test_an_error_told_as_json(run_process):
    done = run_process("--log", "json", "query", "ferry", "--index", "nowhere")
    (told,) = events(done)
    assert (done.returncode, told["code"], told["error"], told["level"]) == (4, 4, "IndexMissing", "error")


def test_quiet_and_verbose(harbour, run_process, tmp_path):
    harbour.write("_news/broken.md", "---\ntitle: 'A\n---\n")
    quiet = run_process("--quiet", "index", harbour.root, "--index", tmp_path / "index")
    assert (quiet.returncode, quiet.stderr) == (0, "")
    verbose = run_process("--verbose", "index", harbour.root, "--rebuild", "--index", tmp_path / "index")
    assert "encoding: 7" in verbose.stderr
    assert run_process("--quiet", "query", "x", "--index", "nowhere").stderr.startswith("search: there is no index")


def test_what_a_terminal_would_obey_is_told_as_escapes(capsys):
    log.set_up(log.LogForm.TEXT, logging.INFO)
    log.warning("a\x1b[2J b\nc\u202e\u2028 d\udce9 é\u00a0東", hint="like\x07 this")
    assert capsys.readouterr().err == ("a\\x1b[2J b\\nc\\u202e\\u2028 d\\udce9 é\u00a0東\n        like\\x07 this\n")


def test_joiners_are_told_as_written_where_a_reader_would_miss_them():
    assert inert("نمی\u200cشود 👩\u200d💻") == "نمی\u200cشود 👩\u200d💻"
    assert inert("fer\u200cry \u200dنمی\u202e\u200c") == "fer\\u200cry \\u200dنمی\\u202e\\u200c"


def test_what_a_terminal_would_obey_is_escaped_in_json(capsys):
    log.set_up(log.LogForm.JSON, logging.INFO)
    text = "a\x1b[2J\x9b\nc\u202e\u2028\u200d\ufeff d\udce9 é東"
    log.warning(text, hint="like\x9b this")
    told = capsys.readouterr().err
    assert told.isascii()
    assert (json.loads(told)["message"], json.loads(told)["hint"]) == (text, "like\x9b this")


@pytest.mark.parametrize("indent", [None, 2])
def test_results_in_json_hold_nothing_that_is_not_seen(indent):
    record = {"title\x9b": ["a\x1b\x7f\x85\u202e\u2028\u200d\ufeff\U000e0041\ud800 é\u00a0東", {"b": "\n"}]}
    text = inert_json(record, indent)
    assert json.loads(text) == record
    assert "é\u00a0東" in text
    unseen = {one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp", "Cs"}}
    assert unseen <= ({"\n"} if indent else set())


def test_answers_and_findings_are_escaped(site, run_process, tmp_path):
    title = "Ferry \x9b2J\u202e\u200d strike"
    site.article("a\u200d.md", title, related=[{"title": title, "webUrl": "https://harbourpost.example/a\u200d"}])
    build_index(site.root, tmp_path / "index")
    for command in (["query", "ferry", "--format", "json"], ["audit", "--format", "sarif"], ["status", "--json"]):
        done = run_process(*command, "--index", tmp_path / "index")
        json.loads(done.stdout)
        assert not {"\x9b", "\u202e", "\u200d"} & set(done.stdout)


@pytest.mark.parametrize("arguments", [["query", "--nope"], ["nosuch"], [], ["query", "x", "-k", "many"]])
@pytest.mark.parametrize("asked", [["--log", "json"], ["--log=json"]])
def test_wrong_arguments_are_told_as_json(run_process, asked, arguments):
    done = run_process(*asked, *arguments)
    (told,) = events(done)
    assert (done.returncode, told["code"], told["error"], done.stdout) == (2, 2, "UsageError", "")
    assert run_process(*arguments).stderr.startswith("Usage: ")


def test_an_argument_that_is_not_utf_8_is_told_as_json(run_process):
    done = run_process("--log", "json", "query", b"caf\xe9".decode("utf-8", "surrogateescape"))
    (told,) = events(done)
    assert (done.returncode, told["code"], told["message"]) == (2, 2, r"search: caf\xe9 is not UTF-8")


def test_nothing_of_secured_is_in_an_index_or_an_answer(site, run_process, tmp_path):
    secret = "U2VhbGVkVGV4dA=="  # noqa: S105 - a text to look for
    site.article("a.md", "Ferry", "Crews stop work.", secured=secret, related=[{"title": "B", "secured": secret}])
    build_index(site.root, tmp_path / "index")
    for path in (tmp_path / "index").rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    for command in (["query", "ferry"], ["related", "a.md"], ["export", "--data", "out.json"], ["status", "--json"]):
        done = run_process(*command, "--index", tmp_path / "index")
        assert secret not in done.stdout + done.stderr
