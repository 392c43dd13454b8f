"""What a command line means: options, and text that only looks like one."""

from __future__ import annotations

import json
import shutil

import pytest

from search.cli.command import _own_first, _text_last
from search.index.build import build_index

DECLARED = {"-k": True, "--since": True, "--format": True, "--explain": False, "-h": False, "--help": False}


@pytest.fixture
def built(harbour_to_read, tmp_path):
    site, folder = harbour_to_read
    shutil.copytree(folder, tmp_path / "indexes" / "default")
    shutil.copytree(site.root, tmp_path / "content")
    return site


@pytest.mark.parametrize(
    ("typed", "options", "text"),
    [
        (["port", "-k5"], ["-k5"], ["port"]),
        (["port", "-k", "5", "ferry"], ["-k", "5"], ["port", "ferry"]),
        (["-heat", "-kernel", "-h2o"], [], ["-heat", "-kernel", "-h2o"]),
        (['-"dark web"', "port"], [], ['-"dark web"', "port"]),
        (["-provider:northernwire.example"], [], ["-provider:northernwire.example"]),
        (["port", "-h"], ["-h"], ["port"]),
        (["--since", "-7d", "port"], ["--since", "-7d"], ["port"]),
        (["--since=7d", "--explain", "port"], ["--since=7d", "--explain"], ["port"]),
        (["port", "--tpoic", "x"], ["--tpoic"], ["port", "x"]),
        (["C++", "-", "now"], [], ["C++", "-", "now"]),
        (["-k", "5", "--", "--since", "-k"], ["-k", "5"], ["--since", "-k"]),
    ],
)
def test_options_and_text(typed, options, text):
    assert _text_last(typed, DECLARED) == [*options, "--", *text]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["index", "site", "--quiet"], ["--quiet", "index", "site"]),
        (["index", "--log", "json", "site"], ["--log", "json", "index", "site"]),
        (["--log=json", "query", "port", "--verbose"], ["--log=json", "--verbose", "query", "port"]),
        (["query", "-q", "--help", "--quieter"], ["query", "-q", "--help", "--quieter"]),
        (["query", "--", "--quiet"], ["query", "--", "--quiet"]),
        (["status", "--log"], ["--log"]),
    ],
)
def test_options_of_the_program_stand_anywhere(typed, read):
    assert _own_first(typed, {"--quiet": False, "--verbose": False, "--log": True}) == read


def test_options_of_the_program_do_behind_the_command_what_they_do_before_it(built, run_search):
    done = run_search("query", "port", "poilce", "--quiet", "-k", 1)
    assert (done.returncode, done.stderr) == (0, "")
    (event,) = map(json.loads, run_search("query", "port", "poilce", "--log", "json", "-k1").stderr.splitlines())
    assert event["event"] == "corrected"
    assert "requires an argument" in run_search("status", "--log").stderr
    assert "Usage: search query" in run_search("query", "--help").stdout.replace("python -m ", "")
    assert run_search("related", "_news/regatta.md", "-q").returncode == 2


def test_an_option_without_its_value_is_left_for_the_parser_to_refuse():
    assert _text_last(["port", "-k"], DECLARED) == ["-k"]


def found(done):
    assert done.returncode == 0, done.stderr
    return [result["id"] for result in json.loads(done.stdout)["results"]]


def test_a_number_attached_to_k_is_a_count(built, run_search):
    assert len(found(run_search("query", "port", "-k2", "--format", "json"))) == 2


def test_an_unwanted_phrase(built, run_search):
    ids = found(run_search("query", "port", '-"heat pumps"', "-hello", "--format", "json"))
    assert "_news/heat-pumps.md" not in ids
    assert len(ids) == 6


def test_an_unwanted_provider(built, run_search):
    ids = found(run_search("query", "port", "-provider:harbourpost.example", "--format", "json"))
    assert sorted(ids) == ["_news/face-cameras-wire.md", "https://quaycourier.example/watchdog"]


def test_why_not_takes_unwanted_words_too(built, run_search):
    done = run_search("why-not", "_news/heat-pumps.md", "port", "-heat")
    assert done.stdout == "filters: it does not pass the filter without: heat\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query", "x", "-k", "9" * 20], "-k"),
        (["query", "x", "-k" + "9" * 20], "-k"),
        (["query", "x", "--min-quality", "9" * 20], "--min-quality"),
        (["query", "x", "quality:" + "9" * 20], "is no number from 0 to 1000"),
        (["query", "x", "-k"], "requires an argument"),
        (["query", "x", "-since:2024"], "use until:"),
        (["related", "_news/regatta.md", "-k", "9" * 20], "-k"),
        (["suggest", "--all", "--per-provider", "9" * 20], "--per-provider"),
        (["eval", "-k", "9" * 20], "-k"),
        (["eval", "--worst", "9" * 20], "--worst"),
        (["verify", "--sample", "9" * 20], "--sample"),
        (["query", b"caf\xe9"], "caf\\xe9 is not UTF-8"),
        (["query", "🦑"], "there is no word in the query 🦑"),
        (["query", "((((", "topic:"], "topic: has no value"),
        (["query", "x", "--since", "soon"], "'soon' is not a date\n        use a date (2023, "),
        (["suggest", "--since", "last week"], "'last week' is not a date\n        use a date (2023, "),
        (["query", "x", "--until", "9999-12-31T23:59:59-12:00"], "is not a date\n"),
        (["query", "--queries", "absent.tsv", "--format", "trec"], "absent.tsv cannot be read: no such file"),
        (["query", "x", "--topic", b"caf\xe9"], "is not UTF-8"),
        (["related", b"caf\xe9.md"], "is not UTF-8"),
        (["eval", "--plot", "content/_news/regatta.md/plot.svg"], "regatta.md/plot.svg cannot be written"),
        (["eval", "--plot", ""], "a path that is given is empty"),
        (["eval", "--against-index", ""], "the path of a folder is empty"),
        (["export", "--data", ""], "a path that is given is empty"),
        (["export", "--data", "-"], "--data writes a .json file or a folder, and - is neither"),
        (["export", "--data", "notes.txt"], "--data notes.txt: a file for all articles ends in .json"),
        (["eval", "--plot", "-"], "standard output has the report"),
        (["query", "x", "--index", "-"], "- stands for no folder"),
        (["index", "-"], "- stands for no folder"),
        (["export", "--articles", ""], "a path that is given is empty"),
        (["suggest", "--all", "--html", ""], "a path that is given is empty"),
        (["query", "x", "--index", ""], "the path of a folder is empty"),
        (["suggest", "--since", "7d", "--all"], "articles are chosen in one way at a time"),
        (["status", "--index", " "], "the path of a folder is empty"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(built, run_search, arguments, words):
    arguments = [one.decode("utf-8", "surrogateescape") if isinstance(one, bytes) else one for one in arguments]
    done = run_search(*arguments)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dash_is_standard_output_where_a_file_is_written(built, run_search, tmp_path):
    before = sorted(tmp_path.iterdir())
    articles = run_search("export", "--articles", "-")
    assert len([json.loads(line) for line in articles.stdout.splitlines()]) == 7
    assert articles.stderr == "wrote 7 articles to standard output\n"
    page = run_search("suggest", built.root / "_news/regatta.md", "--html", "-", "--unpublished")
    assert page.stdout.startswith("<!doctype html>")
    assert page.stderr.splitlines()[0] == "wrote standard output"
    assert sorted(tmp_path.iterdir()) == before


def test_an_export_goes_into_a_folder_with_a_dot_in_its_name_that_is_there(built, run_search, tmp_path):
    (tmp_path / "site.example").mkdir()
    assert run_search("export", "--data", "site.example").returncode == 0
    assert (tmp_path / "site.example/_news/regatta.md.json").is_file()


def test_filters_alone_need_no_model(built, run_search, tmp_path, monkeypatch):
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(tmp_path / "empty"))
    for arguments in (["--topic", "Climate"], ["topic:Climate"], ["topic:Climate", "--rerank", "./no-model"]):
        assert found(run_search("query", *arguments, "--format", "json")) == ["_news/heat-pumps.md"]
    done = run_search("query", "heat")
    assert done.returncode == 4
    assert "is not prepared on this machine" in done.stderr


def test_queries_from_standard_input_are_split_at_line_feeds_only(built, tmp_path, run_search):
    (tmp_path / "queries.tsv").write_bytes("q1\tpolice\u2028cameras\x85\x0c\r\nq2\tregatta\r\n".encode())
    done = run_search("query", "--queries", "queries.tsv", "--format", "trec", "-k", 1)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["q1", "q2"]


def test_corrections_are_told_in_one_line(built, run_search):
    done = run_search("query", "poilce", "scan", "fcaes")
    assert done.stderr.splitlines() == [
        "searched for police, faces instead of poilce, fcaes (--as-typed keeps what is typed)"
    ]


def test_a_misspelt_phrase_is_asked_back(built, run_search):
    done = run_search("query", '"facial recogniton"')
    assert done.stderr.splitlines() == [
        'did you mean "facial recognition"?',
        'nothing found: no article has "facial recogniton"',
    ]
    assert done.returncode == 1


def test_bad_lines_of_a_file_of_queries_are_told_and_the_others_are_answered(built, tmp_path, run_search):
    lines = [
        b"q1\tpolice",
        b"q2\t???",
        b"q3\ttopic:Mars port",
        b"no tab here",
        b"q5\tcaf\xe9",
        b"q1\tport",
        b"q7\tregatta",
    ]
    (tmp_path / "queries.tsv").write_bytes(b"\n".join(lines))
    asked = ("query", "--queries", "queries.tsv", "--format", "trec", "-k", 1)
    done = run_search(*asked)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["q1", "q7"]
    told = [line for line in done.stderr.splitlines() if not line.startswith(" ")]
    assert told == [
        "queries.tsv:4: not 'qid<TAB>text'",
        "queries.tsv:5: not UTF-8",
        "queries.tsv:6: query id q1 stands in line 1 too",
        "queries.tsv:2: query q2: there is no word in the query ???",
        "queries.tsv:3: query q3: no article has the topic 'Mars'",
        "5 of 7 queries could not be answered",
    ]
    strict = run_search(*asked, "--strict")
    assert (strict.returncode, strict.stdout) == (3, done.stdout)
    assert "search: 5 of 7 queries could not be answered" in strict.stderr


def test_what_is_told_of_a_query_of_a_file_names_it(built, tmp_path, run_search):
    (tmp_path / "queries.tsv").write_text("q1\tpolice\nq2\tsubject:port police\nq3\tzeppelin\n")
    asked = ("query", "--queries", "queries.tsv", "--format", "jsonl", "--mode", "lexical")
    told = run_search(*asked).stderr.splitlines()
    assert told[0].startswith("query q2: subject: is no field, read as words")
    assert told[1] == 'query q3: no title, excerpt or topic has the word "zeppelin"'
    events = [json.loads(line) for line in run_search("--log", "json", *asked).stderr.splitlines()]
    assert [(one["qid"], one["event"]) for one in events] == [("q2", "no-field"), ("q3", "absent")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no tab here\nq1\tpolice\n", 0),
        ("no tab here\nq1\tzeppelin\n", 1),
        ("no tab here\nq1\t???\n", 2),
        ("q1\ttopic:Mars\n", 2),
        ("\n\n", 2),
    ],
)
def test_a_file_of_queries_ends_by_what_was_answered(built, tmp_path, run_search, text, code):
    (tmp_path / "queries.tsv").write_text(text)
    done = run_search("query", "--queries", "queries.tsv", "--format", "jsonl", "--mode", "lexical")
    assert done.returncode == code, done.stderr
    assert ("holds no query that can be answered" in done.stderr) == (code == 2)


def test_what_a_field_is_nearly_is_told_once(site, run_search, tmp_path):
    site.article("a.md", "A topic for the port", "Buses are a topic of their own.")
    site.article("b.md", "Rain over the port", "Buses run late.")
    build_index(site.root, tmp_path / "indexes" / "default")
    done = run_search("query", "topc:buses", "--no-floor")
    assert done.stderr.splitlines() == ["topc: is no field, read as words; did you mean topic:?"]


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("buss", "did you mean 'business'?"),
        ("bus", "did you mean 'bus-gate' or 'business'?"),
        ("jbos", "did you mean 'jobs'?"),
        ("xyz", "search status lists what there is"),
    ],
)
def test_a_topic_that_is_suggested_is_near_or_begins_so(site, run_search, tmp_path, typed, hint):
    site.article("a.md", "A port", topics=["jobs", "business", "bus-gate"])
    build_index(site.root, tmp_path / "indexes" / "default")
    assert run_search("query", "port", "--topic", typed).stderr.splitlines()[1].strip() == hint


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("topc:AI ferry terminal", "topc: is no field, read as words; did you mean topic:?"),
        ("min-quality:60 ferry terminal", "min-quality: is no field, read as words; did you mean quality:?"),
        ("foo:bar ferry terminal", "foo: is no field, read as words"),
    ],
)
def test_what_is_no_field_is_pointed_out(built, run_search, typed, told):
    done = run_search("query", typed, "--as-typed")
    assert done.stderr.splitlines() == [told]
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("port NOT pumps", "-pumps"),
        ('port NOT "heat pumps" NOT x', '-"heat pumps"'),
        ("port NOT topic:Climate", "-topic:Climate"),
    ],
)
def test_who_writes_not_is_told_of_the_minus(built, run_search, typed, meant):
    for output in ("table", "json"):
        done = run_search("query", typed, "--as-typed", "--format", output)
        assert done.stderr.splitlines() == [f"NOT is read as a word; to leave out what follows it, write {meant}"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("port OR ferry OR pumps", ["OR"]),
        ('"heat pumps" AND (port OR ferry)', ["AND", "OR"]),
        ("port or ferry and pumps", []),
        ("OR port AND", []),
        ('"port OR ferry"', []),
        ("port -OR ferry", []),
    ],
)
def test_who_writes_or_and_and_is_told_that_they_are_words(built, run_search, typed, told):
    lines = run_search("query", typed, "--as-typed", "--mode", "lexical").stderr.splitlines()
    assert [line.split(" is read as a word; ")[0] for line in lines if "is read as" in line] == told


def test_nobody_is_told_of_operators_in_a_file_of_queries(built, run_search, tmp_path):
    (tmp_path / "queries.tsv").write_text("1\tport NOT pumps OR ferries\n")
    done = run_search("query", "--queries", str(tmp_path / "queries.tsv"), "--mode", "lexical", "--format", "trec")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["query", "port", "--explain", "--format", "paths"], "--explain has no effect with --format paths"),
        (["query", "port", "--explain", "--format", "trec"], "--explain has no effect with --format trec"),
        (["query", "port", "--explain", "--format", "markdown"], "--explain has no effect with --format markdown"),
        (["query", "port", "--explain", "--format", "json"], ""),
        (["query", "port", "--strict"], "--strict has no effect without --queries"),
        (
            ["related", "_news/regatta.md", "--explain", "--format", "json"],
            "--explain has no effect with --format json",
        ),
        (["related", "_news/regatta.md", "--explain"], ""),
        (
            ["suggest", "--all", "--html", "a.html", "--format", "jsonl"],
            "--format has no effect with --html, which writes a page",
        ),
        (["suggest", "--all", "--html", "a.html"], ""),
        (["learn", "--encoder", "--json"], "--json has no effect with --encoder"),
    ],
)
def test_an_option_without_effect_is_told(built, run_search, arguments, told):
    done = run_search(*arguments)
    assert "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if "has no effect" in line] == ([told] if told else [])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--since", "2025-06", "--until", "2025-05"], "no time is both since 2025-06-01 and until 2025-05-31"),
        (["--since", "2025-07"], "the newest article is of 2025-06-02"),
        (["--until", "2024"], "the oldest article is of 2025-02-11"),
        (["--min-quality", 82], "no article has a quality above 81"),
        (["--since", "2025-06", "--provider", "Northern Wire"], "no article passes all of the filters"),
        (
            ["--since", "2025-05-05T10:00", "--until", "2025-05-05T08:00"],
            "no time is both since 2025-05-05T10:00 and until 2025-05-05T08:00",
        ),
    ],
)
def test_filters_that_nothing_can_pass_are_told(built, run_search, options, why):
    assert run_search("query", "port", *options).stderr == f"nothing found: {why}\n"
    assert run_search("query", *options).stderr == f"nothing found: {why}\n"
    assert run_search("related", "_news/face-cameras.md", *options).stderr == f"nothing to suggest: {why}\n"
    if "--min-quality" in options:
        assert run_search("suggest", "--all", *options).stderr == f"nothing to suggest: {why}\n"


def test_words_that_let_nothing_pass_are_told(built, run_search):
    assert run_search("query", 'port "zebra crossing"').stderr.endswith(
        'nothing found: no article has "zebra crossing"\n'
    )


def test_a_site_without_qualities_or_dates_is_told(site, run_search, tmp_path):
    site.article("a.md", "Ferry sails", quality=None, publishedDateTime=None)
    build_index(site.root, tmp_path / "indexes" / "default", encoder="static")
    assert run_search("query", "ferry", "--min-quality", 1).stderr == "nothing found: no article has a quality\n"
    assert run_search("query", "ferry", "--since", "2020").stderr == "nothing found: no article has a date\n"
    told = "nothing found: every article has ferry, which is to be left out\n"
    assert run_search("query", "ferry -wreck -ferry").stderr == told


def test_as_many_unwanted_words_as_a_query_holds(built, run_search):
    unwanted = ["-q", "-x"] * 600
    assert len(found(run_search("query", "port", *unwanted, "--format", "json"))) == 7
    assert len(found(run_search("query", "port", *unwanted, "-heat", "--format", "json"))) == 6


def test_an_index_that_may_not_be_read_cannot_answer(built, run_search, tmp_path, ordinary_user):
    folder = tmp_path / "indexes" / "default"
    folder.chmod(0)
    done = run_search("query", "port", before=tuple(ordinary_user))
    folder.chmod(0o755)
    assert done.returncode == 4
    assert done.stderr.splitlines()[0] == "search: indexes/default/CURRENT cannot be read: permission denied"


def test_output_in_an_encoding_that_lacks_a_letter(built, run_process, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = run_process("query", "port")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "search: standard output is ascii, which has no '\\xb7'",
        "        set PYTHONIOENCODING=utf-8",
    ]
