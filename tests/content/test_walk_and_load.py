import json
import os
import signal
import socket
import threading
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.content import load, parallel
from search.content.load import load_file
from search.content.parallel import load_files
from search.content.settings import Settings
from search.content.walk import find_candidates, name_fault, shown_path, why_left_out, why_passed_over
from search.errors import UsageError
from tests.timing import PATIENCE, seconds

DEFAULTS = Settings()
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "content"
ARTICLE = "---\ntitle: Tide\n---\n"


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(ARTICLE)


def found(root: Path, settings: Settings = DEFAULTS) -> list[tuple[str, str]]:
    return [(c.path, c.problem.what if c.problem else "") for c in find_candidates(root, settings)]


def test_candidates_are_sorted_and_hidden_folders_left_out(tmp_path):
    write(
        tmp_path,
        "b.md",
        "a.MARKDOWN",
        "x/c.mdx",
        "x/y/d.HTML",
        "e.txt",
        ".git/f.md",
        "node_modules/g.md",
        "_site/h.html",
        ".hidden.md",
        "_posts/i.md",
    )
    assert found(tmp_path) == [(p, "") for p in ["_posts/i.md", "a.MARKDOWN", "b.md", "x/c.mdx", "x/y/d.HTML"]]


def test_globs_choose_candidates(tmp_path):
    write(tmp_path, "a.md", "posts/b.md", "posts/drafts/c.md")
    assert found(tmp_path, Settings(include=("posts/**",), exclude=("posts/drafts",))) == [("posts/b.md", "")]


def test_size_and_time_of_a_candidate(tmp_path):
    write(tmp_path, "a.md")
    (candidate,) = find_candidates(tmp_path, DEFAULTS)
    assert candidate.size == len(ARTICLE)
    assert candidate.mtime_ns == (tmp_path / "a.md").stat().st_mtime_ns


@pytest.mark.parametrize("name", ["missing", "file.md"])
def test_content_root_that_is_no_folder(tmp_path, name):
    (tmp_path / "file.md").write_text(ARTICLE)
    with pytest.raises(UsageError):
        find_candidates(tmp_path / name, DEFAULTS)


def test_symbolic_links(tmp_path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(root, "a.md", "x/b.md", ".data/c.md")
    write(outside, "secret.md")
    (root / "again.md").symlink_to("a.md")
    (root / "unseen.md").symlink_to(".data/c.md")
    (root / "loop").symlink_to(root)
    (root / "x" / "up").symlink_to("..")
    (root / "self.md").symlink_to("self.md")
    (root / "broken.md").symlink_to("nowhere.md")
    (root / "out.md").symlink_to(outside / "secret.md")
    (root / "outfolder").symlink_to(outside)
    candidates = found(root)
    assert candidates == [
        ("a.md", ""),
        ("broken.md", "a symbolic link that leads nowhere"),
        ("out.md", "a symbolic link that leaves the content root"),
        ("outfolder", "a symbolic link that leaves the content root"),
        ("self.md", "a symbolic link that leads nowhere"),
        ("unseen.md", ""),
        ("x/b.md", ""),
    ]
    records = list(load_files(root, [path for path, _ in candidates], DEFAULTS))
    assert [r.path for r in records if r.article] == ["a.md", "unseen.md", "x/b.md"]
    assert [r.problems[0].what for r in records if not r.article] == [what for _, what in candidates if what]
    assert load_file(root, "outfolder/secret.md", DEFAULTS).article is None


def test_content_root_that_is_itself_a_link(tmp_path):
    write(tmp_path / "real", "a.md")
    (tmp_path / "link").symlink_to("real")
    assert found(tmp_path / "link") == [("a.md", "")]
    assert load_file(tmp_path / "link", "a.md", DEFAULTS).article


def test_things_named_like_articles_that_are_none(tmp_path):
    (tmp_path / "folder.md").mkdir()
    write(tmp_path, "folder.md/inside.md")
    os.mkfifo(tmp_path / "fifo.md")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)
        server.bind("socket.md")
        os.chdir(here)
        candidates = found(tmp_path)
        records = [load_file(tmp_path, path, DEFAULTS) for path, _ in candidates]
    assert candidates == [("fifo.md", "no regular file"), ("folder.md/inside.md", ""), ("socket.md", "no regular file")]
    assert [bool(r.article) for r in records] == [False, True, False]
    assert all(r.problems[0].fatal for r in records if not r.article)
    assert load_file(tmp_path, "folder.md", DEFAULTS).problems[0].fatal


def test_a_pipe_is_not_opened_to_see_that_it_is_one(tmp_path):
    os.mkfifo(tmp_path / "fifo.md")
    writer = threading.Thread(target=lambda: os.close(os.open(tmp_path / "fifo.md", os.O_WRONLY)), daemon=True)
    writer.start()
    writer.join(0.2)
    assert load_file(tmp_path, "fifo.md", DEFAULTS).problems[0].what == "no regular file"
    writer.join(0.2)
    assert writer.is_alive()  # waits for whoever opens it to read
    reader = os.open(tmp_path / "fifo.md", os.O_RDONLY | os.O_NONBLOCK)
    writer.join()
    os.close(reader)


def test_unreadable_file_and_folder(tmp_path, run_search, ordinary_user):
    write(tmp_path, "content/a.md", "content/x/b.md", "content/c.md")
    (tmp_path / "content/a.md").chmod(0)
    (tmp_path / "content/x").chmod(0)
    done = run_search("index", "content", "--strict", before=ordinary_user)
    (tmp_path / "content/x").chmod(0o755)
    assert done.returncode == 3
    assert "a.md: cannot be read: Permission denied" in done.stderr
    assert "x: the folder cannot be read: Permission denied" in done.stderr
    assert "1 article;" in done.stdout


def test_folder_that_cannot_be_listed(tmp_path, monkeypatch):
    write(tmp_path, "a.md", "x/b.md")
    scandir = os.scandir

    def refuse(path):
        if str(path).rstrip("/").endswith("/x"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found(tmp_path) == [("a.md", ""), ("x", "the folder cannot be read: Permission denied")]


def test_file_names_that_cannot_be_shown(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_text(ARTICLE)
    (tmp_path / "red\x1b[31m.md").write_text(ARTICLE)
    (tmp_path / "über.md").write_text(ARTICLE)
    assert found(tmp_path) == [
        ("caf\\xe9.md", "the file name is not UTF-8"),
        ("red\\x1b[31m.md", "the file name holds control or invisible characters"),
        ("über.md", ""),
    ]
    for path, what in found(tmp_path)[:2]:
        record = load_file(tmp_path, path, DEFAULTS)
        assert [p.what for p in record.problems] == [what]
        assert record.path == path


def test_names_of_characters_that_are_not_seen_are_refused(tmp_path):
    unseen = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp"}]
    signs = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    for one in set(unseen) - set(signs) - {"\0"}:
        assert name_fault(f"a{one}b.md"), hex(ord(one))
        assert unicodedata.category(one) not in {unicodedata.category(c) for c in shown_path(f"a{one}b.md")}
    write(tmp_path, "a\u200f.md")
    assert found(tmp_path) == [("a\\xe2\\x80\\x8f.md", "the file name holds control or invisible characters")]
    assert load_file(tmp_path, "a\\xe2\\x80\\x8f.md", DEFAULTS).problems[0].what == found(tmp_path)[0][1]


@pytest.mark.parametrize(
    "name", ["می\u200cخواهم.md", "👩\u200d💻.md", "क्\u200dष.md", "\u06dd1.md", "\ue000.md", "a\xa0b.md"]
)
def test_names_in_every_script_are_taken(tmp_path, name):
    write(tmp_path, name)
    assert found(tmp_path) == [(name, "")]


@pytest.mark.parametrize("name", ["a\u200cb.md", "\u200dä.md", "ä\u200c.md"])
def test_joiners_that_join_nothing_are_refused(name):
    assert name_fault(name)


@pytest.mark.parametrize(
    "path", ["../x.md", "/etc/passwd", "a/../../x.md", "gone.md", "nul\0.md", "x" * 5_000 + ".md", ""]
)
def test_path_that_cannot_be_loaded(tmp_path, path):
    record = load_file(tmp_path, path, DEFAULTS)
    assert record.article is None
    assert record.problems[0].fatal
    assert "reader failed" not in record.problems[0].what


def test_html_file_with_front_matter(tmp_path):
    (tmp_path / "a.html").write_bytes(b"\xef\xbb\xbf---\r\ntitle: Tide\r\n---\r\n<p>body</p>")
    (tmp_path / "b.html").write_text("<!doctype html><title>x</title>")
    assert load_file(tmp_path, "a.html", DEFAULTS).article
    assert load_file(tmp_path, "b.html", DEFAULTS).not_article == "no front matter"


yamlish = st.lists(
    st.sampled_from(
        [
            "title",
            "date",
            "related",
            "secured",
            ": ",
            ":",
            "\n",
            "  ",
            "- ",
            "x",
            "'",
            '"',
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
            "<<: ",
            "!!python/object ",
            "|",
            ">",
            "#",
            "\t",
            "2024-02-30",
            "https://example.com/a",
            "---\n",
            "...\n",
            "? ",
            "%",
            "\0",
            "é",
            "webUrl",
            "quality",
            "published",
            "provider",
            "topics",
            "null",
            "\ufeff",
            "\u0085",
            ", ",
        ],
    ),
).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.one_of(
        st.binary(),
        st.binary().map(lambda data: b"---\ntitle: x\n" + data + b"\n---\n"),
        yamlish.map(lambda text: f"---\ntitle: x\n{text}\n---\n".encode()),
        yamlish.map(lambda text: f"+++\n{text}\n+++\n".encode()),
        st.dictionaries(
            st.sampled_from(["title", "related", "date", "tags", "provider", "webUrl", "quality", "draft"]),
            st.recursive(
                st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
                max_leaves=5,
            ),
        ).map(lambda data: json.dumps(data).encode()),
    ),
)
def test_no_file_ever_raises(tmp_path, data):
    (tmp_path / "a.md").write_bytes(data)
    record = load_file(tmp_path, "a.md", DEFAULTS)
    outcomes = [record.article is not None, bool(record.not_article), any(p.fatal for p in record.problems)]
    assert sum(outcomes) == 1
    assert not [p for p in record.problems if "reader failed" in p.what]
    assert all("\n" not in str(p) for p in record.problems)
    repr(record).encode()


def many(root: Path, count: int) -> list[str]:
    paths = [f"{number:04}.md" for number in range(count)]
    for path in paths:
        (root / path).write_text(f"---\ntitle: Tide {path}\n---\n")
    return paths


def test_many_files_in_parallel_keep_their_order(tmp_path):
    paths = many(tmp_path, 400)
    (tmp_path / paths[7]).write_text("---\nbroken")
    records = list(load_files(tmp_path, paths, DEFAULTS, workers=2))
    assert [r.path for r in records] == paths
    assert [r.path for r in records if not r.article] == [paths[7]]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_death_of_a_worker_loses_no_file(tmp_path, monkeypatch):
    paths = many(tmp_path, 400)
    monkeypatch.setattr(parallel, "_start_worker", _die)
    assert [r.path for r in load_files(tmp_path, paths, DEFAULTS, workers=2) if r.article] == paths


def test_reading_may_be_stopped_early(tmp_path):
    paths = many(tmp_path, 1_000)
    records = load_files(tmp_path, paths, DEFAULTS, workers=2)
    assert next(records).path == paths[0]
    cast("Any", records).close()  # what Ctrl-C does to the generator
    assert next(records, None) is None


def test_catch_all_names_the_file(tmp_path, monkeypatch):
    write(tmp_path, "a.md")
    monkeypatch.setattr(load, "read_record", lambda *_: 1 / 0)
    assert "ZeroDivisionError" in load_file(tmp_path, "a.md", DEFAULTS).problems[0].what


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real content (../shared/content) is not on this machine")
def test_real_content_loses_nothing():
    root = SHARED.resolve()
    candidates = [c for c in find_candidates(root, DEFAULTS) if c.path != "README.md"]
    records = list(load_files(root, [c.path for c in candidates], DEFAULTS))
    assert Counter("article" if r.article else r.not_article or "problem" for r in records) == {
        "article": 5_576,
        "no title": 70,
    }
    assert [str(p) for r in records for p in r.problems] == []
    assert sum(len(r.curated) for r in records) == 41_069
    assert all(item.article for r in records for item in r.curated)
    assert Counter(r.article.type for r in records if r.article) == {"article": 4_945, "video": 631}


def test_walk_of_many_files_is_fast(tmp_path):
    many(tmp_path, 5_000)
    assert seconds(lambda: find_candidates(tmp_path, DEFAULTS)) < PATIENCE / 2
    assert len(find_candidates(tmp_path, DEFAULTS)) == 5_000


@pytest.mark.parametrize(
    ("path", "include", "why"),
    [
        ("_index.md", (), "section"),
        ("news/_index.fr.html", (), "section"),
        ("_drafts/a.md", (), "_drafts"),
        ("news/_drafts/2026/a.md", (), "_drafts"),
        ("_drafts.md", (), ""),
        ("drafts/a.md", (), ""),
        ("news/my_index.md", (), ""),
        ("_drafts/a.md", ("**",), "_drafts"),
        ("_drafts/a.md", ("**", "_drafts/**"), ""),
        ("news/_index.md", ("**", "_drafts/**"), "section"),
        ("news/_index.md", ("**", "**/_index.md"), ""),
        ("_drafts/_index.md", ("**", "**/_index.md"), "_drafts"),
        ("news_index/_index.md", ("news_index/**",), "section"),
        ("_indexes/_index.md", ("_indexes/**",), "section"),
        ("_index/_index.md", ("_index/**",), "section"),
        ("_index.d/_index.md", ("_index.d/**",), "section"),
        ("my_drafts/_drafts/a.md", ("my_drafts/**",), "_drafts"),
        ("_drafts_of_old/_drafts/a.md", ("_drafts_of_old/**",), "_drafts"),
        ("news/_index.fr.md", ("news/_index*",), ""),
        ("news/_index.fr.md", ("_index.*", "./**/_index.*.md"), ""),
        ("_drafts/a.md", ("./_drafts/",), ""),
        ("news/_drafts/2026/a.md", ("**/_drafts*/**",), ""),
    ],
)
def test_what_is_no_article_before_it_is_read(path, include, why):
    found = why_left_out(path, Settings(include=include))
    assert (why in found) if why else not found


def test_names_that_are_shown_alike_are_told_apart(tmp_path):
    write(tmp_path, r"p\xff.md")
    for name in (b"p\xff.md", b"q\xfe\\xfd.md", b"q\\xfe\xfd.md"):
        (tmp_path / os.fsdecode(name)).write_text(ARTICLE)
    fault = "the file name is not UTF-8"
    assert found(tmp_path) == [
        (r"p\xff.md", ""),
        (r"p\xff.md (2)", fault),
        (r"q\xfe\xfd.md", fault),
        (r"q\xfe\xfd.md (2)", fault),
    ]
    assert all(c.problem is None or c.problem.path == c.path for c in find_candidates(tmp_path, DEFAULTS))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("posts/a.md", ""),
        ("posts/a.txt", "does not end as"),
        ("posts/.a.md", "hidden"),
        (".github/a.md", "hidden"),
        ("posts/node_modules/a.md", "holds no articles"),
        ("posts/old/a.md", "excludes"),
        ("pages/a.md", "does not include"),
        ("posts/_index.md", "section"),
        ("posts/_drafts/a.md", "draft"),
    ],
)
def test_what_is_passed_over_by_name_is_what_the_walk_passes_over(tmp_path, path, why):
    site = Settings(include=("posts/**",), exclude=("posts/old",))
    write(tmp_path, path)
    assert (why in why_passed_over(path, site)) if why else not why_passed_over(path, site)
    walked = [one for one in find_candidates(tmp_path, site) if not why_left_out(one.path, site)]
    assert bool(walked) is not bool(why)
