"""Plans on other executors than ours: all of them give the same plan, and none of them loses a visit."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import visitplan as vp
from visitplan import checking
from visitplan.coordination.areas import AreaTask, solve_area, solve_areas
from visitplan.errors import ClusterError
from visitplan.findings import errors_in
from visitplan.planning import travel_source
from visitplan.planning.cluster import connected
from visitplan.planning.executing import ExecutorLost, Steadfast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.result import PlanResult

CREWE = Path(__file__).resolve().parents[2] / "data" / "crewe-day"
STEPS = 2_000
MODEL = "variables { domain: [0, 1] } variables { domain: [0, 1] } "
MODEL += "constraints { at_most_one { literals: [0, 1] } } "
MODEL += "objective { vars: [0, 1] coeffs: [-2, -3] scaling_factor: -1 }"
TASK = AreaTask(MODEL, seed=1, workers=1, time_limit=1.0)


@pytest.fixture(scope="module")
def crewe() -> vp.Scenario:
    return vp.read(CREWE)


def planned(scenario: vp.Scenario, executor: Executor | None, **options: Any) -> PlanResult:
    """Plan on an executor, and let the checker read the plan."""
    limits = {"iterations": STEPS, "time_limit": None} | options
    result = vp.plan(scenario, workers=2, executor=executor, progress=False, **limits)
    assert not errors_in(checking.check(scenario, result.plan, travel_source(scenario)))
    return result


def asked(result: PlanResult) -> set[str]:
    """Give the ids of all visits, served or not."""
    plan = result.plan
    return {v.visit_id for v in (*plan.visits, *plan.unassigned, *plan.covered)}


def codes(result: PlanResult) -> set[str]:
    return {finding.code for finding in result.plan.findings}


class Spy(ThreadPoolExecutor):
    """Threads that keep what they are given to choose joint visits from."""

    def __init__(self) -> None:
        super().__init__(2)
        self.sent: list[AreaTask] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is solve_area:
            self.sent.append(args[0])
        return super().submit(fn, *args, **kwargs)


@pytest.fixture(scope="module")
def spy() -> Iterator[Spy]:
    with Spy() as pool:
        yield pool


@pytest.fixture(scope="module")
def on_threads(crewe: vp.Scenario, spy: Spy) -> PlanResult:
    return planned(crewe, spy)


# --- an executor that does as it should ------------------------------------------------------------------


def test_processes_give_the_plan_that_threads_give(crewe: vp.Scenario, on_threads: PlanResult):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        elsewhere = planned(crewe, pool)

    assert elsewhere.plan.runs == on_threads.plan.runs
    assert elsewhere.plan.joint_visits == on_threads.plan.joint_visits
    assert not codes(elsewhere) & {"EXECUTOR-LOST", "EXECUTOR-JOBS-FAILED"}


def test_what_is_sent_to_choose_joint_visits_holds_no_id(
    crewe: vp.Scenario, on_threads: PlanResult, spy: Spy
):
    ids = [r.household_id for r in crewe.requests] + [r.request_id for r in crewe.requests]
    assert on_threads.plan.joint_visits
    assert spy.sent
    assert not any(name in task.model for task in spy.sent for name in (*ids, '"'))


# --- an executor that fails ------------------------------------------------------------------------------


class Failing(Executor):
    """Takes jobs, and fails each of them; or takes none."""

    def __init__(self, error: Exception, *, takes: bool = True) -> None:
        self.error, self.takes = error, takes

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if not self.takes:
            raise self.error
        job: Future[Any] = Future()
        job.set_exception(self.error)
        return job


class Silent(Executor):
    """Takes jobs, and never does any."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


@pytest.mark.parametrize("takes", [True, False])
def test_an_area_whose_job_fails_is_chosen_for_here(takes: bool):
    (answer,) = solve_areas([TASK], Failing(MemoryError("worker"), takes=takes), workers=1)

    assert answer == solve_area(TASK)
    assert answer.value == 3


def test_a_plan_whose_jobs_all_fail_is_whole_and_says_so(crewe: vp.Scenario, on_threads: PlanResult):
    result = planned(crewe, Failing(MemoryError("worker")))

    assert asked(result) == asked(on_threads)
    assert "EXECUTOR-JOBS-FAILED" in codes(result)


def test_a_broken_executor_is_given_up_and_the_plan_made_here(crewe: vp.Scenario, on_threads: PlanResult):
    result = planned(crewe, Failing(BrokenExecutor("a process died"), takes=False))

    assert "EXECUTOR-LOST" in codes(result)
    assert result.plan.runs == on_threads.plan.runs


def test_a_job_that_runs_when_the_executor_is_lost_is_not_waited_for():
    with Steadfast(Silent(), gone=lambda: "nobody is there") as executor:
        with pytest.raises(ExecutorLost, match="nobody is there"):
            executor.submit(int, "3").result(timeout=30)

        assert executor.submit(int, "3").result(timeout=30) == 3
    assert [finding.code for finding in executor.findings()] == ["EXECUTOR-LOST", "EXECUTOR-JOBS-FAILED"]


def test_a_job_that_nobody_waits_for_is_dropped_there():
    dropped: Future[int] = Future()

    class One(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            return dropped

    with Steadfast(One()) as executor:
        job = executor.submit(int, "3")
        assert job.cancel()

    assert dropped.cancelled()
    with pytest.raises(CancelledError):
        job.result(timeout=1)
    assert not executor.findings()


# --- a real cluster of two processes ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0"
    ) as made:
        yield made


def test_a_cluster_gives_the_plan_that_threads_give(crewe: vp.Scenario, on_threads: PlanResult, cluster: Any):
    with connected(cluster.scheduler_address) as joined:
        assert (joined.processes, joined.workers) == (2, 2)
        elsewhere = planned(crewe, joined.executor)

        assert joined.executor.handed > 0
    assert elsewhere.plan.runs == on_threads.plan.runs
    assert not codes(elsewhere) & {"EXECUTOR-LOST", "EXECUTOR-JOBS-FAILED"}


def test_a_worker_that_is_killed_in_the_middle_costs_no_visit(
    crewe: vp.Scenario, on_threads: PlanResult, cluster: Any
):
    victim = next(iter(cluster.workers.values())).pid
    killed = threading.Event()

    def kill(progress: vp.Progress) -> None:
        if progress.iterations and not killed.is_set():
            os.kill(victim, signal.SIGKILL)
            killed.set()

    with connected(cluster.scheduler_address, workers=2) as joined:
        result = planned(crewe, joined.executor, iterations=10 * STEPS, on_progress=kill)

    assert killed.is_set()
    assert asked(result) == asked(on_threads)


# --- clusters that cannot be planned on ------------------------------------------------------------------


def test_without_dask_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)

    with (
        pytest.raises(ClusterError, match=r"pip install 'visitplan\[dask\]'"),
        connected("tcp://127.0.0.1:1"),
    ):
        raise AssertionError("it connected")


def test_where_no_scheduler_answers_the_message_says_so(monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("visitplan.planning.cluster.CONNECT_SECONDS", 0.5)

    with pytest.raises(ClusterError, match="No Dask scheduler answers"), connected("tcp://127.0.0.1:1"):
        raise AssertionError("it connected")


def test_workers_with_other_sources_are_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("visitplan.planning.cluster.sources", lambda: "edited")

    with (
        pytest.raises(ClusterError, match="with other sources"),
        connected(cluster.scheduler_address),
    ):
        raise AssertionError("it connected")


@pytest.mark.parametrize("package", ["visitplan", "numpy", "numba", "ortools"])
def test_workers_with_another_version_of_what_decides_the_plan_are_refused(
    cluster: Any, monkeypatch: pytest.MonkeyPatch, package: str
):
    here = "visitplan.planning.cluster.version_here"
    monkeypatch.setattr(here, lambda name: "99" if name == package else version(name))

    with (
        pytest.raises(ClusterError, match=rf"2 with {package} .*, here 99"),
        connected(cluster.scheduler_address),
    ):
        raise AssertionError("it connected")
