from __future__ import annotations

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import SolveOptions, Stop, solve
from visitplan.solver.greedy import greedy
from visitplan.solver.patience import Patience


class Clock:
    """Goes on by a step whenever it is looked at."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def street():
    """Give thirty visits along a street, and three shifts."""
    return line_problem([visit(3 * k % 50, duration=5) for k in range(30)], [shift(), shift(), shift()])


def test_patience_ends_some_seconds_after_somebody_asked_to_stop():
    clock, asked = Clock(0.0), []
    patience = Patience(lambda: bool(asked), clock, 5.0)
    clock.now = 100.0
    assert not patience()
    asked.append(1)
    assert not patience()
    clock.now = 104.9
    assert not patience()
    clock.now = 105.0
    assert patience()


def test_a_greedy_plan_that_is_nearly_done_is_finished_when_cancelled():
    plan = greedy(street(), SolveOptions(cancelled=lambda: True, clock=Clock(0.0)))
    assert (plan.stop, plan.unassigned) == (Stop.CANCELLED, ())


def test_a_greedy_plan_that_takes_long_is_cut_short_when_cancelled():
    plan = greedy(street(), SolveOptions(cancelled=lambda: True, clock=Clock(0.05)))
    assert plan.stop is Stop.CANCELLED
    assert plan.unassigned


def test_exact_timing_is_cut_short_when_cancelled():
    waits = line_problem([visit(5, (0, 60)), visit(8, (80, 90))], [shift(waiting_cost=1)])
    hurried = solve(waits, SolveOptions(cancelled=lambda: True, clock=Clock(1.0)), engine="greedy")
    calm = solve(waits, SolveOptions(clock=Clock(1.0)), engine="greedy")
    assert hurried.cost.total > calm.cost.total
