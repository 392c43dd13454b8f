"""``search eval``, ``search learn`` and ``search why-not`` from outside."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from search.cli.render.report import report_text
from search.desk.decisions import Decision, now_text
from search.desk.decisions_file import write_decisions
from search.desk.place import desk_of
from search.evaluation.compare import Case, compare
from search.index.build import build_index
from tests.site import Site


@pytest.fixture
def built(harbour, tmp_path):
    build_index(harbour.root, tmp_path / "indexes" / "default")
    return harbour


def test_curated_lists_are_measured_with_intervals_and_a_picture(built, run_search, tmp_path):
    done = run_search("eval", "--plot", "plot.svg")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 curated list\n")
    assert "better than cosine: " in done.stdout
    picture = ET.fromstring((tmp_path / "plot.svg").read_text())  # noqa: S314 - our own
    assert picture.tag.endswith("svg")
    report = json.loads(run_search("eval", "--format", "json", "--against", "words").stdout)
    assert set(report["overall"]) == {"ranker", "words"}
    assert report["overall"]["ranker"]["cases"] == 1


def test_decisions_of_editors_are_judgements(built, run_search):
    none = run_search("eval", "--decisions")
    assert none.returncode == 2
    assert "no article of the index was accepted or rejected" in none.stderr
    moment = now_text()
    decisions = [
        Decision("_news/face-cameras.md", "_news/crowd-cameras.md", "accepted", moment),
        Decision("_news/face-cameras.md", "_news/heat-pumps.md", "rejected", moment, "unrelated"),
    ]
    write_decisions(desk_of(built.root).decisions_file, decisions)
    report = json.loads(run_search("eval", "--decisions", "--format", "json").stdout)
    assert report["overall"]["ranker"]["cases"] == 1
    assert 0 < report["overall"]["ranker"]["ndcg"] <= 1
    assert sum(count for *_, count in report["reliability"]) == 2
    assert "over 2 judged pairs, no others\n" in run_search("eval", "--decisions").stdout
    run_search("eval", "--decisions", "--plot", "plot.svg")
    assert "said and taken" in (built.root.parent / "plot.svg").read_text()


def test_what_is_relevant_and_not_there_is_told(built, run_search, tmp_path):
    (tmp_path / "queries.tsv").write_text("1\tfaces at the ferry\n")
    (tmp_path / "q.qrels").write_text("1 0 _news/face-cameras.md 3\n1 0 gone.md 2\n1 0 off.md 0\n1 0 lost.md 1\n")
    done = run_search("eval", "--queries", "queries.tsv", "--judgements", "q.qrels")
    assert "relevant, not in the index, and so never found: gone.md, and 1 more" in done.stderr
    assert "nDCG\n" in done.stdout  # of one query there is no interval
    assert "interval" not in done.stdout


def test_two_indexes_are_set_side_by_side(built, run_search, tmp_path):
    build_index(built.root, tmp_path / "indexes" / "other", encoder="static")
    report = json.loads(run_search("eval", "--against-index", "indexes/other", "--format", "json").stdout)
    ours, theirs = report["overall"]["ranker"], report["overall"]["ranker of indexes/other"]
    assert ours["cases"] == theirs["cases"] == 1
    assert "ranker of indexes/other" in report["differences"]
    (tmp_path / "q.tsv").write_text("a\tKestrel K-40\tkeyword\n")
    (tmp_path / "j.qrels").write_text("a 0 _news/heat-pumps.md 3\n")
    asked = ("eval", "--queries", "q.tsv", "--judgements", "j.qrels", "--against-index", "indexes/other")
    report = json.loads(run_search(*asked, "--format", "json").stdout)
    assert set(report["overall"]) == {"hybrid", "dense", "lexical", "hybrid of indexes/other"}


def test_indexes_of_other_content_are_not_set_side_by_side(built, run_search, tmp_path):
    elsewhere = Site(tmp_path / "elsewhere")
    for number in range(3):
        elsewhere.article(f"{number}.md", f"Another site's story {number}", "Of something else.")
    build_index(elsewhere.root, tmp_path / "indexes" / "other")
    (tmp_path / "q.tsv").write_text("a\tKestrel K-40\n")
    (tmp_path / "j.qrels").write_text("a 0 _news/heat-pumps.md 3\n")
    for more in ((), ("--queries", "q.tsv", "--judgements", "j.qrels")):
        done = run_search("eval", *more, "--against-index", "indexes/other")
        assert (done.returncode, done.stdout) == (2, "")
        assert "indexes/default and indexes/other cannot be compared: 10 of 10 articles differ" in done.stderr


def test_a_little_that_was_published_since_is_told_and_compared(built, run_search, tmp_path):
    for number in range(40):
        built.article(f"_news/more-{number}.md", f"More of the port, part {number}")
    build_index(built.root, tmp_path / "indexes" / "default")
    built.article("_news/since.md", "Published since")
    built.article("_news/more-1.md", "More of the port, changed since")
    build_index(built.root, tmp_path / "indexes" / "other")
    done = run_search("eval", "--against-index", "indexes/other")
    assert done.returncode == 0, done.stderr
    told = "2 of 48 articles differ (0 in the first only, 1 in the second only, 1 with other texts)"
    assert told in done.stderr.splitlines()
    assert "ranker of indexes/other" in done.stdout


@pytest.mark.parametrize("form", ["trec", "beir"])
def test_judged_queries_are_measured(built, run_search, tmp_path, form):
    if form == "trec":
        (tmp_path / "q.tsv").write_text("a\tKestrel K-40\tkeyword\nb\tzeppelin\tkeyword\n")
        (tmp_path / "j.qrels").write_text("a 0 _news/heat-pumps.md 3\nb 0 _news/regatta.md 2\n")
        files = ("q.tsv", "j.qrels")
    else:
        (tmp_path / "q.jsonl").write_text('{"_id": "a", "text": "Kestrel K-40"}\n{"_id": "b", "text": "zeppelin"}\n')
        rows = "query-id\tcorpus-id\tscore\na\t_news/heat-pumps.md\t3\nb\t_news/regatta.md\t2\n"
        (tmp_path / "j.tsv").write_text(rows)
        files = ("q.jsonl", "j.tsv")
    done = run_search("eval", "--queries", files[0], "--judgements", files[1], "--format", "json", "--worst", 1)
    report = json.loads(done.stdout)
    assert report["overall"]["lexical"]["mrr"] == pytest.approx(0.5)
    assert report["worst"][0][0]["id"] == "b"


def test_queries_without_a_judgement_are_left_out_and_one_that_finds_nothing_is_not(built, run_search, tmp_path):
    (tmp_path / "q.tsv").write_text("a\tKestrel K-40\nb\tzeppelin\nc\tregatta\nd\tferry\n")
    (tmp_path / "j.qrels").write_text("a 0 _news/heat-pumps.md 3\nb 0 _news/regatta.md 2\n")
    asked = ("eval", "--queries", "q.tsv", "--judgements", "j.qrels")
    report = json.loads(run_search(*asked, "--format", "json").stdout)
    assert report["overall"]["lexical"] == {"cases": 2, "ndcg": 0.5, "recall": 0.5, "mrr": 0.5}
    assert [one["id"] for one, _ in report["worst"]] == ["b", "a"]
    assert report["not_judged"] == 2
    assert run_search(*asked).stdout.startswith("2 queries\n2 without a judgement left out\n")


def test_what_has_nothing_relevant_is_told_of_and_not_among_the_worst(built, run_search, tmp_path):
    good, bad = "_news/face-cameras.md 0 _news/crowd-cameras.md 4", "_news/heat-pumps.md 0 _news/regatta.md 0"
    (tmp_path / "j.qrels").write_text(f"{good}\n{bad}\n")
    report = json.loads(run_search("eval", "--judgements", "j.qrels", "--format", "json").stdout)
    assert (report["none_relevant"], report["found_at_all"][""]) == (1, 1.0)
    assert [one["id"] for one, _ in report["worst"]] == ["_news/face-cameras.md"]
    assert report["overall"]["ranker"]["cases"] == 2
    told = run_search("eval", "--judgements", "j.qrels").stdout
    assert told.startswith("2 graded articles\n1 case has nothing relevant and counts 0 whatever is shown\n")


def test_what_is_worse_is_called_so():
    cases = [
        Case(str(one), "", "", {"a": 3}, {"ours": ["b", "a"], "theirs": ["a", "b"], "lost": ["b"]}) for one in range(9)
    ]
    told = report_text(compare("9 queries", cases, 10, 0, {}))
    assert "worse than theirs: -0.369 nDCG" in told
    assert "better than lost: +0.631 nDCG" in told


@pytest.mark.parametrize(
    ("grades", "why"),
    [
        ((4, 2), "none of 2 judged pairs is graded 0: what is good is named, and what is not is left out"),
        ((2, 0), "none of 2 judged pairs is graded 3 or more, which is what a probability is of"),
        ((3, 0), ""),
    ],
)
def test_judgements_that_cannot_tell_how_true_probabilities_are(built, run_search, tmp_path, grades, why):
    others = zip(("_news/crowd-cameras.md", "_news/heat-pumps.md"), grades, strict=True)
    (tmp_path / "j.qrels").write_text("".join(f"_news/face-cameras.md 0 {name} {grade}\n" for name, grade in others))
    asked = ("eval", "--judgements", "j.qrels")
    report = json.loads(run_search(*asked, "--format", "json").stdout)
    assert report["untold"] == why
    assert (report["calibration_error"] is None) == (not report["reliability"]) == bool(why)
    told = run_search(*asked, "--plot", "plot.svg").stdout
    assert ("calibration error 0." in told) == ("said and taken" in (tmp_path / "plot.svg").read_text()) == (not why)
    assert why in told


def test_what_is_judged_against_itself_is_told(built, run_search, tmp_path):
    lines = ["_news/regatta.md 0 _news/regatta.md 4", *(f"_news/regatta.md 0 _news/heat-pumps.md {n}" for n in (2, 1))]
    (tmp_path / "j.qrels").write_text("\n".join(lines))
    done = run_search("eval", "--judgements", "j.qrels", "--format", "json")
    assert "j.qrels:3: _news/regatta.md and _news/heat-pumps.md have another grade above; the later" in done.stderr
    assert "judged against itself, which is ignored: _news/regatta.md\n" in done.stderr
    assert json.loads(done.stdout)["worst"][0][0]["grades"] == {"_news/heat-pumps.md": 1}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("eval", "--queries", "q.tsv"), "queries without judgements"),
        (("eval", "--against", "magic"), "no way of ranking called magic"),
        (("eval", "--judgements", "absent.qrels"), "cannot be read"),
        (("eval", "--judgements", "unknown.qrels"), "unknown.qrels judges no two articles of the index"),
        (("eval", "--judgements", "large.qrels"), "large.qrels:1: a grade above 10"),
        (("eval", "--queries", "q.tsv", "--judgements", "empty.qrels"), "empty.qrels holds no judgement"),
        (("eval", "--queries", "q.tsv", "--judgements", "unknown.qrels"), "judges no article of the index for any"),
        (("eval", "--queries", "empty.qrels", "--judgements", "unknown.qrels"), "empty.qrels holds no query"),
        (("learn", "--judgements", "large.qrels"), "large.qrels:1: a grade above 10"),
        (("learn",), "too few to learn from"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(built, run_search, tmp_path, arguments, words):
    (tmp_path / "q.tsv").write_text("a\tKestrel K-40\n")
    (tmp_path / "empty.qrels").write_text("\n")
    (tmp_path / "unknown.qrels").write_text("a 0 gone.md 3\n_news/regatta.md 0 gone.md 2\n")
    (tmp_path / "large.qrels").write_text("_news/regatta.md 0 _news/heat-pumps.md 1030\n")
    done = run_search(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "stage", "code"),
    [
        (("_news/heat-pumps.md", "heat", "pumps"), "shown: it is shown at rank 1", 0),
        (("_news/heat-pumps.md", "heat", "topic:Sport"), "filters: it does not pass the filter topics: Sport", 1),
        (("_news/face-cameras-wire.md", "police", "scan", "faces", "-k", "1"), "story: rank 2; folded under", 1),
        (
            ("_news/face-cameras-wire.md", "heat", "pumps", "-k", "1"),
            "story: rank 7, one story with _news/face-cameras.md",
            1,
        ),
        (("_news/regatta.md", "police", "cameras", "-k", "1", "--no-collapse"), "rank: rank ", 1),
        (("_news/regatta.md", "police", "--mode", "lexical"), "retrieval: it has none of the query's words", 1),
        (("_news/regatta.md", "medieval sonnets"), "floor: nothing comes near", 1),
        (("_news/regatta.md", "medieval sonnets", "--no-floor"), "shown: it is shown at rank", 0),
        (("_news/regatta.md", "rain", "--topic", "Climate"), "filters: it does not pass the filter topics: Climate", 1),
        (("_news/regatta.md", "-topic:Sport"), "filters: it does not pass the filter without topics: Sport", 1),
        (
            ("_news/regatta.md", "rain", "--since", "2025-05"),
            "filters: it does not pass the filter since: 2025-05-01\n",
            1,
        ),
        (("_news/regatta.md", "until:2025-03"), "filters: it does not pass the filter until: 2025-03-31\n", 1),
        (
            ("_news/regatta.md", "since:2025-05-01T09:30+01:00"),
            "filters: it does not pass the filter since: 2025-05-01T08:30Z\n",
            1,
        ),
        (("_news/regatta.md", "--published"), "filters: it does not pass the filter published: yes\n", 1),
        (("_news/regatta.md", "--topic", "Sport"), "shown: it is shown at rank 1", 0),
        (("_news/heat-pumps.md", "type:article", "-k", 3), "rank: rank 6 of 6 that pass the filters, newest", 1),
        (("_news/regatta.md", "regtata", "--mode", "lexical", "--as-typed"), "retrieval: it has none", 1),
        (("_news/regatta.md", "rain", "--encoder", "static"), "", 4),
    ],
)
def test_why_not_names_the_stage(built, run_search, arguments, stage, code):
    done = run_search("why-not", *arguments)
    assert done.stdout.startswith(stage), done.stdout + done.stderr
    assert done.returncode == code


def test_why_not_tells_ranks_of_articles_and_of_stories_apart(built, run_search):
    asked = ("police cameras", "--no-floor")
    told = run_search("why-not", "_news/regatta.md", *asked, "-k", 1).stdout
    rank, place, k = map(int, re.findall(r"^rank: rank (\d+) .*, and (\d+) where each .* -k (\d+) would", told)[0])
    assert rank - 1 == place == k
    for count, shown in ((k, True), (k - 1, False)):
        assert ("_news/regatta.md" in run_search("query", *asked, "-k", count, "--format", "json").stdout) is shown


def test_why_not_prefers_what_is_recent_as_the_query_does(site, run_search, tmp_path):
    for number, year in enumerate((2010, 2011, 2012)):
        site.article(f"{number}.md", "Ferry to the harbour", "It is late.", publishedDateTime=f"{year}-01-01T08:00:00Z")
    site.article("new.md", "A ferry to a far harbour", "It is early.", publishedDateTime="2012-02-01T08:00:00Z")
    build_index(site.root, tmp_path / "indexes" / "default")
    asked = ("late ferry to the harbour", "--no-collapse", "--recent", "10y")
    answer = run_search("query", *asked, "--format", "jsonl").stdout
    ids = [hit["id"] for hit in map(json.loads, answer.splitlines())]
    assert ids[0] == "2.md", "the newest of those with the same text"
    for rank, article in enumerate(ids[1:], start=2):
        assert f"-k {rank} would show it" in run_search("why-not", article, *asked, "-k", 1).stdout


def test_why_not_ranks_equal_articles_as_the_query_does(site, run_search, tmp_path):
    for number in range(4):
        date = f"202{number}-01-01T08:00:00Z"
        site.article(f"{number}.md", "Ferry to the harbour", "It is late.", publishedDateTime=date)
    build_index(site.root, tmp_path / "indexes" / "default")
    for asked in (("ferry", "--no-collapse"), ("ferry",), ("type:article",)):
        ids = [
            one["id"] for one in map(json.loads, run_search("query", *asked, "--format", "jsonl").stdout.splitlines())
        ]
        assert len(ids) == 4
        for rank, article in enumerate(ids[1:], start=2):
            done = run_search("why-not", article, *asked, "-k", 1)
            assert f"-k {rank} would show it" in done.stdout
            assert done.returncode == 1


def test_why_not_of_a_draft(built, run_search):
    built.article("draft.md", "A draft", "Not indexed yet.")
    done = run_search("why-not", built.root / "draft.md", "draft")
    assert done.stdout == "draft.md is not in the index yet; run: search index\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("_drafts/a.md", "a draft (_drafts)"),
        ("_news/_index.md", "the page of a section (_index)"),
        ("wiki/a.md", "search.toml excludes it"),
    ],
)
def test_why_not_of_what_no_index_takes(built, run_search, path, why):
    built.write("search.toml", '[content]\nexclude = ["wiki/**"]\n')
    done = run_search("why-not", built.article(path, "A column"), "column")
    assert done.stdout == f"{path} is left out of the index: {why}\n"
    assert done.returncode == 1
