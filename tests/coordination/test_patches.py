"""Where staff go anyway: the nearest of their places counts."""

import numpy as np

from visitplan.coordination.patches import Patches
from visitplan.domain.places import Place


def place(lat: float, lon: float = -2.0) -> Place:
    return Place("P", lat, lon)


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.intp)


def test_at_first_the_way_is_from_where_each_starts() -> None:
    patches = Patches([place(53.0), place(53.1)])
    assert patches.nearest_km(rows(0, 1), place(53.0)).round(2).tolist() == [0.0, 11.12]


def test_any_number_of_places_may_be_added_and_the_nearest_counts() -> None:
    patches = Patches([place(53.0), place(53.0)])
    for step in range(1, 12):
        patches.add(1, place(53.0 + step / 100))
    assert patches.nearest_km(rows(1, 0), place(53.11)).round(2).tolist() == [0.0, 12.23]


def test_degrees_of_longitude_are_shorter_the_further_north() -> None:
    assert Patches([place(60.0, -2.0)]).nearest_km(rows(0), place(60.0, -3.0)).round(1).tolist() == [55.6]


def test_nobody_asked_gives_nothing() -> None:
    assert Patches([place(53.0)]).nearest_km(rows(), place(53.0)).tolist() == []
