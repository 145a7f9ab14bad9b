"""How hot the search is, how many plans are made side by side, and when they are crossed."""

from __future__ import annotations

from dataclasses import dataclass

_FINE = 256
"""Temperatures are counted in 256ths of a cost unit."""

HOT, COLD = 3.0, 0.05
"""Average legs of the first plan: what the temperature falls from and to."""

WARM = 0.2
"""The same for a plan made of two others: it falls from here to ``COLD``."""

_STEPS_OF_A_PLAN = 50
"""Steps for each visit, over the square root of the number of visits, that pay for one plan more."""

_MOST_PLANS = 8

_LONGEST_APART, _SHORTER = 0.8, 0.1
"""Share of the search in which two plans are made apart, and by how much it falls with each plan more."""


def plans_side_by_side(steps: float, visits: int) -> int:
    """Give how many plans are made side by side in so many steps.

    With steps to spare, several plans that are crossed gain more than one longer search; larger plans need
    more steps for each visit until they are worth crossing.
    """
    return min(_MOST_PLANS, max(1, int(steps / (_STEPS_OF_A_PLAN * max(1, visits) ** 1.5))))


def apart(plans: int) -> float:
    """Give the share of the search in which so many plans are made, before they are crossed."""
    return 1.0 if plans == 1 else _LONGEST_APART - _SHORTER * (plans - 2)


@dataclass(frozen=True, slots=True)
class Cooling:
    """A temperature that falls geometrically.

    Attributes
    ----------
    leg
        Cost of an average leg of the first plan.
    hot, cold
        What the temperature falls from and to, in average legs.
    """

    leg: float
    hot: float = HOT
    cold: float = COLD

    def at(self, share: float) -> int:
        """Give the temperature after a share of the way down, in 256ths of a cost unit."""
        legs: float = self.hot * (self.cold / self.hot) ** min(1.0, max(0.0, share))
        return max(1, round(_FINE * self.leg * legs))
