"""Files of judgements and queries."""

from __future__ import annotations

from search.evaluation.trec import JudgedQuery, read_judgements, read_queries


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
