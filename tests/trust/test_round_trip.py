"""Nothing of an article is lost or altered on its way through an index, and nothing depends on how it is built."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from search.cli.export import export
from search.content.article import Article, CuratedItem, Provider
from search.content.parallel import load_files
from search.content.settings import load_settings
from search.content.walk import find_candidates
from search.index.build import build_index
from search.index.opened import open_index
from search.related.options import Options
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.soak import SOAKING, told


def read(record):
    """Return the article that a line of an export tells of."""
    moment = record["published_at"]
    return Article(
        id=record["id"],
        origin=record["origin"],
        title=record["title"],
        excerpt=record["excerpt"],
        url=record["url"] or "",
        canonical_url=record["canonical_url"] or "",
        alias_urls=tuple(record["alias_urls"]),
        published_at=datetime.fromisoformat(moment) if moment else None,
        type=record["type"],
        category=record["category"] or "",
        provider=Provider(**record["provider"]),
        topics=tuple(record["topics"]),
        quality=record["quality"],
        published=record["published"],
        removed=record["removed"],
    )


def read_item(record):
    """Return the item of a list that a line of an export tells of."""
    copy = record["article"]
    return CuratedItem(record["position"], record["target"], record["title"], read(copy) if copy else None)


def compare(root, folder, file):
    """Return how many articles and items were compared; every field of each is what the files say."""
    export(articles=file, folder=folder)
    exported = {record["id"]: record for record in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    settings = load_settings(root)
    paths = [candidate.path for candidate in find_candidates(root, settings) if candidate.problem is None]
    articles = items = 0
    for record in load_files(root, paths, settings, workers=1):
        if record.article is None:
            assert record.path not in exported
            continue
        line = exported[record.article.id]
        assert read(line) == record.article
        assert tuple(map(read_item, line["curated"])) == record.curated
        articles += 1
        items += len(record.curated)
    return articles, items


def test_the_sample_content(harbour, harbour_index, tmp_path):
    assert compare(harbour.root, tmp_path / "index", tmp_path / "articles.jsonl") == (6, 2)


def test_the_real_content(shared_content, tmp_path):
    root = shared_content if SOAKING else shared_content / "ai"
    build_index(root, tmp_path / "index")
    articles, items = compare(root.resolve(), tmp_path / "index", tmp_path / "articles.jsonl")
    told(f"{articles:,} articles and {items:,} items of lists through index and export: not one field altered")
    assert articles >= (5576 if SOAKING else 1)


def logical(folder):
    """Return everything a catalogue says, without the times of files."""
    with open_index(folder) as index:
        tables = [
            "article",
            "address",
            "topic",
            "copy",
            "curated",
            "terms",
            "vocabulary",
            "acronym",
            "listed_type",
            "story",
        ]
        content = {
            table: sorted(map(repr, index.connection.execute(f"SELECT * FROM {table}").fetchall())) for table in tables
        }
        ranked = [
            [(one.article.id, one.score, one.probability) for one in suggest(index, subject, Options()).suggested]
            for subject in (find_subject(index, name) for name in ("_news/face-cameras.md", "_news/heat-pumps.md"))
        ]
        vectors = index.vectors.get(index.columns.rows)
        return content, ranked, vectors.tobytes()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_content_gives_the_same_index(harbour, tmp_path, threads, monkeypatch):
    import os

    import faiss

    build_index(harbour.root, tmp_path / "one")
    usual = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(threads)
    if hasattr(os, "sched_setaffinity"):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, set(sorted(before)[:threads]))
    try:
        build_index(harbour.root, tmp_path / "two")
    finally:
        faiss.omp_set_num_threads(usual)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, before)
    assert logical(tmp_path / "one") == logical(tmp_path / "two")


def test_an_index_built_step_by_step_answers_like_one_built_at_once(harbour, tmp_path):
    late = (harbour.root / "_news/crowd-cameras.md").read_bytes()
    (harbour.root / "_news/crowd-cameras.md").unlink()
    build_index(harbour.root, tmp_path / "steps")
    (harbour.root / "_news/crowd-cameras.md").write_bytes(late)
    build_index(harbour.root, tmp_path / "steps")
    build_index(harbour.root, tmp_path / "once")
    for folder in ("steps", "once"):
        with open_index(tmp_path / folder) as index:
            answer = suggest(index, find_subject(index, "_news/face-cameras.md"), Options())
            found = [replace(one, rank=0) for one in answer.suggested]
            if folder == "steps":
                expected = found
    assert [one.article.id for one in found] == [one.article.id for one in expected]
    assert [one.score for one in found] == pytest.approx([one.score for one in expected])
