"""The places of a scenario and the travel between them, asked for once and shared by every attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.period import MINUTE
from visitplan.domain.places import UNREACHABLE, DayFactors, Place, TravelMatrix, TravelMode
from visitplan.solver.problem import TimeFactors, Travel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visitplan.domain.places import TravelSource
    from visitplan.domain.scenario import Scenario
    from visitplan.policy import Costs

FAR_TICKS = 1_000_000
"""Minutes of a leg that cannot be made: two years, so that no window is ever met."""
FAR_COST = 1_000_000_000
_ROWS = 256


@dataclass(frozen=True, slots=True)
class Network:
    """Travel between everywhere that staff start from and go to.

    Attributes
    ----------
    index
        Row and column of each place id.
    modes
        The modes that staff use, in the solver's order.
    matrices
        One for each mode.
    factors
        Slower hours, in seconds on the period's axis.
    """

    index: dict[str, int]
    modes: tuple[TravelMode, ...]
    matrices: dict[TravelMode, TravelMatrix]
    factors: DayFactors
    _priced: dict[tuple[int, ...], tuple[Travel, ...]] = field(default_factory=dict, repr=False)

    def leg_s(self, mode: TravelMode, origin: str, destination: str) -> int:
        """Give the free-flow seconds of a leg, access included."""
        return self.matrices[mode].seconds_between(self.index[origin], self.index[destination])

    def leg_m(self, mode: TravelMode, origin: str, destination: str) -> int:
        """Give the metres of a leg."""
        return self.matrices[mode].metres_between(self.index[origin], self.index[destination])

    def solver_travel(self, costs: Costs) -> tuple[Travel, ...]:
        """Give the solver's travel: minutes, rounded up, and millipence for each mode.

        It is made once for the prices last asked for, and shared by every problem and every thread: int32, as
        a leg may cost millions of millipence and one that cannot be made takes longer than 16 bits of minutes
        would hold. The modes lie one below the other in one array, which the search uses as it is.
        """
        prices = (costs.travel_mp_per_s, *(costs.mileage_mp_per_m(mode) for mode in self.modes))
        if prices not in self._priced:
            self._priced.clear()
            self._priced[prices] = self._solver_travel(costs)
        return self._priced[prices]

    def _solver_travel(self, costs: Costs) -> tuple[Travel, ...]:
        places = len(self.matrices[self.modes[0]].place_ids)
        ticks = np.empty((len(self.modes) * places, places), dtype=np.int32)
        cost = np.empty_like(ticks)
        starts = tuple(start // MINUTE for start in self.factors.starts)
        factors = TimeFactors(starts, self.factors.permille)
        found = []
        for number, mode in enumerate(self.modes):
            rows = slice(number * places, (number + 1) * places)
            _fill(ticks[rows], cost[rows], self.matrices[mode], mode, costs)
            found.append(Travel(ticks[rows], cost[rows], factors))
        return tuple(found)


def places_of(scenario: Scenario) -> tuple[Place, ...]:
    """Give everywhere that staff start from and go to: one place for each id."""
    places: dict[str, Place] = {}
    for place in (*(h.place for h in scenario.households), *(s.start for s in scenario.staff)):
        places.setdefault(place.place_id, place)
    return tuple(places.values())


def network_of(scenario: Scenario, source: TravelSource, factors: DayFactors) -> Network:
    """Ask a travel source for everything a scenario needs.

    Raises
    ------
    TravelError
        The source cannot answer.
    """
    every = places_of(scenario)
    used = {scenario.staff_by_id[shift.staff_id].travel_mode for shift in scenario.shifts}
    modes = tuple(sorted(used)) or (TravelMode.CAR,)
    return Network(
        index={place.place_id: row for row, place in enumerate(every)},
        modes=modes,
        matrices={mode: source.matrix(every, mode) for mode in modes},
        factors=factors,
    )


def _fill(
    ticks: NDArray[np.int32], cost: NDArray[np.int32], matrix: TravelMatrix, mode: TravelMode, costs: Costs
) -> None:
    """Fill in the minutes and the millipence of one mode, some rows at a time."""
    per_decametre = np.int32(10 * costs.mileage_mp_per_m(mode))
    for first in range(0, len(ticks), _ROWS):
        some = slice(first, first + _ROWS)
        seconds = matrix.seconds[some].astype(np.int32)
        far = matrix.seconds[some] == UNREACHABLE
        ticks[some] = -(-seconds // np.int32(MINUTE))
        cost[some] = seconds * np.int32(costs.travel_mp_per_s)
        cost[some] += matrix.decametres[some].astype(np.int32) * per_decametre
        ticks[some][far] = FAR_TICKS
        cost[some][far] = FAR_COST
