"""From a scenario and its demand to the solver's integers.

A tick is a minute and a cost unit a millipence. Starts, durations and shifts are whole minutes, and each leg
is rounded up to the next one, so that every time on the roster is exact to the minute it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.demand import Demand, StaffLink, Visit, VisitLink
from visitplan.domain.people import Shift
from visitplan.domain.period import MINUTE
from visitplan.routing.eligibility import Wanted, able_staff_rows, wanted_by
from visitplan.routing.introducing import known_only
from visitplan.routing.start_windows import solver_windows
from visitplan.solver.problem import Break, Link, RoutingProblem, StaffRule, StartWindow
from visitplan.solver.problem import Shift as SolverShift
from visitplan.solver.problem import Visit as SolverVisit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario
    from visitplan.routing.network import Network

_STAFF_RULES = {
    StaffLink.ANY: StaffRule.ANY,
    StaffLink.DISTINCT: StaffRule.DISTINCT,
    StaffLink.SAME: StaffRule.SAME,
}


@dataclass(frozen=True, slots=True)
class Encoding:
    """The routing problem, with the visits and shifts that its indices stand for.

    ``left_out`` are visits that have no start window, and those that can only be served with them.
    """

    problem: RoutingProblem
    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    left_out: tuple[Visit, ...]


def encode(scenario: Scenario, demand: Demand, network: Network) -> Encoding:
    """Translate: visits with their windows, shifts, links, groups, who may serve what, and all costs."""
    attended = {v for joint in demand.joint_visits if joint.with_family for v in joint.visit_ids}
    windows = {
        visit.visit_id: solver_windows(scenario, visit, with_family=visit.visit_id in attended)
        for visit in demand.visits
    }
    hopeless = {visit_id for visit_id, found in windows.items() if not found}
    for group in demand.groups:
        if group & hopeless:
            hopeless |= group
    visits = tuple(visit for visit in demand.visits if visit.visit_id not in hopeless)
    index = {visit.visit_id: k for k, visit in enumerate(visits)}
    kept = index.keys()
    solver_visits = tuple(_visit(scenario, visit, windows[visit.visit_id], network) for visit in visits)
    shifts = scenario.shifts
    row_of = {member.staff_id: row for row, member in enumerate(scenario.staff)}
    solver_shifts = tuple(_shift(scenario, shift, row_of[shift.staff_id], network) for shift in shifts)
    eligible = _eligible(scenario, demand, visits) & _times_meet(solver_visits, solver_shifts)
    problem = RoutingProblem(
        visits=solver_visits,
        shifts=solver_shifts,
        travel=network.solver_travel(scenario.policy.costs),
        eligible=eligible,
        assignment_cost=_assignment_cost(scenario, visits),
        groups=tuple(tuple(sorted(index[v] for v in group)) for group in demand.groups if group <= kept),
        links=tuple(_link(link, index) for link in demand.links if {link.first, link.second} <= kept),
        week_limits=tuple(
            None if member.max_week_s is None else member.max_week_s // MINUTE for member in scenario.staff
        ),
    )
    left_out = tuple(visit for visit in demand.visits if visit.visit_id in hopeless)
    return Encoding(problem, visits, shifts, left_out)


def unassigned_cost(scenario: Scenario, request: Request) -> int:
    """Give the price of leaving out one visit of a request, in millipence; time-critical ones cost twice."""
    price = scenario.rules_for(request).costs.unassigned_mp(request.priority)
    return 2 * price if request.time_critical else price


def _visit(
    scenario: Scenario, visit: Visit, windows: tuple[StartWindow, ...], network: Network
) -> SolverVisit:
    request = scenario.request_by_id[visit.request_id]
    costs = scenario.rules_for(request).costs
    return SolverVisit(
        place=network.index[scenario.household_by_id[request.household_id].place.place_id],
        duration=visit.duration_s // MINUTE,
        windows=windows,
        unassigned_cost=unassigned_cost(scenario, request),
        early_cost=costs.early_mp_per_s * MINUTE,
        late_cost=costs.late_mp_per_s * MINUTE,
    )


def _shift(scenario: Scenario, shift: Shift, staff_row: int, network: Network) -> SolverShift:
    staff = scenario.staff[staff_row]
    costs = scenario.policy.costs
    place = network.index[staff.start.place_id]
    pause = shift.pause
    return SolverShift(
        staff=staff_row,
        start_place=place,
        end_place=place,
        start=-(-shift.window.start // MINUTE),
        end=shift.window.end // MINUTE,
        max_overtime=shift.overtime_max_s // MINUTE,
        overtime_cost=costs.overtime_mp_per_s(staff.hourly_cost_pence) * MINUTE,
        waiting_cost=costs.waiting_mp_per_s * MINUTE,
        use_cost=costs.millipence(costs.shift_use_pence),
        mode=network.modes.index(staff.travel_mode),
        pause=None
        if pause is None
        else Break(
            -(-pause.duration_s // MINUTE), -(-pause.window.start // MINUTE), pause.window.end // MINUTE
        ),
    )


def _eligible(scenario: Scenario, demand: Demand, visits: tuple[Visit, ...]) -> NDArray[np.bool_]:
    staff_row = {member.staff_id: row for row, member in enumerate(scenario.staff)}
    of_shift = np.array([staff_row[shift.staff_id] for shift in scenario.shifts], dtype=np.intp)
    wanted = wanted_by(scenario, demand)
    known = known_only(scenario, demand)
    columns = _columns(scenario)
    answers: dict[Wanted, NDArray[np.bool_]] = {}
    eligible = np.zeros((len(visits), len(scenario.shifts)), dtype=np.bool_)
    for row, visit in enumerate(visits):
        want = wanted[visit.visit_id]
        if want not in answers:
            answers[want] = able_staff_rows(scenario, want)[of_shift]
        eligible[row] = answers[want]
        if visit.visit_id in known:
            theirs = [column for member in known[visit.visit_id] for column in columns.get(member, ())]
            only = np.zeros(len(scenario.shifts), dtype=np.bool_)
            only[theirs] = True
            eligible[row] &= only
    return eligible


def _times_meet(visits: tuple[SolverVisit, ...], shifts: tuple[SolverShift, ...]) -> NDArray[np.bool_]:
    """Tell which shifts are at work at a time when the visit may start; travel is not looked at."""
    starts = np.array([shift.start for shift in shifts], dtype=np.int64)
    ends = np.array([shift.latest_return for shift in shifts], dtype=np.int64)
    meets = np.zeros((len(visits), len(shifts)), dtype=np.bool_)
    for row, visit in enumerate(visits):
        for window in visit.windows:
            meets[row] |= (window.latest >= starts) & (window.earliest + visit.duration <= ends)
    return meets


def _assignment_cost(scenario: Scenario, visits: tuple[Visit, ...]) -> NDArray[np.int32]:
    """Give labour, strangers, not preferred and new faces, for each visit by each shift's member of staff."""
    cost = np.zeros((len(visits), len(scenario.shifts)), dtype=np.int32)
    columns = _columns(scenario)
    rates = np.array(
        [
            scenario.policy.costs.labour_mp_per_s(scenario.staff_by_id[shift.staff_id].hourly_cost_pence)
            for shift in scenario.shifts
        ],
        dtype=np.int64,
    )
    for row, visit in enumerate(visits):
        request = scenario.request_by_id[visit.request_id]
        costs = scenario.rules_for(request).costs
        cost[row] = rates * visit.duration_s
        for members, pence in (
            (scenario.known_staff.get(request.person_id), costs.stranger_pence),
            (request.preferred_staff, costs.not_preferred_pence),
            (scenario.team_for.get((request.person_id, request.service)), costs.new_face_pence),
        ):
            if members:
                _charge_others(cost[row], members, costs.millipence(pence), columns)
    return cost


def _columns(scenario: Scenario) -> dict[str, list[int]]:
    """Give the columns of each member of staff's shifts."""
    columns: dict[str, list[int]] = {}
    for column, shift in enumerate(scenario.shifts):
        columns.setdefault(shift.staff_id, []).append(column)
    return columns


def _charge_others(
    cost: NDArray[np.int32], members: Iterable[str], price: int, columns: dict[str, list[int]]
) -> None:
    """Add a price for everybody but these members of staff."""
    theirs = [column for member in members for column in columns.get(member, ())]
    free = cost[theirs]
    cost += np.int32(price)
    cost[theirs] = free


def _link(link: VisitLink, index: dict[str, int]) -> Link:
    return Link(
        first=index[link.first],
        second=index[link.second],
        lo=None if link.lo_s is None else -(-link.lo_s // MINUTE),
        hi=None if link.hi_s is None else link.hi_s // MINUTE,
        staff=_STAFF_RULES[link.staff],
    )
