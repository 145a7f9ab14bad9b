"""Households: where they lie, who lives there, and when family can be at home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.synthesis.drawing import chance, stream, weighted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.synthesis.ground import Ground
    from visitplan.synthesis.rates import Rates

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
    postcode
        Where it lies at a postcode.
    quiet
        Local times between which nobody may come, or None.
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
    postcode: str | None = None
    quiet: tuple[str, str] | None = None


def homes(seed: int, ground: Ground, rates: Rates) -> Iterator[Home]:
    """Give households without end, spread as people aged 65 and over are over towns and countryside."""
    where, who = stream(seed, "where"), stream(seed, "who")
    person = number = 0
    while True:
        number += 1
        address = ground.home(where)
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
            area=address.area,
            authority=address.authority,
            lat=address.lat,
            lon=address.lon,
            dwellers=dwellers,
            family=weighted(who, rates.family_patterns),
            access_min=FLAT_ACCESS_MIN if flat and not address.rural else None,
            double_handed=double,
            small=small and not double,
            postcode=address.postcode,
        )
