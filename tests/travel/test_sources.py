"""Which source a policy gets, and travel from a table."""

from __future__ import annotations

import numpy as np
import pytest

from tests.travel.builders import CREWE, NANTWICH, rows
from visitplan.domain.places import UNREACHABLE, Place, TravelMode
from visitplan.errors import TravelError
from visitplan.policy import TravelPolicy
from visitplan.travel import CrowFlies, MatrixSource, source_for, table_from_frame

TABLE = table_from_frame(
    rows(("a", "b", 60), ("b", "a", 90), ("a", "c", 65_500), ("c", "a", 10), ("c", "b", 7))
)
A, B, C = (Place(name, 53.0, -2.5) for name in "abc")
BY_MATRIX = TravelPolicy(source="matrix")


def seconds(*places: Place) -> list[list[int]]:
    return MatrixSource(TABLE).matrix(places, TravelMode.CAR).seconds.tolist()


def test_by_default_travel_is_as_the_crow_flies_even_with_a_table():
    assert isinstance(source_for(TravelPolicy(), TABLE), CrowFlies)


def test_a_policy_that_says_matrix_gets_the_table():
    assert isinstance(source_for(BY_MATRIX, TABLE), MatrixSource)


def test_a_matrix_without_a_table_says_what_to_do():
    with pytest.raises(TravelError, match=r"no travel table\. Give travel\.csv .* or set source"):
        source_for(BY_MATRIX, None)


def test_places_come_in_the_order_they_are_asked_for():
    matrix = MatrixSource(TABLE).matrix([B, A], TravelMode.CAR)
    assert matrix.place_ids == ("b", "a")
    assert matrix.seconds.tolist() == [[0, 90], [60, 0]]
    assert matrix.decametres.dtype == np.uint16


def test_a_tables_seconds_are_door_to_door_and_take_no_access_from_the_policy():
    assert seconds(A, B) == [[0, 60], [90, 0]]


def test_a_places_own_access_is_added_to_legs_that_end_there_only():
    assert seconds(A, Place("b", 53, -2.5, access_s=30)) == [[0, 90], [90, 0]]


def test_access_opens_no_way_and_may_make_a_leg_too_long():
    far = Place("c", 53, -2.5, access_s=40)
    assert seconds(A, B, far) == [[0, 60, UNREACHABLE], [90, 0, UNREACHABLE], [10, 7, 0]]


def test_asking_for_access_leaves_the_table_as_it_was():
    before = TABLE.matrices[TravelMode.CAR].seconds.copy()
    seconds(A, Place("b", 53, -2.5, access_s=30))
    assert np.array_equal(TABLE.matrices[TravelMode.CAR].seconds, before)


def test_all_places_the_table_lacks_are_named_at_once():
    with pytest.raises(TravelError, match="for 2 of 3 places: crewe, nantwich"):
        MatrixSource(TABLE).matrix([CREWE, A, NANTWICH], TravelMode.CAR)


def test_a_mode_the_table_lacks_is_named_with_those_it_has():
    with pytest.raises(TravelError, match=r"no travel by walk \(it has: car\)"):
        MatrixSource(TABLE).matrix([A, B], TravelMode.WALK)


def test_a_table_is_described_by_a_digest_of_its_content():
    described = source_for(BY_MATRIX, TABLE).describe()
    other = table_from_frame(rows(("a", "b", 61), ("b", "a", 90), ("a", "c", 65_500), ("c", "a", 10)))
    assert described["source"] == "matrix"
    assert described["car"].startswith("3 places, sha256 ")
    assert MatrixSource(other).describe()["car"] != described["car"]
