"""Ctrl-C, as a terminal sends it: to all processes of the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from search.cli import main
from search.content.parallel import FEW

KEPT = "what is encoded so far is kept: the next run goes on from there"


@pytest.fixture
def many(site):
    for number in range(FEW + 200):
        site.article(f"{number}.md", f"Story {number} of the harbour", f"What was said on day {number}.")
    return site


def interrupted_at(site, folder, phase):
    """Interrupt a verbose run when it says that a phase begins, and return its code and what else it said."""
    command = [sys.executable, "-m", "search", "--verbose", "index", str(site.root), "--index", str(folder)]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    for line in running.stderr or ():
        if line.startswith(f"{phase}:"):
            os.killpg(running.pid, signal.SIGINT)
            break
    _, told = running.communicate()
    return running.returncode, told.splitlines()


@pytest.mark.parametrize("phase", ["reading", "encoding"])
def test_an_interrupted_run_says_what_is_kept(many, tmp_path, phase):
    code, told = interrupted_at(many, tmp_path / "index", phase)
    assert code == 130
    assert told[-2:] == [KEPT, "search: interrupted"]
    assert "Traceback" not in "".join(told)
    assert "resource_tracker" not in "".join(told)


def test_imports_can_be_interrupted(monkeypatch, capsys):
    class Interrupting:
        def find_spec(self, name, path, target=None):
            if name == "search.cli.edge":
                raise KeyboardInterrupt

    codes: list[int] = []
    monkeypatch.delitem(sys.modules, "search.cli.edge", raising=False)
    monkeypatch.delattr("search.cli.edge", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    monkeypatch.setattr(os, "_exit", codes.append)
    main.main()
    assert codes == [130]
    assert capsys.readouterr().err == "search: interrupted\n"


def test_the_entry_imports_nothing_that_takes_time():
    imported = "import sys; before = set(sys.modules); import search.cli.main; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True)
    assert done.stdout == "['search', 'search.cli', 'search.cli.main']\n"
