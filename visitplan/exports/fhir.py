"""A plan as FHIR R4 resources: Appointments for households, Slots for the time of staff, in one Bundle.

The definitions are those of HL7 FHIR R4 (4.0.1), https://hl7.org/fhir/R4/appointment.html and ``slot.html``.
No conformance to any national profile is claimed. People, staff, households and shifts are named by logical
references (an identifier without a resource), since the resources themselves live in other systems.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visitplan.domain.plan import Plan, PlannedVisit
    from visitplan.exports.stored import Record, StoredPlan

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "visitplan:fhir")
SYSTEM = "urn:x-visitplan"
"""Start of the system of every identifier: ``urn:x-visitplan:visit`` and so on."""
PERFORMERS = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_NOT_IN_STRINGS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def fhir_text(stored: StoredPlan) -> str:
    """Give a plan as a FHIR R4 Bundle of the type ``collection``, as JSON.

    Each planned visit is a Slot, busy; each attendance of a household an Appointment, pending since nobody
    has agreed to it yet, with references to its Slots; each unassigned visit an Appointment on the waitlist,
    and each visit that need not take place a cancelled one.
    """
    resources = [
        *_slots(stored.plan),
        *_appointments(stored),
        *_waiting(stored),
        *_covered(stored),
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": dt.datetime.fromisoformat(stored.manifest.created).isoformat(timespec="seconds"),
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in resources],
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1) + "\n"


def _slots(plan: Plan) -> Iterator[dict[str, Any]]:
    for visit in sorted(plan.visits, key=lambda visit: (visit.start, visit.visit_id)):
        yield {
            "resourceType": "Slot",
            "id": _id("slot", visit.visit_id),
            "identifier": [_identifier("visit", visit.visit_id)],
            "serviceType": [{"text": _string(visit.service)}],
            "schedule": _actor("Schedule", "shift", visit.shift_id),
            "status": "busy",
            "start": _instant(plan, visit.start),
            "end": _instant(plan, visit.end),
        }


def _appointments(stored: StoredPlan) -> Iterator[dict[str, Any]]:
    plan = stored.plan
    for row, visits in _attendances(stored):
        start, end = visits[0].start, max(visit.end for visit in visits)
        yield {
            "resourceType": "Appointment",
            "id": _id("appointment", min(visit.visit_id for visit in visits)),
            "identifier": [_identifier("appointment", str(row["appointment_id"]))],
            "status": "pending",
            "serviceType": [{"text": _string(name)} for name in dict.fromkeys(v.service for v in visits)],
            "start": _instant(plan, start),
            "end": _instant(plan, end),
            "minutesDuration": max(1, (end - start) // 60),
            "slot": [{"reference": f"urn:uuid:{_id('slot', visit.visit_id)}"} for visit in visits],
            "created": str(stored.manifest.created)[:10],
            "participant": [
                *_people(visit.person_id for visit in visits),
                *_staff(plan, visits, str(row["lead_staff_id"])),
                _home(visits[0].household_id, "accepted"),
            ],
        }


def _attendances(stored: StoredPlan) -> Iterator[tuple[Record, list[PlannedVisit]]]:
    """Give the rows of appointments.csv with their visits: those of a household follow one another."""
    homes: dict[str, list[PlannedVisit]] = defaultdict(list)
    for visit in sorted(stored.plan.visits, key=lambda visit: (visit.start, visit.visit_id)):
        homes[visit.household_id].append(visit)
    for row in stored.tables["appointments"]:
        home, count = homes[str(row["household_id"])], int(str(row["visits"]))
        yield row, home[:count]
        del home[:count]


def _waiting(stored: StoredPlan) -> Iterator[dict[str, Any]]:
    for row in stored.tables["unassigned"]:
        waiting = _without_time(stored, row, "waitlist", "needs-action")
        waiting["priority"] = row["priority"]
        first, last = row["earliest_date"], row["latest_date"]
        if isinstance(first, dt.date) and isinstance(last, dt.date):
            waiting["requestedPeriod"] = [{"start": first.isoformat(), "end": last.isoformat()}]
        yield waiting


def _covered(stored: StoredPlan) -> Iterator[dict[str, Any]]:
    for row in stored.tables["covered"]:
        yield _without_time(stored, row, "cancelled", "declined")


def _without_time(stored: StoredPlan, row: Record, status: str, answer: str) -> dict[str, Any]:
    """Give the Appointment of a visit that has no time, with the explanation."""
    return {
        "resourceType": "Appointment",
        "id": _id("appointment", str(row["visit_id"])),
        "identifier": [_identifier("visit", str(row["visit_id"]))],
        "status": status,
        "serviceType": [{"text": _string(str(row["service"]))}],
        "created": str(stored.manifest.created)[:10],
        "comment": _string(str(row["explanation"])),
        "participant": [
            *_people([str(row["person_id"])], answer),
            _home(str(row["household_id"]), answer),
        ],
    }


def _people(ids: Iterable[str], status: str = "needs-action") -> Iterator[dict[str, Any]]:
    for person in dict.fromkeys(ids):
        yield {
            "actor": _actor("Patient", "person", person),
            "required": "required",
            "status": status,
        }


def _staff(plan: Plan, visits: list[PlannedVisit], lead: str) -> Iterator[dict[str, Any]]:
    """Give each member of staff from the first start to the last end; the lead is the primary performer."""
    for staff_id in dict.fromkeys(visit.staff_id for visit in visits):
        own = [visit for visit in visits if visit.staff_id == staff_id]
        code = "PPRF" if staff_id == lead else "SPRF"
        yield {
            "type": [{"coding": [{"system": PERFORMERS, "code": code}]}],
            "actor": _actor("Practitioner", "staff", staff_id),
            "required": "required",
            "status": "accepted",
            "period": {
                "start": _instant(plan, min(visit.start for visit in own)),
                "end": _instant(plan, max(visit.end for visit in own)),
            },
        }


def _home(household_id: str, status: str) -> dict[str, Any]:
    return {
        "actor": _actor("Location", "household", household_id),
        "required": "information-only",
        "status": status,
    }


def _actor(resource: str, kind: str, name: str) -> dict[str, Any]:
    return {"type": resource, "identifier": _identifier(kind, name)}


def _identifier(kind: str, name: str) -> dict[str, str]:
    return {"system": f"{SYSTEM}:{kind}", "value": _string(name)}


def _string(text: str) -> str:
    """Give text without the control characters that a FHIR string may not hold."""
    return _NOT_IN_STRINGS.sub("\ufffd", text)


def _instant(plan: Plan, tick: int) -> str:
    return plan.period.moment(tick).isoformat(timespec="seconds")


def _id(kind: str, name: str) -> str:
    """Give a resource id: the same for the same visit in every plan."""
    return str(uuid.uuid5(NAMESPACE, json.dumps([kind, name])))
