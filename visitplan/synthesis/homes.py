"""Households: where they lie, who lives there, and when family can be at home."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.synthesis.drawing import chance, stream, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from visitplan.synthesis.gazetteer import Town
    from visitplan.synthesis.rates import Rates

KM_PER_DEGREE = 111.2
"""Of latitude; of longitude, times the cosine of the latitude."""

FLAT_ACCESS_MIN = 4


@dataclass(frozen=True, slots=True)
class Dweller:
    """A person who is visited, and by which services."""

    person_id: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A household.

    Attributes
    ----------
    authority
        Which of the two councils it belongs to.
    family
        The name of the pattern of its family; see :mod:`visitplan.synthesis.families`.
    access_min
        Minutes from the car to the door where they differ from the policy's, or None.
    double_handed
        Its care calls take two.
    small
        It holds two members of staff at once at most.
    """

    household_id: str
    area: str
    authority: str
    lat: float
    lon: float
    dwellers: tuple[Dweller, ...]
    family: str
    access_min: int | None
    double_handed: bool
    small: bool


def homes(seed: int, towns: Sequence[Town], rates: Rates) -> Iterator[Home]:
    """Give households without end, spread as people aged 65 and over are over towns and countryside."""
    where, who = stream(seed, "where"), stream(seed, "who")
    spots = _spots(towns)
    person = number = 0
    while True:
        number += 1
        town, rural = weighted(where, spots)
        lat, lon = scatter(where, town.lat, town.lon, town.country_km if rural else town.town_km)
        count = 2 if chance(who, rates.couples) else 1
        dwellers = tuple(
            Dweller(f"P{person + i + 1:04d}", tuple(weighted(who, rates.profiles).split("+")))
            for i in range(count)
        )
        person += count
        flat = chance(who, rates.flats)
        double = chance(who, rates.double_handed)
        small = chance(who, rates.small_homes)
        yield Home(
            household_id=f"H{number:04d}",
            area=town.area,
            authority=town.authority,
            lat=lat,
            lon=lon,
            dwellers=dwellers,
            family=weighted(who, rates.family_patterns),
            access_min=FLAT_ACCESS_MIN if flat and not rural else None,
            double_handed=double,
            small=small and not double,
        )


def scatter(rng: Random, lat: float, lon: float, km: float) -> tuple[float, float]:
    """Give a point round a centre, normally distributed, ``km`` away in the root mean square.

    No further than twice that, so that nobody lives in the next county; rounded to about 10 m.
    """
    sigma = km / math.sqrt(2)
    while True:
        north, east = rng.gauss(0, sigma), rng.gauss(0, sigma)
        if math.hypot(north, east) <= 2 * km:
            break
    per_degree_lon = KM_PER_DEGREE * math.cos(math.radians(lat))
    return round(lat + north / KM_PER_DEGREE, 4), round(lon + east / per_degree_lon, 4)


def _spots(towns: Sequence[Town]) -> list[tuple[tuple[Town, bool], float]]:
    """Weigh each town, and its countryside, by the people aged 65 and over who live there."""
    in_town = [((town, False), float(town.town_65_plus)) for town in towns]
    return in_town + [((town, True), float(town.country_65_plus)) for town in towns if town.country_65_plus]
