"""Which requests may share a visit, and which do."""

from visitplan.coordination.applying import apply
from visitplan.coordination.coordinating import candidates, coordinate, smaller
from visitplan.coordination.refusing import Refusal, refusals
from visitplan.coordination.teams import choose_teams

__all__ = [
    "Refusal",
    "apply",
    "candidates",
    "choose_teams",
    "coordinate",
    "refusals",
    "smaller",
]
