"""Cells are read as people type them and as spreadsheets store them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from visitplan.inputs import cells

DAY = dt.date(2027, 3, 10)
HALF_PAST = dt.datetime(2027, 3, 10, 9, 30)
KINDS = (
    cells.Id,
    cells.IdList,
    cells.Whole,
    cells.Number,
    cells.Truth,
    cells.Date,
    cells.Clock,
    cells.Moment,
    cells.Start,
    cells.Days,
    cells.Visits,
)


def read(kind: object, value: object) -> object:
    return TypeAdapter(kind).validate_python(value)


def outcome(kind: object, value: object) -> str:
    try:
        read(kind, value)
    except ValidationError as error:
        return error.errors()[0]["type"]
    return "READ"


def code_of(kind: object, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    return caught.value.errors()[0]["type"]


@pytest.mark.parametrize(
    "value",
    [
        "09:30",
        "9:30",
        "09:30:00",
        dt.time(9, 30),
        dt.timedelta(hours=9.5),
        dt.datetime(1899, 12, 30, 9, 30),
        9.5 / 24,
    ],
)
def test_a_clock_time_may_be_text_a_time_a_duration_or_a_part_of_a_day(value: object):
    assert read(cells.Clock, value) == dt.time(9, 30)


@pytest.mark.parametrize(
    "value", ["24:01", "12:60", "9", "9.30", "noon", True, dt.datetime(2027, 3, 10), 2.5]
)
def test_other_things_are_no_clock_time(value: object):
    assert code_of(cells.Clock, value) == "CELL-TIME"


def test_midnight_at_the_end_of_the_day_is_an_end_and_no_start():
    assert read(cells.ClockEnd, "24:00") == dt.time(0, 0)
    assert read(cells.ClockLatest, "24:00") == dt.time(23, 59)
    assert code_of(cells.Clock, "24:00") == "CELL-TIME"


@pytest.mark.parametrize(
    "value",
    [
        "2027-03-10",
        "10/03/2027",
        "10/3/2027",
        "2027-03-10 00:00:00",
        dt.date(2027, 3, 10),
        dt.datetime(2027, 3, 10),
        46456,
        46456.0,
    ],
)
def test_a_date_may_be_iso_day_first_or_a_spreadsheets(value: object):
    assert read(cells.Date, value) == dt.date(2027, 3, 10)


@pytest.mark.parametrize("value", ["3/25/2027", "2027-13-01", "10.03.2027", "0027-03-10", 12, "20270310"])
def test_other_things_are_no_date(value: object):
    assert code_of(cells.Date, value) == "CELL-DATE"


def test_a_date_with_a_time_of_day_is_no_date():
    assert code_of(cells.Date, dt.datetime(2027, 3, 10, 9)) == "CELL-DATE"


@pytest.mark.parametrize(
    "value",
    [
        "2027-03-10 09:30",
        "2027-03-10T09:30:00",
        "10/03/2027 9:30",
        dt.datetime(2027, 3, 10, 9, 30),
        46456 + 9.5 / 24,
    ],
)
def test_a_date_time_may_be_text_or_a_spreadsheets(value: object):
    assert read(cells.Moment, value) == dt.datetime(2027, 3, 10, 9, 30)


def test_a_date_time_may_say_how_far_it_is_from_greenwich():
    moment = read(cells.Moment, "2027-07-10T09:30+01:00")
    assert moment == dt.datetime(2027, 7, 10, 8, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(("value", "number"), [("30", 30), ("30.0", 30), (30.0, 30), ("-5", -5)])
def test_a_whole_number_may_be_written_as_spreadsheets_do(value: object, number: int):
    assert read(cells.Whole, value) == number


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("30.5", "CELL-WHOLE"),
        ("thirty", "CELL-NUMBER"),
        ("nan", "CELL-NUMBER"),
        ("1e400", "CELL-NUMBER"),
        (True, "CELL-NUMBER"),
        ("99999999999", "CELL-RANGE"),
    ],
)
def test_other_things_are_no_whole_number(value: object, code: str):
    assert code_of(cells.Whole, value) == code


@pytest.mark.parametrize("value", ["yes", "Y", "TRUE", "1", True, 1, 1.0])
def test_yes_has_many_spellings(value: object):
    assert read(cells.Truth, value) is True


@pytest.mark.parametrize("value", ["no", "N", "False", "0", False, 0])
def test_no_has_many_spellings(value: object):
    assert read(cells.Truth, value) is False


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("mon", {0}),
        ("Monday;sun", {0, 6}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat-mon", {5, 6, 0}),
        ("tues; thur", {1, 3}),
    ],
)
def test_weekdays_are_lists_or_stretches_of_names(value: str, days: set[int]):
    assert read(cells.Days, value) == days


@pytest.mark.parametrize(("value", "text"), [(101, "101"), (101.0, "101"), ("0101", "0101"), (1.5, "1.5")])
def test_ids_that_a_spreadsheet_holds_as_numbers_are_whole(value: object, text: str):
    assert read(cells.Id, value) == text


@pytest.mark.parametrize("mark", ["\n", "\x00", "\u200b", "\u202e", "\ufeff"])
def test_ids_hold_nothing_that_cannot_be_seen(mark: str):
    assert code_of(cells.Id, f"R{mark}1") == "ID-CONTROL"


def test_lists_lose_empty_and_doubled_entries():
    assert read(cells.IdList, "b; a;;b ;") == ("b", "a")


@pytest.mark.parametrize("number", ["9990000018", "999 000 0026", "999-000-0034"])
def test_nhs_numbers_with_the_right_check_digit_are_right_and_forgotten(number: str):
    assert cells.nhs_number_is_right(number)
    assert read(cells.NhsNumber, number) is None


@pytest.mark.parametrize("number", ["9990000019", "999000001", "99900000180", "999000001X"])
def test_nhs_numbers_with_another_check_digit_or_length_are_wrong(number: str):
    assert not cells.nhs_number_is_right(number)


@given(st.integers(0, 999_999))
def test_at_most_one_check_digit_makes_an_nhs_number_right(middle: int):
    right = [digit for digit in range(10) if cells.nhs_number_is_right(f"999{middle:06}{digit}")]
    assert len(right) <= 1


@given(st.times().map(lambda time: time.replace(second=0, microsecond=0)))
def test_every_whole_minute_is_read_back_from_text_and_from_a_part_of_a_day(time: dt.time):
    assert read(cells.Clock, f"{time:%H:%M}") == time
    assert read(cells.Clock, (time.hour * 60 + time.minute) / 1440) == time


@given(st.text())
def test_whatever_stands_in_a_cell_is_read_or_refused_with_a_code(text: str):
    assert all(outcome(kind, text).isupper() for kind in KINDS)
