"""A folder with every defect at once: all are told in one run, and without them the rest is planned."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.inputs.builders import Tables, with_rows, write
from tests.inputs.defects import DEFECTS
from visitplan import inputs
from visitplan.domain.expansion import expand
from visitplan.errors import InputError
from visitplan.findings import Severity

if TYPE_CHECKING:
    from pathlib import Path

PARTS_BY_TABLE = {
    "requests": "requests",
    "households": "households",
    "people": "people",
    "staff": "staff",
    "shifts": "shifts",
    "history": "history",
    "pins": "pins",
    "tasks": "tasks",
}
"""Tables of which every row becomes one part of the scenario, and that part's name."""


@pytest.fixture
def planted() -> Tables:
    return with_rows(*(defect.rows for defect in DEFECTS))


@pytest.fixture
def folder(planted: Tables, tmp_path: Path) -> Path:
    path = write(tmp_path / "night", planted)
    (path / "bases.csv").write_text(
        "base_id,lat,lon\nB1,53.09,-2.43,,,more\nB1,53.09,-2.43\n", encoding="utf-8"
    )
    return path


def test_there_are_many_kinds_of_defect():
    assert len(DEFECTS) > 80
    assert len({defect.code for defect in DEFECTS}) > 60


def test_every_planted_defect_is_told_in_one_run(folder: Path):
    with pytest.raises(InputError) as caught:
        inputs.read(folder)
    told = {(f.code, str(f.where.file), f.where.column) for f in caught.value.findings}
    missing = [d for d in DEFECTS if (d.code, f"{d.table}.csv", d.column) not in told]
    assert [(d.code, d.table, d.column) for d in missing] == []
    assert "ROW-TOO-WIDE" in {code for code, _, _ in told}


def test_every_finding_says_where_why_and_what_to_do(folder: Path):
    with pytest.raises(InputError) as caught:
        inputs.read(folder)
    assert all(f.where.file and f.cause and f.action for f in caught.value.findings)
    assert all(f.where.row for f in caught.value.findings if f.severity is Severity.ERROR)


def test_every_row_is_planned_or_rejected_with_a_cause(folder: Path, planted: Tables):
    reading = inputs.read(folder, skip_invalid=True)
    rejected = Counter(item.table for item in reading.rejected)
    for table, part in PARTS_BY_TABLE.items():
        assert len(getattr(reading.scenario, part)) + rejected[table] == len(planted[table]), table
    assert all(item.codes and item.cause for item in reading.rejected)


def test_what_is_left_is_a_scenario_that_can_be_expanded(folder: Path):
    reading = inputs.read(folder, skip_invalid=True)
    demand = expand(reading.scenario)
    assert {visit.request_id for visit in demand.visits} == {r.request_id for r in reading.scenario.requests}
    assert {"R1", "R2", "R3", "R4"} <= set(reading.scenario.request_by_id)
    assert all(finding.severity is not Severity.ERROR for finding in reading.scenario.findings)


def test_rows_that_need_a_rejected_row_say_which(tmp_path: Path):
    tables = with_rows()
    tables["households"][0]["lat"] = "0"
    reading = inputs.read(write(tmp_path / "f", tables), skip_invalid=True)
    causes = {(item.table, item.id): (item.codes, item.cause) for item in reading.rejected}
    assert causes["households", "H1"][0] == ("PLACE-OUTSIDE",)
    assert causes["requests", "R1"][0] == ("ROW-DEPENDS",)
    assert "needs 'H1' of households, whose row 2" in causes["requests", "R1"][1]
    assert causes["pins", "R2/b"][0] == ("ROW-DEPENDS",)
    assert [request.request_id for request in reading.scenario.requests] == ["R3"]


def test_rows_that_need_a_bad_row_are_not_told_of_where_nothing_is_skipped(tmp_path: Path):
    tables = with_rows()
    tables["households"][0]["lat"] = "0"
    with pytest.raises(InputError) as caught:
        inputs.read(write(tmp_path / "f", tables))
    assert [finding.code for finding in caught.value.findings] == ["PLACE-OUTSIDE"]


def test_nothing_left_is_an_error_even_where_invalid_rows_are_skipped(tmp_path: Path):
    tables = with_rows()
    for row in tables["households"]:
        row["lat"] = "0"
    with pytest.raises(InputError) as caught:
        inputs.read(write(tmp_path / "f", tables), skip_invalid=True)
    assert "NOTHING-LEFT" in {finding.code for finding in caught.value.findings}


def test_rejected_rows_make_a_table(folder: Path):
    reading = inputs.read(folder, skip_invalid=True)
    frame = inputs.rejected_frame(reading.rejected)
    assert list(frame.columns) == ["table", "file", "row", "id", "codes", "cause", "content"]
    assert len(frame) == len(reading.rejected)
    row = frame[frame["codes"] == "REQUEST-NO-DAY"].iloc[0]
    assert '"days": "sat;sun"' in row["content"]


def test_names_and_addresses_stay_out_of_findings_and_rejected_rows(tmp_path: Path):
    tables = with_rows(
        {
            "people": [{"person_id": "P9", "household_id": "H99", "name": "Ada Lovelace"}],
            "households": [{"household_id": "H9", "area": "crewe", "address": "1 Secret Street"}],
            "family_times": [{"household_id": "H1", "start": "9:00", "end": "8", "contact": "Secret Son"}],
        }
    )
    reading = inputs.read(write(tmp_path / "f", tables), skip_invalid=True)
    assert len(reading.rejected) == 3
    everything = " ".join(map(str, (*reading.findings, *reading.rejected)))
    assert "Secret" not in everything
    assert "Lovelace" not in everything
