"""Policy of travel: where times come from, speeds, and slower hours of the day."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from visitplan.policy.roads import OsrmPolicy, RoadsPolicy, ValhallaPolicy
from visitplan.policy.section import Section


class SpeedBand(Section):
    """Speed at which the part of a leg up to this road distance, and beyond the band before, is driven.

    A leg of 4 km under bands (1 km, 20 km/h) and (10 km, 40 km/h) takes 3 minutes for its first kilometre and
    4.5 for the other three. So a longer leg never takes less time, and time does not jump where a band ends.
    """

    up_to_km: Annotated[float, Field(gt=0)]
    kmh: Annotated[float, Field(gt=0)]


class ModePolicy(Section):
    """How one mode travels: road over straight distance, speed by distance, minutes to the door.

    ``bands`` ascend; the last one holds for all longer legs too.
    """

    circuity: Annotated[float, Field(ge=1)]
    bands: Annotated[tuple[SpeedBand, ...], Field(min_length=1)]
    access_min: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _bands_ascend(self) -> ModePolicy:
        limits = [band.up_to_km for band in self.bands]
        if limits != sorted(set(limits)):
            raise ValueError(f"bands must ascend by up_to_km, not {limits}")
        return self


class TimeFactor(Section):
    """From this clock time, legs take ``factor`` times as long on these weekdays.

    It holds until the next entry's time on the same day, and at the latest until midnight.
    """

    start: dt.time
    factor: Annotated[float, Field(ge=0.1, le=10)]
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    )


def _band(up_to_km: float, kmh: float) -> SpeedBand:
    return SpeedBand(up_to_km=up_to_km, kmh=kmh)


class TravelPolicy(Section):
    """Where travel times come from, and the figures of each source.

    ``access_min`` of a mode is added to every leg of crow-flies and of road engines.

    The car's circuity and bands are calibrated on Cheshire: docs/travel.md has the method, the fit and its
    limits, and the sources of the figures for bike and walk.
    """

    source: Literal["crow_flies", "matrix", "osrm", "valhalla"] = "crow_flies"
    car: ModePolicy = ModePolicy(
        circuity=1.25,
        bands=(_band(1, 18), _band(3, 36), _band(10, 40), _band(25, 70), _band(1000, 87)),
        access_min=2,
    )
    bike: ModePolicy = ModePolicy(circuity=1.25, bands=(_band(1000, 16),), access_min=1)
    walk: ModePolicy = ModePolicy(circuity=1.2, bands=(_band(1000, 4.8),), access_min=0)
    factors: tuple[TimeFactor, ...] = ()
    roads: RoadsPolicy = RoadsPolicy()
    osrm: OsrmPolicy = OsrmPolicy()
    valhalla: ValhallaPolicy = ValhallaPolicy()

    @model_validator(mode="after")
    def _one_factor_at_a_time(self) -> TravelPolicy:
        seen: set[tuple[str, dt.time]] = set()
        for factor in self.factors:
            for day in factor.days:
                if (day, factor.start) in seen:
                    raise ValueError(f"factors has two entries for {day} {factor.start:%H:%M}")
                seen.add((day, factor.start))
        return self

    def mode(self, name: str) -> ModePolicy:
        """Give the figures of one mode: car, bike or walk."""
        modes: dict[str, ModePolicy] = {"car": self.car, "bike": self.bike, "walk": self.walk}
        return modes[name]
