"""Why this person, this time and this order: for one visit, for one member of staff, for one household."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan import coordination, routing
from visitplan.domain.attendance import attendances
from visitplan.domain.expansion import expand
from visitplan.domain.period import MINUTE
from visitplan.domain.requests import Family
from visitplan.planning.fitting import elsewhere
from visitplan.planning.rebuilding import Rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.domain.demand import JointVisit
    from visitplan.domain.plan import PlannedVisit, Run
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario
    from visitplan.result import PlanResult

MILLIPENCE = 100_000


def why(rebuilt: Rebuilt, visit: PlannedVisit) -> Iterator[str]:
    """Say who comes when, and why this person, this time and this order."""
    start, end = _clock(rebuilt, visit.start), _clock(rebuilt, visit.end)
    yield f"{visit.staff_id} comes {_day(rebuilt, visit)} from {start} to {end}, on shift {visit.shift_id}."
    yield f"Why this person: {' '.join(_person(rebuilt, visit))}"
    yield f"Why this time: {' '.join(_time(rebuilt, visit))}"
    yield f"Why this order: {' '.join(_order(rebuilt, visit))}"


def _clock(rebuilt: Rebuilt, tick: int) -> str:
    return rebuilt.plan.period.clock(tick)


def _day(rebuilt: Rebuilt, visit: PlannedVisit) -> str:
    return f"{rebuilt.plan.period.moment(visit.start):%a %d %b %Y}"


# --- this person ----------------------------------------------------------------------------------------


def _person(rebuilt: Rebuilt, visit: PlannedVisit) -> Iterator[str]:
    scenario = rebuilt.scenario
    request = scenario.request_by_id[visit.request_id]
    pin = scenario.pin_by_visit.get(visit.visit_id)
    if pin is not None and pin.staff_id is not None:
        yield f"The visit is pinned to {pin.staff_id}."
    able = {member.staff_id for member in routing.able_staff(scenario, rebuilt.demand, visit.visit_id)}
    index = rebuilt.index_of([visit.visit_id])
    at_work: set[str] = set()
    if index:
        shifts = rebuilt.encoding.problem.eligible[index[0]].nonzero()[0]
        at_work = {rebuilt.encoding.shifts[int(k)].staff_id for k in shifts}
    yield f"{len(able)} of {len(scenario.staff)} may serve it, {len(at_work)} of them on a shift then."
    yield from _acquaintance(scenario, request, visit)
    yield from _instead(rebuilt, index)


def _acquaintance(scenario: Scenario, request: Request, visit: PlannedVisit) -> Iterator[str]:
    if request.preferred_staff:
        wanted = (
            "is preferred" if visit.staff_id in request.preferred_staff else "is not one of those preferred"
        )
        yield f"{visit.staff_id} {wanted} by the request."
    known = scenario.known_staff.get(visit.person_id, frozenset())
    times = sum(
        h.visits for h in scenario.history if (h.person_id, h.staff_id) == (visit.person_id, visit.staff_id)
    )
    if times:
        yield f"{visit.staff_id} has been there {times} times before."
    elif known:
        yield f"{visit.staff_id} is new to {visit.person_id}, whom {len(known)} others know."


def _instead(rebuilt: Rebuilt, index: tuple[int, ...]) -> Iterator[str]:
    """Say what the cheapest other member of staff would cost."""
    if not index:
        return
    if rebuilt.encoding.problem.group_of[index[0]] >= 0:
        yield "It is served together with others, so it was not tried to give it to somebody else alone."
        return
    other = elsewhere(rebuilt, index[0])
    if other is None:
        yield "Nobody else has room for it as their runs stand."
        return
    shift = rebuilt.encoding.shifts[other.shift]
    pounds = other.dearer_mp / MILLIPENCE
    at = _clock(rebuilt, other.start * MINUTE)
    yield f"The next best is {shift.staff_id} at {at}, with whom the plan would cost GBP {pounds:+,.2f}."


# --- this time ------------------------------------------------------------------------------------------


def _time(rebuilt: Rebuilt, visit: PlannedVisit) -> Iterator[str]:
    scenario = rebuilt.scenario
    request = scenario.request_by_id[visit.request_id]
    yield f"It may start {request.window_start:%H:%M}-{request.window_end:%H:%M}."
    if request.preferred_start is not None or request.preferred_end is not None:
        first = request.preferred_start or request.window_start
        last = request.preferred_end or request.window_end
        yield f"It should start {first:%H:%M}-{last:%H:%M}."
    pin = scenario.pin_by_visit.get(visit.visit_id)
    if pin is not None and pin.start is not None:
        yield f"Its start is pinned to {_clock(rebuilt, pin.start)}."
    if request.not_before is not None:
        yield f"Not before {scenario.period.moment(request.not_before):%a %d %b %H:%M}."
    if request.complete_by is not None:
        yield f"Complete by {scenario.period.moment(request.complete_by):%a %d %b %H:%M}."
    yield from _family(rebuilt, request, visit)
    yield from _company(rebuilt, visit)
    if request.after_request is not None:
        yield f"It follows {request.after_request}."


def _family(rebuilt: Rebuilt, request: Request, visit: PlannedVisit) -> Iterator[str]:
    if request.family is Family.NOT_NEEDED:
        return
    asked = "must be there" if request.family is Family.REQUIRED else "is welcome"
    times = rebuilt.scenario.family_windows.get(visit.household_id, ())
    there = next((time for time in times if time.holds(visit.start, visit.end)), None)
    if there is None:
        yield f"The family {asked}; it is not said to be at home then."
    else:
        start, end = (_clock(rebuilt, tick) for tick in (there.start, there.end))
        yield f"The family {asked}, and can be at home {start}-{end}."


def _company(rebuilt: Rebuilt, visit: PlannedVisit) -> Iterator[str]:
    joint = rebuilt.plan.joint_visit_by_id.get(visit.joint_visit_id or "")
    if joint is not None:
        others = ", ".join(name for name in joint.visit_ids if name != visit.visit_id)
        yield f"It is part of joint visit {joint.joint_visit_id} with {others} ({_mode(joint)})."


def _mode(joint: JointVisit) -> str:
    return joint.mode.value.replace("_", " ")


# --- this order -----------------------------------------------------------------------------------------


def _order(rebuilt: Rebuilt, visit: PlannedVisit) -> Iterator[str]:
    run = rebuilt.plan.run_by_shift[visit.shift_id]
    at = next(k for k, other in enumerate(run.visits) if other.visit_id == visit.visit_id)
    way = f"{-(-visit.travel_s // MINUTE)} minutes on the road"
    if at == 0:
        yield f"First of {len(run.visits)} in its run, {way} from where the shift starts."
    else:
        before = run.visits[at - 1]
        yield f"After {before.visit_id}, which ends at {_clock(rebuilt, before.end)}: {way}."
    if visit.wait_s >= MINUTE:
        yield f"{visit.wait_s // MINUTE} minutes idle before it."
    if at + 1 < len(run.visits):
        after = run.visits[at + 1]
        yield f"Before {after.visit_id} at {_clock(rebuilt, after.start)}."
    else:
        yield f"Last of its run, {-(-run.return_s // MINUTE)} minutes from where the shift ends."


# --- a member of staff, a household ---------------------------------------------------------------------


def explain_staff(result: PlanResult, staff_id: str) -> str:
    """Say for each visit of a member of staff why it is theirs, at this time and in this order.

    Raises
    ------
    InputError
        The plan's input has no such member of staff.
    """
    from visitplan.planning.explaining import unknown

    if staff_id not in result.scenario.staff_by_id:
        raise unknown("member of staff", staff_id)
    rebuilt = Rebuilt.of(result.scenario, result.plan)
    return "\n".join(_of_staff(rebuilt, staff_id))


def _of_staff(rebuilt: Rebuilt, staff_id: str) -> Iterator[str]:
    member = rebuilt.scenario.staff_by_id[staff_id]
    yield f"Member of staff {staff_id}: {member.service}, {member.organisation}."
    used = {run.shift_id: run for run in rebuilt.plan.runs if run.staff_id == staff_id}
    for shift in rebuilt.scenario.shifts:
        if shift.staff_id == staff_id:
            start, end = (_clock(rebuilt, tick) for tick in (shift.window.start, shift.window.end))
            yield ""
            yield f"Shift {shift.shift_id} on {shift.date}, {start}-{end}:"
            run = used.get(shift.shift_id)
            yield from ["  It is not used."] if run is None else _of_run(rebuilt, run)


def _of_run(rebuilt: Rebuilt, run: Run) -> Iterator[str]:
    yield f"  Leaves at {_clock(rebuilt, run.depart)}, back at {_clock(rebuilt, run.finish)}."
    for visit in run.visits:
        first, *rest = why(rebuilt, visit)
        yield f"  {visit.sequence}. Visit {visit.visit_id} in {visit.household_id}: {first}"
        yield from (f"     {line}" for line in rest)


def explain_household(result: PlanResult, household_id: str) -> str:
    """Say who comes to a household when and why, what is joint, and why the rest is not.

    Raises
    ------
    InputError
        The plan's input has no such household.
    """
    from visitplan.planning.explaining import unknown

    if household_id not in result.scenario.household_by_id:
        raise unknown("household", household_id)
    rebuilt = Rebuilt.of(result.scenario, result.plan)
    return "\n".join(_of_household(result, rebuilt, household_id))


def _of_household(result: PlanResult, rebuilt: Rebuilt, household_id: str) -> Iterator[str]:
    yield f"Household {household_id}, area {result.scenario.household_by_id[household_id].area}."
    for attendance in attendances(result.scenario, result.plan):
        if attendance.household_id != household_id:
            continue
        start, end = _clock(rebuilt, attendance.start), _clock(rebuilt, attendance.end)
        family = ", with the family" if attendance.with_family else ""
        yield ""
        day = _day(rebuilt, attendance.visits[0])
        yield f"{day} {start}-{end}{family}; {attendance.lead_staff_id} leads."
        for visit in attendance.visits:
            first, *rest = why(rebuilt, visit)
            yield f"  Visit {visit.visit_id} ({visit.service}): {first}"
            yield from (f"     {line}" for line in rest)
    yield from _left_out(result, household_id)
    yield from _pairings(result, household_id)


def _left_out(result: PlanResult, household_id: str) -> Iterator[str]:
    for left_out in result.plan.unassigned:
        if left_out.household_id == household_id:
            yield ""
            yield f"Visit {left_out.visit_id} is unassigned: {left_out.explanation}"
            yield f"  {left_out.organisation} has to act: {left_out.change}"
    for covered in result.plan.covered:
        if covered.household_id == household_id:
            yield ""
            yield f"Visit {covered.visit_id} need not take place: {covered.explanation}"


def _pairings(result: PlanResult, household_id: str) -> Iterator[str]:
    """Say what is joint, and of each two visits that are not, why they cannot be."""
    joints = [joint for joint in result.plan.joint_visits if joint.household_id == household_id]
    if joints:
        yield ""
    for joint in joints:
        worth = f"worth GBP {joint.benefit_mp / MILLIPENCE:,.2f} by the policy"
        yield f"Joint visit {joint.joint_visit_id}: {', '.join(joint.visit_ids)} {_mode(joint)}, {worth}."
        for told in joint.told_once:
            spared = ", ".join(told.spared_visit_ids)
            yield f"  {told.task} is done once, in {told.by_visit_id}, for {spared}."
    refused = coordination.refusals(result.scenario, expand(result.scenario), household_id)
    if refused:
        yield ""
        yield "These cannot be joint visits:"
    for refusal in refused:
        yield f"  {' and '.join(refusal.visit_ids)}: {refusal.reason}"
    yield from _not_worth_it(result, household_id, {frozenset(r.request_ids) for r in refused})


def _not_worth_it(result: PlanResult, household_id: str, refused: set[frozenset[str]]) -> Iterator[str]:
    """Name the pairs of requests that could be joined and are not."""
    requests = [r for r in result.scenario.requests if r.household_id == household_id]
    asked = {visit.visit_id: visit.request_id for visit in result.plan.visits}
    joined = [{asked[v] for v in j.visit_ids if v in asked} for j in result.plan.joint_visits]
    pairs = [(a.request_id, b.request_id) for k, a in enumerate(requests) for b in requests[k + 1 :]]
    could = [
        pair for pair in pairs if frozenset(pair) not in refused and not any(set(pair) <= j for j in joined)
    ]
    if could:
        yield ""
        yield "These could be joined by the rules, and are not: others were worth more, or it did not pay."
        yield from (f"  {one} and {other}" for one, other in could)
