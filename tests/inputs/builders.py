"""A tiny planning folder that is right in every way, and rows to add to it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from visitplan import inputs
from visitplan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visitplan.findings import Finding

Row = dict[str, Any]
Tables = dict[str, list[Row]]
WEDNESDAY, THURSDAY = "2027-03-10", "2027-03-11"


def request(request_id: str, **cells: Any) -> Row:
    """Give a nursing request of P1 in H1 on Wednesday morning."""
    plain = {
        "request_id": request_id,
        "household_id": "H1",
        "person_id": "P1",
        "service": "nursing",
        "organisation": "trust",
        "duration_min": "30",
        "earliest_date": WEDNESDAY,
        "latest_date": WEDNESDAY,
        "window_start": "09:00",
        "window_end": "12:00",
    }
    return {**plain, **cells}


def household(household_id: str, **cells: Any) -> Row:
    """Give a household near Crewe."""
    return {"household_id": household_id, "area": "crewe", "lat": "53.1", "lon": "-2.44", **cells}


def staff(staff_id: str, **cells: Any) -> Row:
    """Give a nurse of the trust who starts from B1."""
    return {
        "staff_id": staff_id,
        "service": "nursing",
        "organisation": "trust",
        "skills": "bloods",
        "base_id": "B1",
        **cells,
    }


def shift(staff_id: str, **cells: Any) -> Row:
    """Give a day shift on Wednesday."""
    return {"staff_id": staff_id, "date": WEDNESDAY, "start": "08:00", "end": "17:00", **cells}


def good() -> Tables:
    """Give a fresh copy of the tables that are right."""
    carer = {"service": "care", "organisation": "homecare", "skills": ""}
    return {
        "requests": [
            request("R1", skills="bloods", tasks="weight", family="required", window_end="14:00"),
            request(
                "R2",
                **{
                    "service": "care",
                    "organisation": "homecare",
                    "staff_needed": "2",
                    "preferred_staff": "C1",
                },
            ),
            request("R3", household_id="H2", person_id="P2", latest_date=THURSDAY, visits="2"),
            request("R4", after_request="R1", min_gap_min="30", window_start="10:00", window_end="17:00"),
        ],
        "households": [household("H1"), household("H2", lat="53.12", max_staff_at_once="2")],
        "people": [
            {"person_id": "P1", "household_id": "H1", "frequent_user": "yes"},
            {"person_id": "P2", "household_id": "H2"},
        ],
        "family_times": [{"household_id": "H1", "weekday": "mon-fri", "start": "10:00", "end": "15:00"}],
        "staff": [staff("N1"), staff("C1", **carer), staff("C2", **carer, home_lat="53.0", home_lon="-2.5")],
        "shifts": [shift(name, date=day) for name in ("N1", "C1", "C2") for day in (WEDNESDAY, THURSDAY)],
        "bases": [{"base_id": "B1", "lat": "53.09", "lon": "-2.43"}],
        "history": [{"person_id": "P1", "staff_id": "N1", "visits": "4", "last_date": "2027-03-01"}],
        "pins": [{"visit_id": "R2/b", "staff_id": "C2"}],
        "tasks": [{"code": "weight", "minutes": "5", "shareable": "yes"}],
    }


def with_rows(*additions: Mapping[str, Iterable[Row]]) -> Tables:
    """Give the good tables with rows added."""
    tables = good()
    for addition in additions:
        for name, rows in addition.items():
            tables.setdefault(name, []).extend(rows)
    return tables


def frames(tables: Mapping[str, list[Row]]) -> dict[str, pd.DataFrame]:
    """Give the tables as frames of text."""
    return {name: pd.DataFrame(rows).fillna("") for name, rows in tables.items()}


def write(folder: Path, tables: Mapping[str, list[Row]]) -> Path:
    """Write the tables as a planning folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def findings_of(source: Path | Mapping[str, list[Row]], **options: Any) -> tuple[Finding, ...]:
    """Read strictly, and give what was found whether or not it could be planned."""
    try:
        if isinstance(source, Path):
            return inputs.read(source, **options).findings
        return inputs.read_frames(frames(source), **options).findings
    except InputError as error:
        return error.findings


def codes(findings: Iterable[Finding]) -> set[str]:
    """Give the codes."""
    return {finding.code for finding in findings}


def only(findings: Iterable[Finding], code: str) -> Finding:
    """Give the one finding of a code."""
    (found,) = [finding for finding in findings if finding.code == code]
    return found
