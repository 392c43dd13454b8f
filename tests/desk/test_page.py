"""The page's server: what it answers, and whom."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.content.faults import FrontMatterError
from search.desk.files import FileConflict
from search.desk.page.guard import MAX_BODY, WILDCARDS, own_hosts
from search.desk.page.server import make_app
from search.desk.page.serving import listen
from search.desk.page.session import Session
from search.desk.place import desk_of
from search.errors import EncoderUnavailable, IndexCorrupt, SearchError, UsageError
from search.index.build import build_index
from search.index.opened import open_index
from search.related.options import Options
from tests.soak import times
from tests.timing import PATIENCE

TOKEN = "token-of-this-test"  # noqa: S105
HOST = "127.0.0.1:8765"
OWN = {"Host": HOST, "Origin": f"http://{HOST}", "Content-Type": "application/json"}
ARTICLE = "_news/crowd-cameras.md"
FACES = "_news/face-cameras.md"


class Page:
    """The page, asked without a network."""

    def __init__(self, session):
        self.app = make_app(session, TOKEN, "127.0.0.1", 8765)

    def ask(self, method, path, *, token=TOKEN, headers=None, **more):
        async def asked():
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
                return await client.request(method, f"/{token}/{path}", headers={**OWN, **(headers or {})}, **more)

        return asyncio.run(asked())

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, record, **more):
        return self.ask("POST", path, content=json.dumps(record), **more)

    def digest(self, article=ARTICLE):
        return self.get(f"article/{quote(article)}").text.split('data-digest="')[1].split('"')[0]


@pytest.fixture
def page(harbour_index):
    return Page(Session(harbour_index, desk_of(harbour_index.content_root), Options()))


def contents(root):
    return {path: path.read_bytes() for path in root.rglob("*.md")}


def test_the_whole_way(page, harbour):
    assert page.get("").status_code == 303
    shown = page.get(f"article/{ARTICLE}")
    assert shown.status_code == 200
    assert "Cameras that identify people in a crowd go live" in shown.text
    assert 'data-id="_news/face-cameras.md"' in shown.text
    digest = page.digest()
    accepted = {"article": ARTICLE, "candidate": "_news/face-cameras.md", "verdict": "accepted", "score": 1.2}
    assert page.post("decide", accepted).json() == {"ok": True}
    again = page.get(f"article/{ARTICLE}").text
    assert 'class="item waiting"' in again
    assert 'class="card" tabindex="-1" data-id="_news/face-cameras.md"' not in again
    record = {"article": ARTICLE, "digest": digest, "items": ["_news/face-cameras.md"]}
    preview = page.post("preview", record).json()
    assert "+- title: Police to scan faces at the ferry terminal" in preview["diff"]
    assert b"related" not in (harbour.root / ARTICLE).read_bytes()
    saved = page.post("save", record).json()
    assert saved["diff"] == preview["diff"]
    assert b"related" in (harbour.root / ARTICLE).read_bytes()
    assert page.digest() == saved["digest"]
    assert 'class="item waiting"' not in page.get(f"article/{ARTICLE}").text
    stale = page.post("save", record)
    assert stale.status_code == 409
    assert "load the page again" in stale.json()["error"]


def waiting(root):
    pending = desk_of(root).decisions().pending()
    return [(one.candidate, one.verdict) for one in pending.get(FACES, [])]


def test_what_another_editor_decided_meanwhile_goes_on_waiting(page, harbour):
    digest = page.digest(FACES)
    for candidate, verdict in [
        (ARTICLE, "accepted"),
        ("_news/regatta.md", "accepted"),
        ("_news/heat-pumps.md", "removed"),
        ("https://quaycourier.example/watchdog", "removed"),
    ]:
        page.post("decide", {"article": FACES, "candidate": candidate, "verdict": verdict})
    # of the four, this page knows the last two: the watchdog is out, the regatta in
    saved = page.post("save", {"article": FACES, "digest": digest, "items": [1, "_news/regatta.md"]})
    assert saved.status_code == 200
    assert waiting(harbour.root) == [(ARTICLE, "accepted"), ("_news/heat-pumps.md", "removed")]
    page.post("save", {"article": FACES, "digest": saved.json()["digest"], "items": [1, ARTICLE]})
    assert waiting(harbour.root) == []


def test_search_finds_something_else_to_add(page):
    found = page.post("search", {"article": ARTICLE, "text": "boat race in the rain"}).json()["results"]
    assert found[0]["id"] == "_news/regatta.md"
    assert ARTICLE not in [one["id"] for one in found]
    assert not found[0]["listed"]


def test_search_finds_what_is_named_whole(page, harbour_index):
    def found(text):
        return page.post("search", {"article": ARTICLE, "text": text}).json()

    path = harbour_index.content_root / "_news/regatta.md"
    for text in ("_news/regatta.md", f" {path} ", "https://harbourpost.example/regatta/?utm_source=x"):
        assert [one["id"] for one in found(text)["results"]] == ["_news/regatta.md"], text
    watchdog = "https://quaycourier.example/watchdog"
    assert [one["id"] for one in found(watchdog)["results"]] == [watchdog]
    assert found(ARTICLE) == {"results": [], "notes": ["this is the article itself"]}


def test_search_tells_what_query_tells(page, run_search, tmp_path):
    told = run_search("query", "Fezzwick at the regatta", "--index", tmp_path / "index").stderr
    found = page.post("search", {"article": ARTICLE, "text": "Fezzwick at the regatta"}).json()
    assert "_news/regatta.md" in [one["id"] for one in found["results"]]
    assert found["notes"] == ['no title, excerpt or topic has the word "fezzwick"']
    assert found["notes"][0] in told
    corrected = page.post("search", {"article": ARTICLE, "text": "heat pumpps"}).json()
    assert corrected["notes"] == ["searched for pumps instead of pumpps"]


def test_the_page_follows_the_index(harbour, tmp_path):
    folder, new = tmp_path / "index", "_news/lighthouse.md"
    build_index(harbour.root, folder)
    session = Session(open_index(folder), desk_of(harbour.root), Options())
    page = Page(session)
    first = folder / "generations" / "000001"
    assert "000001" in {one.name for one in first.parent.iterdir()}
    path = harbour.article(new, "The old lighthouse keeps a Fezzwick lamp")
    missing = page.get(f"article/{new}")
    assert missing.status_code == 404
    assert "run search index" in missing.text
    build_index(harbour.root, folder)
    assert page.get(f"article/{new}").status_code == 200
    found = page.post("search", {"article": ARTICLE, "text": "Fezzwick lamp"}).json()["results"]
    assert found[0]["id"] == new
    deadline = time.monotonic() + PATIENCE
    while new not in session.queues.ids["none"] and time.monotonic() < deadline:
        time.sleep(0.05)
        session.follow()
    assert new in session.queues.ids["none"]
    # the old generation is let go, and goes with the next run
    path.write_text(path.read_text().replace("keeps", "loses"))
    build_index(harbour.root, folder)
    assert not first.exists()
    assert "loses" in page.get(f"article/{new}").text
    session.close()


@pytest.mark.parametrize("state", ["damaged", "another site", "gone"])
def test_the_page_stays_with_its_index_where_there_is_no_better(harbour, tmp_path, state):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    session = Session(open_index(folder), desk_of(harbour.root), Options())
    page = Page(session)
    if state == "gone":
        (folder / "CURRENT").unlink()
    else:
        root = harbour.root if state == "damaged" else tmp_path / "other"
        root.mkdir(exist_ok=True)
        (root / "z.md").write_text("---\ntitle: Another\n---\n")
        build_index(root, folder, rebuild=True)
        (generation,) = set((folder / "generations").iterdir()) - {folder / "generations" / "000001"}
        if state == "damaged":
            (generation / "columns.npz").write_bytes(b"")
    for _ in range(2):
        assert page.get(f"article/{ARTICLE}").status_code == 200
    session.close()


def test_search_says_what_is_accepted_already(page):
    page.post("decide", {"article": ARTICLE, "candidate": "_news/regatta.md", "verdict": "accepted"})
    found = page.post("search", {"article": ARTICLE, "text": "boat race in the rain"}).json()["results"]
    assert (found[0]["id"], found[0]["listed"]) == ("_news/regatta.md", True)


def test_a_removal_waits_in_sight_until_it_is_saved(page, harbour):
    shown = page.get(f"article/{FACES}").text
    assert 'class="item removed"' not in shown
    page.post("decide", {"article": FACES, "candidate": "_news/heat-pumps.md", "verdict": "removed", "position": 2})
    shown = page.get(f"article/{FACES}").text
    assert shown.count('class="item removed"') == 1
    assert "Port buys heat pumps" in shown
    assert "[[&#34;_news/heat-pumps.md&#34;, &#34;removed&#34;]]" in shown
    found = page.post("search", {"article": FACES, "text": "heat pumps customs house"}).json()["results"]
    assert [one["listed"] for one in found if one["id"] == "_news/heat-pumps.md"] == [False]
    page.post("save", {"article": FACES, "digest": page.digest(FACES), "items": [0]})
    shown = page.get(f"article/{FACES}").text
    assert 'class="item removed"' not in shown
    assert '<li class="down" data-id="_news/heat-pumps.md">' in shown


def test_what_was_turned_down_is_shown_with_its_reason(page):
    turned = {"article": ARTICLE, "candidate": "_news/face-cameras.md", "verdict": "rejected", "reason": "outdated"}
    page.post("decide", turned)
    shown = page.get(f"article/{ARTICLE}").text
    assert '<li class="down" data-id="_news/face-cameras.md">' in shown
    assert "Harbour Post · 10 Mar 2025 · out of date" in shown
    page.post("decide", {**turned, "verdict": "undone"})
    shown = page.get(f"article/{ARTICLE}").text
    assert 'class="down"' not in shown
    assert 'data-id="_news/face-cameras.md"' in shown


def test_what_the_audit_would_report_is_not_accepted(harbour, tmp_path):
    harbour.article("_news/second.md", "The same page", webUrl="https://harbourpost.example/heat-pumps?utm_source=x")
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        page = Page(Session(index, desk_of(harbour.root), Options()))

        def accepted(candidate, article=ARTICLE):
            return page.post("decide", {"article": article, "candidate": candidate, "verdict": "accepted"})

        assert "is the article itself" in accepted(ARTICLE).json()["error"]
        assert "is in the list already" in accepted("_news/second.md", FACES).json()["error"]
        assert accepted("_news/heat-pumps.md").status_code == 200
        assert accepted("_news/heat-pumps.md").status_code == 200
        refused = accepted("_news/second.md")
        assert (refused.status_code, "_news/heat-pumps.md" in refused.json()["error"]) == (422, True)
        items = ["_news/heat-pumps.md", "_news/second.md"]
        assert page.post("save", {"article": ARTICLE, "digest": page.digest(), "items": items}).status_code == 422


@pytest.mark.parametrize("odd", ["\ud800", "a\x1b[31m", "a\u202egnp.md", "a\u2028b", "a\nb", "a\x00", "x" * 5000, ""])
def test_ids_that_no_line_of_decisions_may_hold_are_refused(page, harbour, odd):
    def sent(path, record):
        return page.ask("POST", path, content=json.dumps({"article": ARTICLE, **record})).status_code

    for path in ("preview", "save"):
        assert sent(path, {"digest": page.digest(), "items": [odd]}) == 400
    for verdict in ("accepted", "rejected", "removed", "undone"):
        assert sent("decide", {"candidate": odd, "verdict": verdict}) == 400
        assert sent("decide", {"candidate": FACES, "verdict": verdict, "article": odd}) in {400, 404}
    assert sent("decide", {"candidate": "http://www.a.example/x?utm_source=y", "verdict": "undone"}) == 400
    assert not desk_of(harbour.root).decisions_file.exists()


def test_what_is_not_in_the_list_is_not_removed_and_no_article_rejected_for_itself(page, harbour):
    def decided(candidate, verdict):
        return page.post("decide", {"article": FACES, "candidate": candidate, "verdict": verdict})

    for candidate in ("_news/regatta.md", "https://nowhere.example/x", "nothing"):
        refused = decided(candidate, "removed")
        assert (refused.status_code, "is not in the list" in refused.json()["error"]) == (422, True)
    refused = decided(FACES, "rejected")
    assert (refused.status_code, "is the article itself" in refused.json()["error"]) == (422, True)
    for candidate in ("_news/heat-pumps.md", "https://quaycourier.example/watchdog"):
        assert decided(candidate, "removed").status_code == 200
    assert desk_of(harbour.root).decisions().problems == ()


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (FileConflict("{root}/_news/a.md was changed", "look"), "_news/a.md was changed; look"),
        (IndexCorrupt("{index}/generations/1/vec.faiss is damaged", "rebuild"), "vec.faiss is damaged; rebuild"),
        (EncoderUnavailable("/home/a b/.cache/m/model.onnx is damaged; it was removed"), "model.onnx is damaged; it"),
        (UsageError("(/etc/x) holds '/var/y z/f' and =/opt/q"), "(x) holds 'f' and =q"),
        (UsageError("no article 'a/b.md' below {root}"), "no article 'a/b.md' below content"),
        (UsageError("https://a.example/b/c and/or a/b.md: x"), "https://a.example/b/c and/or a/b.md: x"),
        (PermissionError(13, "Permission denied", "/etc/shadow"), "it could not be read or written: Permission denied"),
        (FrontMatterError(3, "this is no TOML", "correct it"), "line 3: this is no TOML; correct it"),
    ],
    ids=["conflict", "index", "encoder", "several", "root", "no-path", "system", "front-matter"],
)
def test_no_answer_tells_where_files_are(page, harbour, tmp_path, monkeypatch, error, shown):
    if isinstance(error, SearchError):
        error.message = error.message.format(root=harbour.root, index=tmp_path / "in dex")

    def failing(*_):
        raise error

    monkeypatch.setattr("search.desk.page.bench.encoder_of", failing)
    answer = page.post("search", {"article": ARTICLE, "text": "ferry"})
    assert answer.status_code in {409, 422, 503}
    assert answer.json()["error"].startswith(shown)
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        (
            "toml.md",
            '+++\ntitle = "Cameras: # a story"\nsecured = "S"\nwebUrl = "https://harbourpost.example/t"\n+++\n',
            "Cameras: # a story",
        ),
        ("json.md", '{"title": "yes", "webUrl": "https://harbourpost.example/t", "secured": {"a": "S"}}\n', "yes"),
        (
            "nested.md",
            '+++\nwebUrl = "https://harbourpost.example/t"\n[params]\ntitle = "Nested"\n+++\n',
            "Nested",
        ),
    ],
    ids=["toml", "json", "title-elsewhere"],
)
def test_an_article_in_toml_or_json_can_be_listed(harbour, tmp_path, name, text, title):
    harbour.write(name, text)
    build_index(harbour.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        page = Page(Session(index, desk_of(harbour.root), Options()))
        saved = page.post("save", {"article": ARTICLE, "digest": page.digest(), "items": [name, "_news/regatta.md"]})
    assert saved.status_code == 200, saved.text
    first, second = yaml.safe_load((harbour.root / ARTICLE).read_text().split("---\n")[1])["related"]
    assert (first["title"], first["webUrl"]) == (title, "https://harbourpost.example/t")
    assert "secured" not in first
    assert second["title"] == "Rain delays the spring regatta"


def test_a_refusal_names_the_file_that_it_is_about(page, harbour):
    (harbour.root / "_news/regatta.md").write_text("---\ntitle: 'Rain\n---\n")
    told = page.post("preview", {"article": ARTICLE, "digest": page.digest(), "items": ["_news/regatta.md"]})
    assert (told.status_code, told.json()["error"].startswith("_news/regatta.md:2: ")) == (422, True)
    told = page.post("preview", {"article": ARTICLE, "digest": page.digest(), "items": [7]})
    assert (told.status_code, told.json()["error"].startswith(f"{ARTICLE}: ")) == (422, True)


@pytest.mark.parametrize("has_lists", [True, False])
def test_what_follows_the_leaders_by_lists_is_under_a_heading_of_its_own(site, tmp_path, has_lists):
    titles = [f"Ferry strike, day {number}" for number in range(9)]
    urls = [f"https://w.example/ferry-{number}" for number in range(9)]
    every = [{"title": title, "webUrl": url} for title, url in zip(titles, urls, strict=True)]
    for number in range(9):
        others = [] if number == 1 or not has_lists else [one for one in every if one["webUrl"] != urls[number]]
        excerpt = f"The crews of pier {number} stop work."
        site.article(f"ferry-{number}.md", titles[number], excerpt, webUrl=urls[number], related=others)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        options = Options(k=8, min_probability=0.0, collapse=False)
        shown = Page(Session(index, desk_of(site.root), options)).get("article/ferry-1.md").text
        few = Page(Session(index, desk_of(site.root), replace(options, k=5))).get("article/ferry-1.md").text
    before, _, after = shown.partition("Also, by what this site lists")
    assert (before.count('class="card"'), after.count('class="card"')) == ((5, 3) if has_lists else (8, 0))
    assert "Also, by what" not in few


def test_a_conflict_tells_what_was_changed_since_the_page_was_shown(page, harbour):
    digest = page.digest()
    path = harbour.root / ARTICLE
    path.write_text(path.read_text().replace("quality: 81", "quality: 12"))
    told = page.post("save", {"article": ARTICLE, "digest": digest, "items": []})
    assert told.status_code == 409
    assert "-quality: 81\n+quality: 12\n" in told.json()["diff"]
    sealed = path.read_text().replace("title: Cameras", "secured: ab;==\ntitle: Cameras")
    path.write_text(sealed)
    told = page.post("save", {"article": ARTICLE, "digest": digest, "items": []})
    assert "+secured: …\n" in told.json()["diff"]
    assert page.post("save", {"article": ARTICLE, "digest": "unknown", "items": []}).json()["diff"] == ""


def test_decisions_that_a_merge_left_unread_are_told(page, harbour):
    assert "Not all decisions" not in page.get(f"article/{ARTICLE}").text
    page.post("decide", {"article": ARTICLE, "candidate": "_news/heat-pumps.md", "verdict": "rejected"})
    with (harbour.root / ".search/decisions.jsonl").open("a") as stream:
        stream.write("<<<<<<< HEAD\n=======\n>>>>>>> other\n")
    shown = page.get(f"article/{ARTICLE}").text
    assert "Not all decisions can be read." in shown
    assert ".search/decisions.jsonl:2: is left from a merge; correct or delete the line" in shown
    assert "and 2 more like it" in shown


def test_from_an_article_that_is_gone_the_way_leads_on(page, harbour):
    (harbour.root / ARTICLE).unlink()
    gone = page.get(f"article/{ARTICLE}?queue=all")
    assert gone.status_code == 404
    assert "there is no such file in the content" in gone.text
    assert f'href="/{TOKEN}/?queue=all"' in gone.text
    assert "Next article" in gone.text


def test_a_long_title_is_cut_in_what_a_search_finds(site, tmp_path):
    site.article("long.md", "Ferry " + "long " * 2000)
    site.article("n.md", "Tram")
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        page = Page(Session(index, desk_of(site.root), Options()))
        (found,) = page.post("search", {"article": "n.md", "text": "ferry"}).json()["results"]
    assert len(found["title"]) <= 300


def test_what_readers_do_not_see_is_marked(site, tmp_path):
    soon = (datetime.now(UTC) + timedelta(days=40)).isoformat()
    site.article("live.md", "Ferry strike ends", related=["https://harbourpost.example/gone"])
    site.article("draft.md", "Ferry strike: the second week", published=False)
    site.article("soon.md", "Ferry strike: a year on", publishedDateTime=soon)
    site.article("later.md", "Ferry strike: what was learnt", publishedDateTime=soon, draft=True)
    site.article("gone.md", "Ferry strike: the third week", removed=True)
    build_index(site.root, tmp_path / "index")
    marks = {"live.md": "", "draft.md": "draft", "soon.md": "scheduled", "later.md": "draft, scheduled"}
    marks["gone.md"] = "removed"
    with open_index(tmp_path / "index") as index:
        page = Page(Session(index, desk_of(site.root), Options(min_probability=0.0)))
        found = page.post("search", {"article": "live.md", "text": "ferry strike"}).json()["results"]
        own = {name: page.get(f"article/{name}").text for name in marks}
    told = {one["id"]: one["meta"].split(" · ")[2:] for one in found}
    assert told == {name: [mark] for name, mark in marks.items() if name != "live.md"}
    for name, text in own.items():
        (line,) = re.findall(r'<h1.*?</h1>\n<p class="meta">(.*?)</p>', text, re.DOTALL)
        assert re.findall("<strong>(.*?)</strong>", line) == [mark for mark in [marks[name]] if mark]
    (listed,) = re.findall('<span class="meta"><bdi>(.*?)</bdi>', own["live.md"])
    assert listed.endswith(" · removed")
    card = re.search('<li class="card".*?data-id="soon.md".*?>(.*?)</li>', own["later.md"], re.DOTALL)
    assert card is not None
    assert "<strong>scheduled</strong>" in card[1]
    assert 'data-meta="Harbour Post · ' in card[0]
    assert ' · scheduled"' in card[0]


@pytest.mark.parametrize("host", sorted(WILDCARDS))
def test_whoever_listens_everywhere_is_reached_from_the_machine_itself(host):
    assert "127.0.0.1:80" in own_hosts(host, 80)
    assert own_hosts(host, 8765, ["desk.example"])[-1] == "desk.example:8765"
    assert "192.0.2.1:8765" not in own_hosts(host, 8765)


def test_whoever_listens_everywhere_is_told_of_names(harbour_index, tmp_path):
    command = [sys.executable, "-m", "search", "review", "--index", tmp_path / "index", "--no-open", "--port", "0"]
    with subprocess.Popen(
        [*command, "--host", min(WILDCARDS)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            assert running.stdout.readline().startswith("http://127.0.0.1:")
            assert "--name" in running.stderr.readline() + running.stderr.readline()
        finally:
            running.terminate()


def test_many_faults_are_folded(site, tmp_path):
    pumps = {"title": "Heat pumps", "webUrl": "https://o.example/pumps"}
    site.article("few.md", "Twice the same", related=[pumps, pumps])
    site.article("many.md", "Often the same", related=[pumps] * 6)
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        page = Page(Session(index, desk_of(site.root), Options()))
        assert 'details class="faults"' not in page.get("article/few.md").text
        assert "<summary>5 faults of the list</summary>" in page.get("article/many.md").text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1:9999"}, 421),
        ({"Host": "evil.example:8765"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1:8765"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://["}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_other_sites_cannot_write(page, harbour, headers, status):
    before = contents(harbour.root)
    record = {"article": ARTICLE, "digest": page.digest(), "items": ["_news/face-cameras.md"]}
    for path in ("save", "decide", "preview", "search"):
        assert page.post(path, record, headers=headers).status_code == status
    assert contents(harbour.root) == before
    assert not (harbour.root / ".search").exists()


def test_without_the_token_there_is_nothing(page):
    for token in ("", "wrong", TOKEN[:-1], TOKEN + "x", "é"):
        assert page.get(f"article/{ARTICLE}", token=token).status_code == 404
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert page.ask(method, f"article/{ARTICLE}").status_code == 405


def test_answers_forbid_what_a_browser_need_not_do(page):
    for path, status in ((f"article/{ARTICLE}", 200), ("static/desk.js", 200), ("nothing", 404)):
        answer = page.get(path)
        assert answer.status_code == status
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "article/../outside.md",
        "article/%2e%2e/outside.md",
        "article//etc/hostname",
        "article/_news/link.md",
        "article/_data/quay.md",
        "article/" + "x" * 3000,
        "article/%00",
        "static/../server.py",
        "static/%2e%2e/server.py",
        "static/session.py",
    ],
)
def test_no_path_outside_of_the_content_is_read(page, harbour, tmp_path, path):
    (tmp_path / "outside.md").write_text("---\ntitle: Outside of it all\n---\n")
    (harbour.root / "_news/link.md").symlink_to(tmp_path / "outside.md")
    answer = page.get(path)
    assert 400 <= answer.status_code < 500
    assert "Outside of it all" not in answer.text
    assert "Traceback" not in answer.text


OTHER_FILES = [
    "_news/.git/x.md",
    ".hid/s.md",
    "assets/main.scss",
    "drafts/d.md",
    "notes.txt",
    "new.md",
    "_data/quay.md",
]


@pytest.mark.parametrize("name", [*OTHER_FILES, f"./{ARTICLE}", "_news//crowd-cameras.md", "_news/../_news/regatta.md"])
def test_only_articles_of_the_index_are_shown_and_changed(harbour, tmp_path, name):
    harbour.write("search.toml", '[content]\nexclude = ["drafts"]\n')
    build_index(harbour.root, tmp_path / "index")
    for other in OTHER_FILES:
        harbour.write(other, "---\ntitle: Not for this page\n---\n")
    before = {path: path.read_bytes() for path in harbour.root.rglob("*") if path.is_file()}
    with open_index(tmp_path / "index") as index:
        page = Page(Session(index, desk_of(harbour.root), Options()))
        shown = page.get(f"article/{name.replace('./', '%2E/')}")
        record = {"article": name, "digest": "x", "items": [], "text": "ferry"}
        record |= {"candidate": "_news/regatta.md", "verdict": "rejected", "position": 1}
        answers = [shown, *(page.post(path, record) for path in ("decide", "search", "preview", "save"))]
        listed = page.post("preview", {"article": ARTICLE, "digest": page.digest(), "items": [name]})
    assert [answer.status_code for answer in answers] == [404] * 5
    for answer in answers:
        assert "Not for this page" not in answer.text
        assert "is no article of the index" in answer.text
        assert ("run search index" in answer.text) == (name in {"new.md", "_data/quay.md"})
    assert listed.status_code == 422
    assert {path: path.read_bytes() for path in harbour.root.rglob("*") if path.is_file()} == before


# without an address there is no domain either
_NO_PROVIDER = {"provider": None, "webUrl": None}


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (_NO_PROVIDER, "3 Mar 2025 · City"),
        ({**_NO_PROVIDER, "publishedDateTime": None}, "City"),
        ({"topics": []}, "Harbour Post · 3 Mar 2025"),
        ({**_NO_PROVIDER, "publishedDateTime": None, "topics": []}, ""),
    ],
)
def test_no_line_about_an_article_begins_or_ends_with_a_dot(site, tmp_path, fields, shown):
    site.article("a.md", "Ferry strike ends", **{"publishedDateTime": "2025-03-03T08:00:00Z", **fields})
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        text = Page(Session(index, desk_of(site.root), Options())).get("article/a.md").text
    (line,) = re.findall(r'<h1.*?</h1>\n<p class="meta">(.*?)</p>', text, re.DOTALL)
    assert re.sub("<.*?>", "", line) == shown


def test_an_article_without_a_file_is_not_shown(page):
    shown = page.get(f"article/{quote('https://quaycourier.example/watchdog', safe='')}")
    assert (shown.status_code, "has no file" in shown.text) == (404, True)


@pytest.mark.parametrize("place", [0, -1, 0.5, 1.5])
def test_places_are_counted_from_one(page, harbour, place):
    record = {"article": ARTICLE, "candidate": FACES, "verdict": "rejected"}
    assert page.post("decide", {**record, "position": place}).status_code == 400
    assert not desk_of(harbour.root).decisions_file.exists()
    assert page.post("decide", {**record, "position": 1}).status_code == 200


@pytest.mark.parametrize(
    "record",
    [
        [],
        {},
        "text",
        {"article": ARTICLE},
        {"article": 7, "candidate": "x", "verdict": "accepted"},
        {"article": ARTICLE, "candidate": "../x", "verdict": "accepted"},
        {"article": ARTICLE, "candidate": "_news/regatta.md", "verdict": "applied"},
        {"article": ARTICLE, "candidate": "_news/regatta.md", "verdict": "accepted", "score": "high"},
        {"article": ARTICLE, "candidate": "_news/regatta.md", "verdict": "rejected", "reason": "because"},
        {"article": "../outside.md", "candidate": "_news/regatta.md", "verdict": "accepted"},
        {"article": ARTICLE, "digest": "x", "items": [0, 0]},
        {"article": ARTICLE, "digest": "x", "items": [-1]},
        {"article": ARTICLE, "digest": "x", "items": [True]},
        {"article": ARTICLE, "digest": "x", "items": [1.5]},
        {"article": ARTICLE, "digest": "x", "items": ["a\u0000b"]},
        {
            "article": "\ud800",
            "digest": "x",
            "items": [],
            "candidate": "\ud800",
            "verdict": "accepted",
            "text": "\ud800",
        },
    ],
)
def test_requests_that_the_page_never_sends_are_refused(page, harbour, record):
    before = contents(harbour.root)
    for path in ("decide", "search", "preview", "save"):
        answer = page.post(path, record)
        assert 400 <= answer.status_code < 500, path
        assert "Traceback" not in answer.text
        assert str(harbour.root) not in answer.text
    assert contents(harbour.root) == before
    assert not (harbour.root / ".search").exists()


def test_positions_that_the_list_does_not_have_are_refused(page, harbour):
    record = {"article": "_news/face-cameras.md", "digest": page.digest("_news/face-cameras.md"), "items": [0, 99]}
    assert page.post("save", record).status_code == 422
    assert page.post("save", {**record, "items": [1, 0]}).status_code == 200


def test_whoever_comes_before_the_server_has_started_waits():
    with listen("127.0.0.1", 0) as made, socket.create_connection(made.getsockname(), timeout=5):
        pass


def test_bodies_have_a_bound(page):
    assert page.ask("POST", "decide", content=b"x" * (MAX_BODY + 1)).status_code == 413
    assert page.ask("POST", "decide", content=b"[" * 100_000).status_code == 400
    assert page.get("?" + "x" * 9000).status_code == 414


def test_a_read_only_content_root_is_said(page, harbour, monkeypatch):
    (harbour.root / ".search").write_text("a file where the folder should be")
    record = {"article": ARTICLE, "candidate": "_news/face-cameras.md", "verdict": "accepted"}
    answer = page.post("decide", record)
    assert answer.status_code == 503
    assert str(harbour.root) not in answer.text


def test_a_slow_body_is_not_waited_for(page, monkeypatch):
    monkeypatch.setattr("search.desk.page.guard.BODY_SECONDS", 0.05)

    async def slowly():
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    assert page.ask("POST", "decide", content=slowly()).status_code == 408


HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "attribute": '" onmouseover=alert(1) x="',
    "escape": "\x1b[31mred\x1b[0m \x9b31m bell\x07",
    "bidi": "abc\u202egnp.exe \u2066 x",
    "long": "Long " * 2000,
    "template": "{{ 7*7 }} {% raw %}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_titles_are_inert(site, tmp_path, run_search, name):
    title = HOSTILE[name]
    site.article("n.md", "Ferry strike ends after nine days", "The crews return on Monday.")
    site.article(
        "h.md", f"Ferry strike {title}", f"Crews {title}", webUrl="javascript:alert(1)", provider={"name": title}
    )
    site.article(
        "l.md",
        "Ferry strike begins",
        "Crews stop work.",
        related=[{"title": title, "webUrl": 'https://x.example/1?a="<b>'}],
    )
    build_index(site.root, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        page = Page(Session(index, desk_of(site.root), Options(min_probability=0.0)))
        texts = [page.get("article/n.md").text, page.get("article/l.md").text, page.get("article/h.md").text]
    sheet = tmp_path / "sheet.html"
    run_search("suggest", "--all", "--min-probability", "0", "--index", tmp_path / "index", "--html", sheet)
    texts.append(sheet.read_text())
    for text in texts:
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript' not in text
        assert ' onmouseover=alert(1) x="' not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert len(text) < 60_000
    for output in ("table", "markdown"):
        told = run_search(
            "related", "n.md", "--min-probability", "0", "--format", output, "--index", tmp_path / "index"
        )
        assert told.returncode == 0
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(told.stdout)
        assert "<script" not in told.stdout or output == "table"
        assert "javascript:" not in told.stdout


ANYTHING_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
ODD = st.text(st.sampled_from("a\ud800\udfff\x1b\u202e\u2028/."), max_size=4)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "article": st.sampled_from([ARTICLE, "_news/face-cameras.md", "../x", "", "\x00", "/etc/passwd"])
        | ANYTHING_JSON,
        "candidate": st.sampled_from(["_news/regatta.md", "https://quaycourier.example/watchdog", "x"])
        | ODD
        | ANYTHING_JSON,
        "verdict": st.sampled_from(["removed", "undone", "applied", "nonsense"]) | ANYTHING_JSON,
        "digest": ANYTHING_JSON,
        "items": st.lists(st.integers(-2, 5) | st.text(max_size=10) | ODD, max_size=5) | ANYTHING_JSON,
        "text": st.text(max_size=30) | ANYTHING_JSON,
        "reason": ANYTHING_JSON,
        "score": ANYTHING_JSON,
        "position": ANYTHING_JSON,
    },
)


@given(
    path=st.sampled_from(["decide", "search", "preview", "save", "nothing", "article/x"]),
    record=FIELDS | ANYTHING_JSON,
    raw=st.none() | st.binary(max_size=60),
)
@settings(max_examples=times(100, 3000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_files_stay_and_nothing_breaks(page, harbour, path, record, raw):
    before = contents(harbour.root)
    content = raw if raw is not None else json.dumps(record, default=str).encode()
    answer = page.ask("POST", path, content=content)
    assert answer.status_code < 500
    assert "Traceback" not in answer.text
    assert contents(harbour.root) == before
