"""One bit flipped or a tail cut, in any file of an index: noticed before an answer is shown, or without effect."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime

import pytest

from search.errors import IndexUnusable
from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.related.options import Options
from search.related.ranker import load_ranker, ranker_for, save_ranker
from search.related.subject import find_subject
from search.related.suggest import suggest
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.soak import times, told

TRIALS = times(90, 2000)
NOW = datetime(2025, 6, 15, tzinfo=UTC)


def answers(folder, encoder):
    """Everything that a person would see of a query and of suggestions."""
    with open_index(folder) as index:
        ranker = ranker_for(folder)
        asked = search(index, parse_query("face cameras at the port", NOW), Wishes(), encoder, NOW)
        subject = find_subject(index, "_news/face-cameras.md")
        proposed = suggest(index, subject, Options(), ranker=ranker)
        return repr((asked.hits, proposed, index.manifest.encoder, index.content_root))


@pytest.fixture
def sound(harbour, tmp_path):
    folder = tmp_path / "sound"
    build_index(harbour.root, folder)
    save_ranker(folder / "ranker", load_ranker())
    return folder


def test_damage_is_noticed_or_harmless(sound, tmp_path, harbour):
    dice = random.Random(2)  # noqa: S311
    with open_index(sound) as index:
        encoder = encoder_of(index)
    expected = answers(sound, encoder)
    files = sorted(path.relative_to(sound) for path in sound.rglob("*") if path.is_file() and path.stat().st_size)
    noticed = harmless = 0
    for trial in range(TRIALS):
        hurt = tmp_path / "hurt"
        shutil.rmtree(hurt, ignore_errors=True)
        shutil.copytree(sound, hurt)
        name = files[trial % len(files)]
        data = bytearray((hurt / name).read_bytes())
        if dice.random() < 0.15:
            del data[dice.randrange(len(data)) :]
        else:
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        (hurt / name).write_bytes(data)
        try:
            assert answers(hurt, encoder) == expected, f"{name}: a wrong answer"
            harmless += 1
        except IndexUnusable:
            noticed += 1
    told(f"{TRIALS} damaged files: {noticed} noticed, {harmless} without effect, 0 wrong answers")
    assert noticed > TRIALS // 2


def test_a_damaged_store_of_vectors_is_not_believed(harbour, tmp_path):
    """Vectors of an interrupted build go through this file: a flipped bit in one must not end in an index."""
    import sqlite3

    import numpy as np

    from search.index.vector_cache import VectorCache

    file = tmp_path / "encoded.sqlite"
    with VectorCache(file, "f") as cache:
        cache.put([b"a", b"b"], np.ones((2, 4), dtype=np.float32))
    connection = sqlite3.connect(file)
    blob = bytearray(connection.execute("SELECT vector FROM vector WHERE text_key = ?", (b"a",)).fetchone()[0])
    blob[3] ^= 1
    connection.execute("UPDATE vector SET vector = ? WHERE text_key = ?", (bytes(blob), b"a"))
    connection.commit()
    connection.close()
    with VectorCache(file, "f") as cache:
        assert cache.get(b"a") is None
        assert cache.get(b"b") is not None
    file.write_bytes(b"no database at all, though long enough to look at" * 100)
    with VectorCache(file, "f") as cache:
        assert cache.get(b"b") is None
        cache.put([b"b"], np.ones((1, 4), dtype=np.float32))
        assert cache.get(b"b") is not None
