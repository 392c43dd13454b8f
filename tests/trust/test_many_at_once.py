"""Two writers and ten readers at once; a mixed load that grows nothing."""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.desk.apply import change_of, write
from search.desk.decisions import Decision, now_text
from search.desk.place import desk_of
from search.index.build import build_index
from search.index.encoder import encoder_of
from search.index.opened import open_index
from search.related.options import Options
from search.related.subject import find_subject
from search.related.suggest import suggest
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.soak import times, told

SECONDS = times(4, 60)
ROUNDS = times(24, 1500)
READER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from search.index.opened import open_index
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
folder, ends, now, answers = Path(sys.argv[1]), time.monotonic() + float(sys.argv[2]), datetime.now(UTC), 0
while time.monotonic() < ends:
    with open_index(folder) as index:
        found = search(index, parse_query("cameras", now), Wishes(mode="lexical"), None, now)
        assert found.hits and len(index.columns.rows) == index.manifest.articles == len(index.vectors)
        answers += 1
print(answers)
"""


def test_two_writers_and_ten_readers(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(folder), str(SECONDS)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(10)
    ]  # fmt: skip
    ends = time.monotonic() + SECONDS
    written = waited = 0
    number = 0
    while time.monotonic() < ends:
        number += 1
        harbour.article(f"_news/more-{number}.md", f"More on cameras, part {number}")
        writers = [
            subprocess.Popen(
                [sys.executable, "-m", "search", "index", str(harbour.root), "--index", str(folder)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for _ in range(2)
        ]  # fmt: skip
        for writer in writers:
            _, errors = writer.communicate()
            if writer.returncode == 0:
                written += 1
            else:
                assert writer.returncode == 4
                assert "is being written by process" in errors
                waited += 1
    answers = 0
    for reader in readers:
        said, errors = reader.communicate()
        assert reader.returncode == 0, errors
        answers += int(said)
    told(f"{SECONDS} s: {written} builds, {waited} told to wait, {answers:,} answers, no torn read")
    assert written >= 1


def descriptors() -> int:
    """Return how many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> float:
    """Return this process's memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts descriptors in /proc")
def test_a_mixed_load_grows_nothing(harbour, tmp_path):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    desk = desk_of(harbour.root)
    dice = random.Random(23)  # noqa: S311
    now = datetime(2025, 6, 15, tzinfo=UTC)
    with open_index(folder) as index:
        encoder = encoder_of(index)
    accepted = Decision("_news/regatta.md", "_news/heat-pumps.md", "accepted", now_text())
    words = ["cameras", "port", "heat", "rain", "police", "regatta", "boilers", "travellers"]

    def one_round(number):
        with open_index(folder) as index:
            for _ in range(5):
                search(index, parse_query(" ".join(dice.sample(words, 3)), now), Wishes(), encoder, now)
            for name in ("_news/face-cameras.md", "_news/regatta.md"):
                suggest(index, find_subject(index, name), Options())
            change = change_of(index, desk.settings, accepted.article, [accepted])
            back = change_of(index, desk.settings, accepted.article, [replace(accepted, verdict="removed")])
            assert [error for _, error in write([change, back], desk.folder)][:1] == [None]
        if number % 10 == 0:
            harbour.article("_news/changing.md", f"A changing story, round {number}")
            build_index(harbour.root, folder)

    for number in range(ROUNDS // 4):
        one_round(number)
    gc.collect()
    memory, held = resident(), descriptors()
    for number in range(ROUNDS):
        one_round(number)
    gc.collect()
    grown, left = resident() / memory - 1, descriptors() - held
    told(f"{ROUNDS} rounds of query, related, apply, index: memory {memory:.0f} MB {grown:+.1%}, descriptors {left:+d}")
    assert left <= 0
    assert grown < times(15, 5) / 100
