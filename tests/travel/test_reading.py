"""A travel table is read from wherever it is."""

from __future__ import annotations

import numpy as np
import pytest

from tests.travel.builders import by_car, rows
from visitplan.domain.places import TravelMode
from visitplan.errors import InputError
from visitplan.travel import read_table

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
    car = read_table(source, by_car((1000, 36))).matrices[TravelMode.CAR]
    assert car.place_ids == ("a", "b")
    assert car.seconds.tolist() == [[0, 60], [90, 0]]
    assert car.decametres.tolist() == [[0, 60], [90, 0]]


def test_a_file_of_another_kind_is_a_finding(tmp_path):
    with pytest.raises(InputError, match=r"neither \.csv nor \.npz") as caught:
        read_table(tmp_path / "travel.doc")
    assert [finding.code for finding in caught.value.findings] == ["TRAVEL-UNREADABLE"]
