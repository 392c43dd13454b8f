"""The running page, attacked over its socket: refused, nothing written, and it goes on answering."""

from __future__ import annotations

import random
import re
import socket
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from search.desk.page.guard import MAX_BODY, MAX_HEADERS, MAX_TARGET
from search.desk.page.serving import CONNECTION_SECONDS, MOST_CONNECTIONS
from tests.soak import times, told

ARTICLE = "_news/crowd-cameras.md"
REQUESTS = times(200, 5000)


@pytest.fixture
def served(harbour, harbour_index, tmp_path):
    """The page as a person starts it; its address."""
    command = [sys.executable, "-m", "search", "review", "--index", str(tmp_path / "index"), "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield running.stdout.readline().strip()
        finally:
            running.terminate()
            _, errors = running.communicate(timeout=20)
        assert "Traceback" not in errors
        assert len(errors.splitlines()) < 20, "each refusal was logged"
        assert re.search(r"/[\w-]{32}/", errors) is None, "the token was logged"


def contents(root):
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def sent(place, data, seconds=20.0):
    """Send bytes as they are, and return what comes back."""
    with socket.create_connection((place.hostname, place.port), timeout=seconds) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return answer


def request(line, host, *headers, body=b""):
    fields = [f"Host: {host}", "Connection: close", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([line, *fields, "", ""]).encode("latin-1") + body


def status(answer):
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return int(found[1]) if found else None


def test_attacks_by_hand(served, harbour, tmp_path):
    (tmp_path / "outside.md").write_text("---\ntitle: Outside of it all\n---\n")
    (harbour.root / "_news/link.md").symlink_to(tmp_path / "outside.md")
    assert (harbour.root / "../outside.md").is_file()
    place = urlsplit(served)
    host, path = place.netloc, place.path.rstrip("/")
    in_json, form = "Content-Type: application/json", "Content-Type: application/x-www-form-urlencoded"
    own = [f"Origin: http://{host}", in_json]
    decision = b'{"article": "_news/crowd-cameras.md", "candidate": "_news/regatta.md", "verdict": "accepted"'
    large = decision + b', "more": "' + b"x" * MAX_BODY + b'"}'
    decision += b"}"
    page, decide = f"GET {path}/article/{ARTICLE} HTTP/1.1", f"POST {path}/decide HTTP/1.1"
    attacks = [
        ("traversal", 404, request(f"GET {path}/article/../outside.md HTTP/1.1", host)),
        ("traversal, escaped", 404, request(f"GET {path}/article/%2e%2e%2foutside.md HTTP/1.1", host)),
        ("traversal from below", 404, request(f"GET {path}/article/_news/../../outside.md HTTP/1.1", host)),
        ("an absolute path", 404, request(f"GET {path}/article/{tmp_path}/outside.md HTTP/1.1", host)),
        ("a link", 404, request(f"GET {path}/article/_news/link.md HTTP/1.1", host)),
        ("the program", 404, request(f"GET {path}/static/..%2fserver.py HTTP/1.1", host)),
        ("a NUL", 404, request(f"GET {path}/article/%00 HTTP/1.1", host)),
        ("a rebound name", 421, request(page, "evil.example")),
        ("a rebound name, our port", 421, request(page, f"evil.example:{place.port}")),
        ("two hosts", 400, request(page, host, "Host: evil.example")),
        ("no token", 404, request(f"GET /article/{ARTICLE} HTTP/1.1", host)),
        ("another site", 403, request(decide, host, "Origin: http://a.example", in_json, body=decision)),
        ("no origin", 403, request(decide, host, in_json, body=decision)),
        ("a form", 415, request(decide, host, own[0], form, body=decision)),
        ("a large body", 413, request(decide, host, *own, body=large)),
        ("a long address", 414, request(f"GET {path}/?{'x' * MAX_TARGET} HTTP/1.1", host)),
        ("long headers", 431, request(page, host, f"X-Long: {'x' * MAX_HEADERS}")),
        ("two lengths", 400, request(decide, host, *own, "Content-Length: 7", body=decision)),
        ("another method", 405, request(f"PUT {path}/article/{ARTICLE} HTTP/1.1", host, *own, body=decision)),
        ("no HTTP", 400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n"),
    ]  # fmt: skip
    before = contents(harbour.root)
    for name, expected, attack in attacks:
        answer = sent(place, attack)
        assert status(answer) == expected, (name, answer[:200])
        assert b"Outside of it all" not in answer, name
        assert b"Traceback" not in answer, name
        assert str(harbour.root).encode() not in answer, name
    assert contents(harbour.root) == before
    assert status(sent(place, request(page, host))) == 200
    assert status(sent(place, request(decide, host, *own, body=decision))) == 200
    told(f"{len(attacks)} attacks by hand: each refused as it should be, files unchanged")


def test_addresses_and_bytes_at_random(served, harbour):
    """Whatever is asked for is answered, refused or not there; no answer is a fault of the program."""
    dice = random.Random(29)  # noqa: S311
    place = urlsplit(served)
    host, path = place.netloc, place.path.rstrip("/")
    own = [f"Origin: http://{host}", "Content-Type: application/json"]
    pieces = [
        "..",
        "%2e",
        "%00",
        "%2f",
        "article",
        "static",
        "_news",
        "desk.js",
        "?queue=",
        "?queue=all",
        "%c3%a9",
        "%ff",
    ]
    known = ["", f"/article/{ARTICLE}", "/static/desk.js", "/decide", "/save", "/preview", "/search"]
    before = contents(harbour.root)
    seen: dict[int, int] = {}
    for _ in range(REQUESTS):
        target = dice.choice(known) + "/".join(["", *dice.choices(pieces, k=dice.randrange(4))])
        body = b"" if dice.random() < 0.5 else dice.choice([b"{}", b"[]", b'{"article": 1}', dice.randbytes(50)])
        answer = sent(place, request(f"{'POST' if body else 'GET'} {path}{target} HTTP/1.1", host, *own, body=body))
        assert status(answer) in {200, 303, 307, 400, 404, 405, 422}, (target, answer[:200])
        assert b"Traceback" not in answer
        seen[status(answer)] = seen.get(status(answer), 0) + 1
    assert {200, 400, 404, 405} <= seen.keys()
    for _ in range(REQUESTS // 10):
        assert status(sent(place, dice.randbytes(dice.randrange(1, 400)) + b"\r\n\r\n", seconds=2)) == 400
    assert contents(harbour.root) == before
    told(f"{REQUESTS} addresses at random: {dict(sorted(seen.items()))}, files unchanged")


def test_slow_clients_keep_nobody_from_being_answered(served):
    """More clients than there are connections send half a request each: they are let go, and others are answered."""
    place = urlsplit(served)
    with httpx.Client() as browser:
        assert browser.get(f"{served}article/{ARTICLE}").status_code == 200
        slow = [socket.create_connection((place.hostname, place.port), timeout=60) for _ in range(200)]
        for connection in slow:
            with suppress(OSError):  # it is let go already
                connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        answers = [httpx.get(f"{served}article/{ARTICLE}").status_code for _ in range(10)]
        assert [*answers, browser.get(f"{served}article/{ARTICLE}").status_code] == [200] * 11
    ended = 0
    for connection in slow:
        connection.setblocking(False)
        try:
            ended += connection.recv(1) == b""
        except BlockingIOError:
            pass
        except OSError:
            ended += 1
        connection.close()
    assert ended >= len(slow) - MOST_CONNECTIONS
    told(f"{len(slow)} slow clients: {ended} let go at once, and nobody else refused")


def test_whoever_holds_a_connection_is_let_go(served):
    place = urlsplit(served)
    with socket.create_connection((place.hostname, place.port), timeout=3 * CONNECTION_SECONDS) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: ")
        with suppress(ConnectionResetError):
            assert slow.recv(1) == b""
