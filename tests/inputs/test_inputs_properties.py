"""Whatever is done to a folder's cells, reading gives a valid scenario or findings; no row gets lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inputs.builders import Tables, frames, good
from tests.inputs.test_planted import PARTS_BY_TABLE
from visitplan import inputs
from visitplan.domain.expansion import expand
from visitplan.errors import InputError
from visitplan.findings import errors_in
from visitplan.inputs.registry import BY_NAME
from visitplan.policy import PeriodPolicy, Policy

NASTY = (
    "", "0", "-1", "1", "2", "3", "5", "7", "90", "1e9", "0.5", "nan", "x", "R1", "R2", "R3", "R4", "R2/a",
    "R3/2", "H1", "H2", "H9", "P1", "P2", "N1", "C1", "C2", "N1;C2", "B1", "yes", "no", "daily", "required",
    "welcome", "require", "home", "base", "walk", "mon", "wed;thu", "sat-sun", "00:00", "01:30", "07:59",
    "12:00", "17:00", "23:59", "24:00", "2027-03-09", "2027-03-10", "2027-03-11", "2027-03-12",
    "2027-03-10 09:30", "2027-03-11 23:00", "11/03/2027", "53.1", "-2.4", "53.2", "CW1 1AA", "weight",
    "nursing", "care", "bloods", "=1+1", "a\nb", "#REF!",
)  # fmt: skip

changes = st.lists(
    st.tuples(st.sampled_from(sorted(good())), st.integers(0, 5), st.integers(0, 40), st.sampled_from(NASTY)),
    min_size=1,
    max_size=6,
)


clock = st.sampled_from(
    ("00:00", "00:30", "01:00", "01:15", "01:45", "02:00", "02:15", "03:00", "09:00", "23:30")
)
"""Most of them near the hours that the clocks skip or repeat."""


def changed(edits: list[tuple[str, int, int, str]]) -> Tables:
    """Write values into cells of the good tables, also into columns that they leave out."""
    tables = good()
    for name, row, column, value in edits:
        columns = BY_NAME[name].columns
        tables[name][row % len(tables[name])][columns[column % len(columns)]] = value
    return tables


def read_or_none(tables: Tables, **options: Any) -> inputs.Reading | None:
    try:
        return inputs.read_frames(frames(tables), **options)
    except InputError as error:
        if errors_in(error.findings):
            return None
        raise


@settings(max_examples=250, deadline=None)
@given(changes)
def test_every_row_is_planned_or_rejected_whatever_is_wrong(edits: list[tuple[str, int, int, str]]):
    tables = changed(edits)
    reading = read_or_none(tables, skip_invalid=True)
    if reading is None:
        return
    out = Counter(item.table for item in reading.rejected)
    blank = {name: sum(not any(row.values()) for row in rows) for name, rows in tables.items()}
    for table, part in PARTS_BY_TABLE.items():
        assert len(getattr(reading.scenario, part)) + out[table] + blank[table] == len(tables[table])
    assert len(expand(reading.scenario).visits) >= len(reading.scenario.requests)


@settings(max_examples=100, deadline=None)
@given(changes)
def test_strict_reading_and_skipping_agree_on_what_is_right(edits: list[tuple[str, int, int, str]]):
    tables = changed(edits)
    strict = read_or_none(tables)
    skipping = read_or_none(tables, skip_invalid=True)
    if strict is not None:
        assert skipping is not None
        assert strict.scenario.requests == skipping.scenario.requests
        assert strict.findings == skipping.findings
        assert [item for item in strict.rejected if item.codes != ("SHIFT-OUTSIDE-PERIOD",)] == []
    elif skipping is not None:
        assert any(item.codes != ("SHIFT-OUTSIDE-PERIOD",) for item in skipping.rejected)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["2027-03-27", "2027-03-28", "2027-10-30", "2027-10-31"]),
    clock,
    clock,
    st.integers(1, 600),
)
def test_clock_changes_never_make_a_scenario_that_cannot_be_built(
    day: str, start: str, end: str, minutes: int
):
    tables = good()
    tables["pins"].append({"visit_id": "R3", "start": f"{day} {start}"})
    tables["requests"][2]["visits"] = "1"
    for row in tables["requests"]:
        row.update(earliest_date=day, latest_date=day)
        row.update(window_start=start, window_end=end, preferred_start=end, not_before=f"{day} {start}")
    for row in tables["shifts"]:
        row.update(date=day, start=start, end=end, break_min=str(minutes), break_from=end, break_to=start)
    tables["family_times"] = [{"household_id": "H1", "date": day, "start": start, "end": end}]
    period = Policy(
        period=PeriodPolicy.model_validate({"first_date": "2027-03-27", "last_date": "2027-10-31"})
    )
    reading = read_or_none(tables, skip_invalid=True, policy=period)
    assert reading is None or expand(reading.scenario).visits
