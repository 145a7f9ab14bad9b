from __future__ import annotations

import numpy as np

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import Link, StaffRule, Travel
from visitplan.solver.evaluation import route_cost
from visitplan.solver.timetable import Timetable


def state(table):
    return (
        list(table.starts),
        list(table.shift_of),
        [list(run) for run in table.runs],
        table.routes(),
        table.cost,
    )


def test_an_inserted_visit_pushes_those_after_it():
    table = Timetable(line_problem([visit(5), visit(8), visit(3)], [shift()]))
    assert table.rewrite({0: [0, 1]})
    assert table.insert(2, 0, 0)
    assert table.starts == [15, 28, 3]
    assert table.runs[0] == [2, 0, 1]


def test_an_edit_that_does_not_fit_changes_nothing():
    table = Timetable(line_problem([visit(5, (5, 9)), visit(3, (0, 90))], [shift()]))
    assert table.insert(0, 0, 0)
    before = state(table)
    assert not table.insert(1, 0, 0)
    assert state(table) == before


def test_an_edit_can_be_taken_back():
    table = Timetable(line_problem([visit(5), visit(8)], [shift(), shift(staff=1)], links=[Link(0, 1)]))
    assert table.insert(0, 0, 0)
    mark, before = table.mark(), state(table)
    assert table.insert(1, 1, 0)
    assert table.starts == [8, 8]
    table.rollback(mark)
    assert state(table) == before


def test_a_visit_falls_back_to_its_earliest_start_when_its_partner_goes():
    table = Timetable(line_problem([visit(5), visit(8)], [shift(), shift(staff=1)], links=[Link(0, 1)]))
    assert table.rewrite({0: [0], 1: [1]})
    assert table.remove([1])
    assert (table.starts, table.shift_of) == ([5, -1], [0, -1])


def test_a_visit_is_not_removed_where_the_way_over_it_is_shorter():
    ticks = np.array([[0, 5, 30], [5, 0, 5], [30, 5, 0]], dtype=np.int32)
    problem = line_problem(
        [visit(1, duration=0), visit(2, (0, 12), duration=0)], [shift()], travel=[Travel(ticks, ticks)]
    )
    table = Timetable(problem)
    assert table.rewrite({0: [0, 1]})
    before = state(table)
    assert not table.remove([0])
    assert state(table) == before


def test_staff_rules_keep_an_insertion_out():
    rules = [Link(0, 1, None, None, StaffRule.DISTINCT)]
    table = Timetable(line_problem([visit(5), visit(8)], [shift(), shift(staff=1)], links=rules))
    assert table.insert(0, 0, 0)
    assert not table.insert(1, 0, 1)
    assert table.insert(1, 1, 0)


def test_a_served_visit_is_not_inserted_again():
    table = Timetable(line_problem([visit(5)], [shift(), shift(staff=1)]))
    assert table.insert(0, 0, 0)
    assert not table.insert(0, 1, 0)


def test_the_cost_is_that_of_the_routes():
    problem = line_problem([visit(5), visit(8)], [shift(use_cost=7), shift(staff=1, use_cost=9)])
    table = Timetable(problem)
    assert table.rewrite({0: [0], 1: [1]})
    assert table.cost == sum(route_cost(problem, route).total for route in table.routes()) == 10 + 7 + 16 + 9
    assert table.rewrite({0: [], 1: [0, 1]})
    assert table.cost == 16 + 9
    assert table.route(0) is None


def test_a_floor_lasts_as_long_as_the_visit_is_served():
    table = Timetable(line_problem([visit(5)], [shift()]))
    assert table.insert(0, 0, 0, floor=50)
    assert table.starts == [50]
    assert table.remove([0])
    assert table.insert(0, 0, 0)
    assert table.starts == [5]
