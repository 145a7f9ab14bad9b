"""Travel tables in rows: what is read, and every fault at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.travel.builders import by_car, rows
from visitplan.domain.places import UNREACHABLE, TravelMode
from visitplan.errors import InputError
from visitplan.findings import Severity
from visitplan.travel import assess_frame, legs, read_travel_csv, table_from_frame


def car(frame: pd.DataFrame, policy=None):
    return table_from_frame(frame, policy).matrices[TravelMode.CAR]


def codes(frame: pd.DataFrame) -> list[tuple[str, int | None, str | None]]:
    _, findings = assess_frame(frame)
    return [(finding.code, finding.where.row, finding.where.column) for finding in findings]


def test_rows_become_a_matrix_with_places_in_order_of_their_ids():
    matrix = car(rows(("b", "a", 60), ("a", "b", 90)))
    assert matrix.place_ids == ("a", "b")
    assert matrix.seconds.tolist() == [[0, 90], [60, 0]]
    assert matrix.seconds.dtype == matrix.decametres.dtype == np.uint16


def test_a_pair_without_a_row_has_no_way_and_a_warning_counts_it():
    table, findings = assess_frame(rows(("a", "b", 60), ("b", "a", 60), ("a", "c", 5)))
    assert table is not None
    assert table.matrices[TravelMode.CAR].seconds[2].tolist() == [UNREACHABLE, UNREACHABLE, 0]
    assert [(f.code, f.severity) for f in findings] == [("TRAVEL-PAIR-MISSING", Severity.WARNING)]
    assert findings[0].cause.startswith("3 of 6 ways by car")


def test_each_mode_has_its_own_matrix_and_an_empty_mode_means_car():
    frame = rows(
        ("a", "b", "", 60),
        ("b", "a", None, 60),
        ("a", "c", "Walk ", 900),
        columns="from_place to_place mode seconds",
    )
    matrices = table_from_frame(frame).matrices
    assert set(matrices) == {TravelMode.CAR, TravelMode.WALK}
    assert matrices[TravelMode.CAR].place_ids == ("a", "b")
    assert matrices[TravelMode.WALK].place_ids == ("a", "c")


def test_minutes_become_whole_seconds_rounded_up_but_not_by_floating_noise():
    matrix = car(rows(("a", "b", 4.15), ("b", "a", 0.51), columns="from_place to_place minutes"))
    assert matrix.seconds.tolist() == [[0, 249], [31, 0]]


@pytest.mark.parametrize(("column", "value"), [("metres", 1234), ("km", 1.234)])
def test_distance_is_read_to_the_nearest_ten_metres(column, value):
    frame = rows(
        ("a", "b", 60, value), ("b", "a", 60, value), columns=f"from_place to_place seconds {column}"
    )
    assert car(frame).metres_between(0, 1) == 1230


def test_distance_that_is_not_given_follows_from_time_less_access_at_the_policys_speed():
    policy = by_car((1000, 36), access_min=2)
    frame = rows(
        ("a", "b", 720, ""),
        ("b", "a", 720, "5"),
        ("a", "c", 60, ""),
        columns="from_place to_place seconds km",
    )
    matrix = car(frame, policy)
    assert [matrix.metres_between(0, 1), matrix.metres_between(1, 0), matrix.metres_between(0, 2)] == [
        6000,
        5000,
        0,
    ]


def test_a_long_leg_without_a_distance_still_is_a_way():
    assert car(rows(("a", "b", 65_534), ("b", "a", 65_534))).seconds_between(0, 1) == 65_534


def test_ids_that_are_numbers_are_texts():
    assert car(rows((1, 2, 60), (2, 1, 60))).place_ids == ("1", "2")


def test_every_fault_of_every_row_is_reported_at_once():
    frame = rows(
        ("a", "b", "car", 60, 1),
        ("", "b", "car", 60, 1),
        ("a", " ", "car", 60, 1),
        ("a", "b", "plane", 60, 1),
        ("a", "c", "car", "soon", 1),
        ("a", "d", "car", "", 1),
        ("a", "e", "car", -5, -1),
        ("a", "f", "car", 70_000, 1),
        ("a", "g", "car", 60, 700),
        ("a", "b", "Car", 61, 1),
        ("a", "h", "car", 60, "far"),
        columns="from_place to_place mode seconds km",
    )
    assert set(codes(frame)) == {
        ("TRAVEL-PLACE-MISSING", 3, "from_place"),
        ("TRAVEL-PLACE-MISSING", 4, "to_place"),
        ("TRAVEL-MODE-UNKNOWN", 5, "mode"),
        ("TRAVEL-NUMBER", 6, "seconds"),
        ("TRAVEL-NUMBER", 7, "seconds"),
        ("TRAVEL-NEGATIVE", 8, "seconds"),
        ("TRAVEL-NEGATIVE", 8, "km"),
        ("TRAVEL-TOO-LONG", 9, "seconds"),
        ("TRAVEL-TOO-LONG", 10, "km"),
        ("TRAVEL-DUPLICATE", 11, "from_place"),
        ("TRAVEL-NUMBER", 12, "km"),
    }
    with pytest.raises(InputError, match=r"travel\.csv has 11 faults"):
        table_from_frame(frame)


@pytest.mark.parametrize(("seconds", "held"), [(65_534, True), (65_534.5, False), (float("inf"), False)])
def test_eighteen_hours_and_twelve_minutes_are_the_limit(seconds, held):
    table, _ = assess_frame(rows(("a", "b", seconds)))
    assert (table is not None) is held


def test_travel_from_a_place_to_itself_is_planned_as_nothing_with_a_warning():
    table, findings = assess_frame(rows(("a", "a", 30), ("a", "b", 60), ("b", "a", 60)))
    assert table is not None
    assert table.matrices[TravelMode.CAR].seconds_between(0, 0) == 0
    assert [finding.code for finding in findings] == ["TRAVEL-SAME-PLACE"]


def test_missing_columns_are_named_all_at_once():
    assert codes(pd.DataFrame({"from": ["a"]})) == [
        ("TRAVEL-COLUMN-MISSING", None, "from_place"),
        ("TRAVEL-COLUMN-MISSING", None, "to_place"),
        ("TRAVEL-COLUMN-MISSING", None, "seconds or minutes"),
        ("TRAVEL-COLUMN-UNKNOWN", None, "from"),
    ]


def test_seconds_and_minutes_together_are_a_fault():
    frame = rows(("a", "b", 60, 1), columns="from_place to_place seconds minutes")
    assert codes(frame) == [("TRAVEL-COLUMN-TWICE", None, "seconds and minutes")]


def test_a_column_that_stands_there_twice_is_a_fault():
    frame = rows(("a", "b", 60, 1), columns="from_place to_place seconds seconds")
    assert codes(frame) == [("TRAVEL-COLUMN-TWICE", None, "seconds")]


def test_a_misspelt_column_is_a_warning_that_names_the_nearest():
    _, findings = assess_frame(
        rows(("a", "b", 1, 5), ("b", "a", 1, 5), columns="from_place to_place seconds metre")
    )
    assert [(f.severity, f.action) for f in findings] == [(Severity.WARNING, "Did you mean metres?")]


def test_a_table_without_rows_is_a_fault():
    assert codes(rows()) == [("TRAVEL-EMPTY", None, None)]


def test_of_very_many_faulty_rows_the_first_are_named_and_the_rest_counted():
    frame = rows(*((f"a{k}", "b", -1) for k in range(legs.LISTED + 50)))
    _, findings = assess_frame(frame)
    assert len(findings) == legs.LISTED + 1
    assert "in 50 more rows" in findings[-1].cause


def test_a_table_of_too_many_places_is_a_fault_and_not_a_full_memory(monkeypatch):
    monkeypatch.setattr(legs, "MAX_PLACES", 2)
    assert codes(rows(("a", "b", 1), ("b", "c", 1))) == [("TRAVEL-TOO-MANY-PLACES", None, None)]


def test_a_csv_file_is_read_with_mark_spaces_and_blank_lines(tmp_path):
    file = tmp_path / "travel.csv"
    file.write_text("\ufefffrom_place, to_place ,minutes\n a ,b,1\n\nb,a, 2 \n\n", encoding="utf-8")
    matrix = read_travel_csv(file).matrices[TravelMode.CAR]
    assert matrix.seconds.tolist() == [[0, 60], [120, 0]]


def test_row_numbers_are_those_of_the_file(tmp_path):
    file = tmp_path / "travel.csv"
    file.write_text("from_place,to_place,seconds\na,b,1\n\nb,a,x\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_travel_csv(file)
    assert [(f.where.file, f.where.row, f.where.value) for f in caught.value.findings] == [
        ("travel.csv", 4, "x")
    ]


@pytest.mark.parametrize(
    "content",
    [None, b"", b"\xff\xfe\x00", b"from_place,to_place,minutes\na,b,7,9\n", b'from_place,to_place\n"a,b'],
    ids=["not there", "empty", "not UTF-8", "decimal comma", "open quote"],
)
def test_a_file_that_cannot_be_read_is_a_finding(tmp_path, content):
    file = tmp_path / "travel.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_travel_csv(file)
    assert [finding.code for finding in caught.value.findings] == ["TRAVEL-UNREADABLE"]
