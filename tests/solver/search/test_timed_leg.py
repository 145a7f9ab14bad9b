"""Legs by time of day against plain Python: the compiled search looks the hour up instead of searching it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, line_travel, shift, visit
from visitplan.solver.arithmetic import travel_ticks
from visitplan.solver.problem import TimeFactors
from visitplan.solver.search.arrays import table
from visitplan.solver.search.building import build, share
from visitplan.solver.search.propagation import timed_leg

changes = st.lists(
    st.tuples(st.integers(0, 20_000), st.sampled_from([400, 1000, 1250, 3000])),
    max_size=30,
    unique_by=lambda change: change[0],
).map(lambda found: TimeFactors(*zip(*sorted(found), strict=True)) if found else TimeFactors())


@settings(max_examples=300, deadline=None)
@given(
    changes,
    changes,
    st.integers(0, 400),
    st.integers(-50, 25_000),
    st.sampled_from([1, 5]),
    st.integers(0, 1),
)
@example(TimeFactors((0,), (2000,)), TimeFactors(), 30, 0, 1, 0)
@example(TimeFactors((0, 256), (2000, 1000)), TimeFactors(), 30, 256, 1, 0)
@example(TimeFactors((480, 555), (1250, 1000)), TimeFactors(), 30, 450, 1, 0)
@example(TimeFactors((480, 555), (1250, 1000)), TimeFactors(), 30, 451, 1, 0)
def test_a_leg_takes_as_long_as_plain_python_says(one, other, free, depart, grid, mode):
    travel = [line_travel([0, free], one), line_travel([0, free], other)]
    problem = line_problem([visit(1)], [shift(), shift(mode=1)], travel=travel, grid=grid)
    arrays = build(share(problem), 1)  # a table holds their addresses alone
    found = timed_leg(table(arrays), mode, free, depart, grid)
    assert found == travel_ticks(travel[mode], 0, 1, depart, grid)
