"""A day of 5,000 visits as the report has it, made by rule: 700 runs, no search."""

from __future__ import annotations

from dataclasses import replace

from tests.reporting.html.builders import contents
from visitplan.reporting.html import Contents
from visitplan.reporting.html.runs import JOINT_VISITS, ROSTER, STAFF

RUNS, VISITS, AREAS = 714, 5000, 12
SERVICES = ("care", "nursing", "therapy")


def large_day() -> Contents:
    """Give the day: every tenth visit of a run meets the visit of the next run at the same place in it."""
    tables = {name: list(rows) for name, rows in contents().tables.items()}
    tables[ROSTER] = [_visit(number) for number in range(VISITS)]
    tables[STAFF] = [_shift(run) for run in range(RUNS)]
    tables[JOINT_VISITS] = [_joint(number) for number in range(VISITS) if _starts_joint(number)]
    return replace(contents(), tables=tables)


def _starts_joint(number: int) -> bool:
    return number % 20 == 0 and number + 1 < VISITS


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _visit(number: int) -> dict[str, str]:
    run, place = number % RUNS, number // RUNS
    start = 420 + 75 * place
    joint = number - number % 20
    service = SERVICES[run % len(SERVICES)]
    return {
        "date": "2027-01-11",
        "shift_id": f"S{run:04d}",
        "staff_id": f"N{run:04d}",
        "sequence": str(place + 1),
        "visit_id": f"V{number:05d}",
        "request_id": f"R{number:05d}",
        "person_id": f"P{number:05d}",
        "household_id": f"H{number // 2:05d}",
        "area": f"area {number // 2 % AREAS}",
        "service": service,
        "organisation": f"{service} trust",
        "start": _clock(start),
        "end": _clock(start + 45),
        "travel_min": "20",
        "wait_min": "10",
        "joint_visit_id": f"J{joint}" if number - joint < 2 else "",
        "joint_mode": "together",
        "lead_staff_id": f"N{run:04d}",
        "tasks": "wash;breakfast",
        "lat": f"{53 + run % 97 / 200 + place / 500:.4f}",
        "lon": f"{-2 - run % 89 / 200 - place / 400:.4f}",
    }


def _shift(run: int) -> dict[str, str]:
    service = SERVICES[run % len(SERVICES)]
    visits = len(range(run, VISITS, RUNS))
    return {
        "date": "2027-01-11",
        "shift_id": f"S{run:04d}",
        "staff_id": f"N{run:04d}",
        "service": service,
        "organisation": f"{service} trust",
        "shift_start": "06:00",
        "shift_end": "17:00",
        "visits": str(visits),
        "depart": "06:30",
        "finish": _clock(420 + 75 * visits),
        "break_start": "",
        "break_min": "0",
        "hours": "9",
        "visit_hours": "5.25",
        "travel_min": "160",
        "wait_min": "70",
        "overtime_min": "0",
        "return_min": "30",
        "km": "60",
        "return_km": "8",
    }


def _joint(number: int) -> dict[str, str]:
    return {
        "joint_visit_id": f"J{number}",
        "mode": "together",
        "lead_visit_id": f"V{number:05d}",
        "with_family": "yes",
        "told_once": "",
    }
