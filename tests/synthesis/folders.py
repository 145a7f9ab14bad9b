"""Reads the samples as text, with pandas alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

DATA = Path(__file__).parents[2] / "data"

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Tables = dict[str, pd.DataFrame]


def tables_of(folder: str) -> Tables:
    return {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted((DATA / folder).glob("*.csv"))
    }


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def dates_of(request: Any) -> list[dt.date]:
    """The dates on which a request allows a visit."""
    first, last = dt.date.fromisoformat(request.earliest_date), dt.date.fromisoformat(request.latest_date)
    named = [WEEKDAYS.index(day) for day in filter(None, request.days.split(";"))]
    every = (first + dt.timedelta(days=k) for k in range((last - first).days + 1))
    return [date for date in every if not named or date.weekday() in named]


def occasions(request: Any) -> int:
    """How many times somebody comes."""
    return len(dates_of(request)) if request.visits == "daily" else int(request.visits)


def attendances(requests: pd.DataFrame) -> int:
    """How many visits the requests make."""
    return sum(occasions(row) * int(row.staff_needed) for row in requests.itertuples())


def dangling(tables: Tables) -> list[str]:
    """Ids that point nowhere, as table.column: id."""
    known = {
        "household_id": set(tables["households"]["household_id"]),
        "person_id": set(tables["people"]["person_id"]),
        "staff_id": set(tables["staff"]["staff_id"]),
        "base_id": set(tables["bases"]["base_id"]),
        "after_request": set(tables["requests"]["request_id"]),
        "tasks": set(tables["tasks"]["code"]),
    }
    columns = {**{name: name for name in known}, "preferred_staff": "staff_id", "excluded_staff": "staff_id"}
    return [
        f"{table}.{column}: {item}"
        for table, frame in tables.items()
        for column, kind in columns.items()
        if column in frame
        for cell in frame[column]
        for item in filter(None, cell.split(";"))
        if item not in known[kind]
    ]
