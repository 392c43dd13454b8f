"""The program as a person runs it: output, formats, exit codes."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from search.cli.render.status import status_text
from search.encoders.locate import BASE_MODEL
from search.index.build import build_index
from search.index.opened import open_index
from search.index.summary import summarize


@pytest.fixture
def built(harbour, tmp_path):
    """The harbour site indexed where the program looks by default."""
    build_index(harbour.root, tmp_path / "indexes" / "default")
    return harbour


def test_index_then_query(harbour, run_search, tmp_path):
    done = run_search("index", harbour.root)
    assert done.returncode == 0
    assert "7 articles" in done.stdout
    done = run_search("query", "surveillance", "of", "passengers", "-k", 2)
    assert done.returncode == 0
    assert "Cameras that identify people in a crowd" in done.stdout
    assert "\x1b" not in done.stdout, "a pipe gets no colours"


def test_json_has_the_fields_of_the_contract(built, run_search):
    done = run_search("query", "police cameras", "-k", 3, "--origin", "file", "--format", "json")
    answer = json.loads(done.stdout)
    fields = [
        "query",
        "corrected",
        "doubtful",
        "also_searched",
        "periods",
        "unmet",
        "latest",
        "absent",
        "near",
        "mode",
        "encoder",
        "took_ms",
        "total",
        "results",
    ]
    assert list(answer) == fields
    assert (answer["query"], answer["mode"], answer["total"]) == ("police cameras", "hybrid", 3)
    first = answer["results"][0]
    assert set(first) >= {
        "rank", "id", "path", "origin", "url", "title", "excerpt", "published_at", "published", "provider", "topics",
        "quality", "score", "scores", "story",
    }  # fmt: skip
    assert first["published_at"].endswith("Z")
    assert set(first["scores"]) == {"dense", "lexical", "feedback", "max_sim"}
    assert first["path"].endswith(first["id"])


def test_paths_can_be_piped_on(built, run_search, tmp_path):
    done = run_search("query", "police cameras", "--format", "paths", "--origin", "file", "-k", 2)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert (tmp_path / line).is_file()


def test_jsonl_and_markdown(built, run_search):
    lines = run_search("query", "police", "--format", "jsonl", "-k", 2).stdout.splitlines()
    assert [json.loads(line)["rank"] for line in lines] == [1, 2]
    assert run_search("query", "police", "--format", "markdown", "-k", 2).stdout.startswith("## police\n\n1. [")


def test_a_batch_of_queries_as_a_trec_run(built, run_search, tmp_path):
    (tmp_path / "queries.tsv").write_text("q1\tpolice cameras\tkeyword\nq2\train at the regatta\n")
    done = run_search("query", "--queries", "queries.tsv", "--format", "trec", "-k", 3)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == ["q1"] * 3 + ["q2"] * 3
    assert [row[3] for row in rows] == ["1", "2", "3"] * 2
    assert all(len(row) == 6 and row[1] == "Q0" for row in rows)
    for query_id in ("q1", "q2"):
        scores = [float(row[4]) for row in rows if row[0] == query_id]
        assert scores == sorted(set(scores), reverse=True)
    assert rows[3][2] == "_news/regatta.md"


def test_filters_and_explanations(built, run_search):
    done = run_search("query", "port", "--topic", "policing", "--since", "2025-05", "--explain", "--format", "json")
    assert [result["id"] for result in json.loads(done.stdout)["results"]] == ["_news/crowd-cameras.md"]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], ["cosine", "words", "leaders", "MaxSim"]),
        (["--recent", "30d"], ["cosine", "words", "leaders", "MaxSim", "recency"]),
        (["in march 2025"], ["cosine", "words", "leaders", "MaxSim", "time"]),
        (["in march 2025", "--as-typed"], ["cosine", "words", "leaders", "MaxSim"]),
        (["in march 2025", "--mode", "dense"], ["cosine", "time"]),
        (["in march 2025", "--mode", "lexical"], ["BM25"]),
        (["--mode", "dense"], ["cosine"]),
        (["--mode", "lexical", "--recent", "10y"], ["BM25", "recency"]),
    ],
)
def test_an_explanation_adds_up_to_the_score(built, run_search, options, names):
    asked = ("query", "port cameras", *options)
    results = json.loads(run_search(*asked, "--explain", "--format", "json").stdout)["results"]
    assert len(results) >= 3
    for one in results:
        parts = one["explain"]["parts"]
        assert [part["name"] for part in parts] == names
        assert sum(part["adds"] for part in parts) == pytest.approx(one["score"], abs=5e-6)
        assert sum(part["weight"] * part["value"] for part in parts) == pytest.approx(one["score"], abs=5e-6)
    assert "explain" not in json.loads(run_search(*asked, "--format", "json").stdout)["results"][0]
    text = run_search(*asked, "--explain").stdout
    told = [line.strip() for line in text.splitlines() if line.strip().startswith("score ")]
    assert len(told) == len(results)
    for line in told:
        score, summands = re.sub(r" \(.*?\)", "", line).replace("BM25", "").removeprefix("score ").split(" = ")
        products = [math.prod(map(float, re.findall(r"\d+(?:\.\d+)?", one))) for one in summands.split(" + ")]
        assert sum(products) == pytest.approx(float(score), abs=2e-4)


def test_an_explanation_tells_the_most_that_the_words_could_score(built, run_search):
    first = json.loads(run_search("query", "port cameras", "--explain", "--format", "json").stdout)["results"][0]
    words = next(part for part in first["explain"]["parts"] if part["name"] == "words")
    share = min(first["explain"]["bm25"] / first["explain"]["bm25_at_most"], 1)
    assert words["value"] == pytest.approx(share, abs=1e-5)
    assert "of " in run_search("query", "port cameras", "--explain").stdout.split("(BM25 ")[1].split(" at most)")[0]
    assert "newest first, without a score" in run_search("query", "topic:Sport", "--explain").stdout


def test_a_time_in_the_words_is_said_and_told(built, run_search):
    done = run_search("query", "port cameras in march 2025", "--format", "json")
    assert json.loads(done.stdout)["periods"] == [
        {"words": "in march 2025", "since": "2025-03-01T00:00:00Z", "until": "2025-04-01T00:00:00Z"}
    ]
    assert done.stderr == (
        "what is of that time counts more: in march 2025 (since:2025-03-01 until:2025-03-31 hides all else)\n"
    )


def test_of_a_time_that_nothing_is_of_people_and_programs_are_told(built, run_search):
    done = run_search("query", "port cameras in march 1999", "--format", "json")
    answer = json.loads(done.stdout)
    missed = {"words": "in march 1999", "since": "1999-03-01T00:00:00Z", "until": "1999-04-01T00:00:00Z"}
    assert (answer["periods"], answer["unmet"]) == ([], [missed])
    assert done.stderr == "no article here is of that time: in march 1999 (since:1999-03-01 until:1999-03-31)\n"
    done = run_search("query", "march 1999")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == "no article here is of that time: march 1999 (since:1999-03-01 until:1999-03-31)\nnothing found\n"
    )


def test_operators_within_the_text(built, run_search):
    done = run_search("query", "-faces", "port", 'topic:"Policing"', "-heat", "-kernel", "--format", "json", "-k5")
    assert [result["id"] for result in json.loads(done.stdout)["results"]] == ["_news/crowd-cameras.md"]


def test_nothing_found_is_exit_code_1(built, run_search):
    done = run_search("query", "zeppelin", "--mode", "lexical")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'no title, excerpt or topic has the word "zeppelin"\nnothing found\n'


@pytest.mark.parametrize("name", ["IT", "AND"])
def test_of_a_name_in_capitals_it_is_said_that_no_article_has_it_in_capitals(built, run_search, name):
    done = run_search("query", name, "--format", "json", "--mode", "lexical")
    assert done.stderr == f'no title, excerpt or topic has the word "{name}" in capitals\nnothing found\n'
    assert json.loads(done.stdout)["absent"] == [name]


def test_what_is_not_there_and_what_is_far_is_said(built, run_search):
    done = run_search("query", "guitar chords type:video")
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        'no title, excerpt or topic has the words "guitar", "chords"',
        "nothing comes near this query; these are the nearest that pass the filters",
    ]
    done = run_search("query", "biometric surveillance", "-k", 1)
    assert (
        done.stderr
        == 'no title, excerpt or topic has the words "biometric", "surveillance"; these come nearest in meaning\n'
    )
    done = run_search("query", "guitar chords", "--no-floor", "-k", 1)
    assert done.stderr.endswith("nothing comes near this query; these are the nearest\n")


def test_related_shows_curated_beside_suggested(built, run_search):
    done = run_search("related", "_news/face-cameras.md", "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["article"]["id"] == "_news/face-cameras.md"
    assert [(item["rank"], item["id"]) for item in answer["curated"]] == [
        (1, "https://quaycourier.example/watchdog"),
        (2, "_news/heat-pumps.md"),
    ]
    suggested = [item["id"] for item in answer["suggested"]]
    assert suggested[0] == "_news/face-cameras-wire.md"
    assert "_news/crowd-cameras.md" in suggested
    assert not {"_news/face-cameras.md", "_news/heat-pumps.md", "https://quaycourier.example/watchdog"} & set(suggested)
    assert set(answer["suggested"][0]) >= {"score", "probability", "kind", "reasons", "also", "excerpt", "quality"}


@pytest.mark.parametrize(
    "reference",
    [
        "_news/face-cameras.md",
        "content/_news/face-cameras.md",
        "https://www.harbourpost.example/face-cameras/?utm_source=x",
    ],
)
def test_an_article_is_named_by_id_path_or_address(built, run_search, reference):
    done = run_search("related", reference, "--format", "json")
    assert json.loads(done.stdout)["article"]["id"] == "_news/face-cameras.md"


def test_a_draft_that_is_not_indexed_works_too(built, run_search):
    built.article("_drafts/new.md", "Face scans at the ferry: travellers object", "They fear a database of commuters.")
    done = run_search("related", "content/_drafts/new.md", "-k", 2, "--format", "json")
    assert json.loads(done.stdout)["suggested"][0]["id"] == "_news/face-cameras.md"


def test_an_article_edited_since_it_was_indexed_counts_as_it_stands_now(built, run_search):
    built.article("_news/regatta.md", "Police cameras at the regatta", "Officers scan faces in the crowd.")
    done = run_search("related", "_news/regatta.md", "-k", 1, "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["article"]["title"] == "Police cameras at the regatta"
    assert "cameras" in answer["suggested"][0]["id"]


def test_an_article_that_tells_something_else_now_is_not_of_the_story_that_it_was_of(site, run_search):
    day = {"publishedDateTime": "2025-03-02"}
    site.article("one.md", "Ferry strike ends after nine days", "Dockers of Lyra accept the pay deal.", **day)
    courier = {"name": "Quay Courier", "domain": "quaycourier.example"}
    text = "Dockers of Lyra accept a pay deal after nine days."
    site.article("two.md", "Nine days of ferry strike end", text, provider=courier, **day)
    run_search("index", site.root)
    command = ["related", "one.md", "--min-probability", 0, "--format", "json"]
    assert json.loads(run_search(*command).stdout)["suggested"][0]["kind"] == "same-story"
    site.article("one.md", "Heat pumps for every home", "A grant for those who insulate.", **day)
    assert json.loads(run_search(*command).stdout)["suggested"][0]["kind"] != "same-story"


def test_an_article_deleted_since_it_was_indexed_is_known_by_its_path(built, run_search):
    (built.root / "_news/regatta.md").unlink()
    (built.root.parent / "link").symlink_to(built.root)
    for path in (built.root / "_news/regatta.md", built.root.parent / "link/_news/regatta.md"):
        done = run_search("related", path, "--min-probability", 0, "--format", "json")
        assert json.loads(done.stdout)["article"]["id"] == "_news/regatta.md"


def test_suggestions_for_several_are_one_array(built, run_search):
    of_all = run_search("suggest", "--all", "--format", "json", "-k", 2).stdout
    of_one = run_search("suggest", "_news/face-cameras.md", "--format", "json", "-k", 2).stdout
    lines = run_search("suggest", "--all", "-k", 2).stdout.splitlines()
    assert json.loads(of_all) == [json.loads(line) for line in lines]
    assert json.loads(of_one) in json.loads(of_all)
    none = run_search("suggest", "--since", "2030", "--format", "json")
    assert (json.loads(none.stdout), none.returncode) == ([], 1)
    assert "no article was published since 2030; the newest article is of 2025-06-02" in none.stderr


def test_suggestions_in_bulk(built, run_search):
    done = run_search("suggest", "--all", "--format", "jsonl", "-k", 2, "--min-probability", 0)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == 6
    assert all(len(record["suggested"]) == 2 for record in records)
    blind = run_search("suggest", "_news/face-cameras.md", "--blind", "--format", "trec", "-k", 6).stdout
    assert "_news/heat-pumps.md" in blind, "with --blind what is curated is proposed"
    nothing = run_search("suggest", "_news/regatta.md", "--min-probability", 0.99)
    assert nothing.returncode == 1
    assert json.loads(nothing.stdout)["suggested"] == []


def test_an_article_with_nothing_good_says_so(built, run_search):
    done = run_search("related", "_news/face-cameras.md", "--min-probability", 0.999)
    assert done.returncode == 1
    assert "nothing good enough to suggest: the best is" in done.stderr


def test_status(built, run_search):
    text = run_search("status").stdout
    assert "7: file 6, embedded 1" in text
    record = json.loads(run_search("status", "--json").stdout)
    assert record["articles"] == {"embedded": 1, "file": 6}
    assert run_search("status", "--not-articles").stdout.startswith("_data/quay.md: no article: ")


def test_status_tells_an_index_of_the_former_default_that_there_is_another(harbour, tmp_path):
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        summary = summarize(index)
    former = replace(summary, encoder=replace(summary.encoder, name=BASE_MODEL))
    assert "search index --encoder" not in status_text(summary)
    assert "(search index --encoder all-MiniLM-L6-v2+news)" in status_text(former)


def test_status_says_what_lists_the_files_that_it_counts(harbour, run_search, tmp_path):
    harbour.write("_news/bad.md", "---\ntitle: [unclosed\n---\n")
    build_index(harbour.root, tmp_path / "indexes" / "default")
    text = run_search("status").stdout
    told = "not-article 1 (--not-articles lists them), problem 1 (--problems lists them)\n"
    assert f"files  article 6, {told}" in text
    assert "problems  1 file not read, 0 warnings (--problems lists them)\n" in text
    for option, count in {"--not-articles": 1, "--problems": 1}.items():
        assert len(run_search("status", option).stdout.splitlines()) == count


def test_status_lists_what_filters_can_ask_for(harbour, run_search, tmp_path):
    for number in range(12):
        harbour.article(
            f"more/{number}.md",
            f"Ferry {number} sails",
            provider={"name": f"Outlet {number:02}", "domain": f"outlet{number}.example"},
        )
    build_index(harbour.root, tmp_path / "indexes" / "default")
    text = run_search("status").stdout
    assert "categories  news 17, features 1\n" in text
    assert "types  article 18, video 1\n" in text
    assert "Outlet 06 1, Outlet 07 1, … and 5 more\n" in text
    record = json.loads(run_search("status", "--format", "json").stdout)
    assert record["categories"] == {"news": 17, "features": 1}
    assert record["distinct"] == {"topics": 5, "categories": 2, "providers": 15}
    assert record == json.loads(run_search("status", "--json").stdout)


def test_strict_is_exit_code_3_and_the_index_is_built_all_the_same(harbour, run_search):
    harbour.write("_news/bad.md", "---\ntitle: [unclosed\n---\n")
    done = run_search("index", harbour.root, "--strict")
    assert done.returncode == 3
    assert "_news/bad.md:" in done.stderr
    assert run_search("query", "police").returncode == 0


def test_many_articles_without_an_address_are_told_of_until_the_site_has_one(site, run_search):
    for number in range(10):
        site.article(f"{number}.md", f"Ferry {number} sails", webUrl=None if number else "https://w.example/0")
    assert "search.toml" not in run_search("index", site.root, "--encoder", "static").stderr
    site.article("10.md", "Ferry 10 sails", webUrl=None)
    last = run_search("index", site.root).stderr.splitlines()[-1]
    assert last.startswith("10 articles name no address:")
    assert f'{site.root / "search.toml"}: [content], and below it site_url = "https://your.site"' in last
    assert "name no address" not in run_search("index", site.root).stderr, "nothing changed"
    site.write("search.toml", '[content]\nsite_url = "https://w.example"\n')
    assert "name no address" not in run_search("index", site.root).stderr


def test_a_folder_without_a_single_article_is_pointed_out(site, run_search):
    site.write("readme.md", "No front matter.\n")
    done = run_search("index", site.root)
    assert done.returncode == 0
    assert "0 articles; 1 file, 1 read, 1 is no article, 0 texts encoded" in done.stdout
    assert "search status --not-articles" in done.stderr
    assert run_search("index", site.root, "--strict").returncode == 3


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["query", "police", "--index", "nowhere"], 4, "there is no index"),
        (["query"], 2, "the query is empty"),
        (["query", ""], 2, "the query is empty"),
        (["query", "police", "--topic", "Policeing"], 2, "did you mean 'Policing'"),
        (["query", "police", "--since", "soon"], 2, "is not a date"),
        (["query", "police", "--tpoic", "x"], 2, "No such option: --tpoic"),
        (["query", "police", "-k", "0"], 2, "-k"),
        (["query", "--queries", "missing.tsv", "--format", "trec"], 2, "missing.tsv"),
        (["query", "police", "--encoder", "static"], 4, "rebuild with"),
        (["related", "_news/nothing.md"], 2, "no article"),
        (["related", "/etc/hostname"], 2, "outside the content root"),
        (["related", "_data/quay.md"], 2, "is no article"),
        (["related", "https://nowhere.example/x"], 2, "no article has the address"),
        (["index", "nowhere"], 2, "is not a folder"),
        (["index", ""], 2, "the path of a folder is empty"),
        (["index", "content", "--index", ""], 2, "the path of a folder is empty"),
        (["index", "content", "--index", "content"], 2, "is the content root"),
        (["suggest"], 2, "say for which articles"),
        (["status", "--index", "nowhere"], 4, "there is no index"),
    ],
)
def test_bad_input_gets_one_clear_line_and_its_exit_code(built, run_search, arguments, code, words):
    done = run_search(*arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_query_of_100_000_characters(built, run_search):
    done = run_search("query", "police " * 14_286, "-k", 1)
    assert done.returncode == 0
    assert "only its beginning is looked at" in done.stderr


def test_a_reader_that_goes_away_is_no_error(built, tmp_path):
    command = f"{sys.executable} -m search suggest --all | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=tmp_path, check=False)  # noqa: S602
    assert (done.stderr, done.returncode) == ("", 0)


def test_hostile_titles_are_inert(site, run_search, tmp_path):
    site.article("a.md", "\x1b[31mRed\x07 alert \u202egnp.exe <script>alert(1)</script> [x](javascript:alert(1))")
    build_index(site.root, tmp_path / "indexes" / "default")
    for output in ("table", "markdown"):
        text = run_search("query", "red alert", "--format", output).stdout
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
        assert "<script>" not in text
    assert "](javascript:" not in run_search("query", "red alert", "--format", "markdown").stdout


def test_a_terminal_gets_links_and_marks(built, tmp_path):
    environment = os.environ | {"FORCE_COLOR": "1"}
    command = [sys.executable, "-m", "search", "query", "police", "-k", "1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True)
    assert "\x1b]8;;https://harbourpost.example/face-cameras" in done.stdout
    assert "\x1b[1;33mPolice" in done.stdout


def test_an_index_folder_that_cannot_be_written(harbour, run_search):
    done = run_search("index", harbour.root, "--index", "/sys/search-index")
    assert done.returncode == 4
    assert "/sys/search-index cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_index_is_named_and_stays_whole(built, run_search, tmp_path, ordinary_user):
    folder = tmp_path / "indexes" / "default"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    built.article("_news/new.md", "Something new")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = run_search("index", built.root, before=ordinary_user)
    answered = run_search("query", "police", before=ordinary_user)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 4
    assert "cannot be written: permission denied" in done.stderr
    assert answered.returncode == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small file system can be mounted by the superuser only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_named_and_the_old_generation_answers(harbour, run_search, small_disk):
    assert run_search("index", harbour.root, "--index", small_disk).returncode == 0
    for number in range(300):
        harbour.article(f"more/{number}.md", f"Ferry {number} leaves the harbour", f"It carries {number} people. " * 20)
    done = run_search("index", harbour.root, "--index", small_disk)
    assert done.returncode == 4
    assert "is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert run_search("query", "police", "--index", small_disk).returncode == 0


def test_a_query_imports_nothing_of_what_comes_after_retrieval(built, tmp_path):
    code = (
        "import sys\nsys.argv = ['search', 'query', 'police']\nfrom search.cli.edge import run\nrun()\n"
        "rooms = ('related', 'evaluation', 'learning', 'desk')\n"
        "print(sorted(name for name in sys.modules if name.startswith(tuple(f'search.{one}' for one in rooms))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["query", "police"], ["related", "_news/face-cameras.md"], ["status"]])
def test_no_answer_imports_torch(built, tmp_path, arguments):
    code = (
        f"import sys\nsys.argv = ['search', *{arguments!r}]\nfrom search.cli.edge import run\nrun()\n"
        "heavy = ('torch', 'transformers', 'sentence_transformers', 'huggingface_hub')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stderr.strip() == "[]"


def test_related_for_an_indexed_article_needs_no_encoder(built, tmp_path):
    code = (
        "import sys\nfrom search.cli.edge import run\n"
        "sys.argv = ['search', 'related', '_news/face-cameras.md']\nrun()\n"
        "print([name for name in ('onnxruntime', 'tokenizers', 'model2vec') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stderr.strip() == "[]"
