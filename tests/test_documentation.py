"""What is shown to readers does what is shown: README's session, examples of docstrings."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "search"
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def session():
    """The commands of README's session."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^## A session\n+```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


def test_the_session_of_the_readme(tmp_path):
    (tmp_path / "examples").symlink_to(REPOSITORY / "examples")
    commands = session()
    assert sum(command.startswith("search ") for command in commands) >= 5
    script = "\n".join(['search() { "$PYTHON" -m search "$@"; }', "set -eux", *commands])
    environment = os.environ | {"PYTHON": sys.executable, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    for title in ("Lenses above the ticket gates", "Live facial recognition would scan travellers"):
        assert title in done.stdout


def test_templates_print_no_comma_beside_nothing():
    text = (REPOSITORY / "docs" / "templates.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```(?:liquid|go-html-template|njk)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        assert not re.search(r"\{\{(?! if )[^}]*\}\},", block), "a comma, whether or not there is a name"


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of_docstrings(name):
    found = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert found.attempted
    assert found.failed == 0
