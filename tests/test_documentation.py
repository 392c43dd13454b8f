"""What is shown to readers does what is shown: README's session, examples of docstrings."""

from __future__ import annotations

import dataclasses
import doctest
import importlib
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from search.desk.faults import MENDED, RULES, Finding
from search.index.build import build_index
from search.related.ranker import CARD_FILE, DEFAULT_FOLDER
from tests.conftest import REPOSITORY
from tests.site import Site

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
    for title in ("Lenses above the ticket gates", "Police in Maravel are to use live facial recognition"):
        assert title in done.stdout


@pytest.fixture
def clone(tmp_path):
    """A clone that lies in a folder with a space, its environment that of the tests."""
    root = tmp_path / "a clone"
    (root / "scripts").mkdir(parents=True)
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / "indexes").mkdir()
    (root / "examples").symlink_to(REPOSITORY / "examples")
    shutil.copy(REPOSITORY / "scripts" / "run", root / "scripts" / "run")
    for name, command in {
        "scripts/environment": "exit 0",
        ".venv/bin/search": f'"{sys.executable}" -m search "$@"',
    }.items():
        (root / name).write_text(f'#!/usr/bin/env bash\nexport PYTHONPATH="{REPOSITORY}"\n{command}\n')
        (root / name).chmod(0o755)
    return root


@pytest.mark.parametrize("place", ["a clone", "elsewhere"])
def test_the_script_runs_the_program_where_you_stand(clone, tmp_path, place):
    here = tmp_path / place
    here.mkdir(exist_ok=True)

    def run(*arguments):
        command = [os.path.relpath(clone / "scripts" / "run", here), *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=here, check=False)

    done = run()
    assert done.returncode == 0, done.stderr
    assert "Lenses above the ticket gates" in done.stdout
    advice = done.stdout.splitlines()[-2].removeprefix("Ask it something yourself: ").replace("…", "cameras")
    assert subprocess.run(["bash", "-c", advice], capture_output=True, cwd=here, check=False).returncode == 0
    Site(here / "mine").article("a.md", "A ferry to the harbour")
    assert run("index", "mine", "--index", "ix", "--encoder", "static").returncode == 0
    assert (here / "ix" / "CURRENT").is_file()
    assert run("query", "ferry", "--index", "ix", "--format", "paths").stdout == "mine/a.md\n"


def test_a_link_to_the_script_runs_the_program(clone, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "link").symlink_to("a clone/scripts/run")
    (tmp_path / "bin" / "r").symlink_to("../link")
    command = ["bin/r", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, "why-not" in done.stdout) == (0, True), done.stderr


def sections(name):
    """The rows of the tables of a page, by heading."""
    text = (REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    parts = re.split(r"^#+ (.*)\n", text, flags=re.MULTILINE)[1:]
    rows = (re.findall(r"^\| (`.*) \|$", part, re.MULTILINE) for part in parts[1::2])
    return {heading: [row.split(" | ") for row in some] for heading, some in zip(parts[::2], rows, strict=True)}


def test_all_rules_of_the_audit_are_told():
    (rows,) = sections("audit.md").values()
    assert [(rule.strip("`"), severity) for rule, severity, *_ in rows] == [
        (name, severity) for name, (severity, _) in RULES.items()
    ]
    assert {rule.strip("`") for rule, *_, mended in rows if mended != "–"} == MENDED
    fields = re.findall(
        r"`(\w+)`", (REPOSITORY / "docs" / "audit.md").read_text(encoding="utf-8").split("objects with")[1]
    )
    assert {field.name for field in dataclasses.fields(Finding)} | {"severity"} <= set(fields)


def paths(value, at=""):
    """The places of all values in JSON, alike for all items of a list."""
    if isinstance(value, dict) and value:
        return {path for key, inner in value.items() for path in paths(inner, f"{at}.{key}" if at else key)}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {path for inner in value for path in paths(inner, f"{at}[]")}
    return {at}


def test_all_fields_of_json_are_told(run_search, tmp_path):
    told = {
        heading: {name for field, *_ in rows for name in re.findall(r"`([^`]+)`", field)}
        for heading, rows in sections("json.md").items()
    }
    build_index(REPOSITORY / "examples" / "content", tmp_path / "index")

    def printed(*command):
        return json.loads(run_search(*command, "--index", tmp_path / "index").stdout)

    two = "facial recognition at stations in 2025 or june 1999"
    answer = printed("query", two, "--explain", "--format", "json", "-k", 1)
    article = "_news/2025-03-10-interior-ministry-wants-facial-recognition-at-every-port.md"
    related = printed("related", article, "--format", "json", "-k", 3)
    assert printed("suggest", article, "-k", 3) == related
    line = printed("query", two, "--explain", "--format", "jsonl", "-k", 1)
    assert line == {"qid": "1", **answer["results"][0]}
    results, suggested = answer.pop("results"), related.pop("suggested")
    assert results[0]["story"]
    assert related["curated"]
    assert told["What `query` prints"] == paths(answer) | {"results"}
    assert told["A result"] == paths(results[0])
    assert told["What `related` and `suggest` print"] == paths(related) | {"suggested"}
    assert told["A suggestion"] == set().union(*map(paths, suggested))


def test_templates_print_no_comma_beside_nothing():
    text = (REPOSITORY / "docs" / "templates.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```(?:liquid|go-html-template|njk)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        assert not re.search(r"\{\{(?! if )[^}]*\}\},", block), "a comma, whether or not there is a name"


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of_docstrings(name):
    found = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert found.attempted
    assert found.failed == 0


# What a figure of the ranker is called in README's tables, and which cell of its row it is.
TOLD = {
    "graded nDCG@5": ("160 articles graded by reading, nDCG@5", 1),
    "judged nDCG@5": ("the 17 judged articles, nDCG@5", 1),
    "lists 1-5 nDCG@10": ("curated lists of 1–5 items, nDCG@10", 1),
    "lists 6-20 nDCG@10": ("of 6–20", 1),
    "lists 21-60 nDCG@10": ("of 21–60", 1),
}


def test_the_figures_of_the_ranker_that_ships_are_those_of_the_readme():
    card = json.loads((DEFAULT_FOLDER / CARD_FILE).read_text(encoding="utf-8"))
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in readme.splitlines() if line.startswith("| ")]
    cells = {row[0]: [cell.strip("*") for cell in row] for row in rows}
    error = re.search(r"off by (\S+) over the graded pairs", readme)
    shown = {name: cells[row][place] for name, (row, place) in TOLD.items()}
    shown["calibration error"] = error[1] if error else ""
    assert shown == {name: f"{figure:.3f}" for name, figure in card["figures"].items()}
