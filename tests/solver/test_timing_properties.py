from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.solver.oracles import all_pauses, earliest_routes
from tests.solver.strategies import routing_problems, sequences
from visitplan.solver.evaluation import violations
from visitplan.solver.timetable import Timetable
from visitplan.solver.timing import time_runs

TIMING_RULES = ("window", "grid", "travel", "shift span", "overtime", "break", "link", "week limit")


def timing_faults(problem, routes):
    return [fault for fault in violations(problem, routes) if fault.startswith(TIMING_RULES)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_starts_of_given_runs_and_breaks_are_those_of_plain_relaxation(data):
    problem = data.draw(routing_problems(week_limits=False))
    runs = data.draw(sequences(problem))
    pauses = data.draw(st.sampled_from(list(all_pauses(problem, runs))))
    assert time_runs(problem, runs, pauses=pauses) == earliest_routes(problem, runs, pauses)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_plan_is_refused_only_where_no_break_places_help(data):
    problem = data.draw(routing_problems(week_limits=False))
    runs = data.draw(sequences(problem))
    routes = time_runs(problem, runs)
    if routes is None:
        assert all(earliest_routes(problem, runs, pauses) is None for pauses in all_pauses(problem, runs))
    else:
        assert not timing_faults(problem, routes)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_timed_runs_break_no_rule_of_time_with_week_limits_either(data):
    problem = data.draw(routing_problems())
    routes = time_runs(problem, data.draw(sequences(problem)))
    assume(routes is not None)
    assert not timing_faults(problem, routes)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_an_edited_timetable_is_the_same_as_one_made_afresh(data):
    problem = data.draw(routing_problems(week_limits=False))
    table = Timetable(problem)
    for _ in range(12):
        visit = data.draw(st.integers(0, len(problem.visits) - 1))
        mark, before = table.mark(), (list(table.starts), table.routes(), table.cost)
        if table.shift_of[visit] >= 0:
            done = table.remove([visit])
        else:
            shift = data.draw(st.integers(0, len(problem.shifts) - 1))
            done = table.insert(visit, shift, data.draw(st.integers(0, len(table.runs[shift]))))
        if not done or data.draw(st.integers(0, 3)) == 0:
            table.rollback(mark)
            assert (table.starts, table.routes(), table.cost) == before
        runs = {shift: run for shift, run in enumerate(table.runs) if run}
        pauses = {
            shift: runs[shift].index(place) if place >= 0 else len(runs[shift])
            for shift, place in enumerate(table.pause_before)
            if shift in runs and place != -2
        }
        assert table.routes() == earliest_routes(problem, runs, pauses)
