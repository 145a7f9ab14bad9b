"""The compiled mechanisms against plain Python: the timetable for starts, ``cost_of`` for costs.

Every edit is made in both, and what the compiled one says is compared with a plan timed from scratch.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.solver import Link, SolveOptions, StartWindow, cost_of, violations
from visitplan.solver.greedy import greedy
from visitplan.solver.search import layout as at
from visitplan.solver.search.arrays import table
from visitplan.solver.search.building import build, grow, share
from visitplan.solver.search.engine import Search
from visitplan.solver.search.plans import load_routes, plan_cost, read_plan, read_routes, read_runs
from visitplan.solver.search.work import INSERT, RECOUNT, REMOVE, work
from visitplan.solver.search.worker import Worker
from visitplan.solver.timing import time_runs


def untimed(problem):
    """Give the problem without what the search only estimates: paid waiting and week limits."""
    return replace(problem, shifts=tuple(replace(s, waiting_cost=0) for s in problem.shifts), week_limits=())


def loaded(problem, seed=1):
    """Give arrays that hold the greedy plan."""
    arrays = build(share(problem), seed)
    load_routes(arrays, problem, greedy(problem).routes)
    work(table(arrays), RECOUNT, 0, 0)
    arrays.count[at.CURRENT] = plan_cost(arrays)
    return arrays


def twin(problem, arrays):
    """Give the plan of the arrays timed from scratch in plain Python, None if there are no such times."""
    node, visits = arrays.node, len(problem.visits)
    runs = read_runs(node, visits, len(problem.shifts))
    pauses = {
        r: int((node[[visits + r, *run], at.ARC] & at.BREAK).argmax())
        for r, run in runs.items()
        if problem.shifts[r].pause is not None
    }
    return time_runs(problem, runs, {v: int(node[v, at.FLOOR]) for run in runs.values() for v in run}, pauses)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_insertion_and_removal_keep_the_starts_of_a_timetable_and_the_cost_of_the_plan(data):
    problem = untimed(data.draw(routing_problems(most_visits=8, most_shifts=4)))
    arrays = loaded(problem, data.draw(st.integers(0, 99)))
    state, cost = table(arrays), int(arrays.count[at.CURRENT])
    for _ in range(data.draw(st.integers(1, 6))):
        unit = data.draw(st.integers(0, len(arrays.penalty) - 1))
        served = arrays.node[arrays.unit_visit[arrays.unit_from[unit]], at.ROUTE] >= 0
        before = arrays.node.copy()
        change = work(state, REMOVE if served else INSERT, unit, 0)
        if change >= at.IMPOSSIBLE:
            assert (arrays.node[:, at.START] == before[:, at.START])[before[:, at.ROUTE] >= 0].all()
            continue
        cost += change
        routes, expected = read_routes(problem, arrays.node), twin(problem, arrays)
        assert routes is not None
        assert violations(problem, routes) == []
        assert expected is not None
        assert [r.starts for r in routes] == [r.starts for r in expected]
        assert cost_of(problem, routes).total == cost


@settings(max_examples=100, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(0, 99))
def test_the_running_cost_is_the_cost_of_the_plan_after_every_chunk(problem, seed):
    solution = Search(problem, SolveOptions(time_limit=None, iterations=300, seed=seed), checked=True).run()
    assert violations(problem, solution.routes) == []
    assert solution.cost == cost_of(problem, solution.routes)


@settings(max_examples=60, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4))
def test_a_search_is_never_dearer_than_the_greedy_plan_it_starts_from(problem):
    first = greedy(problem)
    options = SolveOptions(time_limit=None, iterations=100, initial=first.routes)
    assert Search(problem, options).run().cost.total <= first.cost.total


@settings(max_examples=150, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4))
def test_whatever_rules_the_plan_to_start_from_breaks_the_first_plan_holds(problem):
    problem = untimed(problem)
    everybody = np.ones_like(problem.eligible)
    loose = replace(problem, links=(), groups=(), eligible=everybody, grid=1)
    worker = Worker(share(problem), 1)
    worker.start(greedy(loose).routes, lambda: False)
    routes = read_plan(problem, worker.best)
    assert routes is not None
    assert violations(problem, routes) == []


@settings(max_examples=60, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(0, 99))
def test_steps_around_who_is_left_out_count_the_cost_of_the_plan_and_keep_its_rules(problem, seed):
    problem = untimed(problem)
    worker = Worker(share(problem), seed)
    worker.start((), lambda: False)
    worker.advance(60, 256 * 20, seeking=True)
    worker.verify()
    routes = read_plan(problem, worker.best)
    assert routes is not None
    assert violations(problem, routes) == []


@settings(max_examples=20, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(1, 2))
def test_the_same_seed_iterations_and_workers_give_the_same_plan(problem, workers):
    options = SolveOptions(time_limit=None, iterations=500, seed=3, workers=workers)
    assert Search(problem, options).run().routes == Search(problem, options).run().routes


@settings(max_examples=40, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4))
def test_a_search_with_logs_too_small_grows_them_and_finds_no_worse_than_valid_plans(problem):
    search = Search(problem, SolveOptions(time_limit=None, iterations=200), checked=True)
    made, workers = search._worker, []

    def with_small_logs():
        worker = made()
        arrays = worker.arrays
        log, queue, edit = (array[:2].copy() for array in (arrays.log, arrays.queue, arrays.edit))
        worker._use(replace(arrays, log=log, queue=queue, edit=edit))
        workers.append(worker)
        return worker

    search._worker = with_small_logs
    solution = search.run()
    assert violations(problem, solution.routes) == []
    assert workers
    assert all(worker.arrays.count[at.OVERFLOW] == 0 for worker in workers)


def test_a_visit_held_back_by_a_partner_starts_early_again_once_the_partner_is_gone():
    problem = line_problem(
        [visit(0), visit(0, (64, 124))], [shift(), shift(staff=1)], links=[Link(0, 1, 0, 30)]
    )
    arrays = loaded(problem)
    assert arrays.node[0, at.START] == 34
    partner = int(arrays.visit[1, at.UNIT])
    assert work(table(arrays), REMOVE, partner, 0) < at.IMPOSSIBLE
    assert arrays.node[0, at.START] == 0


def test_a_visit_pushed_past_its_lateness_into_its_next_window_is_not_counted_as_late():
    days = (StartWindow(72, 92, preferred_earliest=72, preferred_latest=72), StartWindow(93, 93))
    held = [visit(1, (70, 70), duration=4), visit(1, (74, 74), duration=19)]
    problem = line_problem([replace(visit(1), windows=days), *held], [shift()], max_late_cost=5)
    arrays = build(share(problem), 1)
    cost = plan_cost(arrays)
    starts = []
    for v in range(3):
        cost += work(table(arrays), INSERT, int(arrays.visit[v, at.UNIT]), 0)
        starts.append(int(arrays.node[0, at.START]))
    assert starts == [72, 74, 93]
    assert cost == plan_cost(arrays)


def test_growing_keeps_what_is_in_the_logs():
    arrays = build(share(_one_visit()), 1)
    arrays.log[0] = 7, 9
    longer = grow(arrays)
    assert len(longer.log) == 2 * len(arrays.log)
    assert longer.log[0].tolist() == [7, 9]
    assert np.shares_memory(longer.node, arrays.node)


def _one_visit():
    return line_problem([visit(5)], [shift()])
