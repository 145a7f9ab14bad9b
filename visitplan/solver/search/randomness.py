"""Random numbers of the search: Marsaglia's xorshift in whole numbers, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search.compiling import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_THIRTEEN, _SEVEN, _SEVENTEEN = np.uint64(13), np.uint64(7), np.uint64(17)
_HIGH = np.uint64(33)
_ONES = np.uint64(0x9E3779B97F4A7C15)


def seeded(seed: int, worker: int) -> NDArray[np.uint64]:
    """Give the first state of the random numbers of a worker."""
    mixed = (seed * 1_000_003 + worker * 7919 + 1) * int(_ONES) % 2**64
    return np.array([mixed ^ (mixed >> 29) | 1], dtype=np.uint64)


@compiled(inline="always")
def draw(random: NDArray[np.uint64]) -> int:
    """Give a whole number from 0 to 2**31 - 1."""
    x = random[0]
    x ^= x << _THIRTEEN
    x ^= x >> _SEVEN
    x ^= x << _SEVENTEEN
    random[0] = x
    return np.int64(x >> _HIGH)


@compiled(inline="always")
def below(random: NDArray[np.uint64], n: int) -> int:
    """Give a whole number from 0 to n - 1."""
    return (draw(random) * n) >> 31
