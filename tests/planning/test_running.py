"""Limits, cancelling, repeating, progress, provenance, and what a refused plan carries."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest

import visitplan as vp
from tests.planning.builders import nurse_torn_between, plan, policy, served
from tests.routing.builders import household, request, scenario, shift, staff
from visitplan import checking, planning
from visitplan.findings import Finding, Severity, Where
from visitplan.planning import attempts, serving, travel_source
from visitplan.planning.budget import Budget

ENGINES = ("greedy", "search", "ortools")
SEARCHING = (("search", 4), ("search", 12), ("ortools", 4))
"""Engines, with how many visits they plan: up to ten are also tried by proof, more are only searched."""


def morning(visits=4):
    """Give visits to three homes, and two carers."""
    requests = [request(f"R{k}", f"H{k % 3}", 30, "08:00-12:00") for k in range(visits)]
    homes = [household(f"H{k}", 4 * k) for k in range(3)]
    return scenario(requests, homes, [staff("C1"), staff("C2", 9)], [shift("C1"), shift("C2")])


def unhurried(result):
    """Give the plan without what the clock had to do with."""
    provenance = replace(result.plan.provenance, created=None, seconds=0.0)
    return replace(result.plan, provenance=provenance)


def complete(result) -> bool:
    ids = [visit.visit_id for visit in (*result.plan.visits, *result.plan.unassigned)]
    return sorted(ids) == sorted(r.request_id for r in result.scenario.requests)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_time_at_all_still_gives_a_complete_plan(engine):
    result = plan(nurse_torn_between(), engine=engine, time_limit=0)
    assert complete(result)
    assert served(result)["ELSEWHERE"] == "10:00"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_is_cancelled_at_once_gives_a_complete_plan(engine):
    result = plan(nurse_torn_between(), engine=engine, cancelled=lambda: True)
    assert complete(result)


@pytest.mark.parametrize(("engine", "visits"), SEARCHING)
@pytest.mark.parametrize("asked", [1, 3, 10, 40])
def test_a_run_that_is_cancelled_on_the_way_gives_a_complete_plan(asked, engine, visits):
    count = itertools.count()
    result = plan(morning(visits), engine=engine, cancelled=lambda: next(count) >= asked)
    assert complete(result)
    assert asked > 1 or result.plan.provenance.stop == "cancelled"


@pytest.mark.parametrize(("engine", "visits"), SEARCHING)
def test_the_same_seed_and_steps_give_the_same_plan(engine, visits):
    steps = {"engine": engine, "time_limit": None, "iterations": 3, "seed": 5}
    assert unhurried(plan(morning(visits), **steps)) == unhurried(plan(morning(visits), **steps))


@pytest.mark.parametrize(("engine", "visits"), SEARCHING)
def test_more_steps_never_cost_more(engine, visits):
    few = plan(morning(visits), engine=engine, time_limit=None, iterations=1)
    many = plan(morning(visits), engine=engine, time_limit=None, iterations=6)
    assert many.plan.costs.total <= few.plan.costs.total <= plan(morning(visits)).plan.costs.total


@pytest.mark.parametrize(("engine", "visits"), SEARCHING)
def test_progress_is_told_in_sane_figures(engine, visits):
    told: list[vp.Progress] = []
    result = plan(morning(visits), engine=engine, time_limit=None, iterations=2, on_progress=told.append)
    assert told
    assert all(0 <= progress.unassigned <= visits and progress.cost >= 0 for progress in told)
    assert all(progress.seconds >= 0 and progress.seconds_left is None for progress in told)
    assert all(progress.stage for progress in told)
    assert [p.seconds for p in told] == sorted(p.seconds for p in told)
    assert min(progress.cost for progress in told) >= result.plan.costs.total - result.plan.costs.homes


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_budget_shares_out_what_is_left():
    clock = Clock()
    budget = Budget.start(60.0, 10, clock)
    assert (budget.used, budget.left) == (0.0, 60.0)
    assert budget.share(0.5) == (30.0, 5)
    clock.now += 40
    assert (budget.used, budget.left) == (40.0, 20.0)
    assert budget.share(0.5) == (10.0, 5)
    clock.now += 40
    assert budget.left == 0.0
    assert budget.share(1.0) == (0.0, 10)


def test_a_budget_without_limits_has_no_end():
    budget = Budget.start(None, None, Clock())
    assert budget.left is None
    assert budget.share(0.3) == (None, None)


def test_every_share_of_steps_is_at_least_one():
    assert Budget.start(None, 1, Clock()).share(0.3) == (None, 1)


@pytest.fixture
def limits(monkeypatch):
    """Give the time limit of each attempt as it is made."""
    given: list[float | None] = []
    real = attempts.solve

    def solve(problem, options, engine):
        given.append(options.time_limit)
        return real(problem, options, engine)

    monkeypatch.setattr(attempts, "solve", solve)
    return given


def test_each_attempt_gets_its_share_and_the_last_one_all_that_is_left(limits):
    clock = Clock()
    planning.run(nurse_torn_between(), planning.Options(60.0, engine="greedy", clock=clock))
    shares = (serving.FIRST_SHARE, serving.RETRY_SHARE, serving.SEARCH_SHARE, serving.APART_SHARE)
    parts = (*shares, 1.0)
    assert limits == [pytest.approx(60 * part) for part in parts]


@pytest.mark.parametrize("engine", ["search", "greedy", "ortools"])
def test_nobody_stays_lost_to_a_joint_visit_because_time_is_up(monkeypatch, engine):
    clock, given, real = Clock(), [], attempts.solve

    def slow(problem, options, engine):
        given.append(options.time_limit)
        clock.now += 1000
        return real(problem, options, engine)

    monkeypatch.setattr(attempts, "solve", slow)
    result = planning.run(nurse_torn_between(), planning.Options(60.0, engine=engine, clock=clock))
    assert complete(result)
    assert served(result).keys() == {"ELSEWHERE", "CARE", "NURSE"}
    assert given[1:] == [0.0]


def test_nothing_is_taken_apart_once_cancelled(limits):
    options = planning.Options(60.0, clock=Clock(), cancelled=lambda: bool(limits))
    assert complete(planning.run(nurse_torn_between(), options))
    assert len(limits) == 1


@pytest.mark.parametrize("retries", [1, 9])
def test_what_is_tied_after_all_retries_that_search_is_put_in_without_searching(limits, monkeypatch, retries):
    monkeypatch.setattr(serving, "MOST_RETRIES", retries - 1)
    planning.run(nurse_torn_between(), planning.Options(60.0, engine="greedy", clock=Clock()))
    assert limits[1] == pytest.approx(0.0 if retries == 1 else 60 * serving.RETRY_SHARE)


@pytest.mark.parametrize(("engine", "visits"), SEARCHING)
def test_where_a_plan_came_from_is_told(engine, visits):
    made = replace(morning(visits), input_hashes={"requests.csv": "ab" * 32})
    told = plan(made, engine=engine, time_limit=None, iterations=2, seed=9).plan.provenance
    assert (told.scenario, told.engine, told.seed, told.coordinated) == ("line", engine, 9, True)
    assert (told.time_limit, told.iteration_limit, told.workers) == (None, 2, 1)
    assert told.stop in ("iteration limit", "optimal")
    assert told.visitplan_version == vp.__version__
    assert told.input_hashes == {"requests.csv": "ab" * 32}
    assert {"python", "ortools", "numpy", "pandas"} <= told.versions.keys()
    assert told.created.tzinfo is dt.UTC
    assert told.travel == travel_source(made).describe()


def test_another_policy_has_another_hash():
    first, again = plan(morning()), plan(morning())
    other = plan(morning(), policy=policy(limits={"staff_at_once": 2}))
    hashes = [result.plan.provenance.policy_hash for result in (first, again, other)]
    assert len(hashes[0]) == 64
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_policy_given_by_the_caller_is_the_one_that_counts():
    free = replace(nurse_torn_between(), requests=nurse_torn_between().requests[1:])
    off = policy(coordination={"enabled": False})
    assert plan(free).plan.joint_visits
    result = plan(free, policy=off)
    assert result.plan.joint_visits == ()
    assert result.scenario.policy == off


def test_findings_of_reading_come_first_in_the_plan():
    finding = Finding("SKILL-UNKNOWN", Severity.WARNING, Where(file="requests.csv"), "A.", "B.")
    result = plan(replace(morning(), findings=(finding,)))
    assert result.plan.findings[0] == finding
    assert "COORD-CHOICE-PROVED" in [f.code for f in result.plan.findings]


def test_a_plan_that_breaks_a_rule_is_refused_and_carried_by_the_error(monkeypatch):
    fault = Finding("CHECK-SKILL", Severity.ERROR, Where(subject="visit R1"), "A.", "B.")
    hint = Finding("CHECK-REASON", Severity.WARNING, Where(subject="visit R2"), "A.", "B.")
    monkeypatch.setattr(checking, "check", lambda *_: (hint, fault))
    with pytest.raises(vp.CheckError, match="broke 1 rules") as caught:
        plan(morning())
    assert caught.value.findings == (fault,)
    assert len(caught.value.result.plan.visits) == 4


def test_warnings_of_the_checker_do_not_refuse_a_plan(monkeypatch):
    hint = Finding("CHECK-REASON", Severity.WARNING, Where(subject="visit R2"), "A.", "B.")
    monkeypatch.setattr(checking, "check", lambda *_: (hint,))
    assert len(plan(morning()).plan.visits) == 4


def test_a_matrix_that_is_not_there_is_a_travel_error():
    with pytest.raises(vp.TravelError):
        plan(replace(morning(), policy=policy(travel={"source": "matrix"})))


def test_an_engine_that_is_not_there_is_a_solver_error():
    with pytest.raises(vp.SolverError, match="no engine 'magic'"):
        plan(morning(), engine="magic")


def test_a_scenario_made_public_is_the_same_scenario():
    made = morning()
    public = planning.Scenario.of(made)
    assert isinstance(public, vp.Scenario)
    assert (public.requests, public.shifts, public.policy) == (made.requests, made.shifts, made.policy)
