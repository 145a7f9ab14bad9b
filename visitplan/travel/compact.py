"""Travel in 16 bits: whole seconds, rounded up, and tens of metres, rounded to the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.places import UNREACHABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SECONDS = UNREACHABLE - 1
"""Longest leg that can be held: 18 hours 12 minutes."""
MAX_METRES = (UNREACHABLE - 1) * 10
"""Farthest leg that can be held: 655 km."""
_NOISE = 1e-6
"""Seconds that floating point may add, which must not become a whole one."""


def whole_seconds(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round up to whole seconds, in place: who arrives at half past the second has not arrived before."""
    seconds -= _NOISE
    np.ceil(seconds, out=seconds)
    np.maximum(seconds, 0, out=seconds)
    return seconds


def packed(
    seconds: NDArray[np.float64], metres: NDArray[np.float64]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Give seconds and decametres as uint16; both ``UNREACHABLE`` where either is too large or not a number.

    ``seconds`` must be whole already; ``metres`` is used up as scratch space.
    """
    impossible = ~((seconds <= MAX_SECONDS) & (metres <= MAX_METRES))
    metres /= 10
    np.rint(metres, out=metres)
    return (
        np.where(impossible, UNREACHABLE, seconds).astype(np.uint16),
        np.where(impossible, UNREACHABLE, metres).astype(np.uint16),
    )
