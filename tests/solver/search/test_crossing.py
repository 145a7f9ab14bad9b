"""Plans made of two: what a child has of each, and that nothing is there twice or in half."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.solver import Link, violations
from visitplan.solver.search.building import share
from visitplan.solver.search.crossing import Made, Population
from visitplan.solver.search.plans import plan_cost, read_plan, rows_by_shift
from visitplan.solver.search.worker import Worker


def plans_of(problem, number=2, steps=20):
    """Give a few plans of a problem that were searched for from different random numbers."""
    shared = share(problem)
    made = []
    for stream in range(number):
        worker = Worker(shared, 1, stream)
        worker.start((), lambda: False)
        worker.advance(steps, 256 * 50)
        made.append(Made(worker.current_cost, worker.arrays.node.copy()))
    return shared, made


def village(groups=(), links=()):
    return line_problem(
        [visit(place) for place in (1, 2, 3, 41, 42, 43)],
        [shift(home=0), shift(staff=1, home=45)],
        groups=groups,
        links=links,
    )


def runs(rows):
    return {(row[0], row[1]) for row in rows}


def test_a_child_follows_one_plan_around_a_place_and_the_other_elsewhere():
    problem = village()
    one = {0: [(0, 0, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0)], 1: [(3, 1, 0, 0), (4, 1, 0, 0), (5, 1, 0, 0)]}
    other = {0: [(2, 0, 0, 0), (1, 0, 0, 0), (0, 0, 0, 0)], 1: [(5, 1, 0, 0), (4, 1, 0, 0), (3, 1, 0, 0)]}
    population = Population(problem, [], Random(1))
    for _ in range(20):
        child = population._crossed(one, other)
        orders = {shift: [row[0] for row in child if row[1] == shift] for shift in (0, 1)}
        assert orders in ({0: [2, 1, 0], 1: [3, 4, 5]}, {0: [0, 1, 2], 1: [5, 4, 3]})


def test_a_unit_that_the_two_plans_have_apart_is_left_for_mending():
    problem = village(groups=[(2, 3)], links=[Link(2, 3, 0, 0)])
    one = {0: [(2, 0, 0, 0)], 1: [(3, 1, 0, 0), (4, 1, 0, 0)]}
    other = {0: [(0, 0, 0, 0)], 1: [(5, 1, 0, 0)]}
    children = [runs(Population(problem, [], Random(seed))._crossed(one, other)) for seed in range(9)]
    assert all(child in ({(5, 1)}, {(0, 0), (4, 1)}) for child in children), "2 and 3 are never there alone"


def test_the_rows_of_a_plan_make_the_same_plan():
    problem = village(groups=[(2, 3)], links=[Link(2, 3, 0, 0)])
    shared, (made,) = plans_of(problem, number=1)
    again = Worker(shared, 1, 9)
    rows = rows_by_shift(made.node, len(problem.visits), len(problem.shifts))
    again.start_with([row for run in rows.values() for row in run], lambda: False)
    assert again.best_cost == made.cost


def test_a_child_takes_its_first_parents_place_only_if_it_is_cheaper_and_new():
    _, (first, second) = plans_of(village())
    population = Population(village(), [Made(90, first.node), Made(80, second.node)], Random(1))
    population.replace(0, Made(95, first.node))
    population.replace(0, Made(80, first.node))
    assert [plan.cost for plan in population.plans] == [90, 80]
    population.replace(0, Made(70, first.node))
    assert ([plan.cost for plan in population.plans], population.best.cost) == ([70, 80], 70)


def test_a_population_counts_the_children_that_were_in_vain():
    _, (first, second) = plans_of(village())
    population = Population(village(), [Made(90, first.node), Made(80, second.node)], Random(1))
    for cost in (95, 80):
        population.replace(0, Made(cost, first.node))
    assert population.in_vain == 2
    population.replace(0, Made(70, first.node))
    assert population.in_vain == 0


@settings(deadline=None, max_examples=40)
@given(problem=routing_problems(most_visits=8, week_limits=False), seed=st.integers(0, 99))
def test_a_child_is_a_plan_that_holds_with_each_visit_at_most_once(problem, seed):
    shared, made = plans_of(problem)
    _, rows = Population(problem, made, Random(seed)).cross()
    assert len({row[0] for row in rows}) == len(rows)
    child = Worker(shared, 1, 7)
    child.start_with(rows, lambda: False)
    assert plan_cost(child.arrays) == child.current_cost
    routes = read_plan(problem, child.best)
    assert routes is not None
    assert violations(problem, routes) == []
