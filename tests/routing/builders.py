"""A tiny county on a line: one place every so many minutes, at a metre a second and a pound an hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from visitplan.domain.people import FamilyTime, Pause, Shift, Staff
from visitplan.domain.period import Period
from visitplan.domain.places import Household, Place, TravelMatrix
from visitplan.domain.requests import Request
from visitplan.domain.scenario import Scenario

if TYPE_CHECKING:
    from visitplan.domain.windows import Window

MONDAY = dt.date(2027, 3, 1)
ONE_DAY = Period(MONDAY, MONDAY)


class Line:
    """A travel source: the seconds between two places are 60 times the difference of their longitudes."""

    def matrix(self, places, mode):
        del mode
        at = np.array([round(place.lon * 1000) for place in places])
        seconds = np.abs(at[:, None] - at[None, :]) * 60
        return TravelMatrix(
            tuple(place.place_id for place in places),
            seconds.astype(np.uint16),
            (seconds // 10).astype(np.uint16),
        )

    def describe(self):
        return {"source": "line"}


def place(place_id: str, minute: int) -> Place:
    return Place(place_id, 53.0, minute / 1000)


def household(name: str, minute: int, **given: Any) -> Household:
    return Household(name, given.pop("area", "crewe"), place(name, minute), **given)


def clock(text: str) -> dt.time:
    return dt.time.fromisoformat(text)


def request(name: str, home: str, minutes: int = 30, window: str = "08:00-16:00", **given: Any) -> Request:
    start, end = window.split("-")
    values: dict[str, Any] = {
        "person_id": f"P-{home}",
        "service": "care",
        "organisation": "council",
        "earliest_date": MONDAY,
        "latest_date": MONDAY,
        **given,
    }
    return Request(
        name, home, duration_s=minutes * 60, window_start=clock(start), window_end=clock(end), **values
    )


def staff(name: str, minute: int = 0, service: str = "care", **given: Any) -> Staff:
    return Staff(name, service, given.pop("organisation", "council"), place(name, minute), **given)


def tick(text: str, period: Period = ONE_DAY, day: dt.date = MONDAY) -> int:
    return period.tick(day, clock(text))


def stretch(text: str, period: Period = ONE_DAY, day: dt.date = MONDAY) -> Window:
    start, end = text.split("-")
    return period.stretch(day, clock(start), clock(end))


def shift(member: str, hours: str = "08:00-16:00", pause: str | None = None, **given: Any) -> Shift:
    period, day = given.pop("period", ONE_DAY), given.pop("day", MONDAY)
    rest = None
    if pause is not None:
        minutes, window = pause.split("@")
        rest = Pause(int(minutes) * 60, stretch(window, period, day))
    return Shift(f"{member}@{day}", member, day, stretch(hours, period, day), rest, **given)


def family(home: str, hours: str) -> FamilyTime:
    return FamilyTime(home, stretch(hours))


def scenario(requests, households, members, shifts, **given: Any) -> Scenario:
    return Scenario(
        name="line",
        period=given.pop("period", ONE_DAY),
        requests=tuple(requests),
        households=tuple(households),
        staff=tuple(members),
        shifts=tuple(shifts),
        **given,
    )


def with_costs(made: Scenario, **costs: Any) -> Scenario:
    policy = made.policy.model_copy(update={"costs": made.policy.costs.model_copy(update=costs)})
    return replace(made, policy=type(policy).model_validate(policy.model_dump()))
