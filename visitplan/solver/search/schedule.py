"""How hot the search is: from what costs of this plan are like, and how much time there is for each visit."""

from __future__ import annotations

from dataclasses import dataclass

_FINE = 256
"""Temperatures are counted in 256ths of a cost unit."""


@dataclass(frozen=True, slots=True)
class Cooling:
    """A temperature that falls geometrically, once or several times, in cost units."""

    hot: float
    cold: float
    rounds: int = 1

    def round_of(self, share: float) -> int:
        """Give which round it is after a share of the time or steps."""
        return min(self.rounds - 1, int(share * self.rounds))

    def at(self, share: float) -> int:
        """Give the temperature after a share of the time or steps, in 256ths of a cost unit."""
        part = min(1.0, max(0.0, share * self.rounds - self.round_of(share)))
        degrees: float = self.hot * (self.cold / self.hot) ** part
        return max(1, round(_FINE * degrees))


@dataclass(frozen=True, slots=True)
class Scale:
    """What a first plan costs per visit: its leg, and all that depends on routes and times."""

    leg: float
    visit: float


_PLENTY = 2_000
"""Steps for each visit with which the hottest start pays, where legs are all there is to gain."""

_MOST_ROUNDS = 3


def cooling(scale: Scale, steps_per_visit: float) -> Cooling:
    """Give the temperatures for a search of so many steps.

    Measured: with thousands of steps for each visit, from 20 to 0.25 average legs; with fewer a hot start
    would not cool down in time, so it starts, and ends, colder. Where lateness costs more than legs, there is
    more to gain, and fewer steps are plenty. With more than plenty, cooling again from the best plan gains
    more than cooling once and slowly.
    """
    warmth = min(1.0, steps_per_visit / _PLENTY * max(1.0, scale.visit / scale.leg))
    hot, cold = max(1.5, 20.0 * warmth**1.5), 0.1 + 0.15 * warmth
    rounds = min(_MOST_ROUNDS, 1 + int(steps_per_visit // _PLENTY))
    return Cooling(max(0.05, scale.leg * hot), max(0.01, scale.leg * cold), rounds)
