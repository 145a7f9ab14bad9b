"""Where people live: the gazetteer's towns and countryside, or places that lie in them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from visitplan.synthesis.drawing import weighted
from visitplan.synthesis.gazetteer import Town

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

KM_PER_DEGREE = 111.2
"""Of latitude; of longitude, times the cosine of the latitude."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point that people live at or round.

    Attributes
    ----------
    lat, lon
        Degrees, WGS 84.
    km
        Root mean square distance of its homes from the point; 0 puts all of them on it.
    older, younger
        Its people aged 65 and over, and under 65, or any weights in their stead.
    authority
        ``east`` or ``west``, as in :class:`visitplan.synthesis.Town`.
    postcode
        Where the point is a postcode.
    """

    lat: float
    lon: float
    km: float
    older: float
    younger: float
    authority: str
    postcode: str | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A town, or the countryside nearest to it: drawn first, by its people, and then a place in it."""

    town: Town
    rural: bool
    older: float
    younger: float
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a home lies; ``rural`` tells countryside from town."""

    lat: float
    lon: float
    area: str
    authority: str
    rural: bool
    postcode: str | None


class Ground:
    """The places of a county, drawn from by age."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self._spots = [(spot, spot.older) for spot in spots]
        self._centres = [_centre(spot.places) for spot in spots]
        self._older = {id(spot): list(accumulate(p.older for p in spot.places)) for spot in spots}
        self._younger = {id(spot): list(accumulate(p.younger for p in spot.places)) for spot in spots}

    def home(self, rng: Random) -> Address:
        """Give somebody's home, spread as people aged 65 and over are."""
        spot = weighted(rng, self._spots)
        place = _one_of(rng, spot.places, self._older[id(spot)])
        lat, lon = scatter(rng, place.lat, place.lon, place.km)
        return Address(lat, lon, spot.town.area, place.authority, spot.rural, place.postcode)

    def near(self, rng: Random, lat: float, lon: float, commute_km: float) -> tuple[float, float]:
        """Give the home of somebody who works near a point: spread as people under 65 are, fewer far away.

        Of two towns with as many people, the one that is ``commute_km`` further away sends 1/e as many.
        """
        pull = [
            (spot, spot.younger * math.exp(-distance_km(lat, lon, *centre) / commute_km))
            for (spot, _), centre in zip(self._spots, self._centres, strict=True)
        ]
        spot = weighted(rng, pull)
        place = _one_of(rng, spot.places, self._younger[id(spot)])
        return scatter(rng, place.lat, place.lon, place.km)


def ground_of(towns: Sequence[Town]) -> Ground:
    """Give the ground of the gazetteer: homes lie scattered round the centres of towns."""
    in_town = [_spot(t, False, t.town_km, t.town_residents, t.town_65_plus) for t in towns]
    country = [_spot(t, True, t.country_km, t.country_residents, t.country_65_plus) for t in towns]
    return Ground([*in_town, *(spot for spot in country if spot.older)])


def _spot(town: Town, rural: bool, km: float, residents: int, older: int) -> Spot:
    place = Place(town.lat, town.lon, km, float(older), float(residents - older), town.authority)
    return Spot(town, rural, place.older, place.younger, (place,))


def _one_of(rng: Random, places: Sequence[Place], cumulative: Sequence[float]) -> Place:
    if len(places) == 1:
        return places[0]
    return rng.choices(places, cum_weights=cumulative)[0]


def _centre(places: Sequence[Place]) -> tuple[float, float]:
    return sum(p.lat for p in places) / len(places), sum(p.lon for p in places) / len(places)


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Give the straight distance of two points, km; the earth is flat over a county."""
    per_degree_lon = KM_PER_DEGREE * math.cos(math.radians(lat))
    return math.hypot((other_lat - lat) * KM_PER_DEGREE, (other_lon - lon) * per_degree_lon)


def scatter(rng: Random, lat: float, lon: float, km: float) -> tuple[float, float]:
    """Give a point round a centre, normally distributed, ``km`` away in the root mean square.

    No further than twice that, so that nobody lives in the next county; rounded to about 10 m. With 0 km it
    is the centre itself, as it stands.
    """
    if km == 0:
        return lat, lon
    sigma = km / math.sqrt(2)
    while True:
        north, east = rng.gauss(0, sigma), rng.gauss(0, sigma)
        if math.hypot(north, east) <= 2 * km:
            break
    per_degree_lon = KM_PER_DEGREE * math.cos(math.radians(lat))
    return round(lat + north / KM_PER_DEGREE, 4), round(lon + east / per_degree_lon, 4)
