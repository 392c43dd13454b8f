"""Ctrl-C, as a terminal sends it: to all processes of the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from search.beside import beside
from search.cli import edge, interruption, main
from search.content.parallel import FEW
from search.index.build import build_index

KEPT = "what is encoded so far is kept: the next run goes on from there"


@pytest.fixture(autouse=True)
def heeded():
    """Let what is started here heed Ctrl-C, also where the tests run in the background and ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def own_handler():
    """What a test does with Ctrl-C is undone."""
    before, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    yield
    sys.unraisablehook = hook
    signal.signal(signal.SIGINT, before)
    interruption._received.clear()


@pytest.fixture
def many(site):
    for number in range(FEW + 200):
        site.article(f"{number}.md", f"Story {number} of the harbour", f"What was said on day {number}.")
    return site


def interrupted_at(site, folder, phase):
    """Interrupt a verbose run when it says that a phase begins, and return its code and what else it said."""
    command = [sys.executable, "-m", "search", "--verbose", "index", str(site.root), "--index", str(folder)]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    for line in running.stderr or ():
        if line.startswith(f"{phase}:"):
            os.killpg(running.pid, signal.SIGINT)
            break
    _, told = running.communicate()
    return running.returncode, told.splitlines()


@pytest.mark.parametrize("phase", ["reading", "encoding"])
def test_an_interrupted_run_says_what_is_kept_and_leaves_nothing_behind(many, tmp_path, monkeypatch, phase):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    code, told = interrupted_at(many, tmp_path / "index", phase)
    assert code == 130
    assert told[-2:] == [KEPT, "search: interrupted"]
    assert "Traceback" not in "".join(told)
    assert "resource_tracker" not in "".join(told)
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.usefixtures("own_handler")
def test_imports_can_be_interrupted(monkeypatch, capsys):
    class Interrupting:
        def find_spec(self, name, path, target=None):
            if name == "search.cli.edge":
                raise KeyboardInterrupt

    codes: list[int] = []
    monkeypatch.delitem(sys.modules, "search.cli.edge", raising=False)
    monkeypatch.delattr("search.cli.edge", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    monkeypatch.setattr(os, "_exit", codes.append)
    main.main()
    assert codes == [130]
    assert capsys.readouterr().err == "search: interrupted\n"


# Ctrl-C in the middle of an import: importlib has not let go of its lock yet, and the other thread waits for that.
INTERRUPTED_WITHIN_AN_IMPORT = """
import _imp, sys
from search.cli.main import main

def interrupted(*_, **__):
    _imp.acquire_lock()
    raise KeyboardInterrupt

{patch}
sys.argv = ["search", "query", "police", "--index", {folder!r}]
main()
"""
WHERE = {
    "while FAISS is imported": """
import search.index.opened
search.index.opened.Index.vectors = property(interrupted)
""",
    "where nothing can be raised": """
import faiss, signal, weakref, search.index.opened

class Gone:
    pass

def lost(_):
    _imp.acquire_lock()
    signal.raise_signal(signal.SIGINT)

def vectors(_):
    gone = Gone()
    callback = weakref.ref(gone, lost)
    del gone
    return []

search.index.opened.Index.vectors = property(vectors)
""",
    "while the model is opened": """
import onnxruntime, search.cli.query, search.index.encoder, tokenizers

# in the main thread, the only one that is ever interrupted
search.cli.query.open_encoder = search.index.encoder.encoder_of

class Tokenizer:
    @staticmethod
    def from_file(path):
        import time
        time.sleep(0.2)
        import wave

onnxruntime.InferenceSession, tokenizers.Tokenizer = interrupted, Tokenizer
""",
}


@pytest.mark.parametrize("where", WHERE)
def test_a_query_that_is_interrupted_ends(harbour, tmp_path, where):
    folder = tmp_path / "index"
    build_index(harbour.root, folder)
    code = INTERRUPTED_WITHIN_AN_IMPORT.format(patch=WHERE[where], folder=str(folder))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (130, "search: interrupted\n")


def test_what_is_done_beside_gives_what_it_made_or_raises():
    assert beside(lambda: 7)() == 7
    with pytest.raises(ZeroDivisionError):
        beside(lambda: 1 // 0)()


def while_handling(cause, error):
    error.__context__ = cause
    return error


@pytest.mark.parametrize(
    "error", [RuntimeError("Error calling __set_name__"), ImportError("initialization failed"), OSError(5, "failed")]
)
def test_an_error_that_ctrl_c_turned_into_is_an_interruption(monkeypatch, capsys, error):
    def fail(_):
        raise while_handling(KeyboardInterrupt(), while_handling(KeyError("a"), error))

    monkeypatch.setattr("search.index.opened.open_index", fail)
    monkeypatch.setattr(sys, "argv", ["search", "status"])
    assert edge.run() == 130
    assert capsys.readouterr().err == "search: interrupted\n"


def test_an_error_of_another_cause_is_none():
    assert not interruption.is_behind(while_handling(KeyError("a"), RuntimeError("b")))


@pytest.mark.usefixtures("own_handler")
def test_an_error_that_hides_ctrl_c_is_an_interruption(monkeypatch, capsys):
    def fail(_):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise ImportError("initialization failed")

    signal.signal(signal.SIGINT, signal.default_int_handler)
    interruption.watch()
    monkeypatch.setattr("search.index.opened.open_index", fail)
    monkeypatch.setattr(sys, "argv", ["search", "status"])
    assert edge.run() == 130
    assert capsys.readouterr().err == "search: interrupted\n"


def test_ctrl_c_where_nothing_can_be_raised_comes_again(tmp_path):
    code = """
import signal, threading
from search.cli import interruption

class Last:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

interruption.watch()
try:
    last = Last()
    del last
    threading.Event().wait()
except KeyboardInterrupt:
    print("heard")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("heard\n", "")


@pytest.mark.usefixtures("own_handler")
def test_ctrl_c_that_is_ignored_stays_so():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interruption.watch()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.usefixtures("own_handler")
def test_imports_that_fail_by_ctrl_c_are_an_interruption(monkeypatch, capsys):
    class Failing:
        def find_spec(self, name, path, target=None):
            if name == "search.cli.edge":
                raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    codes: list[int] = []
    monkeypatch.delitem(sys.modules, "search.cli.edge", raising=False)
    monkeypatch.delattr("search.cli.edge", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Failing(), *sys.meta_path])
    monkeypatch.setattr(os, "_exit", codes.append)
    main.main()
    assert codes == [130]
    assert capsys.readouterr().err == "search: interrupted\n"


def test_the_entry_imports_nothing_that_takes_time():
    told = "print(sorted(set(sys.modules) - before))"
    imported = f"import __future__, sys; before = set(sys.modules); import search.cli.main; {told}"
    done = subprocess.run([sys.executable, "-c", imported], capture_output=True, text=True, check=True)
    assert done.stdout == "['atexit', 'search', 'search.cli', 'search.cli.main']\n"
