"""Standard error for people and for programs."""

from __future__ import annotations

import json
import logging

from search.cli import log
from search.index.build import build_index


def events(done):
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_run_told_as_json(harbour, run_search, tmp_path):
    harbour.write("_news/broken.md", "---\ntitle: 'A\nsecured: sealed-text\n---\n")
    done = run_search("--log", "json", "--verbose", "index", harbour.root, "--index", tmp_path / "index")
    assert done.returncode == 0
    told = events(done)
    assert all({"time", "level", "message"} <= one.keys() for one in told)
    (problem,) = [one for one in told if one.get("event") == "problem"]
    assert (problem["level"], problem["path"], problem["line"]) == ("warning", "_news/broken.md", 2)
    assert {"phase", "indexed"} <= {one.get("event") for one in told}
    assert "sealed-text" not in done.stderr


def test_an_error_told_as_json(run_search):
    done = run_search("--log", "json", "query", "ferry", "--index", "nowhere")
    (told,) = events(done)
    assert (done.returncode, told["code"], told["error"], told["level"]) == (4, 4, "IndexMissing", "error")


def test_quiet_and_verbose(harbour, run_search, tmp_path):
    harbour.write("_news/broken.md", "---\ntitle: 'A\n---\n")
    quiet = run_search("--quiet", "index", harbour.root, "--index", tmp_path / "index")
    assert (quiet.returncode, quiet.stderr) == (0, "")
    verbose = run_search("--verbose", "index", harbour.root, "--rebuild", "--index", tmp_path / "index")
    assert "encoding: 7" in verbose.stderr
    assert run_search("--quiet", "query", "x", "--index", "nowhere").stderr.startswith("search: there is no index")


def test_what_a_terminal_would_obey_is_told_as_escapes(capsys):
    log.set_up(log.LogForm.TEXT, logging.INFO)
    log.warning("a\x1b[2J b\nc\u202e\u2028 d\udce9 é\u00a0東", hint="like\x07 this")
    assert capsys.readouterr().err == ("a\\x1b[2J b\\nc\\u202e\\u2028 d\\udce9 é\u00a0東\n        like\\x07 this\n")


def test_nothing_of_secured_is_in_an_index_or_an_answer(site, run_search, tmp_path):
    secret = "U2VhbGVkVGV4dA=="  # noqa: S105 - a text to look for
    site.article("a.md", "Ferry", "Crews stop work.", secured=secret, related=[{"title": "B", "secured": secret}])
    build_index(site.root, tmp_path / "index")
    for path in (tmp_path / "index").rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    for command in (["query", "ferry"], ["related", "a.md"], ["export", "--data", "out.json"], ["status", "--json"]):
        done = run_search(*command, "--index", tmp_path / "index")
        assert secret not in done.stdout + done.stderr
