"""The running page, attacked over its socket: refused, nothing written, and it goes on answering."""

from __future__ import annotations

import random
import re
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import pytest

from search.desk.page.guard import MAX_HEADERS
from search.desk.page.serving import CONNECTION_SECONDS
from tests.soak import times, told

ARTICLE = "_news/crowd-cameras.md"
REQUESTS = times(300, 5000)


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
    place = urlsplit(served)
    host, path = place.netloc, place.path.rstrip("/")
    json = "Content-Type: application/json"
    own = [f"Origin: http://{host}", json]
    decision = b'{"article": "_news/crowd-cameras.md", "candidate": "_news/regatta.md", "verdict": "accepted"}'
    attacks = {
        "traversal": request(f"GET {path}/article/../../outside.md HTTP/1.1", host),
        "traversal, escaped": request(f"GET {path}/article/%2e%2e%2f%2e%2e%2foutside.md HTTP/1.1", host),
        "an absolute path": request(f"GET {path}/article//etc/hostname HTTP/1.1", host),
        "a link": request(f"GET {path}/article/_news/link.md HTTP/1.1", host),
        "the program": request(f"GET {path}/static/..%2fserver.py HTTP/1.1", host),
        "a NUL": request(f"GET {path}/article/%00 HTTP/1.1", host),
        "a rebound name": request(f"GET {path}/article/{ARTICLE} HTTP/1.1", "evil.example"),
        "a rebound name, our port": request(f"GET {path}/article/{ARTICLE} HTTP/1.1", f"evil.example:{place.port}"),
        "two hosts": request(f"GET {path}/article/{ARTICLE} HTTP/1.1", host, "Host: evil.example"),
        "no token": request(f"GET /article/{ARTICLE} HTTP/1.1", host),
        "another site": request(f"POST {path}/decide HTTP/1.1", host, "Origin: http://a.example", json, body=decision),
        "no origin": request(f"POST {path}/decide HTTP/1.1", host, json, body=decision),
        "a form": request(f"POST {path}/decide HTTP/1.1", host, own[0], "Content-Type: text/plain", body=decision),
        "a large body": request(f"POST {path}/decide HTTP/1.1", host, *own, body=b"[" * 300_000),
        "a long address": request(f"GET {path}/{'x' * 9000} HTTP/1.1", host),
        "long headers": request(f"GET {path}/ HTTP/1.1", host, f"X-Long: {'x' * MAX_HEADERS}"),
        "two lengths": request(f"POST {path}/decide HTTP/1.1", host, *own, "Content-Length: 7", body=decision),
        "a web socket": request(f"GET {path}/x HTTP/1.1", host, "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        "another method": request(f"PUT {path}/article/{ARTICLE} HTTP/1.1", host, *own, body=decision),
        "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",
    }  # fmt: skip
    before = contents(harbour.root)
    for name, attack in attacks.items():
        answer = sent(place, attack)
        assert 400 <= (status(answer) or 0) < 500, (name, answer[:200])
        assert b"Outside of it all" not in answer, name
        assert b"Traceback" not in answer, name
        assert str(tmp_path).encode() not in answer, name
    assert contents(harbour.root) == before
    assert httpx.get(f"{served}article/{ARTICLE}").status_code == 200
    told(f"{len(attacks)} attacks by hand: each answered with 4xx, files unchanged")


def test_addresses_and_bytes_at_random(served, harbour):
    """Whatever is asked for is answered, refused or not there; no answer is a fault of the program."""
    dice = random.Random(29)  # noqa: S311
    place = urlsplit(served)
    pieces = [
        "..",
        "%2e",
        "%00",
        "%2f",
        "article",
        "static",
        "_news",
        ARTICLE,
        "desk.js",
        "?queue=",
        "?queue=all",
        "é",
        "%ff",
    ]
    before = contents(harbour.root)
    seen: dict[int | None, int] = {}
    with httpx.Client(base_url=served.rstrip("/"), follow_redirects=False) as client:
        for _ in range(REQUESTS):
            target = "/" + "/".join(dice.choices(pieces, k=dice.randrange(1, 5)))
            answer = client.get(target) if dice.random() < 0.8 else client.post(target, content=dice.randbytes(50))
            assert answer.status_code < 500, target
            assert "Traceback" not in answer.text
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
    for _ in range(REQUESTS // 10):
        answer = sent(place, dice.randbytes(dice.randrange(1, 400)) + b"\r\n\r\n", seconds=2)
        assert (status(answer) or 400) < 500
    assert contents(harbour.root) == before
    told(f"{REQUESTS} addresses at random: {dict(sorted(seen.items()))}, files unchanged")


def test_slow_clients_are_let_go_and_others_answered(served):
    place = urlsplit(served)
    slow = [socket.create_connection((place.hostname, place.port), timeout=60) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
    started = time.monotonic()
    assert httpx.get(f"{served}article/{ARTICLE}").status_code == 200
    assert time.monotonic() - started < 5
    for connection in slow:
        try:
            while connection.recv(4096):
                pass
        except ConnectionResetError:
            pass
        connection.close()
    waited = time.monotonic() - started
    assert waited < 2 * CONNECTION_SECONDS + 5
    told(f"50 slow clients: let go within {waited:.0f} s, a page answered meanwhile")
    assert httpx.get(f"{served}article/{ARTICLE}").status_code == 200
