"""How hot the search is, how many plans are made side by side, and when they are crossed."""

from __future__ import annotations

from dataclasses import dataclass

_FINE = 256
"""Temperatures are counted in 256ths of a cost unit."""

HOT, COLD = 3.0, 0.05
"""Average legs of the first plan: what the temperature falls from and to."""

AGAIN = 0.5
"""The same for a plan that was searched for before: it falls from here to ``COLD``."""

WARM = 0.2
"""The same for a plan made of two others."""

_MOST_PLANS = 8

_LONGEST_APART, _SHORTEST_APART = 0.7, 0.2
"""Share of the search in which several plans are made apart, before they are crossed."""

_SHORTEST_LATER = 0.05
"""The same, at least, for others that are made later."""

_EARLY = 0.4
"""Part of a plan's steps for want of which it is made all the same."""


def steps_of_a_plan(visits: int) -> float:
    """Give the steps after which a plan is worth crossing with others.

    Fitted to what did best at 98, 130 and 260 visits (100, 200 and 1,300 steps for each visit): a larger plan
    has to cool much more slowly before its regions are worth taking over.
    """
    return float(max(1, visits) ** 3.5 / 1000)


def plans_side_by_side(steps: float, visits: int) -> int:
    """Give how many plans are made side by side in so many steps.

    With steps to spare, several plans that are crossed gain more than one longer search: plans end per cents
    apart by chance alone. So the second one is begun a little early.
    """
    return min(_MOST_PLANS, max(1, int(_LONGEST_APART * steps / steps_of_a_plan(visits) + _EARLY)))


def apart(plans: int, steps: float, visits: int) -> float:
    """Give the share of the search in which so many plans are made, before they are crossed.

    Shorter than the longest only where as many plans as there may be are ready sooner.
    """
    if plans == 1:
        return 1.0
    if plans < _MOST_PLANS:
        return _LONGEST_APART
    return max(_SHORTEST_APART, apart_later(plans, steps, visits))


def apart_later(plans: int, steps: float, visits: int) -> float:
    """Give the share of the search in which so many others are made, once crossing gains no more."""
    enough = plans * steps_of_a_plan(visits) / max(1.0, steps)
    return min(_LONGEST_APART, max(_SHORTEST_LATER, enough))


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
