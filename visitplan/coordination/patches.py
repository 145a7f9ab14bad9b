"""Where each member of staff goes anyway: their start, and homes of the people whose teams they are in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from visitplan.domain.places import Place

KM_PER_DEGREE = 111.2


class Patches:
    """The places of each member of staff, by row; in arrays, as every new team asks for all of them.

    Parameters
    ----------
    starts
        Where each starts from.
    """

    def __init__(self, starts: Sequence[Place]) -> None:
        self._lat = np.array([[place.lat] for place in starts], dtype=np.float64).reshape(-1, 1)
        self._lon = np.array([[place.lon] for place in starts], dtype=np.float64).reshape(-1, 1)
        self._used = np.ones(len(starts), dtype=np.intp)

    def add(self, row: int, place: Place) -> None:
        """Let the member of staff in this row go to one more place."""
        at = int(self._used[row])
        if at == self._lat.shape[1]:
            self._lat, self._lon = _wider(self._lat), _wider(self._lon)
        self._lat[row, at], self._lon[row, at] = place.lat, place.lon
        self._used[row] = at + 1

    def nearest_km(self, rows: NDArray[np.intp], home: Place) -> NDArray[np.float64]:
        """Give the distance from a home to the nearest place of each of these rows, as the crow flies.

        The earth is flat enough within a county.
        """
        width = int(self._used[rows].max(initial=1))
        north = (home.lat - self._lat[rows, :width]) * KM_PER_DEGREE
        east = (home.lon - self._lon[rows, :width]) * KM_PER_DEGREE * math.cos(math.radians(home.lat))
        nearest: NDArray[np.float64] = np.hypot(north, east).min(axis=1)
        return nearest


def _wider(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the table with twice the columns, the new ones infinitely far away."""
    return np.concatenate([table, np.full_like(table, np.inf)], axis=1)
