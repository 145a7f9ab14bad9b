"""Random small counties, as the tables of a planning folder, with the policy that goes with them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd
from hypothesis import strategies as st

from visitplan.policy import Policy, parse_policy

Row = dict[str, str]

FIRST_DAYS = ("2027-03-08", "2027-03-27", "2027-10-30")
"""A Monday, and the Saturdays before the nights in which the clocks go forward and back."""
SERVICES = ("nursing", "care", "therapy")
ORGANISATIONS = {"nursing": "trust", "care": "council", "therapy": "trust"}
WINDOWS = (("09:00", "12:00"), ("08:00", "12:00"), ("08:00", "18:00"), ("10:00", "15:00"), ("13:00", "17:00"))
ODD_WINDOWS = (("09:00", "09:30"), ("10:00", "10:00"), ("00:30", "03:00"), ("21:00", "23:59"))
DAYTIME = (
    ("08:00", "18:00"),
    ("08:00", "16:00"),
    ("08:30", "17:30"),
    ("07:30", "12:00"),
    ("12:00", "20:00"),
    ("00:00", "09:00"),
)
NIGHT = (("20:00", "06:00"),)
FAMILY_HOURS = (
    ("08:00", "18:00"),
    ("08:00", "17:00"),
    ("09:00", "12:00"),
    ("09:30", "11:00"),
    ("12:30", "16:00"),
    ("22:00", "02:00"),
)


@dataclass(frozen=True)
class County:
    """Tables of text, the days that are planned, and the policy."""

    tables: dict[str, list[Row]]
    days: tuple[dt.date, ...]
    policy: Policy

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Give the tables as a notebook would; those without rows are left out."""
        return {name: pd.DataFrame(rows).fillna("") for name, rows in self.tables.items() if rows}

    def visits_due(self) -> dict[str, int]:
        """Give, by request id, how many visits there must be, counted from the table alone."""
        return {
            row["request_id"]: self._occurrences(row) * int(row["staff_needed"]) for row in self._requests
        }

    @property
    def _requests(self) -> list[Row]:
        return self.tables["requests"]

    def _occurrences(self, row: Row) -> int:
        if row["visits"] != "daily":
            return int(row["visits"])
        first, last = (dt.date.fromisoformat(row[name]) for name in ("earliest_date", "latest_date"))
        return max(1, sum(first <= day <= last for day in self.days))


@st.composite
def counties(draw: st.DrawFn) -> County:
    """Draw a county of 3 to 14 requests, 1 to 4 households, 1 to 5 staff and 1 to 3 days."""
    first = dt.date.fromisoformat(draw(st.sampled_from(FIRST_DAYS)))
    days = tuple(first + dt.timedelta(days=k) for k in range(draw(st.integers(1, 3))))
    homes = [f"H{k}" for k in range(1, draw(st.integers(1, 4)) + 1)]
    staff = [_member(draw, k) for k in range(1, draw(st.sampled_from((5, 4, 3, 2, 1))) + 1)]
    names = [row["staff_id"] for row in staff]
    requests: list[Row] = []
    for k in range(1, draw(st.integers(3, 14)) + 1):
        requests.append(_request(draw, f"R{k}", homes, staff, days, requests))
    people = sorted({row["person_id"] for row in requests})
    tables = {
        "requests": requests,
        "households": [_household(draw, name) for name in homes],
        "family_times": [row for name in homes for row in _family_times(draw, name, days)],
        "staff": staff,
        "shifts": [row for name in names for row in _shifts(draw, name, days)],
        "people": [_person(draw, person) for person in people],
        "history": [_met(draw, person, names, first) for person in people if draw(_sometimes)],
        "pins": [pin for row in requests if draw(_rarely) for pin in _pins(draw, row, staff)],
        "tasks": [
            {"code": "weight", "minutes": "10", "shareable": "yes"},
            {"code": "falls", "minutes": "5", "shareable": "yes"},
            {"code": "pressure", "minutes": "5", "shareable": "yes", "skill": "bloods"},
            {"code": "wash", "minutes": "15"},
        ],
    }
    if not tables["shifts"]:
        tables["shifts"] = [{"staff_id": names[0], "date": str(days[0]), "start": "08:00", "end": "16:00"}]
    return County(tables, days, _policy(draw, days))


TASKS = ("", "", "weight", "weight", "falls", "falls;weight", "pressure;weight", "wash;weight")

QUIET = (
    {"quiet_start": "13:00", "quiet_end": "14:00"},
    {"quiet_start": "22:00", "quiet_end": "08:30"},
)
_rarely = st.integers(0, 7).map(lambda k: k == 7)
_sometimes = st.integers(0, 2).map(lambda k: k == 2)


def _maybe(draw: st.DrawFn, *values: str) -> str:
    """Give an empty cell, or, one time in eight, one of the values."""
    return draw(st.sampled_from(values)) if draw(_rarely) else ""


def _household(draw: st.DrawFn, name: str) -> Row:
    return {
        "household_id": name,
        "area": draw(st.sampled_from(("crewe", "nantwich"))),
        "lat": f"53.{draw(st.integers(8, 13)):02}",
        "lon": f"-2.{draw(st.integers(40, 46))}",
        "access_min": _maybe(draw, "0", "1.5", "5"),
        "max_staff_at_once": _maybe(draw, "1", "2"),
        **(draw(st.sampled_from(QUIET)) if draw(_rarely) else {}),
    }


def _person(draw: st.DrawFn, name: str) -> Row:
    return {
        "person_id": name,
        "household_id": name.split("-")[1],
        "frequent_user": _maybe(draw, "yes"),
        "child": _maybe(draw, "yes"),
    }


def _member(draw: st.DrawFn, number: int) -> Row:
    service = SERVICES[draw(st.integers(0, 2))]
    return {
        "staff_id": f"S{number}",
        "service": service,
        "organisation": _maybe(draw, "charity") or ORGANISATIONS[service],
        "skills": draw(st.sampled_from(("bloods;hoist", "bloods", ""))),
        "home_lat": f"53.{draw(st.integers(8, 13)):02}",
        "home_lon": f"-2.{draw(st.integers(40, 46))}",
        "travel_mode": _maybe(draw, "bike", "walk") or "car",
        "hourly_cost": _maybe(draw, "0", "9.99", "31"),
        "max_week_hours": _maybe(draw, "2", "4.5"),
        "areas": _maybe(draw, "crewe", "crewe;nantwich"),
        "works_with": _maybe(draw, *SERVICES),
    }


def _shifts(draw: st.DrawFn, staff_id: str, days: tuple[dt.date, ...]) -> list[Row]:
    hours = draw(st.sampled_from((DAYTIME, DAYTIME, DAYTIME, DAYTIME, NIGHT)))
    rows = []
    for day in days:
        start, end = draw(st.sampled_from(hours))
        if not draw(_rarely):
            pause = draw(st.sampled_from(("", "", "30", "45")))
            overtime = draw(st.sampled_from(("0", "0", "30", "90")))
            rows.append(
                {
                    "staff_id": staff_id,
                    "date": str(day),
                    "start": start,
                    "end": end,
                    "break_min": pause,
                    "overtime_max_min": overtime,
                }
            )
    return rows


def _family_times(draw: st.DrawFn, household_id: str, days: tuple[dt.date, ...]) -> list[Row]:
    rows = []
    for day in days:
        if not draw(_sometimes):
            start, end = draw(st.sampled_from(FAMILY_HOURS))
            rows.append({"household_id": household_id, "date": str(day), "start": start, "end": end})
    return rows


def _request(
    draw: st.DrawFn,
    name: str,
    homes: list[str],
    staff: list[Row],
    days: tuple[dt.date, ...],
    before: list[Row],
) -> Row:
    home = draw(st.sampled_from(homes))
    names = [row["staff_id"] for row in staff]
    service = _maybe(draw, *SERVICES) or draw(st.sampled_from(staff))["service"]
    window = draw(st.sampled_from(ODD_WINDOWS if draw(_rarely) else WINDOWS))
    row = {
        "request_id": name,
        "household_id": home,
        "person_id": f"P-{home}-{draw(st.integers(1, 2))}",
        "service": service,
        "organisation": ORGANISATIONS[service],
        "duration_min": draw(st.sampled_from(("15", "30", "45", "90"))),
        "window_start": window[0],
        "window_end": window[1],
        "staff_needed": draw(st.sampled_from(("1", "1", "1", "1", "2"))),
        "skills": _maybe(draw, "bloods", "hoist"),
        "joint": draw(st.sampled_from(("allow", "allow", "allow", "allow", "allow", "avoid", "require"))),
        "family": draw(st.sampled_from(("not_needed", "welcome", "welcome", "welcome", "required"))),
        "priority": draw(st.sampled_from("12345")),
        "time_critical": _maybe(draw, "yes"),
        "tasks": draw(st.sampled_from(TASKS)),
        "preferred_staff": _maybe(draw, *names),
        **_days(draw, days),
        **_preferred(draw, window),
    }
    row["excluded_staff"] = _maybe(draw, *(s for s in names if s != row["preferred_staff"]), "")
    return row | draw(st.sampled_from((_discharge, _after)))(draw, row, before)


def _days(draw: st.DrawFn, days: tuple[dt.date, ...]) -> Row:
    """Ask for as many visits as the days have room for, or fewer."""
    first = draw(st.integers(0, len(days) - 1))
    last = draw(st.integers(first, len(days) - 1))
    apart = draw(st.sampled_from(("1", "1", "2")))
    room = (last - first) // int(apart) + 1
    more = ("daily",) if apart == "1" else ()
    often = draw(st.sampled_from(("1", "1", *more, *(str(count) for count in range(2, room + 1)))))
    return {
        "earliest_date": str(days[first]),
        "latest_date": str(days[last]),
        "visits": often,
        "min_days_between": apart,
    }


def _preferred(draw: st.DrawFn, window: tuple[str, str]) -> Row:
    if not draw(_rarely):
        return {}
    return draw(st.sampled_from(({"preferred_start": window[1]}, {"preferred_end": window[0]})))


def _discharge(draw: st.DrawFn, row: Row, _: list[Row]) -> Row:
    """Bound a single visit now and then, so tightly that only the end or the start of its window is left."""
    if row["visits"] != "1" or not draw(_rarely):
        return {}
    if draw(st.booleans()):
        return {"not_before": f"{row['latest_date']} {row['window_end']}"}
    start = dt.datetime.fromisoformat(f"{row['earliest_date']} {row['window_start']}")
    return {"complete_by": f"{start + dt.timedelta(minutes=int(row['duration_min'])):%Y-%m-%d %H:%M}"}


def _after(draw: st.DrawFn, row: Row, before: list[Row]) -> Row:
    """Follow an earlier request now and then, as often as that one."""
    if not before or not draw(_sometimes):
        return {}
    other = draw(st.sampled_from(before))
    same = {name: other[name] for name in ("visits", "earliest_date", "latest_date", "min_days_between")}
    return {
        **same,
        "household_id": other["household_id"],
        "person_id": other["person_id"],
        "window_start": "00:30",
        "window_end": "23:30",
        "after_request": other["request_id"],
        "min_gap_min": _maybe(draw, "30"),
        "max_gap_min": draw(st.sampled_from(("", "60", "600"))),
    }


def _pins(draw: st.DrawFn, row: Row, staff: list[Row]) -> list[Row]:
    """Keep a plain request with somebody who may serve it, at the last start of its window, or both."""
    if row["visits"] != "1" or row["staff_needed"] != "1" or {"not_before", "complete_by"} & row.keys():
        return []
    pin = {"visit_id": row["request_id"]}
    able = [one["staff_id"] for one in staff if _may_serve(one, row)]
    if able and draw(st.booleans()):
        pin["staff_id"] = draw(st.sampled_from(able))
    if row["family"] != "required" and draw(st.booleans()):
        pin["start"] = f"{row['earliest_date']} {row['window_end']}"
    return [pin] if len(pin) > 1 else []


def _may_serve(member: Row, request: Row) -> bool:
    same = all(member[name] == request[name] for name in ("service", "organisation"))
    return (
        same
        and member["staff_id"] != request["excluded_staff"]
        and not member["areas"]
        and not request["skills"]
    )


def _met(draw: st.DrawFn, person_id: str, staff: list[str], first: dt.date) -> Row:
    known = {"person_id": person_id, "staff_id": draw(st.sampled_from(staff)), "visits": "3"}
    weighed = {"task": "weight", "last_date": str(first - dt.timedelta(days=draw(st.integers(1, 4))))}
    return known | (weighed if draw(st.booleans()) else {})


def _policy(draw: st.DrawFn, days: tuple[dt.date, ...]) -> Policy:
    slow = (
        {"start": "08:00", "factor": 1.7},
        {"start": "09:30", "factor": 0.8},
        {"start": "16:00", "factor": 1},
    )
    given: dict[str, Any] = {
        "period": {"first_date": days[0], "last_date": days[-1]},
        "travel": {"factors": slow if draw(_sometimes) else ()},
        "limits": {
            "max_late_min": draw(st.sampled_from((0, 0, 20, 90))),
            "staff_at_once": draw(st.sampled_from((3, 3, 2, 1))),
        },
        "organisations": {"shared": draw(_sometimes), "serves": {"charity": ("trust", "council")}},
        "costs": {"shift_use_pence": draw(st.sampled_from((0, 2500)))},
    }
    if draw(_rarely):
        given["areas"] = {"crewe": {"limits": {"max_late_min": 45}, "costs": {"stranger_pence": 10}}}
    given["coordination"] = {"fresh_days": draw(st.sampled_from(({}, {"weight": 3}, {"weight": 0})))}
    if draw(_rarely):
        pair = {"services": ("nursing", "care"), "modes": ("back_to_back",), "order": "nursing"}
        given["coordination"] |= {"max_size": 3, "pairs": (pair,)}
    if draw(_rarely):
        given["limits"]["quiet_times"] = ({"start": "12:00", "end": "13:30"},)
        given["limits"]["school_hours"] = ({"start": "09:00", "end": "15:00"},)
    return parse_policy(given)
