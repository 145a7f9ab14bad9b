"""Which requests may share a visit, and which do."""

from visitplan.coordination.applying import apply
from visitplan.coordination.coordinating import candidates, coordinate, refusals, smaller

__all__ = ["apply", "candidates", "coordinate", "refusals", "smaller"]
