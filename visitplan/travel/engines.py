"""What a road engine is: something that drives between points on a map of streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visitplan.domain.places import Place, TravelMode

MICRODEGREE = 1e-6
"""Points are held to the sixth decimal, 11 cm: what OSRM counts in, and finer than any door."""

Points = NDArray[np.int32]
"""Shape (points, 2): latitude and longitude in microdegrees, WGS 84."""


def point_of(place: Place) -> tuple[int, int]:
    """Give a place's latitude and longitude in whole microdegrees."""
    return round(place.lat / MICRODEGREE), round(place.lon / MICRODEGREE)


def distinct_points(places: Sequence[Place]) -> tuple[Points, NDArray[np.intp]]:
    """Give the distinct points of places, in ascending order, and the number of each place's point.

    The same places in another order give the same points.
    """
    every = np.array([point_of(place) for place in places], dtype=np.int32).reshape(-1, 2)
    points, number = np.unique(every, axis=0, return_inverse=True)
    return points, number.reshape(-1)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Part of a matrix as an engine answers it.

    Attributes
    ----------
    seconds
        float64, shape (origins, destinations): on the road, without access; not a number where there is no
        way.
    metres
        float64, same shape: distance on the road.
    snap_m
        float64, shape (origins,): from each origin to the nearest road; infinite where there is none, not a
        number where the engine does not say.
    """

    seconds: NDArray[np.float64]
    metres: NDArray[np.float64]
    snap_m: NDArray[np.float64]


class RoadEngine(Protocol):
    """A road engine, wherever it runs.

    Attributes
    ----------
    places_per_request
        Most origins, and most destinations, of one block.
    requests_at_once
        Blocks that may be asked for at the same time, each from a thread of its own.
    """

    @property
    def places_per_request(self) -> int:
        """Give the most origins, and the most destinations, of one block."""
        ...

    @property
    def requests_at_once(self) -> int:
        """Give how many blocks may be asked for at the same time."""
        ...

    def identity(self, mode: TravelMode) -> str:
        """Name everything beside the map and the points that the answers for a mode depend on.

        Raises
        ------
        TravelError
            The engine is not set up for this mode.
        """
        ...

    def data_version(self, mode: TravelMode) -> str:
        """Give the name of the map it drives on, as it tells it itself; empty where it does not.

        Raises
        ------
        TravelError
            The engine cannot be asked.
        """
        ...

    def block(self, mode: TravelMode, origins: Points, destinations: Points) -> Block:
        """Give travel from origins to destinations.

        Raises
        ------
        TravelError
            The engine gives no usable answer. A pair without a way is no error.
        """
        ...

    def describe(self) -> Mapping[str, str]:
        """Give name and settings, for a plan's provenance."""
        ...
