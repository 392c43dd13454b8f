"""Running a command several times in turn with another, and what the operating system says of each run."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
SEARCH = str(ROOT / ".venv" / "bin" / "search")
PEER = [PYTHON, str(ROOT / "scripts" / "bare_peer.py")]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: wall time in seconds, peak resident memory in MB."""

    seconds: float
    peak_mb: float


def run(command: list[str]) -> Run:
    """Run a command to its end, its output thrown away; its failure is an error here."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        spent = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            sys.exit(f"{' '.join(command)}\n{errors.read().decode()[-2000:]}")
    return Run(spent, usage.ru_maxrss / 1024)


def in_turn(commands: dict[str, list[str]], times: int, *, warm_up: bool = True) -> dict[str, list[Run]]:
    """Run commands in turn, A B A B …, so that a machine whose speed drifts is fair to all."""
    if warm_up:
        for command in commands.values():
            run(command)
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            runs[name].append(run(command))
    return runs


def seconds(runs: list[Run]) -> float:
    """Median wall time."""
    return median(one.seconds for one in runs)


def peak_mb(runs: list[Run]) -> float:
    """Largest peak memory."""
    return max(one.peak_mb for one in runs)


def machine() -> str:
    """Describe the machine in a line."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"
