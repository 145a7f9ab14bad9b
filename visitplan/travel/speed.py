"""How long a road distance takes, by the speed bands of a mode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from visitplan.policy import ModePolicy
from visitplan.travel.compact import MAX_METRES

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

FARTHEST_KM = 50_000.0
"""Longer than any way on earth: the last band holds this far."""


@dataclass(frozen=True)
class Speeds:
    """Time by road distance: each part of a leg is driven at the speed of the band it lies in.

    So the curve goes through zero, rises, and has no jumps; with speeds that rise from band to band, a detour
    never saves time.
    """

    mode: ModePolicy

    @cached_property
    def _metres(self) -> NDArray[np.float64]:
        limits = [band.up_to_km for band in self.mode.bands]
        limits[-1] = max(limits[-1], FARTHEST_KM)
        return np.array([0.0, *limits]) * 1000

    @cached_property
    def _seconds(self) -> NDArray[np.float64]:
        metres_per_second = np.array([band.kmh for band in self.mode.bands]) / 3.6
        return np.concatenate(([0.0], np.cumsum(np.diff(self._metres) / metres_per_second)))

    def seconds(self, road_metres: ArrayLike) -> NDArray[np.float64]:
        """Give the seconds that road distances in metres take, any shape."""
        return np.interp(np.asarray(road_metres, dtype=np.float64), self._metres, self._seconds)

    def metres(self, seconds: ArrayLike) -> NDArray[np.float64]:
        """Give the road metres driven in these seconds, any shape: the inverse of :meth:`seconds`."""
        return np.interp(np.asarray(seconds, dtype=np.float64), self._seconds, self._metres)

    def metres_door_to_door(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the road metres of legs of these seconds, access included; no more than can be held."""
        driving = np.maximum(seconds - round(self.mode.access_min * 60), 0)
        return np.minimum(self.metres(driving), MAX_METRES)
