"""The independent checker: reads a scenario and a plan, recomputes everything, and names what does not hold.

It shares no code with what makes plans. Times, dates, legs, durations and costs are derived here once more,
from the scenario's own fields, so that a fault made there is seen here.
"""

from visitplan.checking.checker import RULES, check

__all__ = ["RULES", "check"]
