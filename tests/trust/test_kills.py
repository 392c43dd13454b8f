"""Whatever moment the writer is killed at, readers answer from a complete generation and nothing is encoded twice."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

from search.index.build import build_index
from search.index.generation import FILES
from search.index.opened import open_index
from search.retrieval.query import parse_query
from search.retrieval.scores import Wishes
from search.retrieval.search import search
from tests.soak import times, told

KILLS = times(3, 300)
ARTICLES = times(400, 600)


def command(root, folder, *more):
    return [sys.executable, "-m", "search", "index", str(root), "--index", str(folder), *more]


class Reader(threading.Thread):
    """Asks all the while, and keeps what went wrong."""

    def __init__(self, folder, possible):
        super().__init__(daemon=True)
        self.folder, self.possible = folder, possible
        self.answers, self.faults, self.ended = 0, [], threading.Event()

    def run(self):
        from datetime import UTC, datetime

        now = datetime.now(UTC)
        while not self.ended.is_set():
            try:
                with open_index(self.folder) as index:
                    found = search(index, parse_query("story", now), Wishes(mode="lexical", k=5), None, now)
                    if index.manifest.articles not in self.possible or not found.hits:
                        self.faults.append(f"{index.manifest.articles} articles, {len(found.hits)} hits")
                self.answers += 1
            except Exception as error:  # noqa: BLE001 - any is a fault here
                self.faults.append(repr(error))
            time.sleep(0.01)


def test_kills_at_random_moments(site, tmp_path):
    dice = random.Random(11)  # noqa: S311
    folder = tmp_path / "index"
    for number in range(ARTICLES // 2):
        site.article(f"old-{number}.md", f"Old story {number} of the harbour", f"What was said on day {number}.")
    build_index(site.root, folder)
    encoded_again = finished = 0
    waiting = set()  # articles that the index in `folder` has not met: a round elsewhere adds to them
    reader = Reader(folder, set(range(ARTICLES // 2, 100 * ARTICLES)))
    reader.start()
    count = ARTICLES // 2
    for kill in range(KILLS):
        kind = kill % 3
        target = tmp_path / f"first-{kill}" if kind == 2 else folder  # a first build has no generation to fall back on
        added = dice.choice([1, 40])
        for _ in range(added):
            site.article(f"new-{count}.md", f"New story {count} of the harbour", f"A text of its own: {count * 7919}.")
            waiting.add(f"new-{count}.md")
            count += 1
        more = ["--rebuild"] if kind == 1 else []
        running = subprocess.Popen(command(site.root, target, *more), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(dice.uniform(0.1, 2.5))
        finished += running.poll() is not None
        running.send_signal(signal.SIGKILL)
        running.communicate()
        kept = _kept(target)
        again = subprocess.run(command(site.root, target), capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
        told_of = re.search(r"([\d,]+) texts? encoded", again.stdout)
        encoded = int(told_of[1].replace(",", "")) if told_of else 0
        encoded_again += max(0, encoded - len(_needed(target, None if kind == 2 else waiting) - kept))
        if kind != 2:
            waiting.clear()
        with open_index(target) as index:
            assert index.manifest.articles == count
            assert {path.name for path in index.generation.iterdir()} == {*FILES, "manifest.json"}
        assert len(list((target / "generations").iterdir())) <= 2
    reader.ended.set()
    reader.join(10)
    told(
        f"{KILLS} kills of index ({finished} came too late), {reader.answers:,} answers meanwhile: "
        f"{len(reader.faults)} faults, {encoded_again} texts encoded twice"
    )
    assert reader.answers > KILLS
    assert reader.faults == []
    assert encoded_again == 0


def _kept(folder):
    """Return the keys of the texts that an interrupted run has encoded."""
    import sqlite3

    file = folder / "encoded.sqlite"
    if not file.exists():
        return set()
    with closing(sqlite3.connect(file)) as connection:
        try:
            return {key for (key,) in connection.execute("SELECT text_key FROM vector")}
        except sqlite3.OperationalError:  # killed before it had a table
            return set()


def _needed(folder, ids):
    """Return the keys of the texts of some articles, or of all."""
    with open_index(folder) as index:
        keys = dict(index.connection.execute("SELECT id, text_key FROM article"))
    return {key for name, key in keys.items() if ids is None or name in ids}
