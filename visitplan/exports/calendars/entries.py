"""What stands in the calendars: visits and breaks for staff, attendances for households.

An entry holds ids and times and nothing else: no name, no task, no service and no place, since calendars
travel to telephones and to servers that are not ours.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from visitplan.domain.attendance import attendances
from visitplan.domain.period import MINUTE
from visitplan.domain.showing import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visitplan.domain.attendance import Attendance
    from visitplan.domain.plan import Plan, PlannedVisit, Run
    from visitplan.domain.scenario import Scenario

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "visitplan:calendars")
"""Every UID is a name in this space (RFC 9562, version 5): an entry has the same UID on every machine."""


class Kind(StrEnum):
    """Whose calendar it is."""

    STAFF = "staff"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one calendar.

    Attributes
    ----------
    uid
        Stays the same when the entry moves or changes; differs from calendar to calendar.
    kind, owner
        Whose calendar it stands in.
    start, end
        Moments in UTC, which no change of the clock makes doubtful.
    """

    uid: str
    kind: Kind
    owner: str
    start: dt.datetime
    end: dt.datetime
    summary: str
    description: str


def entries_of(scenario: Scenario, plan: Plan) -> Iterator[Entry]:
    """Give every entry of a plan: staff by run and sequence, then households by attendance."""
    for run in plan.runs:
        yield from (_visit_entry(scenario, plan, visit) for visit in run.visits)
        if run.break_start is not None and run.break_s:
            yield _break_entry(plan, run, run.break_start)
    yield from (_attendance_entry(scenario, plan, told) for told in attendances(scenario, plan))


def owners_of(scenario: Scenario, plan: Plan) -> Iterator[tuple[Kind, str]]:
    """Give whose calendars there are: staff with a shift and households with a request, visited or not."""
    staff = {*(run.staff_id for run in plan.runs), *(shift.staff_id for shift in scenario.shifts)}
    homes = {
        *(visit.household_id for visit in plan.visits),
        *(request.household_id for request in scenario.requests),
    }
    yield from ((Kind.STAFF, name) for name in sorted(staff))
    yield from ((Kind.HOUSEHOLD, name) for name in sorted(homes))


def _visit_entry(scenario: Scenario, plan: Plan, visit: PlannedVisit) -> Entry:
    home = shown(visit.household_id)
    joint = plan.joint_visit_by_id.get(visit.joint_visit_id or "")
    lines = [f"Visit {shown(visit.visit_id)}, person {shown(visit.person_id)}."]
    if joint is not None:
        found = (plan.visit_by_id.get(name) for name in joint.visit_ids if name != visit.visit_id)
        lines += [
            f"{shown(other.staff_id)} comes at {plan.period.clock(other.start)}."
            for other in found
            if other is not None
        ]
        lead = plan.visit_by_id.get(joint.lead_visit_id)
        lines += [f"{shown(lead.staff_id)} leads."] if lead is not None else []
    return Entry(
        _uid(Kind.STAFF, visit.staff_id, *visit_key(scenario, plan, visit)),
        Kind.STAFF,
        visit.staff_id,
        _moment(plan, visit.start),
        _moment(plan, visit.end),
        f"Visit {home}" if joint is None else f"Joint visit {home}",
        "\n".join(lines),
    )


def _break_entry(plan: Plan, run: Run, start: int) -> Entry:
    day = plan.period.date(start).isoformat()
    return Entry(
        _uid(Kind.STAFF, run.staff_id, "break", run.shift_id, day),
        Kind.STAFF,
        run.staff_id,
        _moment(plan, start),
        _moment(plan, start + run.break_s),
        "Break",
        "",
    )


def _attendance_entry(scenario: Scenario, plan: Plan, told: Attendance) -> Entry:
    tolerance = scenario.policy.appointments.tolerance_min * MINUTE
    clock = plan.period.clock
    lines = [
        f"Arrival between {clock(told.start - tolerance)} and {clock(told.start + tolerance)}.",
        f"{shown(told.lead_staff_id)} leads." if len(told.staff_ids) > 1 else "",
        "A family member is asked to be there." if told.with_family else "",
        f"Visits: {_shown_list(visit.visit_id for visit in told.visits)}.",
    ]
    return Entry(
        _uid(
            Kind.HOUSEHOLD,
            told.household_id,
            *min(visit_key(scenario, plan, visit) for visit in told.visits),
        ),
        Kind.HOUSEHOLD,
        told.household_id,
        _moment(plan, told.start),
        _moment(plan, told.end),
        f"Visit by {_shown_list(told.staff_ids)}",
        "\n".join(line for line in lines if line),
    )


def _shown_list(ids: Iterable[str]) -> str:
    return ", ".join(shown(name) for name in ids)


def visit_key(scenario: Scenario, plan: Plan, visit: PlannedVisit) -> tuple[str, str]:
    """Give what makes a visit the same one from plan to plan.

    Its id and the first date asked for; for a request of every day, the date instead of the number, since the
    numbers count from the first day of whatever period is planned.
    """
    request = scenario.request_by_id.get(visit.request_id)
    if request is None:
        return visit.visit_id, ""
    if not request.daily:
        return visit.visit_id, request.earliest_date.isoformat()
    slot = visit.visit_id.removeprefix(visit.request_id).lstrip("/0123456789")
    return f"{visit.request_id}/{slot}", plan.period.date(visit.start).isoformat()


def _moment(plan: Plan, tick: int) -> dt.datetime:
    return plan.period.moment(tick).astimezone(dt.UTC)


def _uid(kind: Kind, owner: str, *key: str) -> str:
    return str(uuid.uuid5(NAMESPACE, json.dumps([kind.value, owner, *key])))
