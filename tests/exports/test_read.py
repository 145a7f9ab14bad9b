"""Reading a plan folder back: what people edited in it is taken over, and named."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exports.builders import at, carer_run, nurse_run, plan, scenario
from tests.exports.faults import HastyDisk
from tests.exports.figures import figures
from visitplan.domain.period import Period
from visitplan.domain.plan import Reason
from visitplan.errors import InputError
from visitplan.exports import read_plan, write_plan
from visitplan.exports.tables import TABLES
from visitplan.findings import Severity, errors_in
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from visitplan.domain.plan import Plan
    from visitplan.findings import Finding

Rows = list[dict[str, str]]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A plan folder of the market day."""
    return write_plan(tmp_path / "out", scenario(), plan(), figures(plan()), disk=HastyDisk())


def edit(out: Path, name: str, change: Callable[[Rows], Rows | None]) -> None:
    """Change the rows of a file as a person with a spreadsheet would."""
    rows = list(csv.DictReader(io.StringIO((out / name).read_text(), newline="")))
    columns = list(rows[0])
    changed = change(rows)
    with (out / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows if changed is None else changed)


def set_cell(out: Path, name: str, row: int, **cells: str) -> None:
    edit(out, name, lambda rows: rows[row].update(cells))


def read(out: Path) -> tuple[Plan, list[Finding]]:
    made, findings = read_plan(out, scenario())
    return made, [finding for finding in findings if finding.code != "PLAN-FILE-CHANGED"]


def test_an_untouched_folder_is_the_plan_with_nothing_to_say(out: Path) -> None:
    assert read_plan(out, scenario()) == (plan(), ())
    assert read_plan(out) == (plan(), ())


def test_a_moved_start_is_taken_over_and_named_with_its_row(out: Path) -> None:
    set_cell(out, "roster.csv", 1, start="10:20")
    made, (finding,) = read(out)
    assert made.visit_by_id["R4"].start == at("10:20")
    assert made.visit_by_id["R4"].end == at("10:30")
    assert finding.code == "PLAN-FILES-DIFFER"
    assert finding.severity is Severity.ERROR
    assert str(finding.where) == "roster.csv, row 3, column start, value '10:20', R4"
    assert "'10:20'" in finding.cause
    assert "'10:00'" in finding.cause


def test_a_visit_moved_to_another_day_keeps_its_clock_times(out: Path) -> None:
    set_cell(out, "roster.csv", 1, date="2027-01-12")
    made, findings = read(out)
    day = 86_400
    assert (made.visit_by_id["R4"].start, made.visit_by_id["R4"].end) == (
        at("10:00") + day,
        at("10:30") + day,
    )
    assert [finding.where.column for finding in findings] == ["date"]


def test_an_end_set_to_the_start_is_the_same_minute_and_not_a_day_later(out: Path) -> None:
    set_cell(out, "roster.csv", 1, end="10:00")
    assert read(out)[0].visit_by_id["R4"].end == at("10:00")


def test_a_dropped_visit_is_dropped(out: Path) -> None:
    edit(out, "roster.csv", lambda rows: rows[:1] + rows[2:])
    made, (finding,) = read(out)
    assert "R4" not in made.visit_by_id
    assert made.run_by_shift["C1-1"].visits == carer_run().visits[:1]
    assert (finding.where.subject, finding.cause) == ("R4", "The row was removed; plan.json has it.")


def test_a_shift_whose_visits_were_all_dropped_is_no_run(out: Path) -> None:
    edit(out, "roster.csv", lambda rows: rows[:2])
    made, findings = read(out)
    assert made.runs == (carer_run(),)
    assert [finding.where.subject for finding in findings] == ["R1", "R3"]


def test_a_doubled_visit_stands_twice(out: Path) -> None:
    edit(
        out, "roster.csv", lambda rows: [*rows, rows[1] | {"sequence": "3", "start": "11:00", "end": "11:30"}]
    )
    made, (finding,) = read(out)
    assert [(v.visit_id, v.start) for v in made.run_by_shift["C1-1"].visits] == [
        ("R2", at("09:00")),
        ("R4", at("10:00")),
        ("R4", at("11:00")),
    ]
    assert made.run_by_shift["C1-1"].visits[2].metres == carer_run().visits[1].metres
    assert (finding.where.row, finding.where.subject) == (6, "R4")
    assert "again" in finding.cause


def test_an_invented_request_is_taken_over_whole(out: Path) -> None:
    new = {"visit_id": "R99", "request_id": "R99", "sequence": "3", "start": "11:40", "end": "00:10"}
    edit(out, "roster.csv", lambda rows: [*rows, rows[1] | new])
    made, (finding,) = read(out)
    invented = made.visit_by_id["R99"]
    assert (invented.start, invented.end) == (at("11:40"), at("00:10") + 86_400)
    assert (invented.travel_s, invented.wait_s, invented.staff_id) == (1230, 270, "C1")
    assert finding.cause == "The row was added; plan.json does not have it."


def test_a_visit_given_to_another_shift_moves_to_its_run(out: Path) -> None:
    set_cell(out, "roster.csv", 1, shift_id="N1-1", staff_id="N1", sequence="3")
    made, findings = read(out)
    assert [visit.visit_id for visit in made.run_by_shift["N1-1"].visits] == ["R1", "R3", "R4"]
    assert [visit.visit_id for visit in made.run_by_shift["C1-1"].visits] == ["R2"]
    assert sorted(f.where.column or "" for f in findings) == ["sequence", "shift_id", "staff_id"]


def test_a_visit_given_to_an_idle_shift_makes_a_run(out: Path) -> None:
    set_cell(out, "roster.csv", 1, shift_id="T1-1", staff_id="T1", sequence="1")
    run = read(out)[0].run_by_shift["T1-1"]
    assert (run.staff_id, run.depart, run.finish) == ("T1", at("10:00"), at("10:30"))


def test_other_cells_of_the_roster_are_taken_over(out: Path) -> None:
    set_cell(
        out,
        "roster.csv",
        0,
        travel_min="3.5",
        wait_min="1",
        joint_visit_id="",
        tasks="BP;WASH",
        person_id="'=P",
    )
    visit = read(out)[0].visit_by_id["R2"]
    assert (visit.travel_s, visit.wait_s, visit.joint_visit_id) == (210, 60, None)
    assert (visit.tasks, visit.person_id) == (("BP", "WASH"), "=P")


@pytest.mark.parametrize("column", ["joint_mode", "lead_staff_id", "area", "lat"])
def test_cells_that_follow_from_elsewhere_are_named_all_the_same(out: Path, column: str) -> None:
    set_cell(out, "roster.csv", 0, **{column: "7"})
    made, (finding,) = read(out)
    assert made == plan()
    assert finding.where.column == column


def test_rows_in_another_order_and_a_byte_order_mark_change_nothing(out: Path) -> None:
    edit(out, "roster.csv", lambda rows: rows[::-1])
    (out / "roster.csv").write_bytes(b"\xef\xbb\xbf" + (out / "roster.csv").read_bytes() + b"\r\n")
    made, findings = read_plan(out, scenario())
    assert made == plan()
    assert [finding.code for finding in findings] == ["PLAN-FILE-CHANGED"]
    assert errors_in(findings) == ()


def test_a_break_that_was_struck_is_no_break(out: Path) -> None:
    set_cell(out, "staff.csv", 0, break_start="", break_min="0")
    made, findings = read(out)
    assert made.run_by_shift["C1-1"] == replace(carer_run(), break_start=None, break_s=0)
    assert [finding.where.column for finding in findings] == ["break_start", "break_min"]


def test_shift_times_are_taken_over(out: Path) -> None:
    changed = {
        "depart": "08:30",
        "finish": "12:30",
        "overtime_min": "30",
        "return_min": "10",
        "return_km": "5.2",
    }
    set_cell(out, "staff.csv", 0, **changed)
    assert read(out)[0].run_by_shift["C1-1"] == replace(
        carer_run(), depart=at("08:30"), finish=at("12:30"), overtime_s=1800, return_s=600, return_metres=5200
    )


def test_a_finish_past_midnight_is_the_nearest_one(tmp_path: Path) -> None:
    night = replace(plan(), runs=(replace(nurse_run(), finish=at("23:50")),))
    out = write_plan(tmp_path / "out", scenario(), night, figures(night), disk=HastyDisk())
    set_cell(out, "staff.csv", 1, finish="00:20")
    assert read(out)[0].runs[0].finish == at("23:50") + 1800


def test_a_shift_row_removed_or_added_is_named(out: Path) -> None:
    edit(out, "staff.csv", lambda rows: [rows[0], rows[2], rows[1] | {"shift_id": "X9"}])
    made, findings = read(out)
    assert made == plan()
    assert [(f.where.subject, f.where.row) for f in findings] == [("X9", 4), ("N1-1", None)]


def test_unassigned_visits_struck_altered_and_added_are_taken_over(out: Path) -> None:
    set_cell(out, "unassigned.csv", 0, reason="others cost less to serve", priority="1", explanation="")
    edit(out, "unassigned.csv", lambda rows: [*rows, rows[0] | {"visit_id": "R7", "organisation": "Trust"}])
    made, findings = read(out)
    assert [(u.visit_id, u.priority, u.reason, u.organisation) for u in made.unassigned] == [
        ("R5", 1, Reason.OUTBID, "NHS"),
        ("R7", 1, Reason.OUTBID, "Trust"),
    ]
    assert made.unassigned[0].explanation == ""
    assert len(findings) == 4
    edit(out, "unassigned.csv", lambda rows: [])
    assert read(out)[0].unassigned == ()


def test_joint_visits_altered_are_taken_over(out: Path) -> None:
    changed = {"mode": "back_to_back", "max_gap_min": "15", "visit_ids": "R1;R3", "with_family": "no"}
    set_cell(out, "joint_visits.csv", 0, **changed)
    (joint,) = read(out)[0].joint_visits
    assert (joint.mode, joint.max_gap_s, joint.visit_ids) == (Mode.BACK_TO_BACK, 900, ("R1", "R3"))
    assert not joint.with_family


def test_a_joint_visit_of_one_visit_is_unreadable_not_a_crash(out: Path) -> None:
    set_cell(out, "joint_visits.csv", 0, visit_ids="R1")
    with pytest.raises(InputError) as refused:
        read_plan(out)
    fault = refused.value.findings[0]
    assert (fault.code, fault.where.row) == ("PLAN-FILE-DAMAGED", 2)


def altered_kpis(out: Path, **values: object) -> None:
    content = json.loads((out / "kpis.json").read_text())
    content["overall"].update(values)
    (out / "kpis.json").write_text(json.dumps(content))


def test_an_altered_cost_is_taken_over_and_named(out: Path) -> None:
    altered_kpis(out, cost_mileage_pounds=2.04)
    made, (finding,) = read(out)
    assert made.costs == replace(plan().costs, mileage=204_000)
    assert finding.where.column == "cost_mileage_pounds"


@pytest.mark.parametrize("value", ["2.04", None, 1e300, [], {}])
def test_a_cost_that_is_no_money_is_named_and_not_taken_over(out: Path, value: object) -> None:
    altered_kpis(out, cost_mileage_pounds=value)
    made, (finding,) = read(out)
    assert made == plan()
    assert finding.code == "PLAN-FILES-DIFFER"


def test_an_altered_total_is_named(out: Path) -> None:
    altered_kpis(out, cost_total_pounds=1.0)
    made, (finding,) = read(out)
    assert made == plan()
    assert finding.where.column == "cost_total_pounds"


def test_an_appointment_that_was_moved_is_named_where_the_scenario_is_known(out: Path) -> None:
    set_cell(out, "appointments.csv", 0, arrival_from="07:00")
    assert [(f.where.file, f.where.column) for f in read(out)[1]] == [("appointments.csv", "arrival_from")]
    assert [f.code for f in read_plan(out)[1]] == ["PLAN-FILE-CHANGED"]


def test_missing_changed_and_extra_files_are_named(out: Path) -> None:
    (out / "staff.csv").unlink()
    (out / "notes.txt").write_text("call first")
    (out / "findings.csv").write_text("nothing\n")
    made, findings = read_plan(out)
    assert made == plan()
    assert [(f.code, f.where.file, f.severity) for f in findings] == [
        ("PLAN-FILE-MISSING", "staff.csv", Severity.ERROR),
        ("PLAN-FILE-CHANGED", "findings.csv", Severity.WARNING),
        ("PLAN-FILE-EXTRA", "notes.txt", Severity.NOTE),
    ]


def test_without_any_table_the_plan_is_read_and_each_gap_named(out: Path) -> None:
    for path in out.iterdir():
        if path.is_file() and path.name not in ("plan.json", "manifest.json"):
            path.unlink()
    made, findings = read_plan(out, scenario())
    assert made == plan()
    assert {finding.code for finding in findings} == {"PLAN-FILE-MISSING"}
    assert len(findings) == len([*TABLES, "kpis.json"])


def test_an_invented_joint_visit_is_taken_over(out: Path) -> None:
    new = {"joint_visit_id": "J-9", "benefit_pounds": "12.5"}
    edit(out, "joint_visits.csv", lambda rows: [*rows, rows[0] | new])
    made, (finding,) = read(out)
    joint = made.joint_visit_by_id["J-9"]
    assert (joint.visit_ids, joint.benefit_mp, joint.seconds_saved) == (("R1", "R2"), 1_250_000, 600)
    assert "added" in finding.cause


def test_without_a_manifest_the_plan_is_read_and_the_gap_named(out: Path) -> None:
    (out / "manifest.json").unlink()
    made, findings = read_plan(out)
    assert made == plan()
    assert [(f.code, f.where.file) for f in findings] == [("PLAN-FILE-MISSING", "manifest.json")]


def test_a_column_removed_is_named_and_one_added_is_noted(out: Path) -> None:
    lines = [line.rsplit(",", 1)[0] + ",note" for line in (out / "unassigned.csv").read_text().splitlines()]
    (out / "unassigned.csv").write_text("\n".join(lines))
    made, findings = read(out)
    assert made == plan()
    assert [(f.code, f.where.column) for f in findings] == [
        ("PLAN-FILES-DIFFER", "window_end"),
        ("PLAN-FILE-EXTRA", "note"),
    ]


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("roster.csv", "start", "soon"),
        ("roster.csv", "end", "25:00"),
        ("roster.csv", "date", "11/01/2027"),
        ("roster.csv", "date", "0001-01-01"),
        ("roster.csv", "sequence", "1.5"),
        ("roster.csv", "travel_min", "inf"),
        ("roster.csv", "wait_min", ""),
        ("staff.csv", "depart", ""),
        ("staff.csv", "break_min", "9" * 5000),
        ("unassigned.csv", "reason", "because"),
        ("unassigned.csv", "priority", "high"),
        ("joint_visits.csv", "with_family", "perhaps"),
        ("joint_visits.csv", "mode", "apart"),
    ],
)
def test_a_cell_that_holds_no_value_is_an_input_error_that_names_it(
    out: Path, name: str, column: str, value: str
) -> None:
    set_cell(out, name, 0, **{column: value})
    with pytest.raises(InputError) as refused:
        read_plan(out, scenario())
    fault = refused.value.findings[0]
    assert (fault.code, fault.where.file, fault.where.row, fault.where.column) == (
        "PLAN-CELL-UNREADABLE",
        name,
        2,
        column,
    )


@pytest.mark.parametrize(
    "name", ["roster.csv", "staff.csv", "unassigned.csv", "joint_visits.csv", "appointments.csv"]
)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"a,b\n1,2\n",
        b'"open',
        b"visit_id,visit_id\n",
        b"\x00",
        b"visit_id,shift_id\n1\n",
    ],
)
def test_a_damaged_table_is_an_input_error_not_a_traceback(out: Path, name: str, data: bytes) -> None:
    (out / name).write_bytes(data)
    with pytest.raises(InputError) as refused:
        read_plan(out, scenario())
    assert "PLAN-FILE-DAMAGED" in {finding.code for finding in refused.value.findings}


@pytest.mark.parametrize("name", ["plan.json", "kpis.json", "manifest.json"])
@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"3", b"null", b'{"overall": []}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_json_file_is_an_input_error_not_a_traceback(out: Path, name: str, data: bytes) -> None:
    (out / name).write_bytes(data)
    with pytest.raises(InputError) as refused:
        read_plan(out, scenario())
    assert "PLAN-FILE-DAMAGED" in {finding.code for finding in refused.value.findings}


def test_all_damage_is_told_at_once(out: Path) -> None:
    set_cell(out, "roster.csv", 0, start="soon", end="later", sequence="first")
    set_cell(out, "roster.csv", 1, travel_min="long")
    (out / "kpis.json").write_text("?")
    with pytest.raises(InputError) as refused:
        read_plan(out)
    fatal = [f for f in refused.value.findings if f.code in ("PLAN-CELL-UNREADABLE", "PLAN-FILE-DAMAGED")]
    assert [(f.where.file, f.where.column) for f in fatal] == [
        ("roster.csv", "sequence"),
        ("roster.csv", "start"),
        ("roster.csv", "travel_min"),
        ("kpis.json", None),
    ]


def test_ticks_that_no_calendar_has_are_an_input_error(out: Path) -> None:
    text = (out / "plan.json").read_text().replace(f'"start": {at("09:30")}', f'"start": {10**15}')
    (out / "plan.json").write_text(text)
    with pytest.raises(InputError, match="no calendar"):
        read_plan(out)


@pytest.mark.parametrize("folder", ["nowhere", "empty"])
def test_a_folder_without_a_plan_is_an_input_error(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as refused:
        read_plan(tmp_path / folder)
    assert [finding.code for finding in refused.value.findings] == ["PLAN-FOLDER"]


def test_the_hour_that_comes_twice_is_read_as_it_was_written(tmp_path: Path) -> None:
    sunday = dt.date(2026, 10, 25)
    period = Period(sunday, sunday)
    second = period.tick(sunday, dt.time(1, 30)) + 3600  # 01:30 again, after the clocks went back
    night = replace(nurse_run().visits[1], start=second, end=second + 1200)
    made = replace(
        plan(), period=period, runs=(replace(nurse_run(), visits=(night,)),), unassigned=(), joint_visits=()
    )
    assert period.clock(second) == "01:30"
    write_plan(tmp_path / "out", scenario(), made, figures(made))
    assert read_plan(tmp_path / "out") == (made, ())
    set_cell(tmp_path / "out", "roster.csv", 0, wait_min="2")
    assert read_plan(tmp_path / "out")[0].visits == (replace(night, wait_s=120),)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(
        ["roster.csv", "staff.csv", "unassigned.csv", "joint_visits.csv", "kpis.json", "plan.json"]
    ),
    where=st.floats(0, 1),
    length=st.integers(0, 20),
    junk=st.binary(max_size=6),
)
def test_whatever_is_scribbled_over_a_file_it_is_read_or_refused(
    tmp_path: Path, name: str, where: float, length: int, junk: bytes
) -> None:
    out = write_plan(tmp_path / "out", scenario(), plan(), figures(plan()), disk=HastyDisk())
    data = (out / name).read_bytes()
    cut = int(where * len(data))
    scribbled = data[:cut] + junk + data[cut + length :]
    (out / name).write_bytes(scribbled)
    try:
        made, findings = read_plan(out, scenario())
    except InputError as error:
        made, findings = None, error.findings
    assert findings or scribbled == data
    assert made == plan() or errors_in(findings)
