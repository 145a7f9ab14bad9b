"""How hot the search is: from what costs of this plan are like, and how much time there is for each visit."""

from __future__ import annotations

from dataclasses import dataclass

_FINE = 256
"""Temperatures are counted in 256ths of a cost unit."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """A temperature that falls geometrically from ``hot`` to ``cold``, in cost units."""

    hot: float
    cold: float

    def at(self, share: float) -> int:
        """Give the temperature after a share of the time or steps, in 256ths of a cost unit."""
        part = min(1.0, max(0.0, share))
        degrees: float = self.hot * (self.cold / self.hot) ** part
        return max(1, round(_FINE * degrees))


def cooling(scale: float, steps_per_visit: float) -> Cooling:
    """Give the temperatures for a plan whose legs cost ``scale`` on average.

    Measured: with thousands of steps for each visit, from 20 to 0.25 average legs; with fewer a hot start
    would not cool down in time, so it starts, and ends, colder.
    """
    plenty = min(1.0, steps_per_visit / 4_000)
    hot = scale * max(1.5, 20.0 * plenty)
    cold = scale * (0.1 + 0.15 * plenty)
    return Cooling(max(hot, 0.05), max(cold, 0.01))
