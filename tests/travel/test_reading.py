"""A travel table is read from wherever it is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.travel.builders import by_car, rows
from visitplan.domain.places import TravelMode
from visitplan.travel import assess

LEGS = rows(("a", "b", 60), ("b", "a", 90))


@pytest.fixture(params=["frame", "csv", "npz"])
def source(request, tmp_path):
    if request.param == "frame":
        return LEGS
    path = tmp_path / f"travel.{request.param.upper()}"
    if request.param == "csv":
        LEGS.to_csv(path, index=False)
    else:
        with path.open("wb") as file:
            np.savez(file, place_ids=np.array(["a", "b"]), car_seconds=np.array([[0, 60], [90, 0]]))
    return path


def test_frame_csv_and_archive_give_the_same_table(source):
    table, findings = assess(source, by_car((1000, 36)))
    assert findings == ()
    car = table.matrices[TravelMode.CAR]
    assert car.place_ids == ("a", "b")
    assert car.seconds.tolist() == [[0, 60], [90, 0]]
    assert car.decametres.tolist() == [[0, 60], [90, 0]]


@pytest.mark.parametrize("name", ["travel.doc", "travel.csv", "travel.npz"])
def test_a_file_that_cannot_be_read_is_a_finding(tmp_path, name):
    table, findings = assess(tmp_path / name)
    assert table is None
    assert [finding.code for finding in findings] == ["TRAVEL-UNREADABLE"]


def test_rows_keep_the_numbers_they_have_in_their_file():
    _, findings = assess(rows(("a", "b", -1)), file="drive.csv", rows=np.array([7]))
    assert [(finding.where.file, finding.where.row) for finding in findings] == [("drive.csv", 7)]
