"""Policy of costs: what things cost, in pence, and the exact rates that follow."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from visitplan.policy.section import Pence, Section

METRES_PER_MILE = 1609.344


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
    new_face_pence
        A visit by somebody outside the small team that is chosen for the person, so that a person sees few
        different faces; 0 chooses no teams.
    family_absent_pence
        A visit at which the family is welcome but cannot be there. More than an attendance costs that asks
        them for up to an hour (``coordination.interruption_pence`` and ``family_hour_pence``): a family that
        wants to be there would rather be asked than left out, so no plan gains by leaving it out.
    late_discharge_pence
        The first visit of a service to somebody who comes home from hospital, on a later day than that.
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
    new_face_pence: Pence = 100
    family_absent_pence: Pence = 3000
    late_discharge_pence: Pence = 5000
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
