"""Why a request is served as it is, or not at all; and what would let it in, tried out in the plan."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from visitplan import checking, routing
from visitplan.domain.expansion import expand
from visitplan.domain.period import MINUTE
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where, errors_in
from visitplan.planning.changes import CHANGES, nothing_at_all, smallest
from visitplan.planning.fitting import displaced, fitted, unit_of
from visitplan.planning.reasoning import why
from visitplan.planning.rebuilding import Rebuilt, without_leaving_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from visitplan.domain.plan import Plan, PlannedVisit, Unassigned
    from visitplan.domain.requests import Request
    from visitplan.planning.changes import Change
    from visitplan.result import PlanResult

MILLIPENCE = 100_000
"""In a pound."""
TRYING_S = 60.0
"""Seconds after which no further kind of change is tried."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A change that was made and with which the visit was planned in: nobody else lost theirs.

    Attributes
    ----------
    said
        The change, in plain words.
    staff_id, start
        Who would come, and the local date and time, as ``2027-03-10 09:15``.
    dearer_pounds
        What the plan then costs more by the policy's prices, what is left out not counted.
    """

    said: str
    visit_id: str
    staff_id: str
    start: str
    dearer_pounds: float

    def __str__(self) -> str:
        return (
            f"{self.said} Then {self.staff_id} would come on {self.start}, "
            f"at GBP {self.dearer_pounds:+,.2f}; everybody else is still served."
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What there is to say of one visit.

    ``status`` is planned, unassigned or covered; ``lines`` say why; ``changes`` are what would let it in, the
    cheapest first, and ``untried`` says that there was no time to try every kind. ``follows`` names the
    visit, explained before, that it can only be served with.
    """

    visit_id: str
    status: str
    lines: tuple[str, ...]
    changes: tuple[Verified, ...] = ()
    untried: bool = False
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a request is served as it is, or not. ``owner`` is the organisation that has to act."""

    request_id: str
    household_id: str
    service: str
    owner: str
    visits: tuple[Said, ...]

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"Request {self.request_id}: {self.service} for household {self.household_id}."
        yield f"Owner: {self.owner}."
        for visit in self.visits:
            yield ""
            yield f"Visit {visit.visit_id} is {visit.status}."
            yield from (f"  {line}" for line in visit.lines)
            if visit.changes:
                yield "  What would let it in, each tried out in this plan:"
                yield from (f"  - {change}" for change in visit.changes)
            elif visit.status == "unassigned" and not visit.follows:
                yield "  None of the changes that were tried lets it in by itself."
            if visit.untried:
                yield "  There was no time to try every kind of change."

    def as_dict(self) -> dict[str, Any]:
        """Give it ready for JSON."""
        return asdict(self)


def explain(
    result: PlanResult,
    request_id: str,
    *,
    trying_s: float = TRYING_S,
    clock: Callable[[], float] = time.monotonic,
) -> Explanation:
    """Explain a request's visits: why this person, this time, this order; or why not, and what would help.

    Of an unassigned visit it says whether it is proved impossible, with the terms of the proof, or outbid,
    and by what. Every change that is named has been made, the visit planned in beside everybody who is served
    already, and the plan that came out checked.

    Parameters
    ----------
    trying_s
        Seconds after which no further kind of change is tried.

    Raises
    ------
    InputError
        The plan's input has no such request.
    """
    request = result.scenario.request_by_id.get(request_id)
    if request is None:
        raise unknown("request", request_id)
    rebuilt = Rebuilt.of(result.scenario, result.plan)
    names = [v.visit_id for v in expand(result.scenario).visits if v.request_id == request_id]
    until = clock() + trying_s
    said: list[Said] = []
    for name in names:
        before = _with_it(rebuilt, name, [one.visit_id for one in said if one.status == "unassigned"])
        if before is None:
            said.append(_said(result, rebuilt, request, name, lambda: clock() > until))
        else:
            together = f"It is served together with {before} or not at all: see there."
            said.append(Said(name, "unassigned", (together,), follows=before))
    return Explanation(request_id, request.household_id, request.service, request.organisation, tuple(said))


def _with_it(rebuilt: Rebuilt, visit_id: str, explained: Sequence[str]) -> str | None:
    """Give the visit, of those explained already, that an unassigned one can only be served with."""
    index = rebuilt.index_of([visit_id])
    if not index or visit_id in rebuilt.plan.visit_by_id:
        return None
    unit = unit_of(rebuilt.encoding.problem, index[0])
    names = {rebuilt.encoding.visits[k].visit_id for k in unit}
    return next((name for name in explained if name in names), None)


def unknown(kind: str, name: str) -> InputError:
    """Give the error for something that the input does not have."""
    finding = Finding(
        "EXPLAIN-UNKNOWN",
        Severity.ERROR,
        Where(subject=f"{kind} {name}"),
        cause=f"The plan's input has no such {kind}.",
        action=f"Name a {kind} by its id, as in the input.",
    )
    return InputError(f"There is no {kind} {name} to explain", [finding])


def _said(
    result: PlanResult, rebuilt: Rebuilt, request: Request, visit_id: str, over: Callable[[], bool]
) -> Said:
    plan = result.plan
    planned = plan.visit_by_id.get(visit_id)
    if planned is not None:
        return Said(visit_id, "planned", tuple(why(rebuilt, planned)))
    covered = next((c for c in plan.covered if c.visit_id == visit_id), None)
    if covered is not None:
        return Said(visit_id, "covered", (covered.explanation,))
    left_out = next((u for u in plan.unassigned if u.visit_id == visit_id), None)
    if left_out is None:
        return Said(visit_id, "unknown", ("The plan does not account for it: check the plan.",))
    changes, untried = _changes(result, rebuilt, request, visit_id, over)
    return Said(visit_id, "unassigned", tuple(_why_not(rebuilt, left_out)), changes, untried)


def _why_not(rebuilt: Rebuilt, left_out: Unassigned) -> Iterator[str]:
    yield f"Reason: {left_out.reason.value}. {left_out.explanation}"
    yield f"{left_out.organisation} has to act."
    yield from routing.terms(rebuilt.scenario, rebuilt.demand, rebuilt.network, left_out.visit_id)
    index = rebuilt.index_of([left_out.visit_id])
    if not index:
        return
    problem = rebuilt.encoding.problem
    unit = unit_of(problem, index[0])
    victim = displaced(rebuilt, unit)
    if victim is not None:
        names = ", ".join(rebuilt.encoding.visits[v].visit_id for v in victim.visits)
        price = sum(problem.visits[v].unassigned_cost for v in unit) / MILLIPENCE
        theirs = sum(problem.visits[v].unassigned_cost for v in victim.visits) / MILLIPENCE
        yield (
            f"Outbid by {names}: it could come in their place, but leaving them out costs GBP {theirs:,.2f}, "
            f"and leaving this one out GBP {price:,.2f}; all in all the plan would change by "
            f"GBP {victim.dearer_mp / MILLIPENCE:+,.2f}."
        )


def _changes(
    result: PlanResult, rebuilt: Rebuilt, request: Request, visit_id: str, over: Callable[[], bool]
) -> tuple[tuple[Verified, ...], bool]:
    """Give the smallest change of each kind that lets the visit in, cheapest first; and if time was up."""
    found: list[Verified] = []
    for kind in CHANGES:
        if over():
            return _cheapest_first(found), True
        for ladder in kind(result.scenario, request):
            verified = smallest(ladder, lambda change: _verified(result, rebuilt, change, visit_id))
            if verified is not None:
                found.append(verified)
                break
            if over():
                return _cheapest_first(found), True
        if kind is nothing_at_all and found:
            break
    return _cheapest_first(found), False


def _cheapest_first(found: list[Verified]) -> tuple[Verified, ...]:
    return tuple(sorted(found, key=lambda change: change.dearer_pounds))


def _verified(result: PlanResult, rebuilt: Rebuilt, change: Change, visit_id: str) -> Verified | None:
    """Make a change, plan the visit in, and have the checker read the plan; None where that fails."""
    tried = Rebuilt.of(change.scenario, result.plan, _roads(rebuilt, result, change))
    index = tried.index_of([visit_id])
    if not index:
        return None
    routes = fitted(tried, unit_of(tried.encoding.problem, index[0]))
    if routes is None:
        return None
    made = tried.plan_with(routes)
    served = made.visit_by_id.keys()
    if not served >= {visit_id, *result.plan.visit_by_id} or not _keeps_every_rule(tried, made):
        return None
    dearer = without_leaving_out(made.costs) - without_leaving_out(result.plan.costs)
    visit = made.visit_by_id[visit_id]
    return Verified(change.said, visit_id, visit.staff_id, _when(made, visit), round(dearer / MILLIPENCE, 2))


def _roads(rebuilt: Rebuilt, result: PlanResult, change: Change) -> routing.Network | None:
    """Give travel where it is the same: places change with neither request, shift nor policy of hand-over."""
    same = change.scenario.staff == result.scenario.staff
    return rebuilt.network if same else None


def _keeps_every_rule(tried: Rebuilt, made: Plan) -> bool:
    from visitplan.planning import travel_source

    return not errors_in(checking.check(tried.scenario, made, travel_source(tried.scenario)))


def _when(plan: Plan, visit: PlannedVisit) -> str:
    return f"{plan.period.moment(visit.start - visit.start % MINUTE):%Y-%m-%d %H:%M}"
