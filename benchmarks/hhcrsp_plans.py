"""HHCRSP instances as routing problems, and plans judged and written in the publishers' own terms.

The cost is a third of distance, summed tardiness and largest tardiness (D. S. Mankowska, F. Meisel,
C. Bierwirth, Health Care Management Science 17, 2014). The solver works with thousandths of a unit; all that
judges a plan here works with the instance's floats and shares nothing with the solver.
"""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver import Link, RoutingProblem, RoutingSolution, Shift, StartWindow, Travel, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.hhcrsp_instances import Instance

SCALE = 1000
"""Ticks, and cost units, in one unit of an instance: published distances have three decimals."""
SPARE_LEGS = 100
"""The horizon lies this many of the longest leg after the last window: so late that no good plan sees it."""
LEFT_OUT = 100
"""Leaving a service out costs this many times the longest leg, so much that no good plan does it."""

Routes = tuple[tuple[int, ...], ...]
"""For each caregiver, the services in order."""


@dataclass(frozen=True, slots=True)
class PlanCost:
    """The three parts of a plan's cost, in units of the instance."""

    distance: float
    total_tardiness: float
    max_tardiness: float

    @property
    def cost(self) -> float:
        """Give the weighted sum: a third of each."""
        return (self.distance + self.total_tardiness + self.max_tardiness) / 3


# --- to the solver --------------------------------------------------------------------------------------


def problem_of(instance: Instance) -> RoutingProblem:
    """Give the routing problem whose cost is 3 * ``SCALE`` times the instance's.

    Distances and durations are rounded to the nearest thousandth; windows and gaps too.
    """
    ticks = np.rint(instance.distances * SCALE).astype(np.int32)
    longest = int(ticks.max())
    horizon = _last_close(instance) + SPARE_LEGS * longest
    visits = []
    for service in instance.services:
        closes = horizon if math.isinf(service.closes) else _ticks(service.closes)
        window = StartWindow(_ticks(service.opens), horizon, preferred_latest=closes)
        duration = _ticks(service.duration)
        visits.append(Visit(service.place, duration, (window,), LEFT_OUT * longest, late_cost=1))
    back = horizon + max(visit.duration for visit in visits) + longest
    shifts = tuple(
        Shift(index, giver.place, giver.back, _ticks(giver.starts), back)
        for index, giver in enumerate(instance.caregivers)
    )
    eligible = np.array(
        [[instance.may_serve(s, c) for c in range(len(shifts))] for s in range(len(visits))], dtype=np.bool_
    ).reshape(len(visits), len(shifts))
    return RoutingProblem(
        visits=tuple(visits),
        shifts=shifts,
        travel=(Travel(ticks, ticks),),
        eligible=eligible,
        assignment_cost=np.zeros(eligible.shape, dtype=np.int32),
        groups=_groups(instance),
        links=tuple(Link(g.first, g.second, _ticks(g.lo), _ticks(g.hi)) for g in instance.gaps),
        max_late_cost=1,
    )


def _ticks(units: float) -> int:
    return round(units * SCALE)


def _last_close(instance: Instance) -> int:
    ends = [s.opens if math.isinf(s.closes) else s.closes for s in instance.services]
    return _ticks(max(ends))


def _groups(instance: Instance) -> tuple[tuple[int, ...], ...]:
    """Give the services of each patient who requires several: all or nothing."""
    of: dict[str, list[int]] = {}
    for index, service in enumerate(instance.services):
        of.setdefault(service.patient, []).append(index)
    return tuple(tuple(members) for members in of.values() if len(members) > 1)


def routes_of(instance: Instance, solution: RoutingSolution) -> Routes:
    """Give the services of each caregiver, in order."""
    runs = {route.shift: route.visits for route in solution.routes}
    return tuple(runs.get(k, ()) for k in range(len(instance.caregivers)))


# --- judged in floats -----------------------------------------------------------------------------------


def starts_of(instance: Instance, routes: Routes) -> list[float]:
    """Give the earliest start of every service, in the instance's own floats.

    Sums are formed as the publishers' validator forms them (end = start + duration, arrival = end + leg), so
    that no rounding comes between the two.

    Raises
    ------
    ValueError
        Order and gaps contradict each other.
    """
    starts = [service.opens for service in instance.services]
    after, before = _neighbours(routes, len(starts))
    partners = _partners(instance)
    queue = deque(range(len(starts)))
    for _ in range(2000 * (len(starts) + 1)):
        if not queue:
            return starts
        service = queue.popleft()
        earliest = _earliest(instance, service, starts, before[service], partners[service])
        if earliest > starts[service]:
            starts[service] = earliest
            queue.extend(other for other, _ in partners[service])
            if after[service] >= 0:
                queue.append(after[service])
    raise ValueError(f"{instance.name}: the order of visits contradicts the gaps")


def cost_of(instance: Instance, routes: Routes, starts: Sequence[float]) -> PlanCost:
    """Give the cost of a plan from its routes and starts alone."""
    distance = 0.0
    for giver, route in zip(instance.caregivers, routes, strict=True):
        if route:
            places = [giver.place, *(instance.services[s].place for s in route), giver.back]
            distance += math.fsum(float(instance.distances[a, b]) for a, b in pairwise(places))
    tardy = [max(0.0, start - s.closes) for start, s in zip(starts, instance.services, strict=True)]
    return PlanCost(distance, math.fsum(tardy), max(tardy, default=0.0))


def faults_of(instance: Instance, routes: Routes, starts: Sequence[float]) -> list[str]:
    """Name every rule of the instance that a plan breaks."""
    served = sorted(service for route in routes for service in route)
    faults = [] if served == list(range(len(instance.services))) else ["not every service is given once"]
    for number, (giver, route) in enumerate(zip(instance.caregivers, routes, strict=True)):
        free, place = giver.starts, giver.place
        for index in route:
            service = instance.services[index]
            if not instance.may_serve(index, number):
                faults.append(f"{giver.id} may not give {service.service} to {service.patient}")
            if starts[index] < free + instance.distances[place, service.place]:
                faults.append(f"{giver.id} reaches {service.patient} too late for the start")
            free, place = starts[index] + service.duration, service.place
    faults += [
        f"{s.patient} is served before {s.opens}"
        for s, start in zip(instance.services, starts, strict=True)
        if start < s.opens
    ]
    for gap in instance.gaps:
        first, second = starts[gap.first], starts[gap.second]
        if first + gap.lo > second or first + gap.hi < second:
            faults.append(f"{instance.services[gap.first].patient}: starts are {second - first} apart")
    return faults


def served_twice(instance: Instance, routes: Routes) -> int:
    """Give how many patients get several services from one caregiver, which the validator allows."""
    twice = 0
    for route in routes:
        patients = [instance.services[s].patient for s in route]
        twice += len(patients) - len(set(patients))
    return twice


_Partner = tuple[int, float]
"""Another service, and the least that this one starts after it."""


def _partners(instance: Instance) -> list[list[_Partner]]:
    found: list[list[_Partner]] = [[] for _ in instance.services]
    for gap in instance.gaps:
        found[gap.second].append((gap.first, gap.lo))
        found[gap.first].append((gap.second, -gap.hi))
    return found


def _neighbours(routes: Routes, count: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Give for each service the next one, and the one before with its caregiver; -1 where there is none."""
    after, before = [-1] * count, [(-1, -1)] * count
    for giver, route in enumerate(routes):
        previous = -1
        for service in route:
            before[service] = (previous, giver)
            if previous >= 0:
                after[previous] = service
            previous = service
    return after, before


def _earliest(
    instance: Instance, index: int, starts: list[float], before: tuple[int, int], partners: list[_Partner]
) -> float:
    """Give the earliest start that what comes before, and the partners, allow."""
    service, (previous, giver) = instance.services[index], before
    earliest = starts[index]
    if previous >= 0:
        earlier = instance.services[previous]
        leg = float(instance.distances[earlier.place, service.place])
        earliest = max(earliest, (starts[previous] + earlier.duration) + leg)
    elif giver >= 0:
        home = instance.caregivers[giver]
        earliest = max(earliest, home.starts + float(instance.distances[home.place, service.place]))
    for other, least in partners:
        earliest = max(earliest, _not_before(starts[other], least))
    return earliest


def _not_before(other: float, least: float) -> float:
    """Give the least start that is ``least`` after that of another service.

    A negative ``least`` is the largest gap to a service that follows. The validator adds it to this start,
    and the sum may miss the other's by one rounding.
    """
    start = other + least
    while least < 0 and start - least < other:
        start = math.nextafter(start, math.inf)
    return start


# --- written --------------------------------------------------------------------------------------------


def write_solution(path: Path, instance: Instance, routes: Routes, starts: Sequence[float]) -> None:
    """Write a plan as the publishers' validator reads it; patients are ordered by their first start."""
    order = sorted(range(len(starts)), key=lambda index: starts[index])
    document = {
        "instance": instance.name,
        "routes": [
            {"caregiver_id": giver.id, "locations": [_location(instance, index, starts) for index in route]}
            for giver, route in zip(instance.caregivers, routes, strict=True)
        ],
        "global_ordering": list(dict.fromkeys(instance.services[index].patient for index in order)),
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _location(instance: Instance, index: int, starts: Sequence[float]) -> dict[str, str | float]:
    service = instance.services[index]
    return {
        "patient_id": service.patient,
        "service_id": service.service,
        "arrival_time": starts[index],
        "departure_time": starts[index] + service.duration,
    }
