"""Compiling beside the first plan: told, not counted, and left at once when cancelled."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import SolveOptions, Stop, solve, violations
from visitplan.solver.search import compiling, entry, warming


def street():
    """Give thirty visits along a street, and three shifts."""
    return line_problem([visit(3 * k % 50, duration=5) for k in range(30)], [shift(), shift(), shift()])


@pytest.fixture
def started(monkeypatch):
    """Nothing is compiled; what would compile it only sleeps, for as many seconds as the test says."""
    processes: list[subprocess.Popen[bytes]] = []
    seconds = [60.0]

    def start(cache: str) -> subprocess.Popen[bytes]:
        code = f"import time; time.sleep({seconds[0]})"
        processes.append(subprocess.Popen([sys.executable, "-c", code]))
        return processes[-1]

    monkeypatch.setattr(compiling, "is_warm", lambda: False)
    monkeypatch.setattr(warming, "_started", start)
    yield processes, seconds
    for process in processes:
        process.kill()
        process.wait()


def test_cancelled_while_compiling_the_greedy_plan_is_given_and_compiling_ends(started):
    told = []
    options = SolveOptions(
        on_progress=told.append, cancelled=lambda: any(p.stage == entry.COMPILING for p in told)
    )
    plan = solve(street(), options, engine="search")
    assert (plan.stop, plan.unassigned, violations(street(), plan.routes)) == (Stop.CANCELLED, (), [])
    assert [process.poll() is not None for process in started[0]] == [True]


def test_seconds_of_compiling_do_not_count_against_the_time_limit(started, monkeypatch):
    given, uncounted, told = [], [], []
    started[1][0] = 0.6
    monkeypatch.setattr(warming, "warm_up", lambda: None)
    monkeypatch.setattr(
        "visitplan.solver.search.engine.search", lambda _, options: given.append(options) or entry_plan()
    )

    def entry_plan():
        return entry.greedy(street(), SolveOptions())

    began = time.monotonic()
    options = SolveOptions(time_limit=1000.0, on_progress=told.append, uncounted=uncounted.append)
    solve(street(), options, engine="search")
    gone = time.monotonic() - began
    assert 0.6 <= sum(uncounted) <= gone
    assert 1000.0 - (gone - sum(uncounted)) <= given[0].time_limit <= 1000.0
    assert [p.unassigned for p in told if p.stage == entry.COMPILING] == [0] * (len(told) - 2)


def test_a_cold_start_gives_the_same_plan_as_a_warm_one(started):
    steps = SolveOptions(time_limit=None, iterations=200)
    started[1][0] = 0.0
    cold = solve(street(), steps, engine="search")
    assert started[0]
    assert cold.routes == entry.solve(street(), steps).routes


def test_where_no_process_can_be_started_there_is_nothing_to_wait_for(monkeypatch):
    monkeypatch.setattr(warming.sys, "executable", "")
    with warming.compiling_beside() as other:
        assert (other.over, other.wait(lambda: False), other.wait(lambda: True)) == (False, True, False)


def test_a_python_that_is_not_there_is_no_process(monkeypatch):
    monkeypatch.setattr(warming.sys, "executable", "/no/such/python")
    with warming.compiling_beside() as other:
        assert other.wait(lambda: False)


def test_the_process_compiles_into_the_cache_that_it_is_given(tmp_path, monkeypatch):
    monkeypatch.setattr(
        warming, "_COMPILE", "from visitplan.solver.search.compiling import CACHE; print(CACHE)"
    )
    real = subprocess.Popen
    outputs = []

    def piped(*arguments, **named):
        process = real(*arguments, **{**named, "stdout": subprocess.PIPE})
        outputs.append(process)
        return process

    monkeypatch.setattr(warming.subprocess, "Popen", piped)
    process = warming._started(str(tmp_path))
    assert process is not None
    said, _ = process.communicate()
    assert said.decode().strip() == str(tmp_path / f"search-{compiling.fingerprint()}")


def test_code_is_compiled_anew_where_a_file_that_it_is_made_from_changes(monkeypatch, tmp_path):
    names = {path.name for path in compiling.sources()}
    assert {"work.py", "annealing.py", "insertion.py", "layout.py", "compiling.py"} <= names
    assert not {"engine.py", "worker.py", "warming.py", "entry.py"} & names
    for path in compiling.sources():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(compiling, "_HERE", tmp_path)
    before = compiling.fingerprint()
    (tmp_path / "engine.py").write_text("changed = True")
    assert compiling.fingerprint() == before
    (tmp_path / "ruin.py").write_text((tmp_path / "ruin.py").read_text() + "\n")
    assert compiling.fingerprint() != before


def test_code_compiled_for_another_place_is_not_taken_for_ready(monkeypatch, tmp_path):
    """Numba does not use it: the search would be compiled unannounced, and in the time given for it."""
    names = []
    for place in (tmp_path / "one", tmp_path / "other"):
        place.mkdir()
        for path in compiling.sources():
            (place / path.name).write_bytes(path.read_bytes())
        monkeypatch.setattr(compiling, "_HERE", place)
        names.append(compiling.fingerprint())
    assert names[0] != names[1]
