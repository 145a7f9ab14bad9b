"""Travel archives: npz in, matrices or all faults out."""

from __future__ import annotations

import numpy as np
import pytest

from tests.travel.builders import TOWNS, by_car
from visitplan.domain.places import UNREACHABLE, TravelMode
from visitplan.errors import InputError
from visitplan.policy import TravelPolicy
from visitplan.travel import CrowFlies, assess_archive, legs, read_travel_npz

IDS = np.array(["a", "b"])
SECONDS = np.array([[0, 60], [90, 0]])


@pytest.fixture
def save(tmp_path):
    def saved(**arrays):
        path = tmp_path / "travel.npz"
        np.savez(path, **arrays)
        return path

    return saved


def codes(path) -> list[tuple[str, str | None]]:
    _, findings = assess_archive(path)
    return [(finding.code, finding.where.column) for finding in findings]


def test_every_mode_of_an_archive_is_read(save):
    path = save(place_ids=IDS, car_seconds=SECONDS, car_metres=SECONDS * 10, walk_seconds=SECONDS * 9)
    table = read_travel_npz(path)
    car = table.matrices[TravelMode.CAR]
    assert car.place_ids == ("a", "b")
    assert car.seconds.tolist() == [[0, 60], [90, 0]]
    assert car.decametres.tolist() == [[0, 60], [90, 0]]
    assert car.seconds.dtype == car.decametres.dtype == np.uint16
    assert table.matrices[TravelMode.WALK].seconds_between(1, 0) == 810


def test_a_crow_flies_matrix_comes_back_as_it_was(save):
    matrix = CrowFlies(TravelPolicy()).matrix(TOWNS, TravelMode.CAR)
    path = save(
        place_ids=np.array(matrix.place_ids),
        car_seconds=matrix.seconds,
        car_metres=matrix.decametres.astype(np.int32) * 10,
    )
    back = read_travel_npz(path).matrices[TravelMode.CAR]
    assert np.array_equal(back.seconds, matrix.seconds)
    assert np.array_equal(back.decametres, matrix.decametres)


@pytest.mark.parametrize("nothing", [65_535.0, np.nan, np.inf])
def test_what_is_no_number_and_65535_mean_that_there_is_no_way(save, nothing):
    seconds = np.array([[0.0, nothing], [90.2, 0.0]])
    table, findings = assess_archive(save(place_ids=IDS, car_seconds=seconds, car_metres=seconds * 20))
    assert table is not None
    assert table.matrices[TravelMode.CAR].seconds.tolist() == [[0, UNREACHABLE], [91, 0]]
    assert [finding.code for finding in findings] == ["TRAVEL-PAIR-MISSING"]


def test_metres_that_are_not_given_follow_from_the_policys_speed(save):
    policy = by_car((1000, 36), access_min=0.5)
    metres = np.array([[0, np.nan], [777, 0]])
    table = read_travel_npz(save(place_ids=IDS, car_seconds=SECONDS, car_metres=metres), policy)
    assert table.matrices[TravelMode.CAR].decametres.tolist() == [[0, 30], [78, 0]]


def test_the_diagonal_is_nothing_whatever_the_archive_says(save):
    table = read_travel_npz(save(place_ids=IDS, car_seconds=SECONDS + 5))
    assert table.matrices[TravelMode.CAR].seconds.diagonal().tolist() == [0, 0]


def test_ids_may_be_whole_numbers(save):
    assert read_travel_npz(save(place_ids=np.array([7, 8]), car_seconds=SECONDS)).matrices[
        TravelMode.CAR
    ].place_ids == ("7", "8")


def test_every_fault_of_an_archive_is_reported_at_once(save):
    path = save(
        place_ids=np.array(["a", " a", ""]),
        car_seconds=np.array([[0, -1, 5], [70_000, 0, 5], [5, 5, 0]]),
        car_metres=np.zeros((2, 2)),
        bike_metres=np.full((3, 3), 700_000),
        walk_seconds=np.array([["x"] * 3] * 3),
        plane_seconds=SECONDS,
    )
    assert set(codes(path)) == {
        ("TRAVEL-DUPLICATE", "place_ids"),
        ("TRAVEL-PLACE-MISSING", "place_ids"),
        ("TRAVEL-NEGATIVE", "car_seconds"),
        ("TRAVEL-TOO-LONG", "car_seconds"),
        ("TRAVEL-ARRAY-SHAPE", "car_metres"),
        ("TRAVEL-ARRAY-MISSING", "bike_seconds"),
        ("TRAVEL-TOO-LONG", "bike_metres"),
        ("TRAVEL-ARRAY-SHAPE", "walk_seconds"),
        ("TRAVEL-ARRAY-UNKNOWN", "plane_seconds"),
    }
    with pytest.raises(InputError, match=r"travel\.npz has \d+ faults"):
        read_travel_npz(path)


def test_an_archive_without_ids_or_times_is_a_fault(save):
    assert codes(save(other=SECONDS)) == [
        ("TRAVEL-ARRAY-MISSING", "place_ids"),
        ("TRAVEL-ARRAY-MISSING", "car_seconds"),
        ("TRAVEL-ARRAY-UNKNOWN", "other"),
    ]


def test_a_negative_way_is_named_by_its_places(save):
    _, findings = assess_archive(save(place_ids=IDS, car_seconds=np.array([[0, -1], [90, 0]])))
    assert [(f.where.subject, f.where.value) for f in findings] == [("a to b", "-1")]


def test_of_very_many_faulty_ways_the_first_are_named_and_the_rest_counted(save):
    ids = np.array([f"h{k:02}" for k in range(12)])
    _, findings = assess_archive(save(place_ids=ids, car_seconds=np.full((12, 12), -1)))
    assert len(findings) == legs.LISTED + 1
    assert "44 more ways" in findings[-1].cause


def test_an_archive_of_too_many_places_is_a_fault(save, monkeypatch):
    monkeypatch.setattr(legs, "MAX_PLACES", 1)
    assert codes(save(place_ids=IDS, car_seconds=SECONDS)) == [("TRAVEL-TOO-MANY-PLACES", None)]


def test_an_archive_of_python_objects_is_not_opened(save):
    with pytest.raises(InputError) as caught:
        read_travel_npz(save(place_ids=np.array(["a", None], dtype=object), car_seconds=SECONDS))
    assert [finding.code for finding in caught.value.findings] == ["TRAVEL-UNREADABLE"]


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no", b"from_place,to_place\n"])
def test_a_file_that_is_no_archive_is_a_finding(tmp_path, content):
    path = tmp_path / "travel.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_travel_npz(path)
    assert [finding.code for finding in caught.value.findings] == ["TRAVEL-UNREADABLE"]


def test_a_bare_npy_file_is_no_archive(tmp_path):
    path = tmp_path / "travel.npz"
    with path.open("wb") as file:
        np.save(file, SECONDS)
    with pytest.raises(InputError):
        read_travel_npz(path)


@pytest.mark.parametrize("ids", [np.array([["a", "b"]]), np.array([0.5, 1.5]), np.array([], dtype=str)])
def test_ids_that_are_no_row_of_texts_are_a_fault(save, ids):
    assert ("TRAVEL-ARRAY-SHAPE", "place_ids") in codes(save(place_ids=ids, car_seconds=SECONDS))
