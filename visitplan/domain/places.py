"""Where people live and work, and the travel between these places."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

UNREACHABLE = 65535
"""In a travel matrix: there is no way from here to there."""


class TravelMode(StrEnum):
    """How staff travel."""

    CAR = "car"
    BIKE = "bike"
    WALK = "walk"


@dataclass(frozen=True, slots=True)
class Place:
    """A point that staff start from or travel to.

    Attributes
    ----------
    place_id
        The household_id, base_id, or staff_id of a home: unique over all of them.
    lat, lon
        Degrees, WGS 84.
    access_s
        Seconds from the parked car to the door, added to every leg that ends here; None takes the policy's.
    """

    place_id: str
    lat: float
    lon: float
    access_s: int | None = None

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"place {self.place_id} lies at impossible coordinates {self.lat}, {self.lon}")
        if self.access_s is not None and self.access_s < 0:
            raise ValueError(f"place {self.place_id} has a negative access time")


@dataclass(frozen=True, slots=True)
class Household:
    """An address: the unit of coordination.

    ``max_staff_at_once`` is how many members of staff it holds at a time; None takes the policy's. ``quiet``
    is the time of day, from the one clock time to the other, at which no visit starts; one that ends before
    it starts ends on the next day.
    """

    household_id: str
    area: str
    place: Place
    max_staff_at_once: int | None = None
    quiet: tuple[dt.time, dt.time] | None = None

    def __post_init__(self) -> None:
        if self.max_staff_at_once is not None and self.max_staff_at_once < 1:
            raise ValueError(f"household {self.household_id} must hold at least one member of staff")


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Free-flow travel of one mode between places, held compactly.

    Seconds to 18 hours and tens of metres to 655 km fit 16 bits, which halves the memory of a county: use the
    methods, which give plain integers, or ``astype(int)`` before you calculate with the arrays.

    Attributes
    ----------
    place_ids
        Names of rows and columns.
    seconds
        uint16, shape (places, places), from row to column, access time included; ``UNREACHABLE`` where there
        is no way; 0 on the diagonal.
    decametres
        uint16, same shape: distance in units of 10 m.
    """

    place_ids: tuple[str, ...]
    seconds: NDArray[np.uint16]
    decametres: NDArray[np.uint16]

    def __post_init__(self) -> None:
        shape = (len(self.place_ids), len(self.place_ids))
        if self.seconds.shape != shape or self.decametres.shape != shape:
            raise ValueError(f"travel arrays must have shape {shape}")
        if self.seconds.dtype != np.uint16 or self.decametres.dtype != np.uint16:
            raise ValueError("travel arrays must be uint16")

    def seconds_between(self, origin: int, destination: int) -> int:
        """Give the seconds from one row to another, access included."""
        return int(self.seconds[origin, destination])

    def metres_between(self, origin: int, destination: int) -> int:
        """Give the metres from one row to another, to the nearest ten."""
        return int(self.decametres[origin, destination]) * 10

    def reachable(self, origin: int, destination: int) -> bool:
        """Tell whether there is a way."""
        return int(self.seconds[origin, destination]) != UNREACHABLE


@dataclass(frozen=True, slots=True)
class DayFactors:
    """How much longer legs take by time of day: from each tick on, free-flow time times permille / 1000.

    A leg that lasts over a change drives each part at its own factor, so that leaving later never means
    arriving earlier.
    """

    starts: tuple[int, ...] = ()
    permille: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.starts) != len(self.permille) or list(self.starts) != sorted(set(self.starts)):
            raise ValueError("day factors need ascending starts with one permille each")
        if any(permille <= 0 for permille in self.permille):
            raise ValueError("day factors must be positive")

    def slowed(self, seconds: int, depart: int) -> int:
        """Give the whole seconds that a leg of free-flow ``seconds`` takes when it sets off at a tick.

        Each part is driven, exactly, at the factor of its own time, and the sum is rounded up once, so that
        who sets off later never arrives earlier (Ichoua, Gendreau and Potvin 2003, "Vehicle dispatching with
        time-dependent travel times").
        """
        if not self.starts:
            return seconds
        # One tick at p permille drives 1000 / p free-flow seconds: whole, when counted in 1 / unit of these.
        unit = math.lcm(*self.permille, 1000)
        left, now = seconds * unit, depart
        segment = bisect_right(self.starts, now) - 1
        while segment + 1 < len(self.starts):
            end = self.starts[segment + 1]
            driven = (end - now) * self._speed(segment, unit)
            if left <= driven:
                break
            left -= driven
            now = end
            segment += 1
        return now - depart - (-left // self._speed(segment, unit))

    def _speed(self, segment: int, unit: int) -> int:
        """Give how many ``unit``-ths of a free-flow second one tick drives; -1: before the first."""
        return 1000 * unit // (self.permille[segment] if segment >= 0 else 1000)


class TravelSource(Protocol):
    """Anything that knows how long it takes from place to place."""

    def matrix(self, places: Sequence[Place], mode: TravelMode) -> TravelMatrix:
        """Give free-flow travel between the places, rows and columns in their order.

        Raises
        ------
        TravelError
            The source cannot answer at all. A single pair without a way is ``UNREACHABLE``, no error.
        """
        ...

    def describe(self) -> Mapping[str, str]:
        """Give name, version and settings, for a plan's provenance."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TravelTable:
    """Travel that came with the input: one matrix for each mode it gives."""

    matrices: Mapping[TravelMode, TravelMatrix]
