"""Every defect is found where it is, and nothing is found where there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import visitplan.inputs
from tests.inputs.builders import (
    THURSDAY,
    WEDNESDAY,
    codes,
    findings_of,
    frames,
    good,
    only,
    request,
    with_rows,
)
from tests.inputs.defects import DEFECTS, TABLE_CODES, Defect
from visitplan import inputs
from visitplan.findings import Severity
from visitplan.inputs.problems import Hints


def test_tables_that_are_right_give_no_finding_at_all():
    assert findings_of(good()) == ()


@pytest.mark.parametrize(
    "defect", DEFECTS, ids=lambda defect: f"{defect.code}-{defect.table}-{defect.column}"
)
def test_each_defect_is_found_in_its_row_and_column(defect: Defect):
    tables = with_rows(defect.rows)
    number = len(tables[defect.table]) + 1
    found = [finding for finding in findings_of(tables) if finding.code == defect.code]
    assert [(f.where.file, f.where.row, f.where.column) for f in found] == [
        (defect.table, number, defect.column)
    ]
    assert found[0].severity is defect.severity
    assert found[0].cause
    assert found[0].action


@pytest.mark.parametrize(
    "defect", DEFECTS, ids=lambda defect: f"{defect.code}-{defect.table}-{defect.column}"
)
def test_a_defect_brings_no_other_finding_with_it(defect: Defect):
    assert codes(findings_of(with_rows(defect.rows))) == {defect.code}


@pytest.mark.parametrize(
    "defect", DEFECTS, ids=lambda defect: f"{defect.code}-{defect.table}-{defect.column}"
)
def test_without_invalid_rows_the_rest_is_a_scenario(defect: Defect):
    tables = with_rows(defect.rows)
    reading = inputs.read_frames(frames(tables), skip_invalid=True)
    rejected = {(item.table, item.row) for item in reading.rejected}
    assert ((defect.table, len(tables[defect.table]) + 1) in rejected) == (defect.severity is Severity.ERROR)
    assert len(reading.scenario.requests) >= len(good()["requests"])


def test_every_code_that_reading_can_give_has_a_test():
    source = Path(visitplan.inputs.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    given = set(re.findall(r'"([A-Z]{2,}(?:-[A-Z]+)+)"', text))
    assert given == {defect.code for defect in DEFECTS} | TABLE_CODES


def test_hints_end_where_the_comparisons_do():
    hints = Hints(comparisons=10)
    assert hints("nusing", ["nursing", "care", "therapy"]) == " Did you mean 'nursing'?"
    assert hints("nusing", [f"nursing{k}" for k in range(10)]) == ""


def test_a_hint_names_the_nearest_id():
    causes = {f.code: f.cause for f in findings_of(with_rows(*(defect.rows for defect in DEFECTS)))}
    assert "Did you mean 'weight'?" in causes["TASK-UNKNOWN"]
    assert "Did you mean 'nursing'?" in causes["SERVICE-UNKNOWN"]
    assert "Did you mean 'bloods'?" in causes["SKILL-UNKNOWN"]


def test_days_between_visits_count_when_visits_are_fitted_into_days():
    row = request("R9", latest_date=THURSDAY, visits="2", min_days_between="2")
    found = only(findings_of(with_rows({"requests": [row]})), "REQUEST-TOO-MANY-VISITS")
    assert "only 1 of its days" in found.cause
    assert findings_of(with_rows({"requests": [{**row, "visits": "1"}]})) == ()


def test_what_follows_a_daily_request_must_be_as_frequent():
    daily = request("D", latest_date=THURSDAY, visits="daily")
    follower = request("F", latest_date=THURSDAY, after_request="D", window_end="17:00")
    assert findings_of(with_rows({"requests": [daily, {**follower, "visits": "2"}]})) == ()
    tables = with_rows({"requests": [daily, {**follower, "latest_date": WEDNESDAY}]})
    assert codes(findings_of(tables)) == {"REQUEST-AFTER-COUNT"}
