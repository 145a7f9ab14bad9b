"""Schemas, templates and descriptions agree with what reading accepts."""

from __future__ import annotations

import csv
import json

import pytest

from tests.inputs.builders import codes
from visitplan import inputs
from visitplan.errors import InputError

DESIGN = {
    "requests": (
        "request_id household_id person_id service organisation duration_min earliest_date latest_date "
        "window_start window_end preferred_start preferred_end days visits min_days_between staff_needed "
        "skills joint family priority time_critical tasks not_before complete_by after_request "
        "min_gap_min max_gap_min preferred_staff excluded_staff usual_start same_time_min received"
    ),
    "households": "household_id area lat lon postcode address access_min max_staff_at_once quiet_start "
    "quiet_end",
    "people": "person_id household_id frequent_user child name discharge",
    "family_times": "household_id date weekday start end contact",
    "staff": (
        "staff_id service organisation skills grade base_id start_from travel_mode hourly_cost "
        "max_week_hours areas works_with home_lat home_lon home_postcode home_address"
    ),
    "shifts": "staff_id date start end break_min break_from break_to overtime_max_min",
    "bases": "base_id lat lon",
    "history": "person_id staff_id visits last_date task",
    "pins": "visit_id staff_id start",
    "tasks": "code minutes shareable skill",
    "travel": "from_place to_place mode seconds minutes metres km",
}


def test_every_table_has_its_columns():
    assert set(inputs.table_names()) == set(DESIGN)
    for table, columns in DESIGN.items():
        assert set(columns.split()) <= {column.name for column in inputs.describe_columns(table)}, table


@pytest.mark.parametrize("table", inputs.table_names())
def test_every_column_is_described_in_the_schema(table: str):
    schema = inputs.json_schema(table)
    assert all(field.get("description") for field in schema["properties"].values())
    required = {column.name for column in inputs.describe_columns(table) if column.required}
    assert set(schema.get("required", ())) == required
    assert json.loads(json.dumps(schema))["title"] == table


@pytest.mark.parametrize("table", inputs.table_names())
def test_a_template_is_the_header_and_nothing_else(table: str):
    lines = inputs.template(table).splitlines()
    assert len(lines) == 1
    assert next(csv.reader(lines)) == [column.name for column in inputs.describe_columns(table)]


def test_columns_that_measure_say_their_unit():
    for table in inputs.table_names():
        for column in inputs.describe_columns(table):
            if column.name.endswith("_min") or column.name == "minutes":
                assert "inutes" in column.description, (table, column.name)


def test_the_policys_schema_knows_its_sections():
    properties = inputs.policy_schema()["properties"]
    assert {"period", "tables", "places", "travel", "costs", "coordination", "limits"} <= set(properties)


def test_an_unknown_table_is_refused_with_the_nearest_name():
    with pytest.raises(InputError) as caught:
        inputs.template("request")
    assert codes(caught.value.findings) == {"TABLE-UNKNOWN"}
    assert "Did you mean 'requests'?" in caught.value.findings[0].cause
