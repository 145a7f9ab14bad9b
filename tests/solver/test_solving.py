from __future__ import annotations

import sys
from types import ModuleType

import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.errors import SolverError
from visitplan.solver import ENGINES, Route, SolveOptions, Stop, solution_of, solve
from visitplan.solver import solving as solving_module


def test_an_unknown_engine_is_refused_with_the_names_of_the_known_ones():
    with pytest.raises(SolverError, match="no engine 'magic'; known are: greedy, ortools"):
        solve(line_problem([visit(5)], [shift()]), engine="magic")
    assert ENGINES == ("greedy", "ortools", "search")


def test_a_problem_without_visits_or_shifts_is_solved_at_once():
    empty = solve(line_problem([], [shift()]))
    assert (empty.routes, empty.cost.total, empty.stop, empty.bound) == ((), 0, Stop.OPTIMAL, 0)
    nobody = solve(line_problem([visit(0, unassigned=70)], [], positions=[0]))
    assert (nobody.unassigned, nobody.cost.total, nobody.bound) == ((0,), 70, 70)


def test_an_engine_gives_its_plan_timed_exactly():
    problem = line_problem([visit(5, (0, 60)), visit(8, (80, 90))], [shift(waiting_cost=1)])
    assert solve(problem, engine="greedy").routes[0].starts == (60, 80)


def test_an_engine_that_breaks_rules_is_named_with_what_it_broke(monkeypatch):
    faulty = ModuleType("faulty")
    faulty.solve = lambda problem, options: solution_of(
        problem, [Route(0, (0,) * 7, tuple(range(7)), 0, 99)], Stop.EXHAUSTED
    )
    monkeypatch.setitem(sys.modules, "faulty", faulty)
    monkeypatch.setitem(solving_module._MODULES, "greedy", "faulty")
    with pytest.raises(SolverError, match=r"the plan of greedy breaks rules: visit doubled: visit 0 .* more"):
        solve(line_problem([visit(5)], [shift()]), SolveOptions(), engine="greedy")
