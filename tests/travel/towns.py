"""Places of the town in ``maps/town.osm``, and a road engine that drives by a table in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from visitplan.domain.places import Place, TravelMode
from visitplan.errors import TravelError
from visitplan.policy import RoadsPolicy, TravelPolicy
from visitplan.travel.engines import Block, Points

WEST = Place("west", 53.1001, -2.4390)
"""On the one-way street, near where it begins."""
EAST = Place("east", 53.1001, -2.4260)
"""On the one-way street, near where it ends."""
NORTH = Place("north", 53.1091, -2.4320)
ISLE = Place("isle", 53.1201, -2.3850)
"""On the island."""
MOOR = Place("moor", 53.1400, -2.4300)
"""3.4 km north of the nearest road."""
BEYOND = Place("beyond", 54.1400, -2.4300)
"""In another county, which the map does not have."""


def roads(cache_folder: object, **changes: object) -> TravelPolicy:
    """Make a policy of road engines without access time."""
    policy = TravelPolicy(roads=RoadsPolicy(cache_folder=str(cache_folder), **changes))
    return policy.model_copy(update={"car": policy.car.model_copy(update={"access_min": 0})})


@dataclass
class Table:
    """An engine that drives from point to point in ``leg(origin, destination)`` seconds, 10 m a second.

    ``leg`` gets latitudes and longitudes in degrees and gives None where there is no way; ``snap`` gets one
    point and gives metres.
    """

    leg: Callable[[tuple[float, float], tuple[float, float]], float | None]
    snap: Callable[[tuple[float, float]], float] = lambda _: 0.0
    places_per_request: int = 2
    requests_at_once: int = 2
    version: str = "map-1"
    asked: list[tuple[int, int]] = field(default_factory=list)
    fails: bool = False

    def identity(self, mode: TravelMode) -> str:
        return f"table {mode}"

    def data_version(self, mode: TravelMode) -> str:
        return self.version

    def block(self, mode: TravelMode, origins: Points, destinations: Points) -> Block:
        self.asked.append((len(origins), len(destinations)))
        if self.fails:
            raise TravelError("The table is on strike.")
        starts = [(lat / 1e6, lon / 1e6) for lat, lon in origins.tolist()]
        ends = [(lat / 1e6, lon / 1e6) for lat, lon in destinations.tolist()]
        legs = np.array([[self.leg(a, b) for b in ends] for a in starts], dtype=np.float64)
        return Block(legs, legs * 10, np.array([self.snap(point) for point in starts]))

    def describe(self) -> Mapping[str, str]:
        return {"source": "table"}
