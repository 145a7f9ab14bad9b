"""The tables of a scenario as data frames, and as CSV files."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from visitplan.synthesis.asking import Ask
from visitplan.synthesis.columns import COLUMNS, SPECIAL_COLUMNS
from visitplan.synthesis.families import family_rows
from visitplan.synthesis.gazetteer import Town
from visitplan.synthesis.homes import Home
from visitplan.synthesis.kinds import TASKS
from visitplan.synthesis.workforce import Duty, Member

if TYPE_CHECKING:
    from pathlib import Path

    from visitplan.synthesis.rates import Rates

Row = dict[str, object]

GRADE = {"care": 2, "nursing": 5, "therapy": 6}


@dataclass(frozen=True, slots=True)
class Made:
    """All that was drawn, before it becomes tables."""

    homes: Sequence[Home]
    asks: Sequence[Ask]
    members: Sequence[Member]
    duties: Sequence[Duty]
    bases: Mapping[str, Town]
    history: Sequence[Row]
    pins: Sequence[Row]
    frequent_users: frozenset[str]
    discharges: Mapping[str, dt.datetime]
    days: int


def tables(made: Made, rates: Rates) -> dict[str, pd.DataFrame]:
    """Give the input tables by name; every cell is text, empty where there is nothing to say."""
    hourly = {"care": rates.care_hourly, "nursing": rates.nursing_hourly, "therapy": rates.therapy_hourly}
    rows: dict[str, list[Row]] = {
        "requests": [_request(ask) for ask in made.asks],
        "households": [_household(home) for home in made.homes],
        "people": [row for home in made.homes for row in _people(home, made)],
        "family_times": [row for home in made.homes for row in family_rows(home.household_id, home.family)],
        "staff": [_staff(member, hourly[member.service], made.days) for member in made.members],
        "shifts": [row for duty in made.duties for row in _shifts(duty, rates)],
        "bases": [_base(base_id, town) for base_id, town in made.bases.items()],
        "history": list(made.history),
        "pins": list(made.pins),
        "tasks": [{"code": code, "minutes": m, "shareable": _yes(shared)} for code, m, shared in TASKS],
    }
    return {name: _frame(name, rows[name]) for name in COLUMNS}


def write(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[Path]:
    """Write each table as ``folder/<name>.csv`` (UTF-8, LF) and give the paths; the folder must exist."""
    paths = []
    for name, frame in tables.items():
        path = folder / f"{name}.csv"
        path.write_bytes(frame.to_csv(index=False, lineterminator="\n").encode("utf-8"))
        paths.append(path)
    return paths


def _frame(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    special = (c for c in SPECIAL_COLUMNS.get(name, ()) if any(row.get(c) is not None for row in rows))
    columns = (*COLUMNS[name], *special)
    cells = [["" if row.get(column) is None else str(row[column]) for column in columns] for row in rows]
    return pd.DataFrame(cells, columns=columns, dtype=str)


def _hhmm(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _moment(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat(sep=" ", timespec="minutes")


def _yes(truth: bool) -> str:
    return "yes" if truth else ""


def _request(ask: Ask) -> Row:
    preferred = (None, None) if ask.preferred is None else tuple(_hhmm(at) for at in ask.preferred)
    return {
        "request_id": ask.request_id,
        "household_id": ask.household_id,
        "person_id": ask.person_id,
        "service": ask.service,
        "organisation": ask.organisation,
        "duration_min": ask.minutes,
        "earliest_date": ask.first,
        "latest_date": ask.last,
        "window_start": _hhmm(ask.start),
        "window_end": _hhmm(ask.end),
        "preferred_start": preferred[0],
        "preferred_end": preferred[1],
        "days": ";".join(ask.weekdays),
        "visits": "daily" if ask.daily else ask.visits,
        "min_days_between": ask.min_days_between,
        "staff_needed": ask.staff_needed,
        "skills": ";".join(ask.skills),
        "joint": ask.joint,
        "family": ask.family,
        "priority": ask.priority,
        "time_critical": _yes(ask.time_critical),
        "tasks": ";".join(ask.tasks),
        "not_before": _moment(ask.not_before),
        "after_request": ask.after_request,
        "min_gap_min": ask.min_gap,
        "max_gap_min": ask.max_gap,
        "preferred_staff": ";".join(ask.preferred_staff),
        "excluded_staff": ";".join(ask.excluded_staff),
        "usual_start": None if ask.usual is None else _hhmm(ask.usual),
        "same_time_min": ask.same_time,
        "received": _moment(ask.received),
    }


def _household(home: Home) -> Row:
    quiet = (None, None) if home.quiet is None else home.quiet
    return {
        "household_id": home.household_id,
        "area": home.area,
        "lat": home.lat,
        "lon": home.lon,
        "access_min": home.access_min,
        "max_staff_at_once": 2 if home.small else None,
        "postcode": home.postcode,
        "quiet_start": quiet[0],
        "quiet_end": quiet[1],
    }


def _people(home: Home, made: Made) -> list[Row]:
    return [
        {
            "person_id": dweller.person_id,
            "household_id": home.household_id,
            "frequent_user": _yes(dweller.person_id in made.frequent_users),
            "discharge": _moment(made.discharges.get(dweller.person_id)),
        }
        for dweller in home.dwellers
    ]


def _staff(member: Member, hourly: float, days: int) -> Row:
    return {
        "staff_id": member.staff_id,
        "service": member.service,
        "organisation": member.organisation,
        "skills": ";".join(member.skills),
        "grade": GRADE[member.service],
        "home_lat": member.lat,
        "home_lon": member.lon,
        "base_id": member.base_id,
        "start_from": "home" if member.base_id is None else "base",
        "travel_mode": "bike" if member.cycles else "car",
        "hourly_cost": f"{hourly:.2f}",
        "max_week_hours": member.pattern.hours * math.ceil(days / 7),
    }


def _shifts(duty: Duty, rates: Rates) -> list[Row]:
    rows: list[Row] = []
    for (start, end), pause in zip(duty.member.pattern.stretches, duty.member.pattern.breaks, strict=True):
        row: Row = {
            "staff_id": duty.member.staff_id,
            "date": duty.date,
            "start": _hhmm(start),
            "end": _hhmm(end),
            "overtime_max_min": rates.overtime_min,
        }
        if pause is not None:
            minutes, begin, until = pause
            row |= {"break_min": minutes, "break_from": _hhmm(begin), "break_to": _hhmm(until)}
        rows.append(row)
    return rows


def _base(base_id: str, town: Town) -> Row:
    return {"base_id": base_id, "area": town.area, "lat": town.lat, "lon": town.lon}
