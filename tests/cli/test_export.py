"""``visitplan export``: every format from the command line, and what does not go together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exports import exported
from tests.exports.builders import plan, scenario
from tests.exports.faults import HastyDisk
from tests.exports.figures import figures
from visitplan import exports
from visitplan.cli import run


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """The plan folder of the market day."""
    return exports.write_plan(tmp_path / "plan", scenario(), plan(), figures(plan()), disk=HastyDisk())


def test_csv_on_stdout_is_the_roster(made: Path, capfdbinary):
    assert run(["export", str(made), "--format", "csv"]) == 0
    assert capfdbinary.readouterr().out == (made / "roster.csv").read_bytes()


def test_another_table_is_named(made: Path, capfdbinary):
    assert run(["export", str(made), "-f", "csv", "--table", "appointments"]) == 0
    assert capfdbinary.readouterr().out == (made / "appointments.csv").read_bytes()


def test_a_mapping_feeds_another_systems_import(made: Path, tmp_path: Path):
    out = tmp_path / "import.csv"
    arguments = ["--mapping", str(exported.MAPPING), "--out", str(out)]
    assert run(["export", str(made), "-f", "csv", *arguments]) == 0
    assert out.read_bytes() == exported.files()["mapped.csv"]


def test_a_bad_mapping_exits_2_and_leaves_the_file_of_before(made: Path, tmp_path: Path, capsys):
    out = tmp_path / "import.csv"
    out.write_text("last night's")
    (tmp_path / "map.toml").write_text('[[columns]]\nname = "Day"\nfrom = "dat"\n')
    arguments = ["--mapping", str(tmp_path / "map.toml"), "--out", str(out)]
    assert run(["export", str(made), "-f", "csv", *arguments]) == 2
    told = capsys.readouterr().err
    assert "MAP-COLUMN-UNKNOWN [map.toml, column columns.0, value 'dat']" in told
    assert out.read_text() == "last night's"


@pytest.mark.parametrize(("form", "name"), [("json", "plan.json"), ("fhir", "plan.fhir.json")])
def test_documents_on_stdout_are_the_golden_ones(made: Path, capfdbinary, form: str, name: str):
    assert run(["export", str(made), "-f", form]) == 0
    found, golden = json.loads(capfdbinary.readouterr().out), json.loads(exported.files()[name])
    assert found == golden


def test_a_workbook_has_a_sheet_for_each_table_and_one_with_a_mapping(made: Path, tmp_path: Path):
    whole, mapped = tmp_path / "whole.xlsx", tmp_path / "mapped.xlsx"
    assert run(["export", str(made), "-f", "xlsx", "-o", str(whole)]) == 0
    assert (
        run(["export", str(made), "-f", "xlsx", "--mapping", str(exported.MAPPING), "-o", str(mapped)]) == 0
    )
    assert exported.cells_text(whole.read_bytes()) == exported.files()["plan.xlsx.txt"].decode()
    assert exported.cells_text(mapped.read_bytes()).startswith('roster [["s", "EmployeeNo"]')


def test_calendars_go_into_a_folder_and_replace_the_ones_there(made: Path, tmp_path: Path):
    out = tmp_path / "calendars"
    out.mkdir()
    (out / "staff-gone.ics").write_text("old")
    assert run(["export", str(made), "-f", "ics", "-o", str(out)]) == 0
    assert sorted(path.name for path in out.iterdir()) == sorted(
        path.name for path in (made / "calendars").glob("*.ics")
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calendars", "plan"]


def test_a_folder_of_other_things_is_not_replaced(made: Path, tmp_path: Path, capsys):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    assert run(["export", str(made), "-f", "ics", "-o", str(tmp_path / "thesis")]) == 1
    assert "is not replaced" in capsys.readouterr().err
    assert (tmp_path / "thesis" / "chapter.txt").exists()


@pytest.mark.parametrize(("option", "name"), [("--staff", "N1"), ("--household", "H1")])
def test_one_calendar_comes_on_stdout(made: Path, capfdbinary, option: str, name: str):
    assert run(["export", str(made), "-f", "ics", option, name]) == 0
    file = made / "calendars" / f"{option[2:]}-{name}.ics"
    assert capfdbinary.readouterr().out == file.read_bytes()


@pytest.mark.parametrize(
    "arguments",
    [
        ["-f", "json", "--mapping", "map.toml"],
        ["-f", "csv", "--mapping", "map.toml", "--table", "roster"],
        ["-f", "csv", "--table", "rota"],
        ["-f", "fhir", "--table", "roster"],
        ["-f", "csv", "--staff", "N1"],
        ["-f", "ics", "--staff", "N1", "--household", "H1"],
        ["-f", "ics", "--staff", "nobody"],
        ["-f", "ics"],
        ["-f", "xlsx"],
        ["-f", "pdf"],
    ],
)
def test_what_does_not_go_together_exits_2(made: Path, capsys, arguments: list[str]):
    assert run(["export", str(made), *arguments]) == 2
    assert "--help" in capsys.readouterr().err


def test_what_is_no_plan_folder_exits_2(tmp_path: Path, capsys):
    assert run(["export", str(tmp_path), "-f", "csv"]) == 2
    assert "PLAN-FILE-DAMAGED" in capsys.readouterr().err


def test_an_edited_plan_is_refused_with_what_to_do(made: Path, capsys):
    roster = made / "roster.csv"
    roster.write_text(roster.read_text().replace("09:00", "09:05"))
    assert run(["export", str(made), "-f", "csv"]) == 2
    assert "PLAN-FILES-DIFFER" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_exits_1(made: Path, tmp_path: Path, capsys):
    assert run(["export", str(made), "-f", "csv", "-o", str(tmp_path / "no" / "such" / "x.csv")]) == 1
    assert "cannot be written" in capsys.readouterr().err
