"""Exports for other systems: golden files, other readers, mappings good and bad, and ids that mean harm."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.exports import exported
from tests.exports.builders import plan, scenario
from tests.exports.faults import HastyDisk
from tests.exports.figures import figures
from tests.exports.hostile import HOSTILE, hostile_plan, hostile_scenario
from visitplan import exports
from visitplan.domain.demand import Covered
from visitplan.errors import InputError
from visitplan.exports.cells import FORMULA_SIGNS, neutral
from visitplan.exports.documents import json_text, table_sheets, workbook
from visitplan.exports.fhir import fhir_text
from visitplan.exports.kinds import KINDS, Kind, kind_of
from visitplan.exports.mapping import Mapping, mapped_csv, parse_mapping, read_mapping
from visitplan.exports.stored import StoredPlan, columns_of, read_stored, table_names

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    "shift_id staff_id visit_id request_id person_id household_id area service organisation joint_visit_id "
    "joint_mode lead_staff_id appointment_id reason explanation change mode lead_visit_id told_once severity "
    "code file column value subject cause action task by_visit_id benefit_parts"
)


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> StoredPlan:
    """Give the plan in which every id means harm."""
    made = hostile_plan()
    out = tmp_path_factory.mktemp("evil") / "out"
    exports.write_plan(out, hostile_scenario(), made, figures(made), disk=HastyDisk())
    return read_stored(out)


@pytest.mark.parametrize("name", sorted(exported.files()))
def test_the_market_day_is_exported_as_in_the_golden_files(name: str) -> None:
    assert exported.files()[name].decode() == (exported.FOLDER / name).read_bytes().decode()


def test_every_column_has_a_kind_on_purpose() -> None:
    every = {column for name in table_names() for column in columns_of(name)}
    assert {column for column in every if kind_of(column) is Kind.TEXT} <= set(TEXTS.split())
    assert set(KINDS) <= every


def test_json_holds_numbers_truths_and_lists_as_such() -> None:
    document = json.loads(json_text(exported.stored(), ["appointments", "roster"]))
    told = document["tables"]["appointments"][0]
    assert (told["visits"], told["with_family"], told["staff_ids"]) == (3, True, ["N1", "C1"])
    assert document["tables"]["roster"][0]["start_at"] == "2027-01-11T09:00:00+00:00"


def test_a_workbook_holds_dates_times_and_numbers_as_such() -> None:
    data = workbook(table_sheets(exported.stored(), ["staff"]))
    header, first, *_ = load_workbook(io.BytesIO(data))["staff"].iter_rows(values_only=True)
    row = dict(zip(header, first, strict=True))
    assert row["date"] == dt.datetime(2027, 1, 11)
    assert row["shift_start"] == dt.time(8)
    assert row["hours"] == pytest.approx(1.97)


def bundle(stored: StoredPlan) -> Bundle:
    return Bundle.model_validate_json(fhir_text(stored))


def resources(stored: StoredPlan, kind: str) -> list[Any]:
    return [e.resource for e in bundle(stored).entry if e.resource.get_resource_type() == kind]


def test_another_reader_of_fhir_finds_slots_and_appointments() -> None:
    slots = {f"urn:uuid:{slot.id}": slot for slot in resources(exported.stored(), "Slot")}
    booked = [one for one in resources(exported.stored(), "Appointment") if one.status == "pending"]
    assert len(slots) == len(plan().visits)
    assert {ref.reference for one in booked for ref in one.slot} == set(slots)
    for one in booked:
        own = [slots[ref.reference] for ref in one.slot]
        assert one.start == min(slot.start for slot in own)
        assert one.end == max(slot.end for slot in own)


def test_fhir_tells_who_leads_and_who_waits() -> None:
    first, *_, waiting = resources(exported.stored(), "Appointment")
    leads = [
        p.actor.identifier.value for p in first.participant if p.type and p.type[0].coding[0].code == "PPRF"
    ]
    assert leads == ["N1"]
    assert (waiting.status, waiting.start, waiting.identifier[0].value) == ("waitlist", None, "R5")


def test_fhir_tells_of_visits_that_need_not_take_place(tmp_path: Path) -> None:
    spared = Covered("R9", "R9", "P3", "H2", "therapy", "NHS", ("R4",), "R4 does it.")
    made = replace(plan(), covered=(spared,))
    out = exports.write_plan(tmp_path / "out", scenario(), made, figures(made), disk=HastyDisk())
    last = resources(read_stored(out), "Appointment")[-1]
    assert (last.status, last.comment, last.identifier[0].value) == ("cancelled", "R4 does it.", "R9")


def test_fhir_ids_stay_when_times_change() -> None:
    ids = [one.id for one in resources(exported.stored(), "Slot")]
    later = tuple(
        replace(run, visits=tuple(replace(v, end=v.end + 60) for v in run.visits)) for run in plan().runs
    )
    again = replace(exported.stored(), plan=replace(plan(), runs=later))
    assert [one.id for one in resources(again, "Slot")] == ids


def test_a_plan_that_failed_its_check_is_not_exported(tmp_path: Path) -> None:
    out = tmp_path / "out"
    exports.write_plan(out, scenario(), plan(), figures(plan()), status="failed check", disk=HastyDisk())
    with pytest.raises(InputError) as refused:
        read_stored(out)
    assert [finding.code for finding in refused.value.findings] == ["EXPORT-PLAN-FAILED"]


@pytest.mark.parametrize("file", ["roster.csv", "appointments.csv", "calendars/staff-N1.ics"])
def test_a_plan_edited_by_hand_is_not_exported(tmp_path: Path, file: str) -> None:
    out = tmp_path / "out"
    exports.write_plan(out, scenario(), plan(), figures(plan()), disk=HastyDisk())
    text = (out / file).read_text()
    (out / file).write_text(text.replace("H1", "H2"))
    with pytest.raises(InputError) as refused:
        read_stored(out)
    assert "PLAN-FILE-CHANGED" in {finding.code for finding in refused.value.findings}


def test_a_page_that_was_changed_by_hand_is_no_matter(tmp_path: Path) -> None:
    out = tmp_path / "out"
    page = {"letters/standard.html": b"<p>Our team:</p>"}
    exports.write_plan(out, scenario(), plan(), figures(plan()), further=lambda files: page, disk=HastyDisk())
    (out / "letters" / "standard.html").write_text("<p>Our team: 01270 000000</p>")
    assert [finding.code for finding in read_stored(out).findings] == ["PLAN-FILE-CHANGED"]


def columns(*names: str, **more: Any) -> dict[str, Any]:
    return {"columns": [{"name": name, "from": name} for name in names], **more}


def rows(data: dict[str, Any], stored: StoredPlan | None = None) -> list[list[str]]:
    mapping = parse_mapping(data)
    made = mapped_csv(mapping, (stored or exported.stored()).tables[mapping.table])
    text = made.decode(mapping.encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter))


def test_a_mapping_orders_and_names_columns() -> None:
    data = {
        "columns": [{"name": "Who", "from": "staff_id"}, {"name": "When", "text": "{date:%d.%m.}/{start:%H}"}]
    }
    assert rows(data)[:2] == [["Who", "When"], ["C1", "11.01./09"]]


def test_a_mapping_leaves_rows_out_and_sorts_numbers_as_numbers() -> None:
    data = columns("visit_id", "travel_min", only={"service": ["care"]}, sort=["travel_min"], header=False)
    assert rows(data) == [["R2", "7"], ["R4", "20.5"]]


def test_codes_that_are_missing_are_all_told_at_once() -> None:
    data = columns("service")
    data["columns"][0]["codes"] = {"nursing": "N"}
    with pytest.raises(InputError) as refused:
        rows(data)
    told = [(f.code, f.where.column, f.where.value) for f in refused.value.findings]
    assert told == [("MAP-CODE-UNKNOWN", "columns.0.codes", "care")]


def test_a_character_that_the_encoding_lacks_is_told(evil: StoredPlan) -> None:
    with pytest.raises(InputError) as refused:
        rows(columns("staff_id", encoding="latin-1"), evil)
    assert {f.where.value for f in refused.value.findings} == {HOSTILE[12], HOSTILE[13], HOSTILE[14]}
    assert {f.code for f in refused.value.findings} == {"MAP-CHARACTER"}


def test_quotation_marks_stand_around_every_cell_where_they_are_wanted() -> None:
    made = mapped_csv(parse_mapping(columns("visit_id", quote="all")), exported.stored().tables["roster"])
    assert made.splitlines()[:2] == [b'"visit_id"', b'"R2"']


def test_truths_and_lists_are_written_as_wanted() -> None:
    data = columns("with_family", "staff_ids", table="appointments", yes="Y", no="N", list_separator="+")
    assert rows(data)[1:] == [["Y", "N1+C1"], ["N", "C1"]]


BAD = {
    "no columns": ({"columns": []}, ["MAP-VALUE"]),
    "a key that is not": (columns("date", colour="red"), ["MAP-KEY-UNKNOWN"]),
    "a column that is not": (columns("datum", "staf_id"), ["MAP-COLUMN-UNKNOWN"] * 2),
    "a table that is not": (columns("date", table="rota"), ["MAP-VALUE"]),
    "an encoding that is not": (columns("date", encoding="klingon"), ["MAP-VALUE"]),
    "an encoding of bytes": (columns("date", encoding="base64"), ["MAP-VALUE"]),
    "a long delimiter": (columns("date", delimiter="::"), ["MAP-VALUE"]),
    "a name twice": (columns("date", "date"), ["MAP-COLUMN-TWICE"]),
    "an hour of a date": ({"columns": [{"name": "x", "from": "date", "format": "%H"}]}, ["MAP-FORMAT"]),
    "a format of text": ({"columns": [{"name": "x", "from": "area", "format": ">9"}]}, ["MAP-FORMAT"]),
    "a format that is none": ({"columns": [{"name": "x", "from": "lat", "format": "%d"}]}, ["MAP-FORMAT"]),
    "open braces": ({"columns": [{"name": "x", "text": "{date"}]}, ["MAP-TEXT"]),
    "braces that reach inside": ({"columns": [{"name": "x", "text": "{date.__class__}"}]}, ["MAP-TEXT"]),
    "two contents": ({"columns": [{"name": "x", "from": "date", "value": "y"}]}, ["MAP-VALUE"]),
    "a date format without a date": (columns("date", date_format="today"), ["MAP-VALUE"]),
    "sorted by what is not": (columns("date", sort=["day"]), ["MAP-COLUMN-UNKNOWN"]),
    "several at once": (
        {"sort": ["day"], **columns("datum", "date", "date")},
        ["MAP-COLUMN-TWICE", "MAP-COLUMN-UNKNOWN", "MAP-COLUMN-UNKNOWN"],
    ),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_everything_wrong_with_a_mapping_is_told_at_once(case: str) -> None:
    data, codes = BAD[case]
    with pytest.raises(InputError) as refused:
        parse_mapping(data)
    assert [finding.code for finding in refused.value.findings] == codes


def test_a_misspelt_column_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"Did you mean staff_id\?"):
        parse_mapping(columns("staf_id"))


@pytest.mark.parametrize("data", [None, b"= nothing", b"\xff\xfe"])
def test_a_mapping_file_that_cannot_be_read_is_told(tmp_path: Path, data: bytes | None) -> None:
    if data is not None:
        (tmp_path / "map.toml").write_bytes(data)
    with pytest.raises(InputError) as refused:
        read_mapping(tmp_path / "map.toml")
    assert [finding.code for finding in refused.value.findings] == ["MAP-UNREADABLE"]


def test_hostile_ids_are_no_formulas_in_mapped_files(evil: StoredPlan) -> None:
    data: dict[str, Any] = {
        "columns": [
            {"name": "=name", "from": "staff_id"},
            {"name": "text", "text": "{staff_id}{visit_id}"},
            {"name": "value", "value": "@x"},
            {"name": "code", "from": "service", "codes": {"+1": "=1"}, "other": "-2"},
        ],
        "delimiter": ";",
    }
    found = rows(data, evil)
    assert sorted(row[0] for row in found[1:]) == sorted(neutral(text) for text in HOSTILE)
    assert all(cell[0] not in FORMULA_SIGNS for row in found for cell in row)


def test_hostile_ids_are_text_in_workbooks(evil: StoredPlan) -> None:
    book = load_workbook(io.BytesIO(workbook(table_sheets(evil, table_names()))))
    cells = [cell for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.value[0] not in FORMULA_SIGNS for cell in cells)
    assert len({cell.value for cell in book["staff"]["C"]}) == len(HOSTILE) + 1


def test_hostile_ids_come_through_json_and_fhir_unchanged(evil: StoredPlan) -> None:
    document = json.loads(json_text(evil, ["roster"]))
    assert {row["staff_id"] for row in document["tables"]["roster"]} == set(HOSTILE)
    found = {slot.identifier[0].value for slot in resources(evil, "Slot")}
    assert found == {text.replace("\x1b", "\ufffd") for text in HOSTILE}


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=3),
    delimiter=st.sampled_from([",", ";", "|", "\t", "-"]),
    quote=st.sampled_from(["needed", "all"]),
)
def test_whatever_a_mapped_file_holds_is_read_back_and_no_formula(
    texts: list[str], delimiter: str, quote: str
) -> None:
    mapping = parse_mapping(columns("staff_id", "area", delimiter=delimiter, quote=quote, header=False))
    made = mapped_csv(mapping, [{"staff_id": text, "area": None} for text in texts]).decode()
    found = list(csv.reader(io.StringIO(made, newline=""), delimiter=delimiter, strict=True))
    assert found == [[neutral(text), ""] for text in texts]


def test_a_mapping_is_valid_from_birth() -> None:
    assert Mapping.model_validate(columns("date", delimiter="tab")).delimiter == "\t"
