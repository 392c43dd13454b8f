"""An index that was built bit by bit answers as one that was built at once, equal texts and all."""

from __future__ import annotations

import random

from search.index.build import build_index
from tests.soak import times

TITLES = [
    "Storm Ines floods Tarn Hollow",
    "After the flood, the cost",
    "Heat pump grants run dry",
    "Old houses, new heat",
]
QUERIES = ["tarn hollow insurers", '"old houses"']


def test_what_was_built_first_does_not_decide(site, run_search, run_process, tmp_path):
    dice = random.Random(7)  # noqa: S311
    paths: list[str] = []
    for number in range(times(2, 40)):
        for _ in range(3):
            if paths and dice.random() < 0.25:
                (site.root / paths.pop(dice.randrange(len(paths)))).unlink()
            title = dice.choice(TITLES)
            path = f"{dice.choice('abcxyz')}{dice.randrange(1000):03}.md"
            day = f"2025-02-{1 + 5 * TITLES.index(title):02}"  # the same for the same text: equal in all but the id
            topics = dice.sample(["Tarn Hollow", "Ines", "Grants"], 2)
            site.article(path, title, excerpt=f"{title}, say neighbours", topics=topics, publishedDateTime=day)
            paths = [*dict.fromkeys([*paths, path])]
        build_index(site.root, tmp_path / "bit-by-bit")
        build_index(site.root, tmp_path / f"once-{number}")
        for ask in (
            ["suggest", "--all", "--format", "jsonl", "--min-probability", "0"],
            ["audit", "--format", "json"],
            *(["query", text, "-k", "5", "--format", "paths"] for text in QUERIES),
            *(["query", text, "--mode", "dense", "--no-collapse", "--format", "paths"] for text in QUERIES),
        ):
            one = run_search(*ask, "--index", tmp_path / "bit-by-bit")
            other = run_process(*ask, "--index", tmp_path / f"once-{number}")  # hashes have another seed there
            assert one.stdout == other.stdout
