"""Runs as the page's script reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reporting.html.builders import contents
from visitplan.errors import InputError
from visitplan.reporting.html.contents import Contents
from visitplan.reporting.html.runs import runs_data

START, END, TRAVEL, WAIT, JOINT = 6, 7, 8, 9, 10


def altered(file: str, number: int, **cells: str) -> Contents:
    """Give the market day with some cells of one row altered."""
    made = contents()
    rows = [dict(row) for row in made.tables[file]]
    rows[number] |= cells
    return replace(made, tables={**made.tables, file: rows})


def run_of(data: dict, name: str) -> dict:
    return next(run for run in data["runs"] if run["id"] == name)


def test_a_run_has_its_shift_its_times_its_break_and_its_visits_in_minutes_after_midnight() -> None:
    run = run_of(runs_data(contents()), "C1-1")
    assert (run["shift"], run["depart"], run["finish"]) == ([480, 780], 533, 671)
    assert run["pause"] == [630, 20]
    assert [(visit[START], visit[END]) for visit in run["visits"]] == [(540, 575), (600, 630)]
    assert run["visits"][1][TRAVEL : WAIT + 1] == [20.5, 4.5]


def test_visits_of_one_joint_visit_name_the_same_place_and_others_none() -> None:
    data = runs_data(contents())
    joints = {visit[0]: visit[JOINT] for run in data["runs"] for visit in run["visits"]}
    assert joints == {"R1": 0, "R2": 0, "R3": -1, "R4": -1}
    assert data["joints"] == [["J-H1-1", "together", "R1", True, "BP by R1 for R2"]]


def test_a_shift_without_visits_is_there_too() -> None:
    run = run_of(runs_data(contents()), "T1-1")
    assert (run["visits"], run["depart"], run["finish"], run["shift"]) == ([], None, None, [840, 1080])


def test_times_after_midnight_count_on() -> None:
    made = altered("staff.csv", 0, shift_start="20:00", shift_end="06:00", depart="23:50", finish="00:40")
    roster = [dict(row) for row in made.tables["roster.csv"]]
    night = next(row for row in roster if row["visit_id"] == "R2")
    night |= {"date": "2027-01-12", "start": "00:05", "end": "00:35"}
    roster = [row for row in roster if row["visit_id"] != "R4"]
    run = run_of(runs_data(replace(made, tables={**made.tables, "roster.csv": roster})), "C1-1")
    assert (run["visits"][0][START], run["visits"][0][END]) == (1445, 1475)
    assert (run["shift"], run["depart"], run["finish"]) == ([1200, 1800], 1430, 1480)


def test_a_home_without_coordinates_has_none() -> None:
    assert runs_data(altered("roster.csv", 0, lat="", lon=""))["homes"][0][2:] == [None, None]


@pytest.mark.parametrize(
    ("file", "cells"),
    [
        ("roster.csv", {"start": "nine"}),
        ("roster.csv", {"date": "tomorrow"}),
        ("staff.csv", {"hours": "many"}),
        ("staff.csv", {"km": "inf"}),
    ],
)
def test_a_cell_that_cannot_be_read_is_a_finding_with_its_place(file: str, cells: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        runs_data(altered(file, 0, **cells))
    [finding] = caught.value.findings
    assert (finding.code, finding.where.file, {finding.where.column: finding.where.value}) == (
        "PLAN-CELL-UNREADABLE",
        file,
        cells,
    )
