"""Travel without a road network: straight distance, times circuity, at the speed of the distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.places import TravelMatrix, TravelMode
from visitplan.policy import TravelPolicy
from visitplan.travel.compact import packed, whole_seconds
from visitplan.travel.distance import earth_centred, straight_metres
from visitplan.travel.speed import Speeds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from visitplan.domain.places import Place
    from visitplan.policy import ModePolicy

CELLS_AT_ONCE = 1 << 17
"""Pairs worked on together: 1 MB for each array of doubles, which stays in a core's cache."""


@dataclass(frozen=True, slots=True)
class CrowFlies:
    """Travel by straight distance: the source that is always there.

    Road distance is the distance on the ellipsoid times the mode's circuity. It takes the time that the
    mode's speed bands say (see :class:`visitplan.travel.speed.Speeds`), rounded up to whole seconds, and then
    the access time of the place where the leg ends: ``access_s`` of the place, else ``access_min`` of the
    policy. A place is 0 s from itself.
    """

    policy: TravelPolicy

    def matrix(self, places: Sequence[Place], mode: TravelMode) -> TravelMatrix:
        """Give free-flow travel between all places, seconds and tens of metres as uint16.

        Legs over 65,534 s or 655 km are ``UNREACHABLE``.
        """
        figures = self.policy.mode(mode.value)
        points = earth_centred([place.lat for place in places], [place.lon for place in places])
        access = _access_seconds(places, figures)
        speeds = Speeds(figures)
        count = len(places)
        seconds = np.empty((count, count), dtype=np.uint16)
        decametres = np.empty((count, count), dtype=np.uint16)
        for rows in _row_chunks(count):
            road = straight_metres(points[rows], points)
            road *= figures.circuity
            leg = whole_seconds(speeds.seconds(road))
            leg += access
            seconds[rows], decametres[rows] = packed(leg, road)
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(decametres, 0)
        return TravelMatrix(tuple(place.place_id for place in places), seconds, decametres)

    def describe(self) -> Mapping[str, str]:
        """Give the figures of every mode, for a plan's provenance."""
        modes = {mode.value: _mode_text(self.policy.mode(mode.value)) for mode in TravelMode}
        return {"source": "crow_flies", "ellipsoid": "WGS 84", **modes}


def _access_seconds(places: Sequence[Place], figures: ModePolicy) -> NDArray[np.float64]:
    default = round(figures.access_min * 60)
    return np.array(
        [default if place.access_s is None else place.access_s for place in places], dtype=np.float64
    )


def _row_chunks(count: int) -> Iterator[slice]:
    step = max(1, CELLS_AT_ONCE // max(count, 1))
    for first in range(0, count, step):
        yield slice(first, min(first + step, count))


def _mode_text(figures: ModePolicy) -> str:
    bands = ", ".join(f"to {band.up_to_km:g} km {band.kmh:g} km/h" for band in figures.bands)
    return f"circuity {figures.circuity:g}; {bands}; access {figures.access_min:g} min"
