"""How hot the search is, and how many plans are made side by side."""

from __future__ import annotations

from dataclasses import dataclass

_FINE = 256
"""Temperatures are counted in 256ths of a cost unit."""

HOT, COLD = 3.0, 0.05
"""Average legs of the first plan: what the temperature falls from and to."""

WARM, COLDEST = 0.5, 0.03
"""The same for the last part of a search that made several plans."""

FINISH = 0.8
"""Share of the search after which only the best of several plans is gone on with."""

_STEPS_OF_A_PLAN = 1_000
"""Steps for each visit after which another plan from the start gains more than a slower fall."""

_MOST_PLANS = 8


def plans_side_by_side(steps_per_visit: float) -> int:
    """Give how many plans one worker makes side by side.

    Where a search ends is decided while it is hot, and differs by per cents between searches that differ in
    their random numbers alone: with steps to spare, the best of several gains more than one longer search.
    """
    return min(_MOST_PLANS, max(1, int(steps_per_visit // _STEPS_OF_A_PLAN)))


@dataclass(frozen=True, slots=True)
class Cooling:
    """A temperature that falls geometrically; once more, from lower down, where there are several plans.

    Attributes
    ----------
    leg
        Cost of an average leg of the first plan.
    several
        Whether several plans are made, by this worker or by others.
    """

    leg: float
    several: bool = False

    def at(self, share: float) -> int:
        """Give the temperature after a share of the time or steps, in 256ths of a cost unit."""
        hot, cold, part = HOT, COLD, share
        if self.several:
            part = share / FINISH
            if share >= FINISH:
                hot, cold, part = WARM, COLDEST, (share - FINISH) / (1 - FINISH)
        legs: float = hot * (cold / hot) ** min(1.0, max(0.0, part))
        return max(1, round(_FINE * self.leg * legs))
