"""Plans made of two: what one does around a place, and the other everywhere else.

Where a search ends is decided while it is hot: two plans of the same search differ in whole regions, each the
better one somewhere. A plan made of both, mended and cooled for a short while, is better than its parent now
and then. Runs are handed over whole, as in the selective route exchange crossover of Y. Nagata and
S. Kobayashi (Parallel Problem Solving from Nature XI, 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from visitplan.solver.search.plans import rows_by_shift

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.search.plans import Row

_LEAST, _MOST = 0.2, 0.6
"""Part of its runs that the second plan gives, at least and at most."""


@dataclass(frozen=True, slots=True)
class Made:
    """A plan that was made: its cost as the search counts it, and its nodes."""

    cost: int
    node: NDArray[np.int32]


class Population:
    """The best plans of a search.

    Attributes
    ----------
    plans
        Each with a cost of its own.
    in_vain
        How many children, one after another up to now, were no better than their parents.
    """

    def __init__(self, problem: RoutingProblem, plans: list[Made], random: Random) -> None:
        self._problem, self._random = problem, random
        self._place = np.array([visit.place for visit in problem.visits], dtype=np.int64)
        self.plans = plans
        self.in_vain = 0

    @property
    def best(self) -> Made:
        """Give the cheapest plan."""
        return min(self.plans, key=lambda made: made.cost)

    def cross(self) -> tuple[int, list[Row]]:
        """Give the number of a plan, and the rows of one made of it and of another."""
        one, other = self._random.sample(range(len(self.plans)), 2)
        return one, self._crossed(self._rows(one), self._rows(other))

    def replace(self, number: int, made: Made) -> None:
        """Let a plan take the place of the one it was made of, if it is cheaper and not there already."""
        if made.cost < self.plans[number].cost and all(made.cost != plan.cost for plan in self.plans):
            self.plans[number] = made
            self.in_vain = 0
        else:
            self.in_vain += 1

    def _rows(self, number: int) -> dict[int, list[Row]]:
        problem = self._problem
        return rows_by_shift(self.plans[number].node, len(problem.visits), len(problem.shifts))

    def _crossed(self, one: Mapping[int, list[Row]], other: Mapping[int, list[Row]]) -> list[Row]:
        """Give the rows of a plan that follows the second around a visit drawn, and the first elsewhere.

        What the two have on different shifts is where the second has it; units are there whole or not at all.
        """
        rows = [row for shift in self._around(other) for row in other[shift]]
        taken = {row[1] for row in rows}
        there = {row[0] for row in rows}
        for shift, run in one.items():
            if shift not in taken:
                rows.extend(row for row in run if row[0] not in there)
        there = {row[0] for row in rows}
        lone = {v for group in self._problem.groups if not there.issuperset(group) for v in group}
        return [row for row in rows if row[0] not in lone]

    def _around(self, runs: Mapping[int, list[Row]]) -> list[int]:
        """Give the shifts whose runs are nearest to a visit drawn, a part of them drawn as well."""
        pivot = self._random.randrange(len(self._place))
        ticks = self._problem.travel[0].ticks[self._place[pivot]]
        way = {shift: ticks[self._place[[row[0] for row in run]]].mean() for shift, run in runs.items()}
        number = round(len(runs) * self._random.uniform(_LEAST, _MOST))
        return sorted(way, key=lambda shift: (way[shift], shift))[: max(1, number)]
