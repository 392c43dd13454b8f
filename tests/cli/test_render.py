"""What people see of titles and excerpts."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.cli.render.answer import answer_text
from search.cli.render.cells import cells, cut, fold
from search.cli.render.markdown import answer_markdown, escape, link
from search.cli.render.related import related_text
from search.cli.render.sarif import as_sarif
from search.content.article import Article
from search.desk.faults import Finding
from search.index.build import build_index
from search.index.opened import open_index
from search.index.standing import standing_in
from search.related.options import Options
from search.related.subject import find_subject
from search.related.suggest import CuratedEntry, Related, suggest
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.site import item

NOW = datetime(2025, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "width"), [("Ferry", 5), ("港の船", 6), ("e\u0301te\u0301", 3), ("Ｆ", 2), ("", 0), ("Łódź", 4)]
)
def test_cells_of_a_terminal(text, width):
    assert cells(text) == width


@pytest.mark.parametrize(
    ("text", "width", "lines", "expected"),
    [
        ("The ferry leaves at noon", 12, 3, ["The ferry", "leaves at", "noon"]),
        ("The ferry leaves at noon", 12, 2, ["The ferry", "leaves at …"]),
        ("港の船が出る", 5, 3, ["港の", "船が", "出る"]),
        ("港の船が出る", 5, 2, ["港の", "船が…"]),
        ("A " + "n" * 12, 6, 3, ["A nnnn", "nnnnnn", "nn"]),
        ("", 10, 2, []),
    ],
)
def test_folding(text, width, lines, expected):
    assert fold(text, width, lines) == expected


@given(text=st.text(max_size=200), width=st.integers(4, 40), lines=st.integers(1, 4))
def test_no_line_is_wider_than_it_may_be_and_nothing_is_lost_but_the_end(text, width, lines):
    folded = fold(text, width, lines)
    assert len(folded) <= lines
    assert all(cells(line) <= width for line in folded)
    if folded and not folded[-1].endswith("…"):
        assert "".join("".join(folded).split()) == "".join(text.split())
    assert cells(cut(text, width)) <= width


@pytest.fixture
def endless(site, tmp_path):
    """A site where one title is 25,000 characters long, of which the index keeps what a title may have."""
    site.article("long.md", "Ferry " * 4_000 + "sails")
    site.article("short.md", "Ferry sails", related=[item("Ferry " * 4_000, "https://quaycourier.example/endless")])
    build_index(site.root, tmp_path / "indexes" / "default")
    return site


@pytest.mark.parametrize("command", [["query", "ferry"], ["related", "short.md"], ["related", "long.md"]])
@pytest.mark.parametrize("form", ["table", "markdown"])
def test_an_endless_title_is_cut_for_people_sooner_than_for_programs(endless, run_search, command, form):
    shown = run_search(*command, "--format", form).stdout
    assert "Ferry Ferry" in shown
    assert max(map(len, shown.splitlines())) < 500
    whole = json.loads(run_search("query", "ferry", "--format", "json").stdout)
    assert 990 < max(len(result["title"]) for result in whole["results"]) <= 1000


def test_titles_keep_within_a_narrow_terminal(site, tmp_path, monkeypatch):
    site.article("a.md", "港の古い税関が新しい熱ポンプで暖かくなる", "石油は要らない。" * 20, topics=[])
    site.article("b.md", "港の古い税関に新しい熱ポンプ", topics=[])
    build_index(site.root, tmp_path / "index")
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    with open_index(tmp_path / "index") as index:
        related = suggest(index, find_subject(index, "b.md"), Options())
    lines = related_text(related, explain=False).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("  1  "))
    assert [cells(line) for line in lines[start : start + 2]] == [29, 21]


def test_what_follows_is_said_to_be_by_lists_only_where_they_had_a_part(harbour_index):
    related = suggest(harbour_index, find_subject(harbour_index, "_news/face-cameras.md"), Options(min_probability=0.0))
    assert related.suggested
    one = related.suggested[0]
    for listed, is_said in ((0.4, True), (0.0, False)):
        seven = [replace(one, rank=rank, listed=listed) for rank in range(1, 8)]
        told = related_text(replace(related, suggested=seven), explain=False)
        assert ("also, by what this site lists" in told) == is_said


def test_what_is_folded_into_a_result_is_named(harbour_index):
    answer = search(harbour_index, parse_query("heat pumps", NOW), Wishes(mode="lexical"), None, NOW)
    folded = replace(answer.hits[0], also=("_news/a.md", "https://b.example/1", "c.md", "d.md"))
    answer = replace(answer, hits=[folded])
    shown = answer_markdown(answer, standing_in(harbour_index, NOW))
    named = r"\_news/a.md, [https\://b.example/1](https://b.example/1), c.md and 1 more"
    assert shown.endswith(f"; also told in 4 more articles: {named}\n")
    text = answer_text(harbour_index, answer, standing_in(harbour_index, NOW), explain=False, took_ms=1.0)
    assert "     also told in 4 more articles: _news/a.md, https://b.example/1, c.md and 1 more\n" in text


def test_all_that_is_folded_into_a_suggestion_is_named(site, run_search, tmp_path):
    site.article("subject.md", "Ferry strike enters its second week", "Dockers and the port talk again on Monday.")
    for number in range(6):
        site.article(
            f"wire-{number}.md",
            f"Ferry strike: talks resume{'!' * number}",
            "The port and the dockers' union are to meet on Monday, both said.",
            publishedDateTime="2025-03-09T08:00:00Z",
            provider={"name": f"Outlet {number}", "domain": f"outlet{number}.example"},
        )
    build_index(site.root, tmp_path / "indexes" / "default")
    some = [site.root / "subject.md", "--min-probability", 0]
    (first, *_) = json.loads(run_search("suggest", *some).stdout)["suggested"]
    assert len(first["also"]) == 5
    told = "also told in 5 more articles: "
    named = ", ".join(first["also"][:3])
    assert f"     {told}{named} and 2 more\n" in run_search("related", *some).stdout
    assert (
        f"; {told}{escape(', '.join(first['also']))}\n" in run_search("suggest", *some, "--format", "markdown").stdout
    )
    page = run_search("suggest", *some, "--html", "-").stdout.partition(told)[2].partition("</p>")[0]
    shown = [len(marks) for marks in re.findall(r"<bdi>Ferry strike: talks resume(!*)</bdi>", page)]
    assert shown == [int(re.sub(r"\D", "", other)) for other in first["also"]]


@pytest.fixture
def unseen(site, tmp_path):
    """A site with a draft, an article that is yet to come out, and one that was removed."""
    soon = (datetime.now(UTC) + timedelta(days=40)).isoformat()
    site.article("a.md", "Ferry strike ends")
    site.article("b.md", "Ferry strike: the second week", published=False)
    site.article("c.md", "Ferry strike: a year on", publishedDateTime=soon)
    site.article("d.md", "Ferry strike: the third week", removed=True)
    build_index(site.root, tmp_path / "indexes" / "default")
    return site


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_what_readers_do_not_see_is_marked_among_results(unseen, run_search, form):
    found = run_search("query", "ferry strike", "--format", form).stdout
    assert sorted(re.findall("draft|scheduled|removed", found)) == ["draft", "removed", "scheduled"]


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
@pytest.mark.parametrize(("article", "mark"), [("a.md", []), ("b.md", ["draft"]), ("c.md", ["scheduled"])])
def test_what_readers_do_not_see_is_marked_beside_suggestions(unseen, run_search, tmp_path, form, article, mark):
    page = tmp_path / "page.html"
    how = ("--html", page) if form == "html" else ("--format", form)
    done = run_search("suggest", unseen.root / article, "--unpublished", "--min-probability", 0, *how)
    told = page.read_text().partition("</style>")[2] if form == "html" else done.stdout
    own, _, proposed = told.partition("uggested")
    assert re.findall("draft|scheduled|removed", own) == mark
    assert re.findall("draft|scheduled|removed", proposed) == ([] if article == "b.md" else ["draft"])


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_what_readers_do_not_see_is_marked_in_lists(unseen, run_search, tmp_path, form):
    unseen.write("e.md", "---\ntitle: Ferry lists\nrelated: [a.md, b.md, c.md, d.md, gone.md]\n---\n")
    build_index(unseen.root, tmp_path / "indexes" / "default")
    page = tmp_path / "page.html"
    how = ("--html", page) if form == "html" else ("--format", form)
    done = run_search("suggest", unseen.root / "e.md", *how)
    told = (page.read_text() if form == "html" else done.stdout).partition("urated")[2].partition("uggested")[0]
    assert re.findall(r"ends|second|year|third|\b(?:draft|scheduled|removed)\b", told) == [
        *("ends", "second", "draft", "year", "scheduled", "third", "removed"),
    ]


def test_the_day_is_that_of_the_clock_where_it_was_written(site, run_search, tmp_path):
    for path, at in (("east", "2025-05-20T00:15:00+01:00"), ("west", "2025-05-19T22:30:00-05:00")):
        site.article(f"{path}.md", f"Ferry seen from {path}", publishedDateTime=at)
    site.write("plain.md", "---\ntitle: Ferry seen at noon\ndate: 2025-05-20\n---\n")
    build_index(site.root, tmp_path / "indexes" / "default")

    def found(*words):
        run = run_search("query", *words)
        return {path: path in run.stdout for path in ("east", "west", "plain")}

    shown = run_search("query", "ferry").stdout
    assert shown.count("20 May 2025") == 2
    assert shown.count("19 May 2025") == 1
    assert found("ferry", "since:2025-05-20") == {"east": True, "west": False, "plain": True}
    assert found("ferry", "until:2025-05-19") == {"east": False, "west": True, "plain": False}
    assert found("ferry", "since:2025-05-19T19:00-05:00") == {"east": False, "west": True, "plain": True}
    assert found("ferry", "since:2025-05-19T23:15+00:00") == {"east": True, "west": True, "plain": True}
    assert found("ferry", "until:2025-05-19T23:15+00:00") == {"east": False, "west": False, "plain": False}
    assert found("news since 20 may 2025") == {"east": True, "west": False, "plain": True}
    assert found("what was published on 19 may 2025") == {"east": False, "west": True, "plain": False}
    asked = run_search("query", "what was published on 19 may 2025", "--format", "json")
    assert json.loads(asked.stdout)["absent"] == []
    told = json.loads(run_search("query", "ferry", "--format", "json").stdout)["results"]
    assert {hit["published_at"] for hit in told} == {
        "2025-05-19T23:15:00Z",
        "2025-05-20T03:30:00Z",
        "2025-05-20T00:00:00Z",
    }
    status = run_search("status", "--format", "json")
    assert "2025-05-20" in status.stdout


def test_at_a_site_where_most_is_unpublished_nothing_is_a_draft(site, run_search, tmp_path):
    for number in range(60):
        site.article(f"{number}.md", f"Ferry strike, day {number}", published=number < 9)
    build_index(site.root, tmp_path / "index", encoder="static")
    found = run_search("query", "ferry strike day 30", "-k", 60, "--index", tmp_path / "index").stdout
    assert "Ferry strike, day 30" in found
    assert "draft" not in found


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("See www.evil.example/login", r"See www\.evil.example/login"),
        ("HTTPS://evil.example/a and ftp://x", r"HTTPS\://evil.example/a and ftp\://x"),
        ("mailto:x@evil.example", r"mailto:x\@<!-- -->evil.example"),
        ("@name, #12 and org/repo#1", r"\@<!-- -->name, \#<!-- -->12 and org/repo\#<!-- -->1"),
        ("10 km @ noon in C#", r"10 km \@ noon in C\#"),
        ("1. FC Hafen: 2.5 goals a game, say www fans", r"1\. FC Hafen: 2.5 goals a game, say www fans"),
    ],
)
def test_no_address_or_name_in_a_text_becomes_a_link_in_markdown(text, escaped):
    # as cmark-gfm, GitHub's own renderer, was seen to show it: the text as it was, without any link
    assert escape(text) == escaped


def test_hostile_findings_are_inert_in_sarif():
    title = "a\x1b[31m\x9b2J\u202egnp\u2066 [Log in](javascript:alert(1)) [here](1)"
    findings = [
        Finding("removed-target", "_news/\x1b]0;\u202e a.md", 1, f"item 1, {title!r}, is\nremoved", "delete it", 3),
        Finding("gone-target", "javascript:alert(1)/../a b.md", 2, "item 2 names " + title, "correct\u2028it\x07", 4),
    ]
    shown = as_sarif(findings, "caf\udce9/", "1")
    assert shown.isascii()
    results = json.loads(shown)["runs"][0]["results"]
    for one in results:
        told = [one["message"]["text"], one["partialFingerprints"]["listItem/v1"].partition(".md:")[2]]
        assert all(text.isprintable() for text in told)
        assert "](" not in told[0]
    assert [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results] == [
        "caf%E9/_news/%1B%5D0%3B%E2%80%AE%20a.md",
        "caf%E9/javascript%3Aalert%281%29/../a%20b.md",
    ]


def test_the_address_of_a_link_in_markdown_stays_what_it_is():
    shown = link("www.evil.example", "https://www.a.example/x@y#z?a=1&copy;=`2`")
    assert shown == r"[www\.evil.example](https://www.a.example/x@y#z?a=1&amp;copy;=%602%60)"


def test_an_item_without_title_and_address_is_told_as_such():
    related = Related(Article("a", "file", "Title"), [CuratedEntry(1, "", "", "")], [])
    assert "  1  an item without title and address  (not in the index)\n" in related_text(related, explain=False)


def test_an_item_that_names_what_is_not_there_is_told_by_what_it_names():
    related = Related(Article("a", "file", "Title"), [CuratedEntry(1, "", "", "", "/news/gone/")], [])
    assert "  1  /news/gone/  (not in the index)\n" in related_text(related, explain=False)
