"""Making way for what is left out: what stands in its way is moved, or left out if it counts for less."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, shift, visit
from tests.solver.search.test_twins import loaded, twin, untimed
from tests.solver.strategies import routing_problems
from visitplan.solver import Link, SolveOptions, StaffRule, cost_of, violations
from visitplan.solver.search import layout as at
from visitplan.solver.search.arrays import table
from visitplan.solver.search.building import share
from visitplan.solver.search.engine import Search
from visitplan.solver.search.plans import plan_cost, read_plan, read_routes, recount
from visitplan.solver.search.work import MAKE_WAY, work
from visitplan.solver.search.worker import Worker
from visitplan.solver.timing import time_runs


def never():
    return False


def worker(problem, runs=None, seed=1):
    """Give a worker that begins with some runs, and has put in beside them what fits."""
    made = Worker(share(problem), seed)
    made.start(time_runs(problem, runs) if runs else (), never)
    return made


def served(made):
    """Give the visits of each shift in use, in the best plan."""
    return {route.shift: route.visits for route in read_plan(made.problem, made.best)}


# --- any problem ----------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_making_way_keeps_the_starts_of_a_timetable_and_the_cost_of_the_plan(data):
    problem = untimed(data.draw(routing_problems(most_visits=8, most_shifts=4)))
    arrays = loaded(problem, data.draw(st.integers(0, 99)))
    for _ in range(data.draw(st.integers(1, 3))):
        tries = data.draw(st.integers(1, 40))
        assert work(table(arrays), MAKE_WAY, tries, 0) == tries
        routes, expected = read_routes(problem, arrays.node), twin(problem, arrays)
        assert routes is not None
        assert violations(problem, routes) == []
        assert expected is not None
        assert [r.starts for r in routes] == [r.starts for r in expected]
        assert cost_of(problem, routes).total == arrays.count[at.CURRENT]


@settings(max_examples=100, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(0, 99))
def test_making_way_never_makes_the_best_plan_dearer_and_ends_with_it(problem, seed):
    made = worker(problem, seed=seed)
    before = made.best_cost
    made.make_way(never)
    made.verify()
    assert made.current_cost == made.best_cost <= before
    routes = read_plan(problem, made.arrays.node)
    assert routes is not None
    assert violations(problem, routes) == []


@settings(max_examples=60, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(0, 99))
def test_what_is_kept_beside_the_nodes_is_what_counting_anew_gives(problem, seed):
    arrays = loaded(problem, seed)
    work(table(arrays), MAKE_WAY, 60, 0)
    kept = [arrays.busy.copy(), arrays.waiting.copy(), set(arrays.absent[: arrays.count[at.ABSENT]].tolist())]
    recount(arrays)
    assert (arrays.waiting == kept[1]).all()
    assert set(arrays.absent[: arrays.count[at.ABSENT]].tolist()) == kept[2]
    if arrays.count[at.HAS_LIMITS]:
        assert (arrays.busy == kept[0]).all()


@settings(max_examples=40, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(0, 99))
def test_making_way_with_logs_too_small_lets_them_grow(problem, seed):
    made = worker(problem, seed=seed)
    short = {name: getattr(made.arrays, name)[:2].copy() for name in ("log", "queue", "edit")}
    made._use(replace(made.arrays, **short))
    made.make_way(never)
    made.verify()
    assert made.arrays.count[at.OVERFLOW] == 0
    assert violations(problem, read_plan(problem, made.best) or ()) == []


# --- tiny ones ------------------------------------------------------------------------------------------


def test_a_visit_moves_to_somebody_else_for_one_that_only_its_member_of_staff_can_serve():
    problem = line_problem(
        [visit(9, (15, 15)), visit(0, (15, 15))], [shift(staff=0, home=0), shift(staff=1, home=20)]
    )
    made = worker(problem, {0: (0,)})
    assert made.absent == 1
    made.make_way(never)
    assert served(made) == {0: (1,), 1: (0,)}


def test_a_joint_visit_comes_in_where_both_its_members_find_their_times_taken():
    pair = [visit(5, (30, 30), duration=10), visit(5, (30, 30), duration=10)]
    single = [visit(5, (25, 35), duration=10), visit(5, (25, 35), duration=10)]
    problem = line_problem(
        [*pair, *single],
        [shift(staff=0), shift(staff=1), shift(staff=2)],
        links=[Link(0, 1, 0, 0, StaffRule.DISTINCT)],
        groups=[(0, 1)],
        not_eligible=[(0, 1), (0, 2), (1, 0), (1, 2)],
    )
    made = worker(problem, {0: (2,), 1: (3,)})
    assert made.absent == 1
    made.make_way(never)
    assert made.absent == 0
    assert 0 in served(made)[0]
    assert 1 in served(made)[1]


def test_a_visit_comes_in_by_moving_the_one_it_is_to_follow_which_is_too_late_where_it_stands():
    after, before, taken = visit(5, (12, 18)), visit(5, (0, 60)), visit(5, (10, 10))
    problem = line_problem(
        [after, before, taken],
        [shift(staff=0), shift(staff=1), shift(staff=2)],
        links=[Link(1, 0, 0, 5)],
        not_eligible=[(0, 1), (0, 2), (1, 0), (2, 0), (2, 2)],
    )
    made = worker(problem, {1: (2, 1)})
    assert made.absent == 1
    made.make_way(never)
    assert served(made) == {0: (0,), 1: (2,), 2: (1,)}


@pytest.mark.parametrize(
    ("rule", "stands", "moved"),
    [(StaffRule.SAME, {1: (1,)}, {0: (0, 1)}), (StaffRule.DISTINCT, {0: (1,)}, {0: (0,), 1: (1,)})],
)
def test_a_visit_comes_in_by_moving_the_one_that_the_wrong_person_serves(rule, stands, moved):
    problem = line_problem(
        [visit(5, (15, 15)), visit(5, (40, 40))],
        [shift(staff=0), shift(staff=1)],
        links=[Link(0, 1, 0, 60, rule)],
        not_eligible=[(0, 1)],
    )
    made = worker(problem, stands)
    assert made.absent == 1
    made.make_way(never)
    assert served(made) == moved


def test_a_visit_that_counts_for_less_is_left_out_for_one_that_counts_for_more():
    problem = line_problem(
        [visit(5, (15, 15), unassigned=300), visit(5, (15, 15), unassigned=900)], [shift()]
    )
    made = worker(problem, {0: (0,)})
    made.make_way(never)
    assert served(made) == {0: (1,)}


def test_a_chain_of_visits_each_with_two_who_may_serve_it_moves_on_by_one():
    chain = range(6)
    problem = line_problem(
        [visit(5, (15, 15), unassigned=500) for _ in chain],
        [shift(staff=k) for k in chain],
        not_eligible=[(v, r) for v in chain for r in chain if r not in (v, v + 1) and (v, r) != (5, 5)],
    )
    made = worker(problem, {v + 1: (v,) for v in range(5)})
    assert made.absent == 1
    made.make_way(never)
    assert made.absent == 0


def test_a_visit_that_costs_more_than_leaving_it_out_stays_out():
    problem = line_problem([visit(40, unassigned=10)], [shift()])
    made = worker(problem)
    made.make_way(never)
    assert (made.absent, made.best_cost) == (1, 10)


def test_a_visit_nobody_may_serve_is_tried_in_vain_and_counted():
    problem = line_problem([visit(1), visit(2)], [shift()], not_eligible=[(0, 0)])
    made = worker(problem)
    made.make_way(never)
    assert made.absent == 1
    assert made.arrays.failed[made.arrays.visit[0, at.UNIT]] == made.arrays.failed.sum() > 0


def test_once_stopped_no_way_is_made():
    problem = line_problem([visit(1), visit(2)], [shift()], not_eligible=[(0, 0)])
    made = worker(problem)
    made.make_way(lambda: True)
    assert made.arrays.failed.sum() == 0


def test_between_steps_way_is_made_on_the_plan_as_it_stands():
    problem = line_problem(
        [visit(9, (15, 15)), visit(0, (15, 15))], [shift(staff=0, home=0), shift(staff=1, home=20)]
    )
    made = worker(problem, {0: (0,)})
    assert made.absent == 1
    made.make_way_between(80)
    assert made.absent == 0


def test_between_steps_what_is_in_vain_comes_to_an_end():
    problem = line_problem([visit(1), visit(2)], [shift()], not_eligible=[(0, 0)])
    made = worker(problem)
    for _ in range(50):
        made.make_way_between(9)
    assert made.arrays.failed.sum() == 25  # five tries tell that one is left out, then twenty in vain


def test_a_plan_searched_as_a_whole_begins_with_way_made():
    problem = line_problem(
        [visit(9, (15, 15)), visit(0, (15, 15))], [shift(staff=0, home=0), shift(staff=1, home=20)]
    )
    options = SolveOptions(time_limit=None, iterations=0, initial=time_runs(problem, {0: (0,)}))
    assert Search(problem, options).run().unassigned == ()


@settings(max_examples=30, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(0, 99))
def test_way_is_made_the_same_way_again(problem, seed):
    made, again = worker(problem, seed=seed), worker(problem, seed=seed)
    made.make_way(never)
    again.make_way(never)
    assert (made.arrays.node == again.arrays.node).all()
    assert made.best_cost == plan_cost(made.arrays)
