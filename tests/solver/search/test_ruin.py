"""How much is taken out around a visit."""

from __future__ import annotations

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import Link
from visitplan.solver.search.arrays import table
from visitplan.solver.search.building import build, share
from visitplan.solver.search.ruin import size_of_ruin


def drawn(seed, average_run):
    """Give the numbers of strings drawn around a visit, and their greatest lengths; 0 and 1 are linked."""
    visits = [visit(place) for place in range(1, 13)]
    problem = line_problem(visits, [shift(), shift(staff=1)], links=[Link(0, 1, 0, 0)])
    arrays = build(share(problem), 1)  # a table holds their addresses alone
    sizes = [size_of_ruin(table(arrays), seed, average_run) for _ in range(2_000)]
    return {strings for strings, _ in sizes}, {longest for _, longest in sizes}


def test_around_a_linked_visit_strings_are_shorter_and_from_more_runs():
    assert drawn(seed=0, average_run=12) == ({1, 2, 3, 4, 5}, {6})
    assert drawn(seed=5, average_run=12) == ({1, 2}, {10})


def test_strings_are_no_longer_than_runs_are_on_average():
    assert drawn(seed=0, average_run=3) == (set(range(1, 10)), {3})
    assert drawn(seed=5, average_run=3) == (set(range(1, 10)), {3})
