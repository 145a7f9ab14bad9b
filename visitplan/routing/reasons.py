"""Why a visit is unassigned, and the smallest change that would help.

Each cause has a function that recognises it; the first one that does gives the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from visitplan.domain.demand import Demand, LinkReason, Visit
from visitplan.domain.expansion import clock_windows, days_of_each, expand, request_days, start_windows
from visitplan.domain.period import MINUTE
from visitplan.domain.plan import Reason, Unassigned
from visitplan.domain.quiet import closed_starts
from visitplan.domain.requests import Family, Joint
from visitplan.domain.scenario import Scenario
from visitplan.routing.eligibility import Wanted, first_rule_nobody_meets, may_serve, wanted_by
from visitplan.routing.encoding import Encoding
from visitplan.solver.proof import Verdict, prove_unservable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visitplan.domain.people import Shift
    from visitplan.domain.requests import Request

MOST_PROOFS = 200
"""Visits that are tried to be proved impossible: about a hundredth of a second each."""
MOST_IN_VAIN = 10
"""Proofs that may end without an answer, each after all its time; then none is tried any more."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason with its words: why, and the smallest change that would help."""

    reason: Reason
    explanation: str
    change: str


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Case:
    """What is known when a visit's absence is explained.

    ``alone`` are visits that must be joint and are not, ``cut`` those given up for the ones they follow;
    for those in ``provable``, ``proof_s`` is how many seconds a proof may take, unless it is ``cancelled``.
    ``proofs`` counts the proofs made, so that all of them together have an end.
    """

    scenario: Scenario
    demand: Demand
    encoding: Encoding
    alone: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()
    proof_s: float = 1.0
    provable: frozenset[str] = frozenset()
    cancelled: Callable[[], bool] = _never
    wanted: Mapping[str, Wanted] = field(default_factory=dict)
    index: Mapping[str, int] = field(default_factory=dict)
    visit_by_id: Mapping[str, Visit] = field(default_factory=dict)
    proofs: Proofs = field(default_factory=lambda: Proofs())


@dataclass(slots=True)
class Proofs:
    """The visits that were tried to be proved impossible, and how many proofs ended without an answer.

    Counts, and not a clock, end them: the same plan has the same reasons on every machine.
    """

    tried: set[str] = field(default_factory=set)
    in_vain: int = 0

    def verdict(self, case: Case, visit_id: str, unit: Sequence[int]) -> Verdict:
        """Try a proof, if there may still be one."""
        over = self.in_vain >= MOST_IN_VAIN or case.cancelled()
        if over or case.proof_s <= 0 or visit_id not in case.provable:
            return Verdict.UNKNOWN
        self.tried.add(visit_id)
        found = prove_unservable(case.encoding.problem, unit, case.proof_s, case.cancelled)
        self.in_vain += found is Verdict.UNKNOWN
        return found


def explain(
    scenario: Scenario,
    demand: Demand,
    encoding: Encoding,
    visit_ids: Iterable[str],
    *,
    alone: frozenset[str] = frozenset(),
    cut: frozenset[str] = frozenset(),
    proof_s: float = 1.0,
    cancelled: Callable[[], bool] = _never,
) -> tuple[Unassigned, ...]:
    """Give every unassigned visit with its reason and the change that would help, by visit id.

    The ``MOST_PROOFS`` most urgent are tried to be proved impossible, for ``proof_s`` seconds each, until
    ``MOST_IN_VAIN`` proofs have ended without an answer; once ``cancelled``, nothing more is proved. Of the
    others it is said that it was not tried.
    """
    ids = sorted(visit_ids)
    visit_by_id = {visit.visit_id: visit for visit in demand.visits}
    if cut:  # a visit that was given up has lost its windows; whether it ever had any shows in the request
        visit_by_id |= {visit.visit_id: visit for visit in expand(scenario).visits if visit.visit_id in cut}

    def urgency(visit_id: str) -> tuple[int, str]:
        return scenario.request_by_id[visit_by_id[visit_id].request_id].priority, visit_id

    case = Case(
        scenario,
        demand,
        encoding,
        alone,
        cut,
        proof_s,
        frozenset(sorted(ids, key=urgency)[:MOST_PROOFS]),
        cancelled,
        wanted_by(scenario, demand),
        {visit.visit_id: k for k, visit in enumerate(encoding.visits)},
        visit_by_id,
    )
    return tuple(_unassigned(case, visit_by_id[visit_id]) for visit_id in ids)


def _unassigned(case: Case, visit: Visit) -> Unassigned:
    request = case.scenario.request_by_id[visit.request_id]
    cause = next(found for rule in CAUSES if (found := rule(case, visit, request)) is not None)
    return Unassigned(
        visit_id=visit.visit_id,
        request_id=request.request_id,
        person_id=request.person_id,
        household_id=request.household_id,
        service=request.service,
        organisation=request.organisation,
        priority=request.priority,
        reason=cause.reason,
        explanation=cause.explanation,
        change=cause.change,
    )


def _must_be_joint(case: Case, visit: Visit, _: Request) -> Cause | None:
    if visit.visit_id not in case.alone:
        return None
    return Cause(
        Reason.JOINT_REQUIRED,
        _why_not_joined(case, visit)
        or "The request asks for a joint visit, and none with another visit to the home could be served.",
        f"Set joint to {Joint.ALLOW}, or bring the windows of another visit to the household nearer.",
    )


def _why_not_joined(case: Case, visit: Visit) -> str | None:
    """Give what coordination said of the visit, or of the first of those who come with it."""
    for finding in case.demand.findings:
        if finding.code.startswith("COORD-REQUIRE-"):
            named = case.visit_by_id[str(finding.where.subject)]
            if (named.request_id, named.occurrence) == (visit.request_id, visit.occurrence):
                return finding.cause
    return None


def _given_up(case: Case, visit: Visit, request: Request) -> Cause | None:
    if visit.visit_id not in case.cut:
        return None
    return Cause(
        Reason.OUTBID,
        f"No room was found for it in its gap after request {request.after_request}, so that one is served "
        "without it.",
        "Widen min_gap_min, max_gap_min or the window, or add a shift that can serve it.",
    )


def _no_day(case: Case, visit: Visit, request: Request) -> Cause | None:
    if visit.windows:
        return None
    days = request_days(case.scenario, request)
    period = case.scenario.period
    if not days:
        return Cause(
            Reason.NO_DAY,
            f"None of its days lies in the planning period, {period.first} to {period.last}.",
            "Change earliest_date, latest_date or days, or plan a longer period.",
        )
    rooms = days_of_each(case.scenario, request)
    if rooms[visit.occurrence - 1] or not any(rooms):
        return None
    room_for = sum(bool(room) for room in rooms)
    return Cause(
        Reason.NO_DAY,
        f"It is visit {visit.occurrence}, and its days, {request.min_days_between} or more apart, "
        f"have room for {room_for}.",
        f"Ask for {room_for} visits, allow more days, or lower min_days_between.",
    )


def _pinned_outside(case: Case, visit: Visit, request: Request) -> Cause | None:
    pin = case.scenario.pin_by_visit.get(visit.visit_id)
    if visit.windows or pin is None or pin.start is None:
        return None
    days = days_of_each(case.scenario, request)[visit.occurrence - 1]
    if pin.start in start_windows(case.scenario, request, days):
        return None
    return Cause(
        Reason.NO_DAY,
        f"It is pinned to {case.scenario.period.moment(pin.start):%Y-%m-%d %H:%M}, outside its window.",
        "Move the pin, or widen the window.",
    )


def _home_is_full(case: Case, visit: Visit, request: Request) -> Cause | None:
    if visit.windows or not start_windows(case.scenario, request, request_days(case.scenario, request)):
        return None
    limit = case.scenario.staff_at_once(request.household_id)
    return Cause(
        Reason.HOUSEHOLD_FULL,
        f"More staff would have to be there at once than the {limit} that the home holds.",
        "Raise max_staff_at_once of the household, or ask for fewer staff.",
    )


def _only_quiet_times(case: Case, visit: Visit, request: Request) -> Cause | None:
    scenario = case.scenario
    windows = clock_windows(scenario, request)
    if visit.windows or not windows or windows - closed_starts(scenario, request):
        return None
    return Cause(
        Reason.NO_DAY,
        "Its window lies wholly in quiet times, or in the school hours of a child.",
        f"Widen {request.window_start:%H:%M}-{request.window_end:%H:%M}, or mark it as time-critical.",
    )


def _family_never(case: Case, visit: Visit, request: Request) -> Cause | None:
    if visit.windows or request.family is not Family.REQUIRED:
        return None
    times = case.scenario.family_windows.get(request.household_id)
    minutes = request.duration_s // MINUTE
    told = "no family times are known" if times is None else "none of the family's times meets its window"
    return Cause(
        Reason.FAMILY_NEVER,
        f"The family must be there for all {minutes} minutes, and {told}.",
        f"Ask the family for a time between {request.window_start:%H:%M} and {request.window_end:%H:%M}, "
        f"or set family to {Family.WELCOME}.",
    )


def _empty_window(_: Case, visit: Visit, request: Request) -> Cause | None:
    if visit.windows:
        return None
    return Cause(
        Reason.NO_DAY,
        "Its dates, clock times, not_before and complete_by leave no time at which it could start.",
        f"Move not_before or complete_by, or widen {request.window_start:%H:%M}-{request.window_end:%H:%M}.",
    )


def _nobody_may(case: Case, visit: Visit, request: Request) -> Cause | None:
    scenario, wanted = case.scenario, case.wanted[visit.visit_id]
    rule = first_rule_nobody_meets(scenario, wanted, scenario.staff)
    if rule is None:
        return None
    needs = f", and it needs {', '.join(sorted(request.skills))}" if request.skills else ""
    return Cause(
        Reason.NO_STAFF,
        f"No member of staff {rule.name}, after the rules before it: service {request.service} of "
        f"{request.organisation} in area {wanted.area}{needs}.",
        f"Add a member of staff who {rule.name}, or ask for less.",
    )


def _no_shift(case: Case, visit: Visit, _: Request) -> Cause | None:
    index = case.index.get(visit.visit_id)
    if index is None or case.encoding.problem.eligible[index].any():
        return None
    scenario, wanted = case.scenario, case.wanted[visit.visit_id]
    able = [s for s in scenario.shifts if may_serve(scenario, wanted, scenario.staff_by_id[s.staff_id])]
    if not able:
        return Cause(
            Reason.NO_SHIFT,
            "Those who may serve it have no shift in the period.",
            "Add a shift for one of them.",
        )
    nearest = min(able, key=lambda shift: (_minutes_short(visit, shift), shift.shift_id))
    missing = _minutes_short(visit, nearest)
    return Cause(
        Reason.NO_SHIFT,
        "No shift of those who may serve it is at work in its window.",
        f"Widen the window, or shift {nearest.shift_id}, by {missing} minutes or more.",
    )


def _minutes_short(visit: Visit, shift: Shift) -> int:
    """Give how far the visit's nearest window is from the shift, in minutes."""
    back = shift.window.end + shift.overtime_max_s
    apart = (
        max(shift.window.start - window.end, window.start + visit.duration_s - back)
        for window in visit.windows
    )
    return -(-max(0, min(apart)) // MINUTE)


def _partner_is_hopeless(case: Case, visit: Visit, _: Request) -> Cause | None:
    group = next((g for g in case.demand.groups if visit.visit_id in g), None)
    if group is None:
        return None
    for other in sorted(group - {visit.visit_id}):
        if _hopeless(case, case.visit_by_id[other]):
            reason = Reason.PREDECESSOR if _follows(case, visit.visit_id, other) else Reason.PARTNER
            return Cause(
                reason,
                f"It is served together with visit {other} or not at all, and {other} cannot be served.",
                f"See the reason of visit {other}.",
            )
    return None


def _follows(case: Case, visit_id: str, other: str) -> bool:
    return any(
        link.reason is LinkReason.AFTER and (link.first, link.second) == (other, visit_id)
        for link in case.demand.links
    )


def _hopeless(case: Case, visit: Visit) -> bool:
    index = case.index.get(visit.visit_id)
    return not visit.windows or (index is not None and not case.encoding.problem.eligible[index].any())


def _proved_impossible(case: Case, visit: Visit, _: Request) -> Cause | None:
    index = case.index.get(visit.visit_id)
    if index is None:
        return None
    problem = case.encoding.problem
    unit = problem.groups[problem.group_of[index]] if problem.group_of[index] >= 0 else (index,)
    if case.proofs.verdict(case, visit.visit_id, unit) is not Verdict.IMPOSSIBLE:
        return None
    with_others = "" if len(unit) == 1 else " together with the visits it goes with"
    return Cause(
        Reason.IMPOSSIBLE,
        f"Even with nothing else to do, nobody who may serve it{with_others} could: travel, window and shift "
        "leave no time for it.",
        "Widen its window, lengthen a shift, or let somebody nearer serve it.",
    )


UNTRIED = " No proof was tried, so whether anybody could serve it at all was not looked into."


def _outbid(case: Case, visit: Visit, request: Request) -> Cause:
    index = case.index.get(visit.visit_id)
    able = 0 if index is None else int(case.encoding.problem.eligible[index].sum())
    untried = "" if index is None or visit.visit_id in case.proofs.tried else UNTRIED
    return Cause(
        Reason.OUTBID,
        f"{able} {'shift' if able == 1 else 'shifts'} could serve it, but beside the visits they have no "
        f"room was found that costs less than leaving it out (priority {request.priority}).{untried}",
        f"Add a shift of {request.service} in its window, widen the window, or raise its priority.",
    )


CAUSES: tuple[Callable[[Case, Visit, Request], Cause | None], ...] = (
    _must_be_joint,
    _no_day,
    _pinned_outside,
    _home_is_full,
    _only_quiet_times,
    _family_never,
    _empty_window,
    _nobody_may,
    _given_up,
    _no_shift,
    _partner_is_hopeless,
    _proved_impossible,
    _outbid,
)
