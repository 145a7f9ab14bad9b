"""What can go wrong, as a small tree of exceptions.

::

    VisitPlanError
    ├── InputError      the planning folder, workbook, frames or policy are not usable (exit 2)
    ├── TravelError     travel times or places could not be found (exit 2)
    ├── ClusterError    the cluster that was asked for cannot be planned on (exit 2)
    ├── SolverError     no plan could be made at all (exit 4)
    ├── CheckError      a plan failed its own check and was not written as if it were good (exit 5)
    └── OutputError     the plan could not be written; what was there before is untouched (exit 1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.findings import Finding


class VisitPlanError(Exception):
    """The root: catch this to catch every fault visitplan raises on purpose."""


class _WithFindings(VisitPlanError):
    """An error that carries its findings: ``message`` stands first, then one finding a line."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.findings: tuple[Finding, ...] = tuple(findings)

    def __str__(self) -> str:
        return "\n".join([self.message, *(str(finding) for finding in self.findings)])


class InputError(_WithFindings):
    """The input cannot be planned as it is; ``findings`` lists everything that is wrong with it."""


class TravelError(VisitPlanError):
    """Travel times or the place of an address could not be found."""


class ClusterError(VisitPlanError):
    """The cluster that was asked for is not there, or its workers cannot do the work."""


class SolverError(VisitPlanError):
    """The solver could not make any plan, or was given a problem that contradicts itself."""


class CheckError(_WithFindings):
    """A plan broke a rule when it was read by the independent checker; ``findings`` names each.

    ``result`` is the plan that was refused, for whoever has to find out why.
    """

    def __init__(self, message: str, findings: Sequence[Finding] = (), *, result: object = None) -> None:
        super().__init__(message, findings)
        self.result = result


class OutputError(VisitPlanError):
    """A plan folder could not be written; nothing of it was left behind."""
