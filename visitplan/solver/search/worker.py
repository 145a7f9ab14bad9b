"""One plan that is searched for: constructed, annealed in chunks; its state grows when a log is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.solver.search import layout as at
from visitplan.solver.search.arrays import table
from visitplan.solver.search.building import build, grow
from visitplan.solver.search.plans import load_routes, load_rows, plan_cost, recount
from visitplan.solver.search.work import ANNEAL, CONSTRUCT, MAKE_WAY, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from visitplan.solver.search.arrays import Arrays
    from visitplan.solver.search.building import Shared
    from visitplan.solver.search.plans import Row
    from visitplan.solver.solution import Route

_AT_ONCE = 50
"""Units constructed between two questions whether to stop."""

_TRIES = 1_000
"""How often way is made for units left out between two questions whether to stop: some milliseconds."""

_IN_VAIN = 6
"""It is made no more after so many times so many tries without a cheaper plan."""

_VAIN_BETWEEN = 10
"""Between steps it is made no more after so many tries a visit since fewer than ever before were left out."""


class Worker:
    """Makes one plan on its own; several share the problem's arrays and nothing else."""

    def __init__(self, shared: Shared, seed: int, number: int = 0) -> None:
        self._use(build(shared, seed, number))
        self.problem = shared.problem
        self._fewest_absent = len(self.problem.visits)
        self._vain = 0

    @property
    def best_cost(self) -> int:
        """Give the cost of the best plan so far, as the search counts it."""
        return int(self.arrays.count[at.BEST])

    @property
    def current_cost(self) -> int:
        """Give the cost of the plan as it stands, as the search counts it."""
        return int(self.arrays.count[at.CURRENT])

    @property
    def iterations(self) -> int:
        """Give how many steps were made."""
        return int(self.arrays.count[at.ITERATIONS])

    @property
    def absent(self) -> int:
        """Give how many units the plan as it stands leaves out."""
        return int(self.arrays.count[at.ABSENT])

    @property
    def best(self) -> NDArray[np.int32]:
        """Give the nodes of the best plan."""
        return self.arrays.best

    def start(self, initial: Sequence[Route], stopped: Callable[[], bool]) -> None:
        """Make a complete plan: what holds of ``initial``, and every unit that can be put in beside it."""
        if initial:
            load_routes(self.arrays, self.problem, initial)
        self._complete(stopped)

    def start_with(self, rows: Iterable[Row], stopped: Callable[[], bool]) -> None:
        """Make a complete plan as :meth:`start` does, from the rows of one."""
        load_rows(self.arrays, rows)
        self._complete(stopped)

    def _complete(self, stopped: Callable[[], bool]) -> None:
        """Put in every unit that is absent and fits."""
        recount(self.arrays)
        arrays, count = self.arrays, self.arrays.count
        absent = arrays.absent[: count[at.ABSENT]].tolist()
        first = arrays.visit[:, at.FIRST]
        size = arrays.unit_from[1:] - arrays.unit_from[:-1]
        absent.sort(key=lambda unit: (-size[unit], first[arrays.unit_visit[arrays.unit_from[unit]]], unit))
        arrays.out[: len(absent)] = absent
        done = 0
        while done < len(absent) and not stopped():
            done += work(self._state, CONSTRUCT, done, min(_AT_ONCE, len(absent) - done))
            self._grow_if_full()
        recount(self.arrays)
        self._keep_best()

    def make_way(self, stopped: Callable[[], bool]) -> None:
        """Make way for units that are left out, as long as that gives cheaper plans; stand at the best then.

        What was tried in vain counts for more, so that plans in between may be dearer (see ``ejection``).
        """
        in_vain = 0
        while self.absent and in_vain < _IN_VAIN and not stopped():
            before = self.best_cost
            self._make_way(_TRIES)
            in_vain = 0 if self.best_cost < before else in_vain + 1
        if self.current_cost != self.best_cost:
            self.arrays.node[:] = self.arrays.best
            recount(self.arrays)

    def make_way_between(self, steps: int) -> None:
        """Make way on the plan as it stands: after so many steps travel is less, and there is more room."""
        if not self.absent or self._vain >= _VAIN_BETWEEN * len(self.problem.visits):
            return
        tries = -(-steps // 2)
        self._make_way(tries)
        self._vain = 0 if self.absent < self._fewest_absent else self._vain + tries
        self._fewest_absent = min(self._fewest_absent, self.absent)

    def _make_way(self, tries: int) -> None:
        while tries > 0:
            tries -= work(self._state, MAKE_WAY, tries, 0)
            self._grow_if_full()

    def advance(self, steps: int, temperature: int, *, seeking: bool = False) -> None:
        """Make so many steps; when seeking, every other one around a unit that is left out."""
        self.arrays.count[at.SEEKING] = seeking
        while steps > 0:
            steps -= work(self._state, ANNEAL, steps, temperature)
            self._grow_if_full()

    def average_leg(self) -> float:
        """Give the cost of an average leg of the best plan; 1 if it has none that costs something."""
        node = self.arrays.best[: self.arrays.count[at.VISITS]]
        legs = node[node[:, at.ROUTE] >= 0, at.LEG_COST]
        return max(0.1, float(legs.mean())) if len(legs) else 1.0

    def verify(self) -> None:
        """Recompute the cost of the plan as it stands.

        Raises
        ------
        AssertionError
            It is not what the search thinks it is.
        """
        running = self.current_cost
        counted = plan_cost(self.arrays)
        if counted != running:
            raise AssertionError(f"the search counts {running}, the plan costs {counted}")

    def _keep_best(self) -> None:
        count = self.arrays.count
        if count[at.CURRENT] <= count[at.BEST]:
            count[at.BEST] = count[at.CURRENT]
            self.arrays.best[:] = self.arrays.node

    def _grow_if_full(self) -> None:
        if self.arrays.count[at.OVERFLOW]:
            self._use(grow(self.arrays))

    def _use(self, arrays: Arrays) -> None:
        self.arrays, self._state = arrays, table(arrays)
