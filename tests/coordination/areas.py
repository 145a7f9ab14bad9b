"""Random small areas: a few homes, services that overlap, and everything that ties visits."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.coordination.builders import MIN, MONDAY, Case, home, request, staff
from visitplan.domain.people import FamilyTime
from visitplan.domain.requests import Family, Joint, Task
from visitplan.domain.windows import Window

if TYPE_CHECKING:
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario

SERVICES = ("nursing", "care", "therapy")
TASKS = (Task("weight", 5 * MIN, shareable=True), Task("falls", 10 * MIN, shareable=True))


def random_area(seed: int, *, homes: int = 3, most_requests: int = 4, days: int = 2) -> Scenario:
    """Give a scenario of a few homes, the same one for the same seed."""
    draw = random.Random(seed)
    households = tuple(
        home(f"H{k}", draw.choice(["north", "south"]), draw.choice([None, None, 1, 2])) for k in range(homes)
    )
    requests: list[Request] = []
    for household in households:
        for k in range(draw.randint(2, most_requests)):
            requests.append(_request(draw, household.household_id, k, requests, days))
    members = tuple(
        staff(
            f"{service}-{k}",
            service,
            works_with=frozenset(draw.choice([(), (), (), ("nursing", "care")])),
            areas=frozenset(draw.choice([(), (), (), ("north",)])),
        )
        for service in SERVICES
        for k in range(draw.randint(1, 2))
    )
    policy = {"coordination": {"load_percent": draw.choice([5, 20, 70]), "overload_pence_per_min": 40}}
    case = Case(tuple(requests), households, tasks=TASKS, members=members, policy=policy, days=days)
    return _with_families(case.scenario(), draw, days)


def _request(draw: random.Random, household: str, k: int, before: list[Request], days: int) -> Request:
    first = draw.choice([0, 0, draw.randint(0, days - 1)])
    last = draw.choice([days - 1, draw.randint(first, days - 1)])
    start = draw.choice([8, 9, 9, 10])
    here = [r.request_id for r in before if r.household_id == household]
    return request(
        f"{household}-{k}",
        draw.choice(SERVICES),
        f"{start:02}:00-{start + draw.choice([0, 2, 3]):02}:30",
        household_id=household,
        person_id=f"{household}-{draw.choice('PQ')}",
        duration_s=draw.choice([20, 30, 45]) * MIN,
        earliest_date=MONDAY + dt.timedelta(days=first),
        latest_date=MONDAY + dt.timedelta(days=last),
        visits=draw.choice([1, 1, 1, min(2, last - first + 1)]),
        staff_needed=draw.choice([1, 1, 1, 2]),
        joint=draw.choice([Joint.ALLOW] * 8 + [Joint.REQUIRE, Joint.AVOID]),
        family=draw.choice([Family.WELCOME, Family.WELCOME, *Family]),
        tasks=tuple(sorted(draw.sample(["weight", "falls"], draw.randint(0, 2)))),
        after_request=draw.choice([None, None, None, *here[-1:]]),
        min_gap_s=draw.choice([0, 0, 10 * MIN]),
        max_gap_s=draw.choice([None, 60 * MIN]),
    )


def _with_families(scenario: Scenario, draw: random.Random, days: int) -> Scenario:
    times = []
    for household in scenario.households:
        for day in range(days):
            if draw.random() < 0.7:
                start = day * 86400 + draw.choice([8, 9, 10]) * 3600
                times.append(
                    FamilyTime(household.household_id, Window(start, start + draw.choice([2, 4]) * 3600))
                )
    return replace(scenario, family_times=tuple(times))
