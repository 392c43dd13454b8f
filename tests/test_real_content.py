"""The real content beside the checkout, indexed and asked; skipped where it is not there."""

from __future__ import annotations

import pytest

from search.index.build import build_index
from search.index.filters import Filters
from search.index.opened import open_index
from search.related.candidates import curated_rows
from search.related.options import Options
from search.related.ranker import ranker_for
from search.related.subject import find_subject
from search.related.suggest import suggest
from tests.soak import SOAKING, times, told


@pytest.fixture(scope="module")
def real(shared_content, tmp_path_factory):
    """The whole of it in one index; static vectors in the short form, where how they are made matters little."""
    folder = tmp_path_factory.mktemp("real")
    report = build_index(shared_content, folder, encoder=None if SOAKING else "static")
    with open_index(folder) as index:
        yield report, index


def test_no_file_is_lost(real, shared_content):
    report, index = real
    files = {path.relative_to(shared_content).as_posix() for path in shared_content.rglob("*") if path.suffix == ".md"}
    states = dict(index.connection.execute("SELECT path, state FROM file"))
    assert set(states) == files
    assert report.articles == 5577, "5,576 files and one item that stands in no file"
    named = {problem.path for problem in report.problems if problem.fatal}
    assert {path for path, state in states.items() if state == "problem"} == named


def test_each_article_has_its_vector(real):
    _, index = real
    rows = index.rows(index.condition(Filters()))
    assert sorted(index.vectors.rows()) == rows.tolist()


def test_suggestions_for_articles_all_over_it(real):
    """Never the article itself, what is curated, or one story twice."""
    _, index = real
    ranker = ranker_for(index.folder)
    rows = index.rows(index.condition(Filters(origin="file")))
    ids = sorted(index.ids(rows.tolist()).values())[:: times(20, 1)]
    for article_id in ids:
        subject = find_subject(index, article_id)
        answer = suggest(index, subject, Options(k=5), ranker=ranker)
        assert len(answer.suggested) == 5
        shown = {suggestion.article.canonical_url for suggestion in answer.suggested}
        curated = {entry.target for entry in subject.curated}
        assert not shown & (curated | {subject.article.canonical_url})
        known = {subject.row, *(row for rows in curated_rows(index, subject.curated) for row in rows)}
        found = [index.row_of_id(suggestion.article.id) for suggestion in answer.suggested]
        assert not known & set(found)
        assert len({index.story_of(row) for row in found}) == 5
    told(f"the first five suggestions of {len(ids):,} articles: nothing listed, nothing twice")
