"""Files of judgements and queries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.cli.render.trec import trec_lines
from search.errors import UsageError
from search.evaluation.trec import (
    JudgedQuery,
    decoded_id,
    graded_rows,
    judgements_of,
    read_judgements,
    read_queries,
)
from search.index.build import build_index
from search.index.opened import open_index


def test_lines_end_at_line_feeds_only(tmp_path):
    queries = tmp_path / "queries.tsv"
    queries.write_bytes("\ufeffa\tpolice\u2028cameras\u0085at\x0cnight\tkeyword\r\n\r\nb\train\n".encode())
    assert read_queries(queries) == [
        JudgedQuery("a", "police\u2028cameras\u0085at\x0cnight", "keyword"),
        JudgedQuery("b", "rain"),
    ]
    beir = tmp_path / "queries.jsonl"
    beir.write_text('{"_id": "a", "text": "police\u2028cameras"}\n', encoding="utf-8")
    assert read_queries(beir) == [JudgedQuery("a", "police\u2028cameras")]
    judgements = tmp_path / "some.qrels"
    judgements.write_bytes(b"a 0 one.md 2\r\na 0 two.md 1\r\n")
    assert read_judgements(judgements) == {"a": {"one.md": 2, "two.md": 1}}


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: not text.startswith("https://")),
    st.sampled_from(["https://paper.example/a%20b%25", "https://paper.example/caf%C3%A9", "news/a b.md", "100%25.md"]),
)
def test_what_a_run_names_is_read_again_from_judgements_made_of_it(tmp_path_factory, query_id, article_id):
    for one, other in ((query_id, article_id), (article_id, query_id)):
        (line,) = trec_lines(one, [(other, 1.0)]).split("\n")[:-1]
        assert len(line.split()) == 6
        assert [decoded_id(word) for word in line.split()[::2][:2]] == [one, other]
        judgements = tmp_path_factory.getbasetemp() / "made.qrels"
        judgements.write_bytes("\n{} 0 {} 3\n".format(*line.split()[::2]).encode())
        assert read_judgements(judgements) == {one: {other: 3}}


def test_ids_with_spaces_stand_between_tabs(tmp_path):
    judgements = tmp_path / "some.tsv"
    judgements.write_text(
        "query-id\tcorpus-id\tscore\nport news\tnews/a b.md\t3\nnews/c d.md\t0\tnews/a  b.md \t1\nq\tQ0 a.md\t2\n"
        "q 0 b.md\t2\nq\t0\tc.md\t2\t\n"
    )
    assert read_judgements(judgements) == {
        "port news": {"news/a b.md": 3},
        "news/c d.md": {"news/a  b.md": 1},
        "q": {"Q0 a.md": 2, "b.md": 2, "c.md": 2},
    }
    judgements.write_text("port news 0 a.md 3\n")
    with pytest.raises(UsageError, match=r"some\.tsv:1: not 'qid 0 id grade'") as caught:
        read_judgements(judgements)
    assert "tabs where ids hold spaces" in caught.value.hint


@pytest.mark.parametrize("name", ["100%.md", "caf%C3%A9.md", "a%2Fb.md", "50%2.md", "https://paper.example/a%20b"])
def test_escapes_that_no_run_has_are_read_as_they_stand(tmp_path, name):
    judgements = tmp_path / "some.qrels"
    judgements.write_text(f"q 0 {name} 3\n")
    assert read_judgements(judgements) == {"q": {name: 3}}


def test_an_id_that_is_known_as_it_stands_is_not_decoded(site, tmp_path):
    names = ("a%20b.md", "c d.md", "100%25.md")
    for name in names:
        site.article(name, f"What stands in {name}")
    build_index(site.root, tmp_path / "index", encoder="static")
    judgements = tmp_path / "some.qrels"
    judgements.write_text("a%20b.md 0 c%20d.md 3\na%20b.md 0 100%25.md 2\nc%20d.md 0 a%2520b.md 1\n")
    one, two, three = names
    with open_index(tmp_path / "index") as index:
        assert judgements_of(index, judgements) == {one: {two: 3, three: 2}, two: {one: 1}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("queries.tsv", "a\tpolice\n\nb\train\na\tsun\n"),
        ("queries.jsonl", '{"_id": "a", "text": "sun"}\n\n{"_id": "b", "text": ""}\n{"_id": "a", "text": "sun"}\n'),
    ],
)
def test_a_query_id_stands_once(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=rf"{name}:4: query id a stands in line 1 too"):
        read_queries(tmp_path / name)


def test_a_file_that_is_no_text_says_where(tmp_path):
    (tmp_path / "queries.tsv").write_bytes(b"a\tpolice\nb\tcaf\xe9\n")
    with pytest.raises(UsageError, match=r"queries.tsv:2: not UTF-8$"):
        read_queries(tmp_path / "queries.tsv")
    with pytest.raises(UsageError, match=r"absent.tsv cannot be read: no such file or directory$"):
        read_queries(tmp_path / "absent.tsv")


def test_lines_that_are_no_queries_can_be_left_out(tmp_path):
    lines = [b"a\tpolice", b"b", b"c\tcaf\xe9", b"\tport", b"a\tsun", b"d\train"]
    (tmp_path / "queries.tsv").write_bytes(b"\n".join(lines))
    told: list[UsageError] = []
    queries = read_queries(tmp_path / "queries.tsv", told.append)
    assert [(one.id, one.line) for one in queries] == [("a", 1), ("d", 6)]
    assert [error.message.rsplit(":", 2)[1] for error in told] == ["2", "3", "4", "5"]
    (tmp_path / "queries.jsonl").write_text('[1]\n{"_id": "a", "text": "sun"}\nnot json\n' + "[" * 100_000 + "\n")
    assert read_queries(tmp_path / "queries.jsonl", told.append) == [JudgedQuery("a", "sun")]
    assert len(told) == 7


def test_grades_below_0_are_not_relevant_and_grades_beyond_all_scales_are_refused(tmp_path):
    judgements = tmp_path / "some.qrels"
    judgements.write_text("a 0 one.md -2\na 0 two.md 10\n")
    assert read_judgements(judgements) == {"a": {"one.md": 0, "two.md": 10}}
    judgements.write_text("a 0 one.md 4\n\na 0 two.md 5000\n")
    with pytest.raises(UsageError, match=r"some\.qrels:3: a grade above 10$"):
        read_judgements(judgements)
    judgements.write_text("query-id\tcorpus-id\tscore\n")
    with pytest.raises(UsageError, match=r"some\.qrels holds no judgement$"):
        read_judgements(judgements)


def test_two_grades_of_one_pair_are_told_once(tmp_path):
    judgements = tmp_path / "some.qrels"
    judgements.write_text("a 0 one.md 2\na 0 one.md 2\nb 0 one.md 1\n\na 0 one.md 0\nb 0 one.md 3\n")
    told: list[str] = []
    assert read_judgements(judgements, told.append) == {"a": {"one.md": 0}, "b": {"one.md": 3}}
    assert told == [f"{judgements}:5: a and one.md have another grade above, and 1 more have; the later grade counts"]


def test_what_is_judged_against_itself_or_is_not_there_is_no_grade(harbour_index):
    one, two, gone = "_news/heat-pumps.md", "_news/regatta.md", "_news/gone.md"
    told: list[str] = []
    grades = graded_rows(harbour_index, {one: {one: 4, two: 1, gone: 2}, two: {two: 3}, gone: {one: 4}}, told.append)
    rows = {name: harbour_index.row_of_id(name) for name in (one, two)}
    assert grades == {rows[one]: {rows[two]: 1}}
    assert told == [f"judged against itself, which is ignored: {one}, and 1 more"]
