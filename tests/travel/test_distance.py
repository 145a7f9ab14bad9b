"""Straight distances against geopy's geodesic."""

from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from tests.travel.builders import county_lat, county_lon
from visitplan.travel.distance import earth_centred, straight_metres


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    points = earth_centred([one[0], other[0]], [one[1], other[1]])
    return float(straight_metres(points[:1], points[1:])[0, 0])


@given(county_lat, county_lon, county_lat, county_lon)
def test_distance_is_geodesic_over_the_county(lat, lon, other_lat, other_lon):
    expected = geodesic((lat, lon), (other_lat, other_lon)).m
    assert metres((lat, lon), (other_lat, other_lon)) == pytest.approx(expected, rel=1e-6, abs=0.001)


@given(st.floats(49.8, 60.9), st.floats(-8.7, 1.8), st.floats(49.8, 60.9), st.floats(-8.7, 1.8))
def test_distance_is_geodesic_over_great_britain(lat, lon, other_lat, other_lon):
    expected = geodesic((lat, lon), (other_lat, other_lon)).m
    assert metres((lat, lon), (other_lat, other_lon)) == pytest.approx(expected, rel=1e-5, abs=0.001)


def test_distance_is_right_across_the_date_line():
    assert metres((0, 179.9), (0, -179.9)) == pytest.approx(geodesic((0, 179.9), (0, -179.9)).m, rel=1e-4)


def test_rows_are_origins_and_columns_destinations():
    points = earth_centred([53.0, 53.1, 53.2], [-2.5, -2.5, -2.5])
    table = straight_metres(points[:2], points)
    assert table.shape == (2, 3)
    assert table[0, 2] > table[1, 2] > 0
    assert np.array_equal(table[:, :2], table[:, :2].T)
