"""Tiny places, tables and policies for travel tests."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from visitplan.domain.places import Place
from visitplan.policy import ModePolicy, SpeedBand, TravelPolicy

CREWE = Place("crewe", 53.0978, -2.4419)
NANTWICH = Place("nantwich", 53.0676, -2.5210)
CHESTER = Place("chester", 53.1934, -2.8931)
MACCLESFIELD = Place("macclesfield", 53.2606, -2.1255)
TOWNS = (CREWE, NANTWICH, CHESTER, MACCLESFIELD)

county_lat = st.floats(52.94, 53.42)
county_lon = st.floats(-3.13, -1.97)
county_places = st.lists(st.tuples(county_lat, county_lon), min_size=2, max_size=8).map(
    lambda points: [Place(f"h{k}", lat, lon) for k, (lat, lon) in enumerate(points)]
)


def figures(*bands: tuple[float, float], circuity: float = 1.0, access_min: float = 0) -> ModePolicy:
    """Make a mode from (up to km, km/h) pairs."""
    return ModePolicy(
        circuity=circuity,
        bands=tuple(SpeedBand(up_to_km=limit, kmh=kmh) for limit, kmh in bands),
        access_min=access_min,
    )


def by_car(*bands: tuple[float, float], circuity: float = 1.0, access_min: float = 0) -> TravelPolicy:
    """Make a policy whose cars go like this."""
    return TravelPolicy(car=figures(*bands, circuity=circuity, access_min=access_min))


def rows(*legs: tuple[object, ...], columns: str = "from_place to_place seconds") -> pd.DataFrame:
    """Make a travel table from tuples."""
    return pd.DataFrame(list(legs), columns=columns.split())
