"""Reads the samples as text, with pandas alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

DATA = Path(__file__).parents[2] / "data"

Tables = dict[str, pd.DataFrame]


def tables_of(folder: str) -> Tables:
    return {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in sorted((DATA / folder).glob("*.csv"))
    }


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def occasions(visits: str, days: int) -> int:
    return days if visits == "daily" else int(visits)


def attendances(requests: pd.DataFrame, days: int) -> int:
    """How many visits the requests make; every daily one here runs over the whole period."""
    pairs = zip(requests["visits"], requests["staff_needed"], strict=True)
    return sum(occasions(visits, days) * int(staff) for visits, staff in pairs)


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
