"""The policy: weights, rules and limits of a county, overall and overridden by area or service.

Read from ``visitplan.toml``. Every figure has its unit in its name; money is pence. Inside visitplan money is
counted in whole *millipence* (1/1000 p), so that sums are exact; a rate is rounded once, to whole millipence
per second or per metre, by the properties of :class:`Costs`, and by nothing else.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

POLICY_FILE = "visitplan.toml"
METRES_PER_MILE = 1609.344

Pence = Annotated[float, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0)]


class Section(BaseModel):
    """A part of the policy: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PeriodPolicy(Section):
    """The planning period; without dates, it runs from the first to the last shift."""

    timezone: str = "Europe/London"
    first_date: dt.date | None = None
    last_date: dt.date | None = None

    @field_validator("timezone")
    @classmethod
    def _timezone_is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {name!r}; try one like Europe/London") from error
        return name

    @model_validator(mode="after")
    def _dates_ascend(self) -> PeriodPolicy:
        if self.first_date is not None and self.last_date is not None and self.last_date < self.first_date:
            raise ValueError(f"last_date {self.last_date} lies before first_date {self.first_date}")
        return self


class TableSource(Section):
    """Where a table comes from and how its columns and codes are called there.

    ``columns`` maps their column name to ours; ``codes`` maps, for one of our columns, their value to ours.
    """

    file: str | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    columns: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}


class PlacesPolicy(Section):
    """Where places may lie, and how postcodes and addresses become coordinates.

    The default region is Great Britain and its islands.
    """

    min_lat: float = 49.8
    max_lat: float = 60.9
    min_lon: float = -8.7
    max_lon: float = 1.8
    postcodes: str | None = None
    geocoder: str | None = None
    geocoder_options: dict[str, Any] = {}
    user_agent: str | None = None
    min_delay_s: Annotated[float, Field(ge=0)] = 1.0
    cache: str | None = None

    @model_validator(mode="after")
    def _region_is_not_empty(self) -> PlacesPolicy:
        if self.min_lat >= self.max_lat or self.min_lon >= self.max_lon:
            raise ValueError("min_lat and min_lon must lie below max_lat and max_lon")
        return self


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
    """Where travel times come from, and the figures of the crow-flies source.

    The car's circuity and bands are calibrated on Cheshire: docs/travel.md has the method, the fit and its
    limits, and the sources of the figures for bike and walk.
    """

    source: Literal["crow_flies", "matrix"] = "crow_flies"
    car: ModePolicy = ModePolicy(
        circuity=1.25,
        bands=(_band(1, 18), _band(3, 36), _band(10, 40), _band(25, 70), _band(1000, 87)),
        access_min=2,
    )
    bike: ModePolicy = ModePolicy(circuity=1.25, bands=(_band(1000, 16),), access_min=1)
    walk: ModePolicy = ModePolicy(circuity=1.2, bands=(_band(1000, 4.8),), access_min=0)
    factors: tuple[TimeFactor, ...] = ()

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


class Costs(Section):
    """What things cost, in pence.

    Travel and waiting time are valued at the median pay of a care worker, GBP 12.60 an hour (Skills for Care,
    December 2025); mileage at the HMRC approved rates of 45p (car) and 20p (bicycle) a mile. The other
    figures are judgements that a county should make its own.

    Attributes
    ----------
    hourly_pence
        Hourly cost of staff whose row gives none.
    labour_percent
        Share of the hourly cost charged for time spent in visits, so that of two who can the cheaper goes.
    overtime_percent
        Overtime pay as a share of the hourly cost.
    early_pence_per_min, late_pence_per_min
        A start before or after the preferred time, or after the window where lateness is allowed.
    stranger_pence
        A visit by someone who never came to this person, where history names somebody who did.
    not_preferred_pence
        A visit by someone else where the request names preferred staff.
    family_absent_pence
        A visit at which the family is welcome but cannot be there.
    unassigned_pence
        For priorities 1 (urgent) to 5 (can wait), the price of leaving one visit out.
    """

    hourly_pence: Pence = 1260
    travel_pence_per_hour: Pence = 1260
    waiting_pence_per_hour: Pence = 630
    car_pence_per_mile: Pence = 45
    bike_pence_per_mile: Pence = 20
    labour_percent: Annotated[float, Field(ge=0)] = 5
    overtime_percent: Annotated[float, Field(ge=0)] = 150
    shift_use_pence: Pence = 0
    early_pence_per_min: Pence = 5
    late_pence_per_min: Pence = 10
    stranger_pence: Pence = 150
    not_preferred_pence: Pence = 300
    family_absent_pence: Pence = 500
    unassigned_pence: Annotated[tuple[Pence, ...], Field(min_length=5, max_length=5)] = (
        500_000,
        200_000,
        100_000,
        50_000,
        25_000,
    )

    @staticmethod
    def millipence(pence: float) -> int:
        """Turn pence into whole millipence."""
        return round(pence * 1000)

    @staticmethod
    def _per_second(pence_per_hour: float) -> int:
        return round(pence_per_hour * 1000 / 3600)

    @property
    def travel_mp_per_s(self) -> int:
        """Give the cost of a second on the road, in millipence."""
        return self._per_second(self.travel_pence_per_hour)

    @property
    def waiting_mp_per_s(self) -> int:
        """Give the cost of an idle second, in millipence."""
        return self._per_second(self.waiting_pence_per_hour)

    @property
    def early_mp_per_s(self) -> int:
        """Give the cost of a second before the preferred start, in millipence."""
        return round(self.early_pence_per_min * 1000 / 60)

    @property
    def late_mp_per_s(self) -> int:
        """Give the cost of a second after the preferred start or the window, in millipence."""
        return round(self.late_pence_per_min * 1000 / 60)

    def mileage_mp_per_m(self, mode: str) -> int:
        """Give the cost of a metre by car, bike or walk, in millipence."""
        per_mile = {"car": self.car_pence_per_mile, "bike": self.bike_pence_per_mile, "walk": 0.0}[mode]
        return round(per_mile * 1000 / METRES_PER_MILE)

    def labour_mp_per_s(self, hourly_pence: float | None) -> int:
        """Give what a second of visiting by staff of this hourly cost (None: the default) is charged at."""
        hourly = self.hourly_pence if hourly_pence is None else hourly_pence
        return self._per_second(hourly * self.labour_percent / 100)

    def overtime_mp_per_s(self, hourly_pence: float | None) -> int:
        """Give the cost of a second of overtime of staff of this hourly cost (None: the default)."""
        hourly = self.hourly_pence if hourly_pence is None else hourly_pence
        return self._per_second(hourly * self.overtime_percent / 100)

    def unassigned_mp(self, priority: int) -> int:
        """Give the cost of leaving out a visit of priority 1 to 5, in millipence."""
        return self.millipence(self.unassigned_pence[priority - 1])


class Mode(StrEnum):
    """How the visits of a joint visit meet: at one start, or one after the other with bounded gaps."""

    TOGETHER = "together"
    BACK_TO_BACK = "back_to_back"


class Pairing(Section):
    """How two services may meet in one household; an empty ``modes`` means never.

    ``order`` names the service that comes first when they come back to back; None leaves it free.
    ``max_gap_min`` is the longest time between the end of one visit and the start of the next.
    """

    services: tuple[str, str]
    modes: tuple[Mode, ...] = (Mode.TOGETHER, Mode.BACK_TO_BACK)
    order: str | None = None
    max_gap_min: Minutes | None = None

    @model_validator(mode="after")
    def _order_is_one_of_the_services(self) -> Pairing:
        if self.order is not None and self.order not in self.services:
            raise ValueError(f"order names {self.order!r}, which is not one of {list(self.services)}")
        return self


class CoordinationPolicy(Section):
    """Which visits may be joined, and what joining is worth.

    Attributes
    ----------
    pairs
        Services whose meeting differs from ``modes``.
    modes
        How any two services may meet unless ``pairs`` says otherwise.
    same_service
        Whether two visits of one service may be joined (mum's carer and dad's carer).
    max_gap_min
        Longest gap between two visits that come back to back.
    max_attendance_min
        Longest joint visit, from the first start to the last end.
    max_size
        Most visits in one joint visit.
    min_visit_min
        No visit is shortened below this by tasks that another does.
    interruption_pence, door_knock_pence
        What one attendance of the family, or one arrival at the door, less is worth.
    load_percent
        Soft limit: share of a service's staff time in an hour of the day that joint visits may fill.
    overload_pence_per_min
        Price of each minute above that limit.
    """

    enabled: bool = True
    modes: tuple[Mode, ...] = (Mode.TOGETHER, Mode.BACK_TO_BACK)
    pairs: tuple[Pairing, ...] = ()
    same_service: bool = True
    max_gap_min: Minutes = 15
    max_attendance_min: Annotated[int, Field(gt=0)] = 120
    max_size: Annotated[int, Field(ge=2)] = 4
    min_visit_min: Minutes = 10
    interruption_pence: Pence = 1500
    door_knock_pence: Pence = 300
    load_percent: Annotated[float, Field(gt=0)] = 70
    overload_pence_per_min: Pence = 20

    def pairing(self, one: str, other: str) -> Pairing:
        """Give how two services may meet, by the first pair that names both, else by the general rule."""
        for pair in self.pairs:
            if set(pair.services) == {one, other}:
                return pair
        modes = self.modes if one != other or self.same_service else ()
        return Pairing(services=(one, other), modes=modes)


class Limits(Section):
    """What may not be passed.

    Attributes
    ----------
    staff_at_once
        Most staff in one home at a time, unless the household says otherwise.
    max_late_min
        How far a start may pass its window, at the late cost; never for time-critical requests.
    """

    staff_at_once: Annotated[int, Field(ge=1)] = 3
    max_late_min: Minutes = 0


class OrganisationsPolicy(Section):
    """Which organisation's staff may serve which organisation's requests.

    ``serves`` maps an organisation to those whose requests its staff also serve; ``shared`` lets everybody
    serve everybody's.
    """

    shared: bool = False
    serves: dict[str, tuple[str, ...]] = {}

    def may_serve(self, staff_organisation: str, request_organisation: str) -> bool:
        """Tell whether staff of the first organisation may serve requests of the second."""
        if self.shared or staff_organisation == request_organisation:
            return True
        return request_organisation in self.serves.get(staff_organisation, ())


class AppointmentsPolicy(Section):
    """What families are told.

    ``tolerance_min``: the arrival is told as the planned start plus or minus this (15 minutes is one home
    care provider's rota protocol). Visits to one household no further apart than ``gap_min`` are one
    attendance.
    """

    tolerance_min: Minutes = 15
    gap_min: Minutes = 15


class Override(Section):
    """What an area or a service does differently; only the keys that are given count."""

    costs: dict[str, Any] = {}
    coordination: dict[str, Any] = {}
    limits: dict[str, Any] = {}

    @model_validator(mode="after")
    def _makes_valid_rules(self) -> Override:
        _merged(Rules(), self)  # its ValidationError names every unusable key of this override
        return self


class Rules(Section):
    """The part of the policy that areas and services may override."""

    costs: Costs = Costs()
    coordination: CoordinationPolicy = CoordinationPolicy()
    limits: Limits = Limits()


class Policy(Rules):
    """The whole of ``visitplan.toml``; every key has a default."""

    period: PeriodPolicy = PeriodPolicy()
    tables: dict[str, TableSource] = {}
    places: PlacesPolicy = PlacesPolicy()
    travel: TravelPolicy = TravelPolicy()
    organisations: OrganisationsPolicy = OrganisationsPolicy()
    appointments: AppointmentsPolicy = AppointmentsPolicy()
    areas: dict[str, Override] = {}
    services: dict[str, Override] = {}

    @cached_property
    def base(self) -> Rules:
        """Give the rules that hold where nothing overrides them."""
        return Rules(costs=self.costs, coordination=self.coordination, limits=self.limits)

    @cached_property
    def _resolved(self) -> dict[tuple[str | None, str | None], Rules]:
        return {}

    def rules(self, *, area: str | None = None, service: str | None = None) -> Rules:
        """Give the rules for an area and a service: the base, overridden by the area, then by the service."""
        key = (area if area in self.areas else None, service if service in self.services else None)
        if key not in self._resolved:
            rules = self.base
            if key[0] is not None:
                rules = _merged(rules, self.areas[key[0]])
            if key[1] is not None:
                rules = _merged(rules, self.services[key[1]])
            self._resolved[key] = rules
        return self._resolved[key]


def _merged(rules: Rules, override: Override) -> Rules:
    return Rules.model_validate(
        {
            "costs": {**rules.costs.model_dump(), **override.costs},
            "coordination": {**rules.coordination.model_dump(), **override.coordination},
            "limits": {**rules.limits.model_dump(), **override.limits},
        }
    )


def read_policy(path: Path) -> Policy:
    """Read a policy file.

    Raises
    ------
    InputError
        The file cannot be read, is not TOML, or holds unknown or unusable keys; every one is a finding.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        finding = Finding(
            "POLICY-UNREADABLE",
            Severity.ERROR,
            Where(file=path.name),
            cause=f"The policy file cannot be read: {error}.",
            action="Give a TOML file in UTF-8; `visitplan schema policy` shows every key.",
        )
        raise InputError(f"{path.name} cannot be read", [finding]) from error
    return parse_policy(data, file=path.name)


def parse_policy(data: Mapping[str, Any], *, file: str = POLICY_FILE) -> Policy:
    """Make a policy from the content of a policy file; see :func:`read_policy`."""
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        findings = list(_policy_findings(error, file))
        raise InputError(f"{file} has {len(findings)} unusable entries", findings) from error


def _policy_findings(error: ValidationError, file: str) -> Iterator[Finding]:
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        unknown = problem["type"] == "extra_forbidden"
        yield Finding(
            "POLICY-KEY-UNKNOWN" if unknown else "POLICY-VALUE",
            Severity.ERROR,
            Where(file=file, column=key, value=None if unknown else str(problem.get("input"))[:80]),
            cause="There is no such key." if unknown else f"{problem['msg']}.",
            action="`visitplan schema policy` shows every key with its meaning and default.",
        )
