"""Front matter mutated at random: no crash, no hang, bounded memory, and good files are read all the same."""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

import pytest

from search.content.load import load_file
from search.content.settings import Settings
from search.index.build import build_index
from tests.soak import times, told
from tests.timing import PATIENCE

INPUTS = times(1000, 20_000)
SEEDS = Path(__file__).parents[2] / "examples" / "content" / "_news"
AZURE = Path(__file__).parents[3] / "shared" / "content" / "azure" / "_news"
# What parsers trip over.
SPICE = [
    b"\0", b"\t", b"&a ", b"*a", b"<<: *a\n", b"!!python/object:os.system ", b"---\n", b"...\n", b"{", b"[", b"}", b"]",
    b'"', b"'", b"|\n", b">\n", b": ", b"- ", b"#", b"\xff\xfe", b"\xc2\x85", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"? ",
    b"%YAML 9.9\n", b"\r", b"2024-02-30", b"99999999999999999999", b"9" * 5000, b"[" * 300, b"{a: " * 300, b"- " * 300,
    b"x" * 20_000, b"+++\n", b"\n" * 500, b"a: &b [*b]\n", b"secured: ", b"related:\n", b"title: ",
    b"publishedDateTime: ", b"0x7f", b"1e999", b".inf", b"~",
]  # fmt: skip


def bomb() -> str:
    """Return nine anchors, each ten times the one before."""
    levels = (f"b{n}: &b{n} [{','.join([f'*b{n - 1}' if n else '*a'] * 10)}]\n" for n in range(9))
    return "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(levels)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return a file with some of its bytes changed."""
    changed = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 4, 16])):
        where = dice.randrange(min(len(changed), 4000) + 1)
        match dice.randrange(5):
            case 0:
                changed[where:where] = dice.choice(SPICE)
            case 1:
                del changed[where : where + dice.choice([1, 3, 40, 400])]
            case 2:
                if where < len(changed):
                    changed[where] ^= 1 << dice.randrange(8)
            case 3:
                piece = changed[where : where + dice.choice([5, 50, 500])]
                again = dice.randrange(len(changed) + 1)
                changed[again:again] = piece * dice.choice([1, 2, 30])
            case _:
                changed[where : where + 8] = dice.choice(SPICE)
    return bytes(changed)


def test_mutated_front_matter(tmp_path):
    seeds = [path.read_bytes() for path in sorted(SEEDS.glob("*.md"))]
    if AZURE.is_dir():
        seeds += [path.read_bytes() for path in sorted(AZURE.glob("*.md"))[::50]]
    dice = random.Random(17)  # noqa: S311
    file = tmp_path / "a.md"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    articles = problems = 0
    slowest = 0.0
    for _ in range(INPUTS):
        file.write_bytes(mutated(dice.choice(seeds), dice))
        started = time.thread_time()
        record = load_file(tmp_path, "a.md", Settings())
        slowest = max(slowest, time.thread_time() - started)
        articles += record.article is not None
        problems += any(problem.fatal for problem in record.problems)
        assert not any("bug" in problem.todo for problem in record.problems), file.read_bytes()[:2000]
        assert record.article or record.not_article or record.problems
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    told(
        f"{INPUTS:,} mutated files: {articles:,} still articles, {problems:,} named problems, no crash; "
        f"the slowest {slowest * 1000:.0f} ms, memory grown by {grown:.0f} MB"
    )
    assert slowest < PATIENCE
    assert grown < 500


@pytest.mark.parametrize(
    "text",
    [
        bomb(),
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 50_000,
        "".join(f"{'  ' * n}k:\n" for n in range(2000)),
        "related:\n" + "- {title: x, webUrl: https://x.example}\n" * 30_000,
        'title: "' + "\\x41" * 300_000 + '"\n',
        "title: " + "<b>" * 300_000 + "\n",
        "title: " + "&amp;" * 300_000 + "\n",
        "title: A\nwebUrl: https://x.example/" + "a/../" * 100_000 + "\n",
        "title: A\npublishedDateTime: " + "9" * 100_000 + "\n",
        'title: "a' + "\u0315\u0300" * 300_000 + '"\n',
        'big: &b "a' + "\u0315\u0300" * 50_000 + '"\nexcerpt: *b\ncategory: *b\ntype: *b\ntags: [*b, *b, *b]\n',
        f"big: &b '{'x y ' * 25_000}'\nrelated:\n" + "- {title: *b, url: https://x.example/1}\n" * 2_000,
        f"big: &b '&{'</' * 49_000}'\nrelated:\n" + "- {title: *b, url: https://x.example/1}\n" * 2_000,
        f"big: &b '&{'</' * 450}'\nrelated:\n" + "- {title: *b, excerpt: *b, url: https://x.example/1}\n" * 500,
        f"big: &b 'x'\n? &k {'k' * 100_000}\n: x\n" + "? *k\n: x\n" * 1_000,
    ],
)
def test_what_is_made_to_take_for_ever_does_not(tmp_path, text):
    file = tmp_path / "a.md"
    file.write_text(f"---\ntitle: T\n{text}---\n")
    (tmp_path / "good.md").write_text("---\ntitle: Good\n---\n")
    started = time.thread_time()
    record = load_file(tmp_path, "a.md", Settings())
    assert time.thread_time() - started < PATIENCE
    assert record.article or record.problems
    assert load_file(tmp_path, "good.md", Settings()).article is not None
    assert sys.getrecursionlimit() < 10_000


def test_every_good_file_is_indexed_among_bad_ones(tmp_path):
    dice = random.Random(19)  # noqa: S311
    seeds = [path.read_bytes() for path in sorted(SEEDS.glob("*.md"))]
    root = tmp_path / "content"
    root.mkdir()
    for number in range(times(50, 1000)):
        (root / f"bad-{number}.md").write_bytes(mutated(dice.choice(seeds), dice))
    for number, data in enumerate(seeds[: times(20, 200)]):
        (root / f"good-{number}.md").write_bytes(data)
    report = build_index(root, tmp_path / "index")
    told(f"{report.files:,} files, {len(report.problems):,} problems, {report.articles:,} articles")
    assert report.articles >= times(20, len(seeds))
