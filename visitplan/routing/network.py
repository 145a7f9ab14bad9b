"""The places of a scenario and the travel between them, asked for once and shared by every attempt."""

from __future__ import annotations

from dataclasses import dataclass
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

    def leg_s(self, mode: TravelMode, origin: str, destination: str) -> int:
        """Give the free-flow seconds of a leg, access included."""
        return self.matrices[mode].seconds_between(self.index[origin], self.index[destination])

    def leg_m(self, mode: TravelMode, origin: str, destination: str) -> int:
        """Give the metres of a leg."""
        return self.matrices[mode].metres_between(self.index[origin], self.index[destination])

    def solver_travel(self, costs: Costs) -> tuple[Travel, ...]:
        """Give the solver's travel: minutes, rounded up, and millipence for each mode."""
        return tuple(_travel(self.matrices[mode], mode, costs, self.factors) for mode in self.modes)


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


def _travel(matrix: TravelMatrix, mode: TravelMode, costs: Costs, factors: DayFactors) -> Travel:
    seconds = matrix.seconds.astype(np.int32)
    cost: NDArray[np.int32] = seconds * np.int32(costs.travel_mp_per_s)
    cost += matrix.decametres.astype(np.int32) * np.int32(10 * costs.mileage_mp_per_m(mode))
    ticks: NDArray[np.int32] = -(-seconds // np.int32(MINUTE))
    far = matrix.seconds == UNREACHABLE
    ticks[far] = FAR_TICKS
    cost[far] = FAR_COST
    starts = tuple(start // MINUTE for start in factors.starts)
    return Travel(ticks, cost, TimeFactors(starts, factors.permille))
