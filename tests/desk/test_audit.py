"""The audit: each fault is found where it stands, and what has one right answer is mended."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from search.cli.progress import Bars
from search.content.frontmatter import read_front_matter
from search.desk.audit import audit
from search.desk.faults import RULES
from search.desk.mend import with_lines
from search.desk.place import desk_of
from search.desk.same_story import conflict_of_numbers
from search.index.build import build_index
from search.index.opened import open_index
from search.related.ranker import ranker_for
from tests.conftest import HARBOUR_POST
from tests.site import item

HEAT = "https://harbourpost.example/heat-pumps"
NORTHERN_WIRE = {"name": "Northern Wire", "domain": "northernwire.example"}
UNITS = "The Kestrel K-40 units replace two oil boilers."


def ours(title, url, excerpt="", **fields):
    """Return an item that shows an article of our own."""
    return item(title, url, excerpt, **{"provider": HARBOUR_POST, **fields})


@pytest.fixture
def faulty(harbour, tmp_path):
    """The harbour with a list that has every fault."""
    harbour.write("search.toml", '[content]\nsite_url = "https://harbourpost.example"\n')
    harbour.article("_news/removed.md", "A story that was taken back", removed=True)
    copy = ours("Port buys heat pumps for the old customs house", HEAT, UNITS, quality=60)
    copy["publishedDateTime"] = "2025-02-11T08:00:00Z"
    harbour.article(
        "_news/faulty.md",
        "Harbour energy plan: what we know",
        published=True,
        related=[
            copy,
            {**copy, "title": "Port buys heat pumps"},
            ours("Harbour energy plan: what we know", "https://harbourpost.example/faulty"),
            ours("A story that was taken back", "https://harbourpost.example/removed"),
            ours("Gone", "https://harbourpost.example/gone"),
            ours("Rain delays the spring regatta", "https://harbourpost.example/regatta"),
            ours("Police to scan faces at the ferry terminal", "https://harbourpost.example/face-cameras"),
            ours(
                "Police to scan faces at the ferry terminal",
                "https://harbourpost.example/face-cameras-wire",
                provider=NORTHERN_WIRE,
            ),
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
        ("itself", 3),
        ("removed-target", 4),
        ("gone-target", 5),
        ("unpublished", 6),
        ("same-story", 8),
    } <= at
    assert ("drifted", 2) not in at, "it goes as a repetition"
    only = {(one.rule, one.position) for one in found(tmp_path / "index", {"drifted"}) if one.path == "_news/faulty.md"}
    assert ("drifted", 2) in only
    lines = (faulty.root / "_news/faulty.md").read_text().splitlines()
    for one in findings:
        if one.path == "_news/faulty.md" and one.position:
            starts = [number for number, line in enumerate(lines, 1) if line.startswith("- title:")]
            assert one.line == starts[one.position - 1]
    assert [one.position for one in findings if (one.path, one.rule) == ("_news/drifted.md", "drifted")] == [1]


def test_a_good_list_has_no_fault(harbour_index, tmp_path):
    severe = {name for name, (level, _) in RULES.items() if level == "error"}
    assert found(tmp_path / "index", severe) == []


def test_who_lists_a_draft_need_say_nothing_of_itself(site, tmp_path):
    related = ["https://harbourpost.example/idea"]
    for name, flag in {"says": {"draft": False}, "silent": {}, "itself": {"draft": True}}.items():
        site.article(f"{name}.md", f"A story that {name}", related=related, **flag)
    site.article("idea.md", "An idea", draft=True)
    build_index(site.root, tmp_path / "index", encoder="static")
    assert [one.path for one in found(tmp_path / "index", {"unpublished"})] == ["says.md", "silent.md"]


@pytest.mark.parametrize(("published", "findings"), [(50, 0), (51, 51)])
def test_a_site_without_flags_has_a_habit_where_most_of_what_it_lists_is_unpublished(
    site, tmp_path, published, findings
):
    listed = [f"{kind}-{number}" for kind in ("live", "idea") for number in range(published if kind == "live" else 51)]
    for name in listed:
        site.article(f"{name}.md", f"Tide table {name}", **({"draft": True} if name.startswith("idea") else {}))
    site.article("all.md", "All tide tables", related=[f"https://harbourpost.example/{name}" for name in listed])
    build_index(site.root, tmp_path / "index", encoder="static")
    assert len(found(tmp_path / "index", {"unpublished"})) == findings


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
    assert (faulty.root / ".search/.gitignore").read_text().startswith("lock\n")
    build_index(faulty.root, tmp_path / "index")
    left = found(tmp_path / "index")
    assert not [one for one in left if one.has_one_answer]
    assert {"gone-target", "removed-target"} <= {one.rule for one in left}


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_fix_for_programs_prints_what_is_left_and_nothing_else(faulty, run_search, tmp_path, form):
    command = ("audit", "--index", tmp_path / "index", "--fix", "--format", form, "--fail-on", "never")

    def left(done):
        told = json.loads(done.stdout)
        rules = (
            [one["rule"] for one in told] if form == "json" else [one["ruleId"] for one in told["runs"][0]["results"]]
        )
        return sorted(rules)

    path = faulty.root / "_news/faulty.md"
    before = path.read_text()
    dry = run_search(*command, "--dry-run")
    assert path.read_text() == before
    assert re.search(r"^_news/faulty\.md  \+3 -2, not written$", dry.stderr, re.MULTILINE)
    real = run_search(*command)
    assert re.search(r"^_news/faulty\.md  \+3 -2$", real.stderr, re.MULTILINE)
    assert path.read_text() != before
    assert left(dry) == left(real)
    assert "gone-target" in left(real)
    assert not {"itself", "repeated"} & set(left(real))


def test_a_dry_run_of_nothing_is_told(faulty, run_search, tmp_path):
    done = run_search("audit", "--index", tmp_path / "index", "--dry-run", "--fail-on", "never")
    assert done.stderr.splitlines()[0] == "--dry-run has no effect without --fix: nothing is changed anyway"


def test_a_fix_of_nothing_leaves_nothing_behind(harbour, run_search, tmp_path):
    build_index(harbour.root, tmp_path / "index")
    done = run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "itself")
    assert (done.returncode, done.stdout) == (0, "")
    assert not (harbour.root / ".search").exists()


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
  publishedDateTime: 2025-02-10
  note: "ask the harbour master"
---
""",
    )
    before = path.read_text()
    build_index(harbour.root, tmp_path / "index")
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    changed = before.replace("Port to buy heat pumps", "Port buys heat pumps for the old customs house")
    changed = changed.replace("2025-02-10\n", "2025-02-11\n")
    assert path.read_text() == changed
    build_index(harbour.root, tmp_path / "index")
    assert not [one for one in found(tmp_path / "index", {"drifted"}) if one.path == "_news/own.md"]


@pytest.mark.parametrize("first", ["date: Last Modified", "publishedDateTime: soon"])
def test_fix_copies_the_value_that_is_read_and_no_other(harbour, run_search, tmp_path, first):
    address = "https://harbourpost.example/dated"
    harbour.write("_news/dated.md", f"---\ntitle: Dated\nwebUrl: {address}\n{first}\npubDate: 2024-05-01\n---\n")
    holder = f"---\ntitle: Holder\nrelated:\n- title: Dated\n  webUrl: {address}\n  date: 2024-04-01\n---\n"
    path = harbour.write("_news/holder.md", holder)
    build_index(harbour.root, tmp_path / "index")
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert path.read_text() == holder.replace("2024-04-01", "2024-05-01")


def test_fix_does_not_write_an_older_text_over_a_newer_copy(harbour, run_search, tmp_path):
    copy = item("Port buys heat pumps, and boilers go", HEAT, publishedDateTime="2025-02-14T08:00:00Z")
    drifted = harbour.article("_news/drifted.md", "Heat pumps explained", related=[copy])
    build_index(harbour.root, tmp_path / "index")
    (one,) = (one for one in found(tmp_path / "index", {"drifted"}) if one.path == "_news/drifted.md")
    assert one.original == ""
    assert "later date" in one.todo
    before = drifted.read_bytes()
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert drifted.read_bytes() == before


def test_a_copy_with_a_date_of_an_article_without_one_is_left_and_the_rest_of_the_file_mended(
    harbour, run_search, tmp_path
):
    url = "https://harbourpost.example/undated"
    harbour.write("_news/undated.md", f"---\ntitle: What has no date\nwebUrl: {url}\n---\n")
    copy, pumps = item("What has no date, copied", url), item("Heat pumps", HEAT)
    path = harbour.article("_news/holder.md", "Holds a copy", related=[copy, pumps, pumps])
    build_index(harbour.root, tmp_path / "index")
    (one,) = (one for one in found(tmp_path / "index", {"drifted"}) if "undated" in one.what)
    assert (one.original, "no date" in one.todo) == ("", True)
    run_search("audit", "--index", tmp_path / "index", "--fix")
    assert path.read_text().count(HEAT) == 1
    assert "What has no date, copied" in path.read_text()


def test_a_dry_run_says_the_same_of_what_is_left_as_a_real_one(harbour, run_search, tmp_path):
    copy = item("Port to buy heat pumps", HEAT, publishedDateTime="2025-02-11T08:00:00Z", provider={"name": "Another"})
    harbour.article("_news/drifted.md", "Heat pumps explained", related=[copy])
    build_index(harbour.root, tmp_path / "index")
    command = ("audit", "--index", tmp_path / "index", "--fix", "--fail-on", "never")
    dry, real = run_search(*command, "--dry-run"), run_search(*command)
    assert "another provider than _news/heat-pumps.md; copy it anew [drifted]" in real.stdout
    left = [line for line in real.stdout.splitlines() if line.endswith("]")]
    assert dry.stderr.splitlines()[:-2] == left
    assert re.match(r"--- a/_news/drifted\.md\n\+\+\+ b/", dry.stdout)
    assert dry.stderr.splitlines()[-1] == real.stderr.splitlines()[-1]


def test_a_dry_run_names_the_faults_that_nothing_mends(harbour, run_search, tmp_path):
    harbour.article("_news/gone.md", "What lists nothing that is there", related=["_news/nowhere.md", "a/b.md"])
    build_index(harbour.root, tmp_path / "index")
    done = run_search("audit", "--index", tmp_path / "index", "--fix", "--dry-run", "--severity", "error")
    assert (done.returncode, done.stdout) == (3, "")
    first, second, by_rule, *rest = done.stderr.splitlines()
    assert re.search(r"_news/gone\.md:\d+: error: item 1 names _news/nowhere\.md.* \[gone-target\]$", first)
    assert "item 2" in second
    assert by_rule == "by rule: gone-target 2"
    assert "2 errors" in rest[0]


def test_a_missing_list_is_a_fault_where_five_stories_fit(site, tmp_path, monkeypatch):
    monkeypatch.setattr("search.desk.audit._GOOD", 0.0)
    site.article("alone.md", "The ferry strike enters its second week", "Crews want rest.")
    titles = [
        "Crews ask for rest",
        "The tunnel opens late",
        "A cook retires",
        "Cameras at the port",
        "Crews ask for rest!",
    ]
    for number, title in enumerate(titles):
        site.article(f"{number}.md", title, f"Part {number}.", publishedDateTime=f"2025-0{number + 1}-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    assert [one for one in found(tmp_path / "index", {"no-list"}) if one.path == "alone.md"] == []
    site.article("fifth.md", "What passengers may claim", "A guide.", publishedDateTime="2025-08-01T08:00:00Z")
    build_index(site.root, tmp_path / "index")
    (one,) = (one for one in found(tmp_path / "index", {"no-list"}) if one.path == "alone.md")
    assert "5 stories are likely to fit" in one.what


def test_what_is_left_after_a_fix_stands_where_the_file_has_it_now(faulty, run_search, tmp_path):
    fixed = run_search("audit", "--index", tmp_path / "index", "--fix", "--fail-on", "never")
    lines = (faulty.root / "_news/faulty.md").read_text().splitlines()
    told = [line for line in fixed.stdout.splitlines() if line.startswith("content/_news/faulty.md:")]
    assert any("[gone-target]" in line for line in told)
    assert not any("[itself]" in line or "[repeated]" in line for line in told)
    for line in told:
        place, _, what = line.partition(": ")
        stands = lines[int(place.rpartition(":")[2]) - 1]
        if "[gone-target]" in what:
            assert stands == "- title: Gone"
        if "[removed-target]" in what:
            assert stands == "- title: A story that was taken back"


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
    copy["publishedDateTime"] = "2025-02-11T08:00:00Z"
    drifted = harbour.article("_news/drifted.md", "Heat pumps explained", related=[copy])
    build_index(harbour.root, tmp_path / "index")
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert "Port buys heat pumps for the old customs house" in drifted.read_text()
    assert "Cameras that identify" not in drifted.read_text()


def test_a_copy_has_drifted_by_quality_type_and_provider_only_where_it_has_them(harbour, run_search, tmp_path):
    title, at = "Port buys heat pumps for the old customs house", {"publishedDateTime": "2025-02-11T08:00:00Z"}
    bare = {"title": title, "excerpt": UNITS, "webUrl": HEAT, **at}
    harbour.article("_news/bare.md", "A bare copy", related=[bare])
    other = {**bare, "quality": 7, "type": "video"}
    drifted = harbour.article("_news/other.md", "Another copy", related=[other])
    foreign = {**bare, "provider": {"name": "Quay Courier"}}
    harbour.article("_news/foreign.md", "A copy of somebody else", related=[foreign])
    build_index(harbour.root, tmp_path / "index")
    told = {one.path: one for one in found(tmp_path / "index", {"drifted"})}
    assert "_news/bare.md" not in told
    assert told["_news/other.md"].what == "item 1 has another quality and type than _news/heat-pumps.md"
    assert told["_news/foreign.md"].what == "item 1 has another provider than _news/heat-pumps.md"
    assert not told["_news/foreign.md"].has_one_answer
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert "  quality: 60\n  type: article\n" in drifted.read_text()


def test_a_list_changed_since_it_was_indexed_is_read_from_its_file(faulty, run_search, tmp_path):
    path = faulty.root / "_news/faulty.md"
    text = path.read_text()
    path.write_text(text.replace("https://harbourpost.example/gone", "https://harbourpost.example/lost-for-good"))
    (faulty.root / "_news/drifted.md").unlink()
    gone = [one for one in found(tmp_path / "index", {"gone-target"}) if one.path == "_news/faulty.md"]
    assert [(one.position, "lost-for-good" in one.what) for one in gone] == [(5, True)]
    done = run_search("audit", "--index", tmp_path / "index")
    assert "_news/drifted.md is left out" in done.stderr
    assert "_news/drifted.md:" not in done.stdout


STORY = "Harbour board approves the new ferry terminal"


@pytest.mark.parametrize(
    ("title", "provider", "same"),
    [
        ("Board of the harbour approves new ferry terminal", "Quay Courier", True),
        ("Harbour board approves the new ferry terminal, part 2", "Quay Courier", True),
        ("Harbour board approves the new ferry terminal, part 2", "Harbour Post", False),
        ("Harbour board approves the new ferry-terminal", "Harbour Post", True),
    ],
)
def test_two_items_tell_the_same_story_by_more_than_being_in_one(site, tmp_path, title, provider, same):
    text = "The board voted nine to two for the terminal at Pier Four, to be built by 2027."
    first = item(STORY, "https://a.example/1", text, provider={"name": "Harbour Post"})
    second = item(title, "https://a.example/2", text, provider={"name": provider})
    site.article("_news/l.md", "What the board decided", related=[first, second])
    for number in range(6):
        site.article(f"_news/{number}.md", f"Something else, number {number}", "Rain, bread, trams and a regatta.")
    build_index(site.root, tmp_path / "index")
    told = [(one.position, one.what) for one in found(tmp_path / "index", {"same-story"}) if one.path == "_news/l.md"]
    assert told == ([(2, "item 2 tells the same story as item 1")] if same else [])


def test_titles_whose_numbers_differ_tell_different_things():
    assert conflict_of_numbers("Release 20.04 is out", "Release 20.05 is out")
    assert conflict_of_numbers("How it works, part 1", "How it works, part 2")
    assert not conflict_of_numbers("The 5 details of the deal", "The deal in detail")
    assert not conflict_of_numbers("Board buys 3 boats in 2025", "Board buys 3 boats")


def test_all_findings_count_for_the_exit_code_whatever_is_shown(harbour, run_search, tmp_path):
    harbour.article("_news/drifted.md", "Heat pumps explained", related=[ours("Port to buy heat pumps", HEAT)])
    build_index(harbour.root, tmp_path / "index")
    command = ["audit", "--index", tmp_path / "index"]
    for shown in ("error", "never"):
        done = run_search(*command, "--severity", shown, "--fail-on", "warning")
        assert (done.returncode, done.stdout) == (3, "")
    assert run_search(*command, "--severity", "error").returncode == 0
    assert "[drifted]" in run_search(*command, "--fail-on", "never").stdout


def test_an_item_without_any_address_is_a_fault_of_its_own(harbour, tmp_path):
    harbour.write(
        "_news/f.md",
        "---\ntitle: F\nrelated:\n- title: Nowhere\n- title: Heat pumps\n  ampWebUrl: https://amp.harbourpost.example/heat-pumps\n---\n",
    )
    build_index(harbour.root, tmp_path / "index")
    told = [one for one in found(tmp_path / "index", {"gone-target", "no-address"}) if one.path == "_news/f.md"]
    assert [(one.rule, one.position, one.what) for one in told] == [("no-address", 1, "item 1 has no address")]


def test_files_of_one_address_are_named_each_with_the_others(harbour, tmp_path):
    shared = "https://harbourpost.example/notices"
    for name in ("a", "b", "c"):
        harbour.article(f"_news/{name}.md", f"Notice {name}", webUrl=shared)
    listing = item("Notice a", shared, "", provider=HARBOUR_POST)
    harbour.article("_news/lister.md", "Who lists it", related=[listing])
    build_index(harbour.root, tmp_path / "index")
    told = found(tmp_path / "index", {"shared-address"})
    assert [(one.path, one.position) for one in told] == [("_news/a.md", 0), ("_news/b.md", 0), ("_news/c.md", 0)]
    assert told[0].what.startswith("_news/b.md and 1 more have the same address, https://harbourpost.example/notices")
    assert told[1].what.startswith("_news/a.md and 1 more")


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


def test_a_copy_of_a_file_without_an_address_drifts_like_any_other(site, tmp_path):
    site.write("search.toml", '[content]\nsite_url = "https://w.example"\n')
    site.article("news/a.md", "Port buys heat pumps", webUrl=None)
    copies = [ours(title, "https://w.example/news/a/") for title in ("Port buys heat pumps", "Port to buy heat pumps")]
    for copy in copies:
        copy.update(publishedDateTime="2025-03-02T08:00:00Z", quality=60)
    for number, copy in enumerate(copies):
        site.article(f"news/{number}.md", f"Holder {number}", related=[copy])
    build_index(site.root, tmp_path / "index", encoder="static")
    told = [(one.path, one.what) for one in found(tmp_path / "index", {"drifted", "gone-target"})]
    assert told == [("news/1.md", "item 1 has another title than news/a.md")]


def test_a_short_item_drifts_by_what_it_says_and_fix_adds_nothing_to_it(harbour, run_search, tmp_path):
    path = harbour.write(
        "_news/short.md",
        f"""---
title: Heat pumps explained
webUrl: https://harbourpost.example/short
related:
- title: Port buys heat pumps for the old customs house
  webUrl: {HEAT}
- title: Crowd cameras
  url: https://harbourpost.example/crowd-cameras
---
""",
    )
    before = path.read_text()
    build_index(harbour.root, tmp_path / "index")
    told = [(one.position, one.what) for one in found(tmp_path / "index", {"drifted"}) if one.path == "_news/short.md"]
    assert told == [(2, "item 2 has another title than _news/crowd-cameras.md")]
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert path.read_text() == before.replace("Crowd cameras", "Cameras that identify people in a crowd go live")


def test_fix_does_not_erase_the_text_of_an_item_whose_article_has_none(site, run_search, tmp_path):
    site.article("a.md", "Readers' pictures: frost")
    copy = ours("Readers' pictures", "https://harbourpost.example/a", "Cobwebs, breath and iced-over troughs.")
    path = site.article("b.md", "Frost", related=[{**copy, "publishedDateTime": "2025-03-02T08:00:00Z"}])
    build_index(site.root, tmp_path / "index", encoder="static")
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert "title: 'Readers'' pictures: frost'" in path.read_text()
    assert "Cobwebs, breath" in path.read_text()


def test_the_last_lines_count_all_that_was_found(faulty, run_search, tmp_path):
    done = run_search("audit", "--index", tmp_path / "index")
    errors, warnings = (done.stdout.count(f": {level}: ") for level in ("error", "warning"))
    assert min(errors, warnings) > 1
    told = f"{errors} errors, {warnings} warnings, 0 notes"
    assert done.stderr.count(told) == done.stderr.count(f"search: {told} in curated lists\n") == 1
    rules = Counter(re.findall(r"\[([a-z-]+)\]$", done.stdout, re.MULTILINE))
    *_, by_rule, last = run_search("audit", "--index", tmp_path / "index", "--fail-on", "never").stderr.splitlines()
    assert by_rule.startswith("by rule: ")
    counts = [one.rsplit(" ", 1) for one in by_rule.removeprefix("by rule: ").split(", ")]
    assert {name: int(count) for name, count in counts} == rules
    assert [int(count) for _, count in counts] == sorted(rules.values(), reverse=True)
    assert last == told


def test_a_day_without_a_time_has_not_drifted_while_it_is_the_articles(site, run_search, tmp_path):
    moments = {"utc": "2026-01-22T01:15:00+01:00", "own": "2026-01-22T00:15:00+01:00", "other": "2026-01-24T08:00:00Z"}
    for name, moment in moments.items():
        site.write(f"{name}.md", f"---\ntitle: It is {name}\ndate: {moment}\nurl: https://w.example/{name}\n---\n")
    items = [
        f"- title: It is {name}\n  url: https://w.example/{name}\n  date: {date}\n"
        for name, date in (
            ("utc", "2026-01-22"),
            ("own", "2026-01-22"),
            ("own", "2026-01-21"),  # the day in UTC
            ("other", "2026-01-22"),
            ("own", "2026-01-22T00:00:00Z"),  # says a time
        )
    ]
    texts = [f"---\ntitle: Holder {place}\nrelated:\n{one}---\n" for place, one in enumerate(items)]
    paths = [site.write(f"holder{place}.md", text) for place, text in enumerate(texts)]
    build_index(site.root, tmp_path / "index", encoder="static")
    told = [(one.path, one.what) for one in found(tmp_path / "index", {"drifted"})]
    assert told == [
        ("holder3.md", "item 1 has another date than other.md"),
        ("holder4.md", "item 1 has another date than own.md"),
    ]
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert [path.read_text() for path in paths[:3]] == texts[:3]
    assert paths[3].read_text() == texts[3].replace("2026-01-22", "2026-01-24"), "a day stays a day"


def test_a_file_is_read_once_however_many_copies_it_lists(site, tmp_path, monkeypatch):
    names = [f"own{number}" for number in range(9)]
    for name in names:
        site.write(
            f"{name}.md", f"---\ntitle: It is {name}\ndate: 2026-01-22T08:00:00Z\nurl: https://w.example/{name}\n---\n"
        )
    items = "".join(f"- title: It is {name}\n  url: https://w.example/{name}\n  date: 2026-01-22\n" for name in names)
    site.write("holder.md", f"---\ntitle: Holder\nrelated:\n{items}---\n")
    build_index(site.root, tmp_path / "index", encoder="static")
    opened = []

    def read(stream):
        opened.append(stream.name.rpartition("/")[2])
        return read_front_matter(stream)

    monkeypatch.setattr("search.desk.days.read_front_matter", read)
    assert found(tmp_path / "index", {"drifted"}) == []
    assert sorted(opened) == ["holder.md", *(f"{name}.md" for name in names)]
    opened.clear()
    assert found(tmp_path / "index", {"repeated", "itself"}) == []
    assert opened == [], "a rule that nobody asks for reads nothing"


def test_fix_of_a_title_leaves_the_day_beside_it(site, run_search, tmp_path):
    site.write("a.md", "---\ntitle: Anew\ndate: 2026-01-22T01:15:00+01:00\nurl: https://w.example/a\n---\n")
    text = "---\ntitle: Holder\nrelated:\n- title: Of old\n  url: https://w.example/a\n  date: 2026-01-22\n---\n"
    path = site.write("holder.md", text)
    build_index(site.root, tmp_path / "index", encoder="static")
    run_search("audit", "--index", tmp_path / "index", "--fix", "--rule", "drifted")
    assert path.read_text() == text.replace("Of old", "Anew")
