"""From the solver's integers back to runs that people can read."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from visitplan.domain.period import MINUTE
from visitplan.domain.plan import PlannedVisit, Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visitplan.domain.demand import Demand, Told, ToldOnce, Visit
    from visitplan.domain.people import Shift, Staff
    from visitplan.domain.places import TravelMode
    from visitplan.domain.scenario import Scenario
    from visitplan.routing.encoding import Encoding
    from visitplan.routing.network import Network
    from visitplan.solver.solution import Route


def decode(
    scenario: Scenario, demand: Demand, encoding: Encoding, routes: Iterable[Route], network: Network
) -> tuple[Run, ...]:
    """Give the runs of a solution's routes, by shift id."""
    translator = _Translator(scenario, demand, encoding, network)
    runs = (translator.run(route) for route in routes)
    return tuple(sorted(runs, key=lambda run: run.shift_id))


class _Translator:
    """What one decoding looks up again and again."""

    def __init__(self, scenario: Scenario, demand: Demand, encoding: Encoding, network: Network) -> None:
        self.scenario = scenario
        self.encoding = encoding
        self.network = network
        self.joint_of = {v: joint.joint_visit_id for joint in demand.joint_visits for v in joint.visit_ids}
        self.spared: dict[str, set[str]] = {}
        every: list[Told | ToldOnce] = [*demand.told]
        for joint in demand.joint_visits:
            every += joint.told_once
        for told in every:
            for visit_id in told.spared_visit_ids:
                self.spared.setdefault(visit_id, set()).add(told.task)

    def run(self, route: Route) -> Run:
        shift = self.encoding.shifts[route.shift]
        staff = self.scenario.staff_by_id[shift.staff_id]
        visits = [self.encoding.visits[index] for index in route.visits]
        starts = [start * MINUTE for start in route.starts]
        ends = [start + visit.duration_s for start, visit in zip(starts, visits, strict=True)]
        stops = [staff.start.place_id, *(self._place(visit) for visit in visits), staff.start.place_id]
        leaves = [route.depart * MINUTE, *ends]
        legs = [
            self._leg(staff.travel_mode, origin, destination, leave)
            for (origin, destination), leave in zip(pairwise(stops), leaves, strict=True)
        ]
        pause = shift.pause
        break_start = None if route.break_start is None else route.break_start * MINUTE
        break_s = 0 if pause is None or break_start is None else pause.duration_s
        arrives = [*starts, None]
        idle = [
            _idle(leave, arrive, seconds, break_start, break_s)
            for leave, arrive, (seconds, _) in zip(leaves, arrives, legs, strict=True)
        ]
        planned = tuple(
            self._planned(visit, shift, staff, k + 1, (starts[k], ends[k]), legs[k], idle[k])
            for k, visit in enumerate(visits)
        )
        return Run(
            shift_id=shift.shift_id,
            staff_id=staff.staff_id,
            visits=planned,
            depart=route.depart * MINUTE,
            finish=route.finish * MINUTE,
            return_s=legs[-1][0],
            return_metres=legs[-1][1],
            break_start=break_start,
            break_s=break_s,
            overtime_s=max(0, route.finish * MINUTE - shift.window.end),
        )

    def _place(self, visit: Visit) -> str:
        request = self.scenario.request_by_id[visit.request_id]
        return self.scenario.household_by_id[request.household_id].place.place_id

    def _leg(self, mode: TravelMode, origin: str, destination: str, depart: int) -> tuple[int, int]:
        """Give the seconds on the road when leaving at ``depart``, and the metres."""
        free_flow = self.network.leg_s(mode, origin, destination)
        seconds = self.network.factors.slowed(free_flow, depart)
        return seconds, self.network.leg_m(mode, origin, destination)

    def _planned(
        self,
        visit: Visit,
        shift: Shift,
        staff: Staff,
        sequence: int,
        times: tuple[int, int],
        leg: tuple[int, int],
        wait_s: int,
    ) -> PlannedVisit:
        request = self.scenario.request_by_id[visit.request_id]
        spared = self.spared.get(visit.visit_id, set())
        return PlannedVisit(
            visit_id=visit.visit_id,
            request_id=request.request_id,
            person_id=request.person_id,
            household_id=request.household_id,
            service=request.service,
            organisation=request.organisation,
            shift_id=shift.shift_id,
            staff_id=staff.staff_id,
            sequence=sequence,
            start=times[0],
            end=times[1],
            travel_s=leg[0],
            metres=leg[1],
            wait_s=wait_s,
            joint_visit_id=self.joint_of.get(visit.visit_id),
            tasks=tuple(task for task in request.tasks if task not in spared),
        )


def _idle(leave: int, arrive: int | None, travel_s: int, break_start: int | None, break_s: int) -> int:
    """Give the idle seconds of one gap: what is left of it after the leg, in whole minutes, and the break."""
    if arrive is None:
        return 0
    paused = break_s if break_start is not None and leave <= break_start < arrive else 0
    return arrive - leave - -(-travel_s // MINUTE) * MINUTE - paused
