"""Defects, one of each kind, each in rows of its own, so that they can be planted alone or all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.inputs.builders import THURSDAY, WEDNESDAY, Row, household, request, shift, staff
from visitplan.findings import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True)
class Defect:
    """Rows that make a finding, which points to the last row added to ``table`` and to ``column``."""

    code: str
    table: str
    column: str | None
    rows: Mapping[str, list[Row]]
    severity: Severity = ERROR


def asks(code: str, column: str, severity: Severity = ERROR, **cells: Any) -> Defect:
    """Give the defect of one request."""
    name = str(cells.pop("request_id", f"X-{code}-{column}"))
    return Defect(code, "requests", column, {"requests": [request(name, **cells)]}, severity)


def of(code: str, column: str, table: str, severity: Severity = ERROR, /, **cells: Any) -> Defect:
    """Give the defect of one row of some table."""
    return Defect(code, table, column, {table: [cells]}, severity)


def home(code: str, column: str, severity: Severity = ERROR, **cells: Any) -> Defect:
    """Give the defect of one household."""
    row = household(f"X-{code}-{column}", **cells)
    return Defect(code, "households", column, {"households": [row]}, severity)


def works(code: str, column: str, severity: Severity = ERROR, **cells: Any) -> Defect:
    """Give the defect of one member of staff, who has a shift."""
    row = staff(str(cells.pop("staff_id", f"X-{code}")), **cells)
    rows = {"staff": [row], "shifts": [shift(row["staff_id"])]}
    return Defect(code, "staff", column, rows, severity)


def rota(code: str, column: str, *shifts: Row, severity: Severity = ERROR) -> Defect:
    """Give the defect of one member of staff's shifts."""
    name = f"X-{code}-{column}"
    rows = {"staff": [staff(name)], "shifts": [shift(name, **cells) for cells in shifts]}
    return Defect(code, "shifts", column, rows, severity)


def pinned(code: str, column: str, severity: Severity = ERROR, *, need: int = 1, **cells: Any) -> Defect:
    """Give the defect of a pin of a request that is right."""
    name = f"X-{code}"
    row = {"visit_id": name, **cells}
    rows = {"requests": [request(name, staff_needed=str(need))], "pins": [row]}
    return Defect(code, "pins", column, rows, severity)


CELLS = (
    asks("CELL-EMPTY", "service", service=""),
    asks("CELL-NUMBER", "duration_min", duration_min="half an hour"),
    asks("CELL-WHOLE", "duration_min", duration_min="22.5"),
    asks("CELL-RANGE", "duration_min", duration_min="0"),
    asks("CELL-RANGE", "duration_min", duration_min="-30", request_id="X-negative"),
    asks("CELL-RANGE", "priority", priority="9"),
    asks("CELL-RANGE", "visits", visits="0"),
    asks("CELL-BOOLEAN", "time_critical", time_critical="perhaps"),
    asks("CELL-CHOICE", "joint", joint="alow"),
    asks("CELL-CHOICE", "family", family="wanted"),
    asks("CELL-DATE", "earliest_date", earliest_date="10 March"),
    asks("CELL-DATE", "latest_date", latest_date="2027-02-30"),
    asks("CELL-TIME", "window_start", window_start="25:00"),
    asks("CELL-TIME", "window_end", window_end="noon"),
    asks("CELL-MINUTE", "preferred_start", preferred_start="09:30:20"),
    asks("CELL-MOMENT", "not_before", not_before=WEDNESDAY),
    asks("CELL-WEEKDAY", "days", days="mon;someday"),
    asks("CELL-FORMULA-FAILED", "person_id", person_id="#N/A"),
    asks("ID-TOO-LONG", "request_id", request_id="R" * 81),
    asks("ID-CONTROL", "request_id", request_id="R\n9"),
    asks("ID-SEPARATOR", "request_id", request_id="R9;R10"),
    asks("NHS-NUMBER", "nhs_number", nhs_number="9990000000"),
    home("CELL-TOO-LONG", "postcode", postcode="A" * 501),
    of("CELL-RANGE", "visits", "history", person_id="P1", staff_id="N1", visits="-1"),
    of("CELL-RANGE", "minutes", "tasks", code="X-task", minutes="-5"),
)

IDENTITY = (
    Defect("ID-DOUBLED", "requests", "request_id", {"requests": [request("X-twice"), request("X-twice")]}),
    Defect("ID-DOUBLED", "households", "household_id", {"households": [household("X-D"), household("X-D")]}),
    asks("ID-FORMULA", "request_id", WARNING, request_id="=X-1"),
    asks("REQUEST-ID-LIKE-VISIT", "request_id", request_id="R3/2"),
    asks("PERSON-TWO-HOUSEHOLDS", "household_id", household_id="H2"),
)

REFERENCES = (
    asks("HOUSEHOLD-UNKNOWN", "household_id", household_id="H11"),
    of("HOUSEHOLD-UNKNOWN", "household_id", "people", person_id="X-P", household_id="H-1"),
    of(
        "HOUSEHOLD-UNKNOWN",
        "household_id",
        "family_times",
        household_id="G1",
        date=WEDNESDAY,
        start="9:00",
        end="10:00",
    ),
    asks("PERSON-UNKNOWN", "person_id", person_id="P-9"),
    asks("STAFF-UNKNOWN", "excluded_staff", excluded_staff="N1;M7"),
    asks("STAFF-UNKNOWN", "preferred_staff", WARNING, preferred_staff="N11"),
    of("STAFF-UNKNOWN", "staff_id", "shifts", **shift("N-7")),
    works("BASE-UNKNOWN", "base_id", base_id="B9"),
    works("BASE-UNKNOWN", "base_id", WARNING, staff_id="X-home", base_id="B9", home_lat="53", home_lon="-2"),
    asks("TASK-UNKNOWN", "tasks", tasks="weight;wieght"),
    asks("REQUEST-UNKNOWN", "after_request", after_request="R99"),
    of(
        "HISTORY-TASK",
        "task",
        "history",
        WARNING,
        person_id="P1",
        staff_id="N1",
        visits="0",
        task="wieght",
        last_date="2027-03-01",
    ),
    of(
        "HISTORY-TASK-DATE",
        "last_date",
        "history",
        WARNING,
        person_id="P1",
        staff_id="N1",
        visits="0",
        task="weight",
    ),
    of(
        "TASK-SKILL-UNKNOWN",
        "skill",
        "tasks",
        WARNING,
        code="X-TASK",
        minutes="5",
        shareable="yes",
        skill="juggling",
    ),
    Defect(
        "REQUEST-QUIET",
        "requests",
        "window_start",
        {
            "households": [household("X-QUIET", quiet_start="09:00", quiet_end="20:00")],
            "people": [{"person_id": "X-QUIET", "household_id": "X-QUIET"}],
            "requests": [
                request(
                    "X-REQUEST-QUIET",
                    household_id="X-QUIET",
                    person_id="X-QUIET",
                    window_start="10:00",
                    window_end="12:00",
                )
            ],
        },
        WARNING,
    ),
    home("HOUSEHOLD-QUIET", "quiet_end", WARNING, quiet_start="13:00"),
    of("HISTORY-UNKNOWN", "staff_id", "history", WARNING, person_id="P1", staff_id="N99", visits="1"),
    pinned("STAFF-UNKNOWN", "staff_id", staff_id="N-8"),
)

DATES = (
    asks("REQUEST-DATES-REVERSED", "latest_date", earliest_date=THURSDAY),
    asks("REQUEST-WINDOW-REVERSED", "window_end", window_end="08:00"),
    asks("REQUEST-PREFERRED-REVERSED", "preferred_end", preferred_start="11:00", preferred_end="10:00"),
    asks("REQUEST-PREFERRED-OUTSIDE", "preferred_start", WARNING, preferred_start="13:00"),
    asks("REQUEST-OUTSIDE-PERIOD", "earliest_date", earliest_date="2028-03-10", latest_date="2028-03-10"),
    asks("REQUEST-NO-DAY", "days", days="sat;sun"),
    asks("REQUEST-TOO-MANY-VISITS", "visits", latest_date=THURSDAY, visits="3"),
    asks("REQUEST-NEVER-STARTS", "not_before", not_before=f"{WEDNESDAY} 15:00"),
    asks("REQUEST-USUAL-OUTSIDE", "usual_start", WARNING, usual_start="20:00"),
    asks("REQUEST-USUAL-UNUSED", "usual_start", WARNING, usual_start="10:00", preferred_start="10:00"),
    asks("REQUEST-SAME-TIME-UNUSED", "same_time_min", WARNING, same_time_min="30"),
    asks("REQUEST-RECEIVED-UNUSED", "received", WARNING, received=f"{WEDNESDAY} 09:00"),
    asks("REQUEST-URGENT-OVERDUE", "received", WARNING, received=f"{WEDNESDAY} 02:00", priority="1"),
    Defect(
        "REQUEST-BEFORE-DISCHARGE",
        "requests",
        "latest_date",
        {
            "people": [{"person_id": "X-P-home", "household_id": "H1", "discharge": f"{WEDNESDAY} 19:00"}],
            "requests": [request("X-home", person_id="X-P-home")],
        },
    ),
    of("FAMILY-TIME-DAY", "weekday", "family_times", household_id="H1", start="09:00", end="10:00"),
)

ASKED = (
    asks("REQUEST-GAP-REVERSED", "max_gap_min", after_request="R1", min_gap_min="60", max_gap_min="30"),
    asks("REQUEST-GAP-ALONE", "min_gap_min", WARNING, min_gap_min="30"),
    asks("REQUEST-STAFF-CONTRADICTION", "excluded_staff", preferred_staff="N1", excluded_staff="N1"),
    asks("REQUEST-TASKS-LONG", "duration_min", WARNING, duration_min="3", tasks="weight"),
    asks("REQUEST-STAFF-OVER-HOME", "staff_needed", WARNING, staff_needed="4"),
    asks("FAMILY-TIME-MISSING", "family", WARNING, household_id="H2", person_id="P2", family="required"),
    asks("REQUEST-AFTER-CYCLE", "after_request", request_id="X-self", after_request="X-self"),
    asks("REQUEST-AFTER-COUNT", "visits", after_request="R3", earliest_date=WEDNESDAY),
    asks("REQUEST-AFTER-IMPOSSIBLE", "after_request", after_request="R4", window_end="09:30"),
    asks("SERVICE-UNKNOWN", "service", WARNING, service="nursng"),
    asks("SKILL-UNKNOWN", "skills", WARNING, skills="blood"),
    asks("ORGANISATION-UNSERVED", "organisation", WARNING, organisation="council"),
)

STAFF = (
    works("STAFF-NO-START", "base_id", base_id=""),
    works("STAFF-COST-UNIT", "hourly_cost", WARNING, hourly_cost="1260"),
    works("STAFF-AREA-UNKNOWN", "areas", WARNING, areas="crew"),
    works("STAFF-SERVICE-UNKNOWN", "works_with", WARNING, works_with="caer"),
    rota("SHIFT-ID-DOUBLED", "shift_id", {"shift_id": "S"}, {"shift_id": "S", "date": THURSDAY}),
    rota("SHIFT-OVERLAP", "start", {}, {"start": "16:00", "end": "20:00"}),
    rota("SHIFT-LONG", "end", {"end": "07:00"}, severity=WARNING),
    rota("SHIFT-BREAK-OUTSIDE", "break_from", {"break_min": "30", "break_from": "17:30"}),
    rota("SHIFT-BREAK-OUTSIDE", "break_min", {"break_min": "600"}),
    rota("SHIFT-BREAK-NO-LENGTH", "break_from", {"break_from": "12:00"}, severity=WARNING),
)

PLACES = (
    home("PLACE-MISSING", "lat", lat="", lon=""),
    home("PLACE-HALF", "lon", lon=""),
    home("PLACE-SWAPPED", "lat", lat="-2.44", lon="53.1"),
    home("PLACE-OUTSIDE", "lat", lat="0", lon="0"),
    home("POSTCODE-SHAPE", "postcode", lat="", lon="", postcode="CW1 O11"),
    home("PLACE-NOT-FOUND", "postcode", lat="", lon="", postcode="CW1 1AA"),
)

PINS = (
    pinned("PIN-EMPTY", "staff_id"),
    pinned("PIN-NO-DATE", "start", start="09:30"),
    pinned("PIN-DATES-DIFFER", "date", start=f"{WEDNESDAY} 09:30", date=THURSDAY),
    of("PIN-VISIT-UNKNOWN", "visit_id", "pins", visit_id="R3/3", staff_id="N1"),
    pinned("PIN-OUTSIDE-WINDOW", "start", start=f"{WEDNESDAY} 15:00"),
    pinned("PIN-STAFF-NOT-ALLOWED", "staff_id", staff_id="C1"),
    of("PIN-PAIR", "staff_id", "pins", visit_id="R2/a", staff_id="C2"),
    Defect(
        "PIN-STAFF-OFF",
        "pins",
        "staff_id",
        {
            "staff": [staff("X-off")],
            "shifts": [shift("X-off", date=THURSDAY)],
            "requests": [request("X-pin-off")],
            "pins": [{"visit_id": "X-pin-off", "staff_id": "X-off"}],
        },
        WARNING,
    ),
)

DEFECTS = (*CELLS, *IDENTITY, *REFERENCES, *DATES, *ASKED, *STAFF, *PLACES, *PINS)
"""Every defect that rows alone can have."""

TABLE_CODES = {
    "ROW-DEPENDS",
    "CELL-SPACES",
    "COLUMN-MISSING",
    "COLUMN-TWICE",
    "COLUMN-UNKNOWN",
    "DATE-DAY-FIRST",
    "NOTHING-LEFT",
    "PERIOD-UNKNOWN",
    "PLACE-ID-CLASH",
    "PLACE-NOT-IN-TRAVEL",
    "POLICY-AREA-UNKNOWN",
    "POLICY-COLUMN-ABSENT",
    "POLICY-COLUMN-UNKNOWN",
    "POLICY-SERVICE-UNKNOWN",
    "POLICY-TASK-UNKNOWN",
    "POLICY-TABLE-UNKNOWN",
    "POSTCODE-FILE",
    "ROW-TOO-WIDE",
    "SHIFT-OUTSIDE-PERIOD",
    "SOURCE-UNKNOWN",
    "STAFF-NO-SHIFT",
    "TABLE-BYTE-ORDER-MARK",
    "TABLE-EMPTY",
    "TABLE-ENCODING",
    "TABLE-MISSING",
    "TABLE-NO-HEADER",
    "TABLE-TOO-LONG",
    "TABLE-TWICE",
    "TABLE-UNKNOWN",
    "TABLE-UNREADABLE",
    "TASKS-NOT-GIVEN",
}
"""Codes that need more than rows, and have tests of their own."""
