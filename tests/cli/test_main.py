"""The program's edge: whatever happens is a line and an exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from search.cli import edge
from search.index.build import build_index


@pytest.fixture
def faulty(monkeypatch):
    """``search status`` fails in a way that nobody foresaw."""

    def fail(_):
        raise RuntimeError("seven\x1b[31m of nine\nof ten")

    monkeypatch.setattr("search.index.opened.open_index", fail)


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["search", *arguments])
    return edge.run()


@pytest.mark.usefixtures("faulty")
def test_a_fault_is_one_line_and_no_code_that_means_something_else(monkeypatch, capsys):
    assert run(monkeypatch, "status") == 70
    first, second = capsys.readouterr().err.splitlines()
    assert first == r"search: a fault of the program: RuntimeError: seven\x1b[31m of nine\nof ten"
    assert "search --verbose COMMAND" in second


@pytest.mark.usefixtures("faulty")
def test_a_fault_shows_where_when_asked(monkeypatch, capsys):
    assert run(monkeypatch, "--verbose", "status") == 70
    told = capsys.readouterr().err
    assert "Traceback (most recent call last)" in told
    assert "\x1b" not in told
    assert run(monkeypatch, "--verbose", "--log", "json", "status") == 70
    (event,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (event["code"], event["error"]) == (70, "RuntimeError")
    assert "Traceback" in event["traceback"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["status", "--json"], ["--version"]])
def test_output_that_cannot_be_written(harbour, tmp_path, arguments):
    build_index(harbour.root, tmp_path / "indexes" / "default")
    with open("/dev/full", "w") as full:  # noqa: PTH123
        command = [sys.executable, "-m", "search", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 74
    assert done.stderr.startswith("search: input or output failed: No space left")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
@pytest.mark.parametrize("option", ["--articles", "--data"])
def test_an_export_that_cannot_be_written(harbour, tmp_path, run_search, option):
    build_index(harbour.root, tmp_path / "indexes" / "default")
    (tmp_path / "full.json").symlink_to("/dev/full")
    done = run_search("export", option, "full.json")
    assert (done.returncode, done.stderr) == (74, "search: full.json: No space left on device\n")


def test_a_reader_of_an_export_that_goes_away_is_no_fault(harbour, tmp_path):
    build_index(harbour.root, tmp_path / "indexes" / "default")
    for number in range(200):  # more than a pipe takes
        harbour.article(f"_news/{number}.md", f"Story {number}", "Of the harbour and of its pumps. " * 20)
    build_index(harbour.root, tmp_path / "indexes" / "default")
    command = f"{sys.executable} -m search export --articles /dev/stdout | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_away_does_not_mean_that_nothing_is_found(harbour, tmp_path):
    build_index(harbour.root, tmp_path / "indexes" / "default")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "search", "query", "police"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_closed_standard_output_is_no_fault(tmp_path):
    command = f"{sys.executable} -m search status >&-"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, check=False)  # noqa: S602
    assert done.returncode == 4
    assert "there is no index" in done.stderr
    assert "Traceback" not in done.stderr
