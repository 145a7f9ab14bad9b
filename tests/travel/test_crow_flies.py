"""The crow-flies source: what a leg costs, and what a county's matrix weighs."""

from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from tests.travel.builders import CREWE, NANTWICH, TOWNS, by_car, county_places, figures
from visitplan.domain.places import UNREACHABLE, Place, TravelMode
from visitplan.policy import TravelPolicy
from visitplan.travel import CrowFlies
from visitplan.travel import crow_flies as crow_flies_module
from visitplan.travel.speed import Speeds

CREWE_TO_NANTWICH_M = geodesic((CREWE.lat, CREWE.lon), (NANTWICH.lat, NANTWICH.lon)).m


def car_matrix(policy: TravelPolicy, *places: Place):
    return CrowFlies(policy).matrix(places, TravelMode.CAR)


def test_a_leg_takes_its_distance_times_circuity_at_the_speed_of_its_band_rounded_up():
    matrix = car_matrix(by_car((1000, 36), circuity=1.5), CREWE, NANTWICH)
    assert matrix.seconds_between(0, 1) == int(np.ceil(CREWE_TO_NANTWICH_M * 1.5 / 10))
    assert matrix.metres_between(0, 1) == round(CREWE_TO_NANTWICH_M * 1.5, -1)


def test_each_part_of_a_leg_is_driven_at_the_speed_of_its_band():
    speeds = Speeds(figures((1, 20), (10, 40)))
    assert speeds.seconds([0, 1000, 4000, 13_000]) == pytest.approx([0, 180, 450, 1260])


def test_the_last_band_holds_for_longer_legs_too():
    assert Speeds(figures((1, 36))).seconds(50_000) == pytest.approx(5000)


def test_access_is_added_where_the_leg_ends():
    gate = Place("gate", NANTWICH.lat, NANTWICH.lon, access_s=300)
    plain = car_matrix(by_car((1000, 36)), CREWE, NANTWICH)
    matrix = car_matrix(by_car((1000, 36), access_min=2), CREWE, gate)
    assert matrix.seconds_between(0, 1) == plain.seconds_between(0, 1) + 300
    assert matrix.seconds_between(1, 0) == plain.seconds_between(1, 0) + 120


def test_two_flats_at_one_point_are_only_their_access_apart():
    flat, other = Place("flat-1", 53, -2.5), Place("flat-2", 53, -2.5, access_s=45)
    matrix = car_matrix(by_car((1000, 36), access_min=2), flat, other)
    assert matrix.seconds.tolist() == [[0, 45], [120, 0]]
    assert matrix.decametres.tolist() == [[0, 0], [0, 0]]


def test_a_place_is_nothing_from_itself_even_with_access():
    assert car_matrix(TravelPolicy(), *TOWNS).seconds.diagonal().tolist() == [0, 0, 0, 0]


def test_a_leg_too_long_to_be_held_has_no_way():
    far = Place("far", 57.0, -4.0)
    slow = CrowFlies(TravelPolicy()).matrix([CREWE, far], TravelMode.WALK)
    assert slow.seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    assert not slow.reachable(0, 1)
    assert car_matrix(TravelPolicy(), CREWE, far).reachable(0, 1)


def test_a_leg_farther_than_can_be_held_has_no_way():
    thurso = Place("thurso", 58.6, -3.5)
    quick = by_car((1000, 90), circuity=1.25)
    assert car_matrix(quick, CREWE, thurso).seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]


def test_the_longest_leg_that_can_be_held_is_held():
    metre_a_second = by_car((1000, 3.6))
    east = Place("east", 53, -2.0)
    straight = geodesic((53, -2.5), (53, -2.0)).m
    room = 65_534 - int(np.ceil(straight))
    assert (
        car_matrix(metre_a_second, Place("a", 53, -2.5, access_s=room), east).seconds_between(1, 0) == 65_534
    )
    assert not car_matrix(metre_a_second, Place("a", 53, -2.5, access_s=room + 1), east).reachable(1, 0)


def test_walking_takes_longest_and_driving_is_quickest_between_towns():
    source = CrowFlies(TravelPolicy())
    car, bike, walk = (source.matrix(TOWNS, mode).seconds_between(0, 2) for mode in TravelMode)
    assert car < bike < walk


def test_default_drives_are_those_a_county_knows():
    minutes = car_matrix(TravelPolicy(), *TOWNS).seconds / 60
    assert 14 < minutes[0, 1] < 20  # Crewe to Nantwich, 6 km
    assert 40 < minutes[0, 2] < 55  # Crewe to Chester, 32 km


def test_a_matrix_of_no_places_is_empty():
    assert car_matrix(TravelPolicy()).seconds.shape == (0, 0)


def test_a_matrix_is_two_bytes_a_cell_and_keeps_the_order_of_places():
    matrix = car_matrix(TravelPolicy(), *TOWNS)
    assert matrix.place_ids == tuple(place.place_id for place in TOWNS)
    for array in (matrix.seconds, matrix.decametres):
        assert array.dtype == np.uint16
        assert array.flags.c_contiguous
        assert array.nbytes == 2 * 4 * 4


def test_working_in_chunks_changes_nothing(monkeypatch):
    whole = car_matrix(TravelPolicy(), *TOWNS)
    monkeypatch.setattr(crow_flies_module, "CELLS_AT_ONCE", 5)
    chunked = car_matrix(TravelPolicy(), *TOWNS)
    assert np.array_equal(whole.seconds, chunked.seconds)
    assert np.array_equal(whole.decametres, chunked.decametres)


def test_the_source_describes_its_figures_for_every_mode():
    described = CrowFlies(by_car((2, 20), (1000, 50), circuity=1.3, access_min=2)).describe()
    assert described["car"] == "circuity 1.3; to 2 km 20 km/h, to 1000 km 50 km/h; access 2 min"
    assert set(described) == {"source", "ellipsoid", "car", "bike", "walk"}


@given(county_places)
def test_without_access_there_is_as_far_as_back(places):
    matrix = car_matrix(by_car((1, 18), (1000, 60), circuity=1.25), *places)
    assert np.array_equal(matrix.seconds, matrix.seconds.T)
    assert np.array_equal(matrix.decametres, matrix.decametres.T)


@given(county_places)
def test_a_detour_never_saves_time(places):
    seconds = car_matrix(TravelPolicy(), *places).seconds.astype(int)
    by_way_of = (seconds[:, :, None] + seconds[None, :, :]).min(axis=1)
    assert (by_way_of >= seconds).all()


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 100)), min_size=1, max_size=4),
    st.floats(0, 60_000),
    st.floats(0, 5_000),
)
def test_a_longer_leg_never_takes_less_time_and_time_never_jumps(bands, metres, more):
    limits = np.cumsum([width for width, _ in bands])
    speeds = Speeds(figures(*zip(limits.tolist(), [kmh for _, kmh in bands], strict=True)))
    before, after = speeds.seconds([metres, metres + more])
    slowest = min(kmh for _, kmh in bands) / 3.6
    assert 0 <= after - before <= more / slowest + 1e-6


@given(st.floats(0, 500_000))
def test_distance_comes_back_from_time(metres):
    speeds = Speeds(TravelPolicy().car)
    assert speeds.metres(speeds.seconds(metres)) == pytest.approx(metres, abs=1e-6, rel=1e-9)
