"""Ctrl-C, a polite kill, kill -9 and a full disk: never half a plan folder, always a clear message."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.features.conftest import CREWE

PATIENCE_S = 120


def started(out: Path, log: Path) -> subprocess.Popen[str]:
    """Start a long run and come back when it has read its input."""
    command = [sys.executable, "-m", "visitplan", "plan", str(CREWE), "--out", str(out)]
    process = subprocess.Popen(
        [*command, "--time-limit", str(PATIENCE_S), "--log-file", str(log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    while not (log.exists() and '"event": "read"' in log.read_text(encoding="utf-8")):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "the run never read its input"
        time.sleep(0.05)
    time.sleep(0.5)  # let it reach the search: the handler is set before the first plan is made
    return process


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_writes_the_best_plan_so_far_and_says_so(tmp_path, number):
    out = tmp_path / "plan"
    process = started(out, tmp_path / "log.jsonl")
    process.send_signal(number)
    _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, told
    assert "best plan so far" in told
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["status"] == "interrupted"
    check = [sys.executable, "-m", "visitplan", "check", str(CREWE), str(out), "--quiet"]
    assert subprocess.run(check, check=False).returncode == 0


def test_kill_9_leaves_last_nights_plan_and_no_lock(crewe_plan, tmp_path):
    out = tmp_path / "plan"
    shutil.copytree(crewe_plan, out)
    before = contents(out)
    process = started(out, tmp_path / "log.jsonl")
    process.kill()
    process.communicate()
    assert contents(out) == before
    quick = ["--engine", "greedy", "--iterations", "1", "--quiet"]
    command = [sys.executable, "-m", "visitplan", "plan", str(CREWE), "--out", str(out), *quick]
    assert subprocess.run(command, check=False).returncode == 0


def test_a_full_disk_is_a_clear_message_and_leaves_no_half_plan(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = shutil.which("mount") and os.geteuid() == 0
    if not mounted or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small]).returncode:
        pytest.skip("mounting a small disk is not permitted here")
    try:
        quick = ["--engine", "greedy", "--iterations", "1", "--quiet"]
        command = [
            sys.executable,
            "-m",
            "visitplan",
            "plan",
            str(CREWE),
            "--out",
            str(small / "plan"),
            *quick,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        left = [path.name for path in small.iterdir() if not path.name.startswith(".")]
    finally:
        subprocess.run(["umount", small], check=True)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert left == []


def test_ctrl_c_while_the_search_is_compiled_writes_the_first_plan_and_ends_compiling(tmp_path):
    """The real thing: an empty cache, a real signal, and no process left over."""
    out, log, cache = tmp_path / "plan", tmp_path / "log.jsonl", tmp_path / "cache"
    process = subprocess.Popen(
        [sys.executable, "-m", "visitplan", "plan", str(CREWE), "--out", str(out), "--log-file", str(log)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    while not (log.exists() and '"event": "compiling"' in log.read_text(encoding="utf-8")):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, "the run never began to compile"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130, told
    assert "visitplan warm-up" in told
    assert not list(cache.rglob("*.nbi")), "compiling went on to its end"
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["status"], manifest["stop"]) == ("interrupted", "cancelled")
    assert len((out / "unassigned.csv").read_text(encoding="utf-8").splitlines()) == 1
