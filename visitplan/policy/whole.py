"""The whole policy: limits, organisations, appointments, and overrides by area and service."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, model_validator

from visitplan.policy.coordination import CoordinationPolicy
from visitplan.policy.costs import Costs
from visitplan.policy.daily import DailyTime
from visitplan.policy.letters import LettersPolicy
from visitplan.policy.section import Minutes, Section
from visitplan.policy.sources import PeriodPolicy, PlacesPolicy, TableSource
from visitplan.policy.travel import TravelPolicy


class Limits(Section):
    """What may not be passed.

    Attributes
    ----------
    staff_at_once
        Most staff in one home at a time, unless the household says otherwise.
    max_late_min
        How far a start may pass its window, at the late cost; never for time-critical requests.
    urgent_response_min
        Minutes from receiving a call of priority 1 to the start of the visit. Two hours are what NHS England
        asks of urgent community response (*Urgent community response services*, national standard for crisis
        response care in England since March 2022).
    same_time_tolerance_min
        Minutes by which a visit may start before or after its usual time of day without cost.
    quiet_times
        No visit starts then, unless it is urgent or time-critical. Households may have one of their own.
    school_hours, school_holidays
        Visits to a child lie outside these hours, but for these dates, unless they are urgent or
        time-critical.
    """

    staff_at_once: Annotated[int, Field(ge=1)] = 3
    max_late_min: Minutes = 0
    urgent_response_min: Annotated[int, Field(gt=0)] = 120
    same_time_tolerance_min: Minutes = 30
    quiet_times: tuple[DailyTime, ...] = ()
    school_hours: tuple[DailyTime, ...] = ()
    school_holidays: tuple[dt.date, ...] = ()


class OrganisationsPolicy(Section):
    """Which organisation's staff may serve which organisation's requests.

    ``serves`` maps an organisation to those whose requests its staff also serve; ``shared`` lets everybody
    serve everybody's. A plan without coordination is the baseline in which each organisation plans by itself:
    there, staff serve others' requests only with ``hand_over_apart``, or where the other organisation employs
    nobody of a service that it asks for.
    """

    shared: bool = False
    serves: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    hand_over_apart: bool = False

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

    costs: dict[str, Any] = Field(default_factory=dict)
    coordination: dict[str, Any] = Field(default_factory=dict)
    limits: dict[str, Any] = Field(default_factory=dict)

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
    tables: dict[str, TableSource] = Field(default_factory=dict)
    places: PlacesPolicy = PlacesPolicy()
    travel: TravelPolicy = TravelPolicy()
    organisations: OrganisationsPolicy = OrganisationsPolicy()
    appointments: AppointmentsPolicy = AppointmentsPolicy()
    letters: LettersPolicy = LettersPolicy()
    areas: dict[str, Override] = Field(default_factory=dict)
    services: dict[str, Override] = Field(default_factory=dict)

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
