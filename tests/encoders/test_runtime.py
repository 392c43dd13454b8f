"""What ONNX Runtime does beside running models."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from search.encoders.prepared import encoders_folder
from search.index.build import build_index


@pytest.fixture
def fresh_home(harbour, tmp_path, monkeypatch):
    """The home of somebody who never ran the program, though there is an index and its encoder is prepared."""
    build_index(harbour.root, tmp_path / "indexes" / "default")
    monkeypatch.setenv("SEARCH_CACHE_DIR", str(encoders_folder().parent))
    for name in ("XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


def test_a_query_leaves_nothing_in_the_home_folder(run_process, fresh_home):
    assert run_process("query", "passengers under surveillance").returncode == 0
    assert list(fresh_home.rglob("*")) == []


@pytest.mark.parametrize(("own", "expected"), [(None, "1"), ("0", "0")])
def test_telemetry_is_off_unless_a_person_says_otherwise(own, expected):
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    code = (
        "import importlib, os\nfrom search.encoders import runtime\n"
        "runtime.import_module = lambda name: print(name, os.environ['ORT_DISABLE_TELEMETRY'])\n"
        "runtime.onnx_runtime('quantization')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment | ({"ORT_DISABLE_TELEMETRY": own} if own else {}),
    )
    assert done.stdout == f"onnxruntime.quantization {expected}\n"
