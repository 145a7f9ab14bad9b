"""Policy of coordination: which visits may be joined, and what joining is worth."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from visitplan.policy.section import Minutes, Pence, Section


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
        No visit is shortened below this by tasks that another does. A visit whose tasks are all done by
        others, and of which no more than this is anything else, need not take place.
    fresh_days
        For a task, the most days for which it need not be done again: 0 is the same day. A task that is not
        named here is done once in the period, whatever history says.
    interruption_pence, door_knock_pence
        What one attendance of the family, or one arrival at the door, less is worth.
    family_hour_pence
        What an hour less is worth that a family member stays at home for visits. The default is what an hour
        off work costs at the least: the national living wage of April 2025, GBP 12.21 (gov.uk, National
        Minimum Wage and National Living Wage rates).
    day_pence
        What one day less on which a household is disturbed is worth.
    frequent_user_pence
        What it is worth on top that the visit of a frequent user of services is joined, so that they come
        first where the load limits leave no room for all.
    known_face
        Whether somebody who is known at the home comes to each joint visit, wherever one of those who are may
        serve it and is at work. A joint visit that a request requires is spared.
    introduce_new
        Whether somebody new to a home where others are known comes only beside one of them: at the same
        start, in a joint visit or a call for several. Where none of those known may serve and is at work, new
        staff come alone.
    homecoming_pence
        What it is worth on top that first visits after a discharge from hospital come together on the day
        home, for each after the first.
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
    fresh_days: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    interruption_pence: Pence = 1500
    door_knock_pence: Pence = 300
    family_hour_pence: Pence = 1221
    day_pence: Pence = 300
    frequent_user_pence: Pence = 500
    known_face: bool = True
    introduce_new: bool = False
    homecoming_pence: Pence = 2000
    load_percent: Annotated[float, Field(gt=0)] = 70
    overload_pence_per_min: Pence = 20

    def pairing(self, one: str, other: str) -> Pairing:
        """Give how two services may meet, by the first pair that names both, else by the general rule."""
        for pair in self.pairs:
            if set(pair.services) == {one, other}:
                return pair
        modes = self.modes if one != other or self.same_service else ()
        return Pairing(services=(one, other), modes=modes)
