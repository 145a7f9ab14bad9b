"""Tiny scenarios for coordination: one home unless another is named, and staff who work from 7 to 19."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from visitplan.domain.expansion import expand
from visitplan.domain.people import FamilyTime, History, Person, Shift, Staff
from visitplan.domain.period import Period
from visitplan.domain.places import Household, Place
from visitplan.domain.requests import Pin, Request, Task
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window
from visitplan.policy import Policy, parse_policy

if TYPE_CHECKING:
    from visitplan.domain.demand import Demand, Visit, VisitLink

MONDAY = dt.date(2026, 6, 1)
MIN = 60
HOUR = 3600


def at(clock: str, day: int = 0) -> int:
    """Give the tick of a clock time on a day of the week that begins on Monday 1 June 2026."""
    hours, minutes = clock.split(":")
    return day * 86400 + int(hours) * HOUR + int(minutes) * MIN


def between(start: str, end: str, day: int = 0) -> Window:
    return Window(at(start, day), at(end, day))


def request(name: str, service: str = "nursing", window: str = "09:00-12:00", **changes: Any) -> Request:
    """Give a request of 30 minutes for person P at home H on Monday."""
    start, end = (dt.time.fromisoformat(text) for text in window.split("-"))
    given: dict[str, Any] = {
        "household_id": "H",
        "person_id": "P",
        "organisation": "trust",
        "duration_s": 30 * MIN,
        "earliest_date": MONDAY,
        "latest_date": MONDAY,
        "window_start": start,
        "window_end": end,
    }
    return Request(request_id=name, service=service, **{**given, **changes})


def home(name: str = "H", area: str = "north", held: int | None = None) -> Household:
    return Household(name, area, Place(name, 53.1, -2.4), held)


def staff(name: str, service: str, **changes: Any) -> Staff:
    return Staff(name, service, "trust", Place(f"home of {name}", 53.1, -2.4), **changes)


def team(count: int = 4, services: tuple[str, ...] = ("nursing", "care", "therapy")) -> tuple[Staff, ...]:
    return tuple(staff(f"{service}-{k}", service) for service in services for k in range(1, count + 1))


def shifts(members: tuple[Staff, ...], days: int = 7, hours: str = "07:00-19:00") -> tuple[Shift, ...]:
    start, end = hours.split("-")
    return tuple(
        Shift(f"{m.staff_id}@{k}", m.staff_id, MONDAY + dt.timedelta(days=k), between(start, end, k))
        for m in members
        for k in range(days)
    )


@dataclass
class Case:
    """A scenario in the making: give what matters, the rest is ordinary."""

    requests: tuple[Request, ...]
    households: tuple[Household, ...] = (home(),)
    family: tuple[Window, ...] = ()
    tasks: tuple[Task, ...] = ()
    people: tuple[Person, ...] = ()
    history: tuple[History, ...] = ()
    pins: tuple[Pin, ...] = ()
    members: tuple[Staff, ...] = field(default_factory=team)
    hours: str = "07:00-19:00"
    policy: dict[str, Any] = field(default_factory=dict)
    days: int = 7

    def scenario(self) -> Scenario:
        policy: Policy = parse_policy(self.policy)
        return Scenario(
            name="case",
            period=Period(MONDAY, MONDAY + dt.timedelta(days=self.days - 1)),
            requests=self.requests,
            households=self.households,
            staff=self.members,
            shifts=shifts(self.members, self.days, self.hours),
            family_times=tuple(FamilyTime("H", window) for window in self.family),
            tasks=self.tasks,
            people=self.people,
            history=self.history,
            pins=self.pins,
            policy=policy,
        )

    def both(self) -> tuple[Scenario, Demand]:
        """Give the scenario, and its demand before coordination."""
        scenario = self.scenario()
        return scenario, expand(scenario)


def visit(demand: Demand, visit_id: str) -> Visit:
    return next(visit for visit in demand.visits if visit.visit_id == visit_id)


def link(demand: Demand, first: str, second: str) -> VisitLink:
    return next(link for link in demand.links if (link.first, link.second) == (first, second))


def codes(demand: Demand) -> list[str]:
    return [finding.code for finding in demand.findings]
