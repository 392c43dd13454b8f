"""Globs say what their documentation says, in time that no pattern can make long."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from search.content.globs import glob_fault, matches_any
from tests.timing import PATIENCE, growth, seconds


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a.md", "*.md", True),
        ("x/a.md", "*.md", False),
        ("x/a.md", "**/*.md", True),
        ("a.md", "**/*.md", True),
        ("x/y/a.md", "x/**", True),
        ("x/a.md", "x", True),
        ("x/a.md", "x/", True),
        ("xy/a.md", "x", False),
        ("a1.md", "a[0-9].md", True),
        ("ab.md", "a[!0-9].md", True),
        ("a.md", "?.md", True),
        ("a+b.md", "a+b.md", True),
        ("a.md", "[z-a].md", False),
        ("x/y/z/a.md", "x/**/a.md", True),
        ("x/a.md", "x/**/a.md", True),
        ("x/aa.md", "x/**/a.md", False),
        ("ab.md", "a**/b.md", False),
        ("ax/y/b.md", "a**/b.md", True),
        ("x/y.tmp.md", "**.tmp.md", True),
        ("x/y", "x/***", True),
        ("x/y.md", "x[!a]y.md", False),
        ("x/y/a.md", "*", True),
        ("x", "x/**", False),
        ("é.md", "[à-ü].md", True),
        ("-.md", "[a-].md", True),
        ("!.md", "[!].md", True),
        ("a[.md", "a[.md", True),
        ("x/a.md", "./x", True),
    ],
)
def test_globs(path, pattern, expected):
    assert matches_any(path, (pattern,)) is expected


def reference(path: str, pattern: str, start: bool = True) -> bool:  # noqa: FBT001, FBT002, PLR0911
    """Try every way, one after the other: right by its looks, and exponential."""
    if not pattern:
        return path in {"", "/"} or path.startswith("/")
    if start and pattern.startswith("**/"):
        return any(
            reference(path[cut:], pattern[3:]) for cut in range(len(path) + 1) if cut == 0 or path[cut - 1] == "/"
        )
    if pattern.startswith("**"):
        rest = pattern.lstrip("*")
        return any(reference(path[cut:], rest, start=False) for cut in range(len(path) + 1))
    if pattern.startswith("*"):
        within = path.partition("/")[0]
        return any(reference(path[cut:], pattern[1:], start=False) for cut in range(len(within) + 1))
    if not path:
        return False
    if pattern[0] == "[" and "]" in pattern[2:] and "/" not in pattern[: pattern.index("]", 2)]:
        end = pattern.index("]", 2)
        members = pattern[1:end]
        fits = path[0] != "/" and (path[0] not in members[1:] if members[0] == "!" else path[0] in members)
        return fits and reference(path[1:], pattern[end + 1 :], start=False)
    if pattern[0] == "?":
        return path[0] != "/" and reference(path[1:], pattern[1:], start=False)
    return path[0] == pattern[0] and reference(path[1:], pattern[1:], start=pattern[0] == "/")


PATHS = st.lists(st.text("ab.", min_size=1, max_size=4).filter(lambda name: name != "."), min_size=1, max_size=4).map(
    "/".join
)
PATTERNS = (
    st.lists(st.sampled_from(["a", "b", ".", "*", "**", "**/", "/", "?", "[ab]", "[!a]", "*a"]), min_size=1, max_size=7)
    .map("".join)
    .map(lambda pattern: pattern.removeprefix("./").strip("/"))
    .filter(bool)
)


@example(path="a", patterns=["./a"])
@settings(max_examples=500)
@given(path=PATHS, patterns=st.lists(PATTERNS, max_size=4))
def test_the_answer_is_that_of_trying_every_way(path, patterns):
    assert matches_any(path, tuple(patterns)) is any(
        reference(path, pattern.removeprefix("./")) for pattern in patterns
    )


@given(path=PATHS)
def test_a_path_matches_itself_and_the_folders_above_it(path):
    for depth in range(path.count("/") + 1):
        assert matches_any(path, (path.rsplit("/", depth)[0],))


EVIL = [
    "*a" * 16 + "b", "**a" * 8 + "b", "**/" * 8 + "x", "**/*a**" * 5 + "b", "?" * 50 + "*" * 16, "*" * 16 + "b",
    "[a]*" * 16 + "b", "*a" * 400 + "b", "**/*a/" * 100 + "b", "**" * 400 + "b",
]  # fmt: skip


@pytest.mark.parametrize("pattern", EVIL)
@pytest.mark.parametrize("unit", ["a", "a/"])
def test_no_pattern_takes_long(pattern, unit):
    assert glob_fault(pattern) == ""
    small, large = (unit * (size // len(unit)) + ".md" for size in (1_000, 4_000))
    assert seconds(lambda: matches_any(large, (pattern,))) < PATIENCE
    assert growth(lambda path: matches_any(path, (pattern,)), small, large) < 9


def test_all_patterns_at_once_do_not_take_long():
    assert seconds(lambda: matches_any("a/" * 2_000 + "a.md", tuple(EVIL) * 10)) < PATIENCE
