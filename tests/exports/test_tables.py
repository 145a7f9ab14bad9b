"""The tables of a plan: their columns, their order, and ids that mean harm."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.exports import golden
from tests.exports.builders import at, carer_run, left_out, nurse_run, plan, scenario, visit
from tests.exports.figures import figures
from visitplan import exports
from visitplan.domain.scenario import Scenario
from visitplan.errors import OutputError
from visitplan.exports.cells import frame_csv
from visitplan.exports.tables import ROSTER, TABLES, Table
from visitplan.findings import Finding, Severity
from visitplan.policy import AppointmentsPolicy, Policy

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "two\nlines",
    "\rreturn",
    "\ttab",
    "a,b;c\"d'",
    "\u202eright to left",
    "🚑",
    "'=quoted",
    " padded ",
    "\x1b[31mred",
)


def cells(name: str, made: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made[name].decode(), newline="")))


@pytest.mark.parametrize("name", sorted(golden.files()))
def test_the_market_day_is_written_as_in_the_golden_folder(name: str) -> None:
    assert golden.files()[name].decode() == (golden.FOLDER / name).read_bytes().decode()


def test_the_golden_folder_holds_nothing_else() -> None:
    held = (path for path in golden.FOLDER.rglob("*") if path.is_file())
    assert sorted(path.relative_to(golden.FOLDER).as_posix() for path in held) == sorted(golden.files())


def test_the_roster_has_the_columns_that_schedulers_import() -> None:
    assert ",".join(ROSTER.columns) == (
        "date,shift_id,staff_id,sequence,visit_id,request_id,person_id,household_id,area,service,organisation,"
        "start,end,travel_min,wait_min,joint_visit_id,joint_mode,lead_staff_id,tasks,lat,lon"
    )


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_file_has_its_header_even_where_nothing_happened(table: Table) -> None:
    empty = replace(plan(), runs=(), unassigned=(), joint_visits=(), findings=())
    nobody = replace(scenario(), shifts=(), findings=())
    made = exports.plan_files(nobody, empty, figures(empty))
    assert made[table.file].decode() == ",".join(table.columns) + "\n"


def test_the_order_of_runs_in_the_plan_does_not_show() -> None:
    turned = replace(plan(), runs=(carer_run(), nurse_run()))
    made = exports.plan_files(scenario(), turned, figures(plan()))
    assert made["roster.csv"] == golden.files()["roster.csv"]
    assert made["staff.csv"] == golden.files()["staff.csv"]


def test_frames_hold_what_the_files_hold() -> None:
    for table, frame in (
        ("roster.csv", exports.roster(scenario(), plan())),
        ("appointments.csv", exports.appointments(scenario(), plan())),
        ("unassigned.csv", exports.unassigned(scenario(), plan())),
        ("joint_visits.csv", exports.joint_visits(scenario(), plan())),
        ("staff.csv", exports.staff(scenario(), plan())),
        ("findings.csv", exports.findings(scenario(), plan())),
    ):
        assert frame_csv(frame).encode() == golden.files()[table]


def test_a_frame_adds_up() -> None:
    assert exports.roster(scenario(), plan())["travel_min"].sum() == pytest.approx(33.5)
    assert exports.staff(scenario(), plan())["visits"].tolist() == [2, 2, 0]


def test_families_are_told_the_start_give_or_take_the_tolerance() -> None:
    wide = replace(scenario(), policy=Policy(appointments=AppointmentsPolicy(tolerance_min=30)))
    told = exports.appointments(wide, plan())
    assert told.loc[0, ["arrival_from", "arrival_to"]].tolist() == ["08:30", "09:30"]


def test_unassigned_visits_stand_by_priority() -> None:
    urgent = replace(left_out(), visit_id="R9", priority=1)
    frame = exports.unassigned(scenario(), replace(plan(), unassigned=(left_out(), urgent)))
    assert frame["visit_id"].tolist() == ["R9", "R5"]


def test_errors_stand_first_among_findings_and_none_twice() -> None:
    fault = Finding("BAD", Severity.ERROR)
    both = replace(plan(), findings=(*plan().findings, *scenario().findings, fault))
    assert exports.findings(scenario(), both)["code"].tolist() == ["BAD", "COORD-NOTE", "REQ-NOTE"]


def test_a_plan_of_homes_and_staff_that_nobody_knows_is_still_written() -> None:
    bare = Scenario("bare", plan().period, (), (), (), ())
    made = exports.plan_files(bare, plan(), figures(plan()))
    row = cells("roster.csv", made)[0]
    assert (row["visit_id"], row["area"], row["lat"]) == ("R2", "", "")
    assert cells("appointments.csv", made)[0]["household_id"] == "H1"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ids_stand_in_the_files_as_harmless_text(name: str) -> None:
    harm = replace(visit("R1", 1, "09:00", "09:30"), person_id=name, visit_id=name, tasks=(name,))
    bad = replace(plan(), runs=(replace(nurse_run(), visits=(harm,)),))
    made = exports.plan_files(scenario(), bad, figures(bad))
    (row,) = cells("roster.csv", made)
    for column in ("person_id", "visit_id", "tasks"):
        assert row[column].lstrip("'")[-len(name.lstrip("'")) :] == name.lstrip("'")
        assert row[column][0] not in "=+-@\t\r\n"
    assert [row["date"], row["lon"]] == ["2027-01-11", "-2.441"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ids_come_back_unharmed(tmp_path: Path, name: str) -> None:
    harm = replace(
        visit("R1", 1, "09:00", "09:30"), person_id=name, visit_id=name, staff_id=name, tasks=(name,)
    )
    bad = replace(plan(), runs=(replace(nurse_run(), visits=(harm,)),), joint_visits=())
    exports.write_plan(tmp_path / "out", scenario(), bad, figures(bad))
    assert exports.read_plan(tmp_path / "out", scenario()) == (bad, ())


def test_half_a_surrogate_pair_is_refused_with_nothing_written(tmp_path: Path) -> None:
    bad = replace(plan(), unassigned=(replace(left_out(), person_id="\udc00"),))
    with pytest.raises(OutputError):
        exports.write_plan(tmp_path / "out", scenario(), bad, figures(bad))
    assert list(tmp_path.iterdir()) == []


def test_half_a_surrogate_pair_in_an_area_is_refused_too() -> None:
    homes = tuple(replace(home, area="\ud800") for home in scenario().households)
    with pytest.raises(OutputError, match="surrogate"):
        exports.plan_files(replace(scenario(), households=homes), plan(), figures(plan()))


def test_a_night_visit_stands_on_the_date_it_starts_and_ends_after_midnight() -> None:
    late = replace(visit("R3", 1, "09:00", "09:30"), start=at("23:50"), end=at("23:50") + 1800)
    night = replace(plan(), runs=(replace(nurse_run(), visits=(late,)),))
    frame = exports.roster(scenario(), night)
    assert frame.loc[0, ["date", "start", "end"]].tolist() == ["2027-01-11", "23:50", "00:20"]


def test_rejected_rows_with_formulas_are_neutralised() -> None:
    rejected = pd.DataFrame({"value": ["=1+1"], "row": [3]})
    made = exports.plan_files(scenario(), plan(), figures(plan()), rejected=rejected)
    assert made["rejected.csv"] == b"value,row\n'=1+1,3\n"
