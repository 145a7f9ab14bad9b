"""What the solver's routes become: runs, waiting, breaks and costs that agree with the solver's own."""

from __future__ import annotations

import pytest

from tests.routing.builders import (
    Line,
    family,
    household,
    request,
    scenario,
    shift,
    staff,
    tick,
    with_costs,
)
from visitplan.domain.expansion import expand
from visitplan.domain.people import History
from visitplan.domain.places import DayFactors
from visitplan.domain.requests import Family
from visitplan.routing import costs_of, decode, encode, network_of
from visitplan.solver import solve
from visitplan.solver.options import SolveOptions


def served(made, factors: DayFactors | None = None):
    """Plan by the greedy engine; give the runs, their costs and the solver's solution."""
    network = network_of(made, Line(), factors or DayFactors())
    demand = expand(made)
    encoding = encode(made, demand, network)
    solution = solve(encoding.problem, SolveOptions(iterations=1, time_limit=None), engine="greedy")
    runs = decode(made, demand, encoding, solution.routes, network)
    left = [encoding.visits[v].request_id for v in solution.unassigned]
    return runs, costs_of(made, network, runs, left), solution


def two_visits(first: str, second: str, **given):
    return scenario(
        [request("R1", "H1", window=first), request("R2", "H2", window=second)],
        [household("H1", 10), household("H2", 15)],
        [staff("C1")],
        [shift("C1", **given)],
    )


def test_a_run_leaves_as_late_as_its_first_visit_allows():
    runs, _, _ = served(two_visits("09:00-09:00", "09:35-12:00"))
    assert runs[0].depart == tick("08:50")
    assert [(v.visit_id, v.start, v.end) for v in runs[0].visits] == [
        ("R1", tick("09:00"), tick("09:30")),
        ("R2", tick("09:35"), tick("10:05")),
    ]
    assert runs[0].finish == tick("10:20")
    assert [v.sequence for v in runs[0].visits] == [1, 2]


def test_waiting_is_what_is_left_between_arriving_and_starting():
    runs, costs, _ = served(two_visits("09:00-09:00", "10:00-10:00"))
    assert [v.wait_s for v in runs[0].visits] == [0, 25 * 60]
    assert costs.waiting == 25 * 60 * 175


def test_a_break_is_not_waiting():
    runs, costs, _ = served(two_visits("09:00-09:00", "10:00-10:00", pause="20@09:30-10:00"))
    assert runs[0].break_start is not None
    assert [v.wait_s for v in runs[0].visits] == [0, 5 * 60]
    assert costs.waiting == 5 * 60 * 175


def test_a_slower_hour_lengthens_the_leg_but_not_its_cost():
    slow = DayFactors((tick("08:00"), tick("12:00")), (2000, 1000))
    plain_runs, plain, _ = served(two_visits("09:00-09:00", "10:00-10:00"))
    runs, costs, _ = served(two_visits("09:00-09:00", "10:00-10:00"), slow)
    assert runs[0].depart == tick("08:40")
    assert runs[0].visits[1].travel_s == 2 * plain_runs[0].visits[1].travel_s
    assert costs.travel_time == plain.travel_time


def test_overtime_is_paid_past_the_end_of_the_shift():
    made = scenario(
        [request("R1", "H1", window="15:30-15:30")],
        [household("H1", 10)],
        [staff("C1")],
        [shift("C1", overtime_max_s=1800)],
    )
    runs, costs, _ = served(made)
    assert runs[0].overtime_s == 10 * 60
    assert costs.overtime == 10 * 60 * 525


@pytest.mark.parametrize("seed", range(8))
def test_the_plan_costs_what_the_solver_said(seed):
    requests = [
        request(
            f"R{k}",
            f"H{k % 4}",
            minutes=20 + 5 * ((seed + k) % 3),
            window=("08:00-11:00", "09:30-09:45", "12:00-15:30")[(seed + k) % 3],
            preferred_start=None,
            preferred_end=None,
            family=(Family.WELCOME, Family.NOT_NEEDED)[k % 2],
            priority=1 + k % 5,
            preferred_staff=frozenset({"C2"}) if k % 3 == 0 else frozenset(),
            skills=frozenset({"rare"}) if seed == 3 and k == 0 else frozenset(),
        )
        for k in range(9)
    ]
    made = scenario(
        requests,
        [household(f"H{k}", 4 + 9 * k) for k in range(4)],
        [staff("C1"), staff("C2", 20, hourly_cost_pence=1500), staff("C3", 33)],
        [shift("C1"), shift("C2", pause="30@11:00-14:00"), shift("C3", "08:00-12:00", overtime_max_s=3600)],
        family_times=(family("H0", "10:00-12:30"), family("H2", "09:00-10:00")),
        history=(History("P-H1", "C3", 2),),
    )
    runs, costs, solution = served(with_costs(made, shift_use_pence=75))
    assert costs.total == solution.cost.total
    assert len(solution.unassigned) + sum(len(run.visits) for run in runs) == len(requests)
