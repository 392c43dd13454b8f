"""What all tests share: a small site, its index, the real content beside the checkout."""

from __future__ import annotations

import io
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# The workers share two cores: with more threads each, a fifth of their time goes into waiting for one another. Three
# of them, because a test that runs a browser or the program waits for it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from search.cli import edge
from search.index.build import build_index
from search.index.opened import open_index
from tests.site import Site, item

HARBOUR_POST = {"name": "Harbour Post", "domain": "harbourpost.example"}
# A busy machine makes no test fail.
settings.register_profile("search", deadline=None)
settings.load_profile("search")
REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture
def site(tmp_path):
    """An empty content root."""
    root = tmp_path / "content"
    root.mkdir()
    return Site(root)


def _write_harbour(site: Site) -> Site:
    site.article(
        "_news/face-cameras.md",
        "Police to scan faces at the ferry terminal",
        "Officers will run facial recognition on travellers from June, the port authority said.",
        topics=["Policing", "Technology"],
        publishedDateTime="2025-03-10T08:00:00Z",
        related=[
            item("Watchdog asks who checks the cameras", "https://quaycourier.example/watchdog"),
            item("Port buys heat pumps", "https://harbourpost.example/heat-pumps", provider=HARBOUR_POST),
        ],
    )
    site.article(
        "_news/face-cameras-wire.md",
        "Police to scan faces at the ferry terminal",
        "Officers will run facial recognition on travellers from June, the port authority said on Monday.",
        provider={"name": "Northern Wire", "domain": "northernwire.example"},
        topics=["Policing"],
        publishedDateTime="2025-03-10T09:30:00Z",
    )
    site.article(
        "_news/crowd-cameras.md",
        "Cameras that identify people in a crowd go live",
        "The port's new system matches travellers against a list of wanted people.",
        topics=["Policing"],
        publishedDateTime="2025-06-02T08:00:00Z",
        quality=81,
    )
    site.article(
        "_news/heat-pumps.md",
        "Port buys heat pumps for the old customs house",
        "The Kestrel K-40 units replace two oil boilers.",
        topics=["Climate"],
        publishedDateTime="2025-02-11T08:00:00Z",
        category="features",
    )
    site.article(
        "_news/regatta.md",
        "Rain delays the spring regatta",
        "Crews wait for the wind to drop.",
        topics=["Sport"],
        published=False,
        publishedDateTime="2025-04-20T08:00:00Z",
        quality=None,
    )
    site.article("_videos/harbour-tour.md", "A tour of the harbour", "", type="video", topics=[], webUrl=None)
    site.write("_data/quay.md", "---\ntaxonomy: organization\nname: Quay Courier\n---\n")
    return site


@pytest.fixture
def harbour(site):
    """Six articles in files and one that stands only in a related list."""
    return _write_harbour(site)


@pytest.fixture(scope="session")
def harbour_to_read(tmp_path_factory):
    """The site of ``harbour`` with the folder of its index, for all tests that change nothing."""
    root = tmp_path_factory.mktemp("harbour")
    (root / "content").mkdir()
    site = _write_harbour(Site(root / "content"))
    build_index(site.root, root / "index")
    return site, root / "index"


@pytest.fixture
def harbour_index(harbour, tmp_path):
    """The index of ``harbour``, open."""
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    with open_index(folder) as index:
        yield index


@pytest.fixture(scope="session")
def shared_content():
    """The real content beside the checkout, for reading only."""
    folder = REPOSITORY.parent / "shared" / "content"
    if not folder.is_dir():
        pytest.skip("the real content (../shared/content) is not beside the checkout")
    return folder


@pytest.fixture(scope="session")
def ordinary_user():
    """What to put before a command so that file permissions hold for it, as they do for everyone but the superuser."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("the superuser may read and write everything, and setpriv is not here to forbid it")
    capabilities = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={capabilities}", f"--inh-caps={capabilities}"]


@pytest.fixture
def run_process(tmp_path):
    """Run the program as a person would, in a process of its own."""

    def run(*arguments: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        command = [*before, sys.executable, "-m", "search", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    return run


@pytest.fixture
def run_search(tmp_path, monkeypatch, run_process):
    """Run the program from its arguments to its exit code, in this process where nothing stands before the command.

    Starting a process took two thirds of the time of such tests. The start itself is tested in ``test_main.py``; what
    libraries in C write, and what the environment or the seed of hashes decide, asks for ``run_process``.
    """

    def run(*arguments: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        if before:
            done: subprocess.CompletedProcess[str] = run_process(*arguments, before=before)
            return done
        command = list(map(str, arguments))
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            io.TextIOWrapper(out, encoding="utf-8") as stdout,
            io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", line_buffering=True) as stderr,
            monkeypatch.context() as patch,
        ):
            patch.chdir(tmp_path)
            patch.setattr(sys, "argv", ["search", *command])
            patch.setattr(sys, "stdout", stdout)
            patch.setattr(sys, "stderr", stderr)
            logger = logging.getLogger("search")
            level, propagate, handlers = logger.level, logger.propagate, logger.handlers[:]
            try:
                code = edge.run()
            finally:
                logger.setLevel(level)
                logger.propagate, logger.handlers[:] = propagate, handlers
            texts = []
            for stream in (stdout, stderr):
                stream.flush()
                stream.seek(0)
                texts.append(stream.read())
        return subprocess.CompletedProcess(command, code, *texts)

    return run
