"""Tables come from folders, workbooks, frames and parquet files, as other systems write them."""

from __future__ import annotations

import builtins
import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from openpyxl import Workbook

from tests.inputs.builders import (
    WEDNESDAY,
    codes,
    findings_of,
    frames,
    good,
    household,
    only,
    with_rows,
    write,
)
from visitplan import inputs
from visitplan.errors import InputError
from visitplan.findings import Severity
from visitplan.inputs.raw import table_of
from visitplan.inputs.registry import BY_NAME
from visitplan.policy import Policy, TableSource

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inputs.builders import Tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "night", good())


def workbook(path: Path, tables: Tables, **sheets: str) -> Path:
    """Write tables as sheets, with a spreadsheet's own dates, times and numbers."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(sheets.get(name, name))
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([typed(column, row.get(column, "")) for column in columns])
    book.save(path)
    return path


def typed(column: str, text: str) -> Any:
    if column in ("date", "earliest_date", "latest_date") and text:
        return dt.datetime.fromisoformat(text)
    if column in ("start", "end", "window_start", "window_end") and text:
        return dt.time.fromisoformat(text)
    if column in ("lat", "lon", "duration_min", "visits", "minutes") and text:
        return float(text)
    return text or None


def test_a_folder_a_workbook_frames_and_parquet_give_the_same_scenario(folder: Path, tmp_path: Path):
    one = inputs.read(folder).scenario
    two = inputs.read(workbook(tmp_path / "book.xlsx", good())).scenario
    three = inputs.read_frames(frames(good())).scenario
    (tmp_path / "parquet").mkdir()
    for name, frame in frames(good()).items():
        frame.to_parquet(tmp_path / "parquet" / f"{name}.parquet")
    four = inputs.read(tmp_path / "parquet").scenario
    for other in (two, three, four):
        assert other.requests == one.requests
        assert other.shifts == one.shifts
        assert other.households == one.households
        assert other.staff == one.staff
        assert other.pins == one.pins


def test_the_folders_files_are_hashed(folder: Path):
    hashes = inputs.read(folder).scenario.input_hashes
    assert set(hashes) == {path.name for path in folder.iterdir()}
    assert all(len(value) == 64 for value in hashes.values())


def test_a_policy_in_the_folder_is_used_and_hashed(folder: Path):
    (folder / "visitplan.toml").write_text("[limits]\nmax_late_min = 7\n", encoding="utf-8")
    scenario = inputs.read(folder).scenario
    assert scenario.policy.limits.max_late_min == 7
    assert "visitplan.toml" in scenario.input_hashes
    assert inputs.read(folder, policy=Policy()).scenario.policy.limits.max_late_min == 0


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(folder: Path, delimiter: str):
    path = folder / "households.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", delimiter), encoding="utf-8")
    assert findings_of(folder) == ()


def test_a_byte_order_mark_is_noted(folder: Path):
    path = folder / "staff.csv"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert only(findings_of(folder), "TABLE-BYTE-ORDER-MARK").severity is Severity.NOTE


def test_windows_encoding_is_read_with_a_warning(folder: Path):
    write(
        folder,
        {
            "people": [
                {"person_id": "P1", "household_id": "H1", "name": "Zoë"},
                {"person_id": "P2", "household_id": "H2"},
            ]
        },
    )
    path = folder / "people.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    reading = inputs.read(folder)
    assert only(reading.findings, "TABLE-ENCODING").severity is Severity.WARNING
    assert reading.scenario.people[0].name == "Zoë"


def test_utf_16_is_read_with_a_warning(folder: Path):
    path = folder / "people.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert codes(findings_of(folder)) == {"TABLE-ENCODING"}


def test_an_encoding_may_be_named_and_may_be_wrong(folder: Path):
    policy = Policy(tables={"people": TableSource(encoding="latin-1")})
    assert findings_of(folder, policy=policy) == ()
    policy = Policy(tables={"people": TableSource(encoding="utf-99")})
    assert "no encoding 'utf-99'" in only(findings_of(folder, policy=policy), "TABLE-UNREADABLE").cause


def test_spaces_are_taken_off_and_noted_once_a_table(folder: Path):
    path = folder / "shifts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("N1,", " N1 ,"), encoding="utf-8")
    found = only(findings_of(folder), "CELL-SPACES")
    assert found.severity is Severity.NOTE
    assert found.cause.startswith("2 cells")


def test_headings_may_be_written_with_capitals_and_spaces(folder: Path):
    path = folder / "households.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("household_id", "Household ID"), encoding="utf-8"
    )
    assert findings_of(folder) == ()


def test_an_unknown_column_is_a_warning_with_the_nearest_name():
    found = only(findings_of(with_rows({"households": [household("H3", acces_min="2")]})), "COLUMN-UNKNOWN")
    assert found.severity is Severity.WARNING
    assert "Did you mean 'access_min'?" in found.cause


def test_a_column_in_another_script_is_a_warning_too():
    found = only(findings_of(with_rows({"households": [household("H3", 名="x")]})), "COLUMN-UNKNOWN")
    assert found.where.column == "名"


def test_what_stands_in_an_unknown_column_is_neither_judged_nor_passed_on():
    rows = [household("H3", lat="0", surname="Secret"), household("H4", surname="#N/A")]
    reading = inputs.read_frames(frames(with_rows({"households": rows})), skip_invalid=True)
    assert [(item.id, item.codes) for item in reading.rejected] == [("H3", ("PLACE-OUTSIDE",))]
    assert "surname" not in reading.rejected[0].content


def test_a_missing_column_is_told_once_with_the_column_that_may_be_meant():
    tables = good()
    for row in tables["requests"]:
        row["servce"] = row.pop("service")
    found = findings_of(tables)
    missing = only(found, "COLUMN-MISSING")
    assert missing.where.column == "service"
    assert "Did you mean 'servce'?" in missing.cause
    assert codes(found) == {"COLUMN-MISSING", "COLUMN-UNKNOWN"}


def test_a_column_that_stands_twice_stops_even_where_rows_may_be_skipped(folder: Path):
    (folder / "tasks.csv").write_text("code,minutes,minutes\nweight,5,6\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        inputs.read(folder, skip_invalid=True)
    assert "COLUMN-TWICE" in codes(caught.value.findings)


def test_every_missing_table_is_told():
    found = findings_of({"people": good()["people"]})
    missing = {f.where.file for f in found if f.code == "TABLE-MISSING"}
    assert missing == {"requests", "households", "staff", "shifts"}


def test_a_missing_table_does_not_hide_what_is_wrong_with_the_others(folder: Path):
    (folder / "staff.csv").unlink()
    (folder / "tasks.csv").write_text("code,minutes\nweight,-3\n", encoding="utf-8")
    assert {"TABLE-MISSING", "CELL-RANGE"} <= codes(findings_of(folder))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "TABLE-NO-HEADER"),
        ("\n\n", "TABLE-NO-HEADER"),
        ("person_id,staff_id,visits\n", "TABLE-EMPTY"),
        ('person_id,staff_id,visits\n"P1,N1,2\n', "TABLE-UNREADABLE"),
    ],
)
def test_tables_without_content_or_end_are_told(folder: Path, text: str, code: str):
    (folder / "history.csv").write_text(text, encoding="utf-8")
    assert codes(findings_of(folder)) == {code}


def test_an_unreadable_optional_table_is_listed_as_rejected(folder: Path):
    (folder / "history.csv").write_text('person_id,staff_id,visits\n"P1,N1,2\n', encoding="utf-8")
    reading = inputs.read(folder, skip_invalid=True)
    assert [(item.table, item.row, item.codes) for item in reading.rejected] == [
        ("history.csv", None, ("TABLE-UNREADABLE",))
    ]
    assert pd.isna(inputs.rejected_frame(reading.rejected)["row"].iloc[0])


def test_rows_are_numbered_as_a_spreadsheet_does(folder: Path):
    text = '\nperson_id,household_id,name\nP1,H1,"two\nlines"\n\nP2,H2,\nP3,H9,\n'
    (folder / "people.csv").write_text(text, encoding="utf-8")
    assert only(findings_of(folder), "HOUSEHOLD-UNKNOWN").where.row == 6


def test_more_rows_than_the_limit_are_refused():
    grid = [(1, ["code", "minutes"]), *((k, [f"t{k}", "5"]) for k in range(2, 9))]
    table, problems = table_of(BY_NAME["tasks"], "tasks.csv", grid, max_rows=5)
    assert table is None
    assert [problem.finding.code for problem in problems] == ["TABLE-TOO-LONG"]
    assert table_of(BY_NAME["tasks"], "tasks.csv", grid, max_rows=7)[0] is not None


def test_a_row_wider_than_its_header_is_out_and_nothing_else_is_told_of_it(folder: Path):
    with (folder / "tasks.csv").open("a", encoding="utf-8") as stream:
        stream.write("lifting, with hoist,10,yes\n")
    found = only([f for f in findings_of(folder) if f.severity is Severity.ERROR], "ROW-TOO-WIDE")
    assert found.where.row == 3


def test_a_table_in_two_files_must_be_chosen(folder: Path):
    frames(good())["tasks"].to_parquet(folder / "tasks.parquet")
    assert only(findings_of(folder), "TABLE-TWICE").severity is Severity.ERROR
    policy = Policy(tables={"tasks": TableSource(file="tasks.parquet")})
    assert "TABLE-TWICE" not in codes(findings_of(folder, policy=policy))


def test_a_file_named_almost_as_a_table_is_a_warning_and_others_are_noted(folder: Path):
    (folder / "history.csv").rename(folder / "histroy.csv")
    (folder / "wages.csv").write_text("a\n1\n", encoding="utf-8")
    (folder / "README.md").write_text("hello", encoding="utf-8")
    found = {f.where.file: f for f in findings_of(folder) if f.code == "TABLE-UNKNOWN"}
    assert found["histroy.csv"].severity is Severity.WARNING
    assert "'history'" in found["histroy.csv"].cause
    assert found["wages.csv"].severity is Severity.NOTE
    assert len(found) == 2


def test_another_systems_export_comes_in_as_it_is(folder: Path):
    (folder / "people.csv").unlink()
    (folder / "clients.txt").write_text("Client No|Addr Ref|VIP\nP1|H1|J\nP2|H2|\n", encoding="cp1252")
    source = {
        "file": "clients.txt",
        "delimiter": "|",
        "encoding": "cp1252",
        "columns": {"Client No": "person_id", "addr ref": "household_id", "VIP": "frequent_user"},
        "codes": {"frequent_user": {"J": "yes"}},
    }
    reading = inputs.read(folder, policy=Policy(tables={"people": TableSource(**source)}))
    assert [f.code for f in reading.findings] == []
    assert [person.frequent_user for person in reading.scenario.people] == [True, False]


def test_codes_are_translated_in_lists_too_and_may_mean_nothing(folder: Path):
    table = TableSource(codes={"skills": {"BLD": "bloods", "none": ""}})
    rows = good()["requests"]
    rows[0]["skills"], rows[2]["skills"] = "none", "BLD; lifting"
    write(folder, {"requests": rows})
    requests = inputs.read(folder, policy=Policy(tables={"requests": table})).scenario.requests
    assert requests[0].skills == frozenset()
    assert requests[2].skills == {"bloods", "lifting"}


def test_a_column_map_that_does_not_fit_is_told(folder: Path):
    table = TableSource(columns={"Cod": "code", "minutes": "minits"}, codes={"sharable": {}})
    found = findings_of(folder, policy=Policy(tables={"tasks": table, "taks": TableSource()}))
    assert only(found, "POLICY-COLUMN-ABSENT").where.column == "Cod"
    assert "Did you mean 'tasks'?" in only(found, "POLICY-TABLE-UNKNOWN").cause
    assert {f.where.column for f in found if f.code == "POLICY-COLUMN-UNKNOWN"} == {"minits", "sharable"}


def test_a_faulty_policy_is_told_together_with_the_tables_faults(folder: Path):
    (folder / "visitplan.toml").write_text(
        "[limits]\nmax_late = 7\n[tables.tasks]\nfile = 'jobs.csv'\n", encoding="utf-8"
    )
    (folder / "tasks.csv").unlink()
    (folder / "jobs.csv").write_text("code,minutes\nweight,x\n", encoding="utf-8")
    assert codes(findings_of(folder)) == {"POLICY-KEY-UNKNOWN", "CELL-NUMBER"}


def test_a_policy_that_is_not_toml_is_told_together_with_the_tables_faults(folder: Path):
    (folder / "visitplan.toml").write_text("limits = [", encoding="utf-8")
    (folder / "tasks.csv").write_text("code,minutes\nweight,x\n", encoding="utf-8")
    assert codes(findings_of(folder)) == {"POLICY-UNREADABLE", "CELL-NUMBER"}


def test_a_workbooks_sheets_may_be_called_otherwise(tmp_path: Path):
    path = workbook(tmp_path / "book.xlsx", good(), requests="Visits wanted", tasks="TASKS", history="spare")
    policy = Policy(tables={"requests": TableSource(sheet="visits wanted")})
    reading = inputs.read(path, policy=policy)
    assert len(reading.scenario.requests) == 4
    assert only(reading.findings, "TABLE-UNKNOWN").where.file == "book.xlsx:spare"


def test_a_table_of_a_folder_may_be_a_sheet_of_a_workbook(folder: Path):
    workbook(folder / "export.xlsx", {"requests": good()["requests"], "other": []}, requests="Visits 1")
    (folder / "requests.csv").unlink()
    policy = Policy(tables={"requests": TableSource(file="export.xlsx", sheet="Visits 1")})
    assert findings_of(folder, policy=policy) == ()
    policy = Policy(tables={"requests": TableSource(file="export.xlsx", sheet="Visits 2")})
    assert "Did you mean 'Visits 1'?" in only(findings_of(folder, policy=policy), "TABLE-UNREADABLE").cause


def test_a_finding_in_a_workbook_names_sheet_row_and_column(tmp_path: Path):
    tables = good()
    tables["tasks"].append({"code": "turning", "minutes": "", "shareable": "yes"})
    found = only(findings_of(workbook(tmp_path / "book.xlsx", tables)), "CELL-EMPTY")
    assert (found.where.file, found.where.row, found.where.column) == ("book.xlsx:tasks", 3, "minutes")


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 broken"])
def test_a_workbook_that_is_none_is_told(tmp_path: Path, content: bytes):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    assert "TABLE-UNREADABLE" in codes(findings_of(path))


def test_parquet_without_its_package_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "tasks.csv").unlink()
    frames(good())["tasks"].to_parquet(folder / "tasks.parquet")
    plain_import = builtins.__import__

    def without_pyarrow(name: str, *rest: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return plain_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_pyarrow)
    assert "visitplan[parquet]" in only(findings_of(folder), "TABLE-UNREADABLE").action


def test_a_broken_parquet_file_is_told(folder: Path):
    (folder / "tasks.csv").unlink()
    (folder / "tasks.parquet").write_bytes(b"PAR1 nothing")
    assert codes(findings_of(folder)) == {"TABLE-UNREADABLE"}


def test_a_frame_may_hold_pythons_own_values():
    tables = frames(good())
    tables["tasks"] = pd.DataFrame({"code": ["weight"], "minutes": [5], "shareable": [True]})
    tables["history"] = pd.DataFrame(
        {"person_id": ["P1"], "staff_id": ["N1"], "visits": [4], "last_date": [pd.Timestamp("2027-03-01")]}
    )
    tables["requests"]["skills"] = [["bloods"], [], None, ("bloods", "bloods")]
    scenario = inputs.read_frames(tables).scenario
    assert scenario.tasks[0].shareable
    assert scenario.history[0].last_date == dt.date(2027, 3, 1)
    assert [set(request.skills) for request in scenario.requests] == [{"bloods"}, set(), set(), {"bloods"}]


def test_an_unknown_frame_is_a_warning():
    found = only(findings_of({**good(), "requets": []}), "TABLE-UNKNOWN")
    assert found.severity is not Severity.ERROR


def test_there_must_be_something_to_read(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    for path in (tmp_path / "nowhere", tmp_path / "notes.txt"):
        with pytest.raises(InputError) as caught:
            inputs.read(path)
        assert codes(caught.value.findings) == {"SOURCE-UNKNOWN"}


def test_an_empty_folder_lists_what_it_lacks(tmp_path: Path):
    assert {"TABLE-MISSING", "PERIOD-UNKNOWN"} == codes(findings_of(tmp_path))


def test_dates_with_slashes_are_day_first_with_one_warning_a_column():
    tables = good()
    for row in tables["shifts"]:
        row["date"] = "10/03/2027" if row["date"] == WEDNESDAY else "11/3/2027"
    reading = inputs.read_frames(frames(tables))
    assert only(reading.findings, "DATE-DAY-FIRST").severity is Severity.WARNING
    assert {shift.date for shift in reading.scenario.shifts} == {dt.date(2027, 3, 10), dt.date(2027, 3, 11)}


def test_what_needs_an_unreadable_table_is_rejected_and_is_told_of_only_then(folder: Path):
    (folder / "bases.csv").write_text('base_id,lat,lon\n"B1,53,-2\n', encoding="utf-8")
    assert codes(findings_of(folder)) == {"TABLE-UNREADABLE"}
    reading = inputs.read(folder, skip_invalid=True)
    out = {item.id: item for item in reading.rejected if item.table == "staff"}
    assert set(out) == {"N1", "C1"}
    assert out["N1"].codes == ("ROW-DEPENDS",)
    assert "bases, which cannot be read" in out["N1"].cause
    assert [member.staff_id for member in reading.scenario.staff] == ["C2"]


def test_sheets_that_are_missing_and_workbooks_that_are_none_are_told_for_their_table(folder: Path):
    (folder / "export.xlsx").write_bytes(b"nothing")
    policy = Policy(tables={"requests": TableSource(file="export.xlsx")})
    assert "TABLE-UNREADABLE" in codes(findings_of(folder, policy=policy))
