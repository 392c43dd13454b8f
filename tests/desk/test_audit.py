"""The audit: each fault is found where it stands, and what has one right answer is mended."""

from __future__ import annotations

import json

import pytest

from search.cli.progress import Bars
from search.desk.audit import audit
from search.desk.faults import RULES
from search.desk.mend import with_lines
from search.desk.place import desk_of
from search.index.build import build_index
from search.index.opened import open_index
from search.related.ranker import ranker_for
from tests.site import item

HEAT = "https://harbourpost.example/heat-pumps"
UNITS = "The Kestrel K-40 units replace two oil boilers."


@pytest.fixture
def faulty(harbour, tmp_path):
    """The harbour with a list that has every fault."""
    harbour.write("search.toml", '[content]\nsite_url = "https://harbourpost.example"\n')
    harbour.article("_news/removed.md", "A story that was taken back", removed=True)
    copy = item(
        "Port buys heat pumps for the old customs house", HEAT, "The Kestrel K-40 units replace two oil boilers."
    )
    copy["publishedDateTime"] = "2025-02-11T08:00:00Z"
    harbour.article(
        "_news/faulty.md",
        "Harbour energy plan: what we know",
        published=True,
        related=[
            copy,
            {**copy, "title": "Port buys heat pumps"},
            item("Harbour energy plan: what we know", "https://harbourpost.example/faulty"),
            item("A story that was taken back", "https://harbourpost.example/removed"),
            item("Gone", "https://harbourpost.example/gone"),
            item("Rain delays the spring regatta", "https://harbourpost.example/regatta"),
            item("Police to scan faces at the ferry terminal", "https://harbourpost.example/face-cameras"),
            item("Police to scan faces at the ferry terminal", "https://harbourpost.example/face-cameras-wire"),
        ],
    )
    harbour.article("_news/drifted.md", "Heat pumps explained", related=[{**copy, "title": "Port to buy heat pumps"}])
    build_index(harbour.root, tmp_path / "index")
    return harbour


def found(folder, rules=frozenset(RULES)):
    with open_index(folder) as index, Bars() as progress:
        settings = desk_of(index.content_root).settings
        return list(with_lines(index, settings, audit(index, settings, rules, ranker_for(folder), progress)))


def test_every_fault_is_found_at_its_item_and_line(faulty, tmp_path):
    findings = found(tmp_path / "index")
    at = {(one.rule, one.position) for one in findings if one.path == "_news/faulty.md"}
    assert {
        ("repeated", 2),
        ("drifted", 2),
        ("itself", 3),
        ("removed-target", 4),
        ("gone-target", 5),
        ("unpublished", 6),
        ("same-story", 8),
    } <= at
    lines = (faulty.root / "_news/faulty.md").read_text().splitlines()
    for one in findings:
        if one.path == "_news/faulty.md" and one.position:
            starts = [number for number, line in enumerate(lines, 1) if line.startswith("- title:")]
            assert one.line == starts[one.position - 1]
    assert [one.position for one in findings if (one.path, one.rule) == ("_news/drifted.md", "drifted")] == [1]


def test_a_good_list_has_no_fault(harbour_index, tmp_path):
    severe = {name for name, (level, _) in RULES.items() if level == "error"}
    assert found(tmp_path / "index", severe) == []


def test_only_the_rules_asked_for(faulty, tmp_path):
    assert {one.rule for one in found(tmp_path / "index", {"itself"})} == {"itself"}


def test_fix_mends_what_has_one_right_answer_and_nothing_else(faulty, run_search, tmp_path):
    path = faulty.root / "_news/faulty.md"
    before = path.read_text()
    dry = run_search("audit", "--index", tmp_path / "index", "--fix", "--dry-run")
    assert "-  webUrl: https://harbourpost.example/faulty" in dry.stdout
    assert path.read_text() == before
    fixed = run_search("audit", "--index", tmp_path / "index", "--fix")
    assert fixed.returncode == 3
    after = path.read_text()
    assert after.count("related:") == 1
    assert after.count(HEAT) == 1
    assert after.count("https://harbourpost.example/gone") == 1
    assert "title: Port buys heat pumps for the old customs house" in (faulty.root / "_news/drifted.md").read_text()
    build_index(faulty.root, tmp_path / "index")
    left = {one.rule for one in found(tmp_path / "index")}
    assert not left & {"itself", "repeated", "drifted"}
    assert {"gone-target", "removed-target"} <= left


def test_fix_keeps_what_an_editor_wrote_into_a_copy(harbour, run_search, tmp_path):
    path = harbour.write(
        "_news/own.md",
        f"""---
title: Heat pumps explained
webUrl: https://harbourpost.example/own
related:
- pinned: true  # by the desk
  title: Port to buy heat pumps
  webUrl: {HEAT}
  publishedDateTime: 2025-02-12
  note: "ask the harbour master"
---
""",
    )
    before = path.read_text()
    build_index(harbour.root, tmp_path / "index")
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    changed = before.replace("Port to buy heat pumps", "Port buys heat pumps for the old customs house")
    changed = changed.replace("2025-02-12\n", '"2025-02-11T08:00:00Z"\n')
    assert path.read_text().replace(f'  excerpt: "{UNITS}"\n', "") == changed
    build_index(harbour.root, tmp_path / "index")
    assert found(tmp_path / "index", {"drifted"}) == []


def test_fix_does_not_choose_between_two_originals(harbour, run_search, tmp_path):
    harbour.article("_news/a-second.md", "Customs house to be warm", "By pumps.", webUrl=HEAT)
    # what is a copy of the one page shows the other's address as its AMP variant
    copy = item("Port to buy heat pumps", HEAT, ampWebUrl="https://harbourpost.example/crowd-cameras")
    drifted = harbour.article("_news/drifted.md", "Heat pumps explained", related=[copy])
    build_index(harbour.root, tmp_path / "index")
    (one,) = (one for one in found(tmp_path / "index", {"drifted"}) if one.path == "_news/drifted.md")
    assert (one.original, one.todo) == ("", "copy it anew from one of the 2 at its address")
    before = drifted.read_bytes()
    done = run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted", "--fail-on", "warning")
    assert done.returncode == 3
    assert "_news/drifted.md:" in done.stdout
    assert drifted.read_bytes() == before


def test_fix_copies_the_article_that_the_copy_names_first(harbour, run_search, tmp_path):
    # the file that has the AMP address comes first in the index, and is another story
    copy = item("Port to buy heat pumps", HEAT, ampWebUrl="https://harbourpost.example/crowd-cameras")
    drifted = harbour.article("_news/drifted.md", "Heat pumps explained", related=[copy])
    build_index(harbour.root, tmp_path / "index")
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert "Port buys heat pumps for the old customs house" in drifted.read_text()
    assert "Cameras that identify" not in drifted.read_text()


def test_another_site_whose_name_begins_like_ours_is_not_ours(harbour, tmp_path):
    harbour.write("search.toml", '[content]\nsite_url = "https://harbourpost.example"\n')
    foreign = item("Elsewhere", "https://harbourpost.example.org/gone")
    harbour.write(
        "_news/f.md",
        "---\ntitle: F\nwebUrl: https://harbourpost.example/f\nrelated: "
        f"[{foreign['webUrl']}, https://harbourpost.example/gone, https://harbourpost.example]\n---\n",
    )
    build_index(harbour.root, tmp_path / "index")
    gone = [one.position for one in found(tmp_path / "index", {"gone-target"}) if one.path == "_news/f.md"]
    assert gone == [2, 3]


def test_output_for_people_programs_and_code_hosts(faulty, run_search, tmp_path):
    text = run_search("audit", "--index", tmp_path / "index", "--fail-on", "never")
    assert text.returncode == 0
    assert "_news/faulty.md:" in text.stdout
    assert "[gone-target]" in text.stdout
    records = json.loads(run_search("audit", "--index", tmp_path / "index", "--format", "json").stdout)
    assert {"rule", "path", "position", "line", "severity", "what", "todo"} <= records[0].keys()
    log = json.loads(run_search("audit", "--index", tmp_path / "index", "--format", "sarif").stdout)
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    for result in run["results"]:
        assert result["ruleId"] in known
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] > 0
        assert not place["artifactLocation"]["uri"].startswith("/")
    bad = run_search("audit", "--index", tmp_path / "index", "--rule", "nonsense")
    assert bad.returncode == 2
    assert "known: gone-target" in bad.stderr
