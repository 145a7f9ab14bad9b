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
        return max(1, round(_FINE * self.hot * (self.cold / self.hot) ** part))


def cooling(scale: float, steps_per_visit: float) -> Cooling:
    """Give the temperatures for a plan whose visits cost ``scale`` each, on average."""
    hot = scale * min(12.0, max(1.5, steps_per_visit / 400))
    return Cooling(max(hot, 0.05), max(scale * 0.1, 0.01))
