"""The case under judgement: scenario, plan and travel, with what every rule needs to look up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from visitplan.checking.calendar import Calendar, whole_minutes
from visitplan.checking.expected import ExpectedVisit, Stretch, expected_visits, merged, start_stretch
from visitplan.checking.wishes import discharges, homecomings, responses_due
from visitplan.domain.people import Shift, Staff
from visitplan.domain.places import Place, TravelMatrix, TravelMode, TravelSource
from visitplan.domain.plan import Plan, PlannedVisit, Run
from visitplan.domain.requests import Request
from visitplan.domain.scenario import Scenario
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from visitplan.domain.demand import JointVisit
    from visitplan.policy import Rules


def fault(code: str, subject: str, cause: str, action: str, severity: Severity = Severity.ERROR) -> Finding:
    """Make a finding about the things named by ``subject`` (ids only)."""
    return Finding(code, severity, Where(subject=subject), cause, action)


@dataclass(frozen=True, slots=True)
class Leg:
    """The way to a visit, or home after the last one (``visit`` None).

    Attributes
    ----------
    left, by
        Ticks between which the plan has it: the end of what came before, the start of what comes next.
    free_s, metres
        As the travel source gives them.
    slowed_s
        Seconds on the road when left at ``left``.
    road_s, most_s
        The same in whole minutes, rounded up at the end; and rounded up beforehand as well, which is the most
        that a roster in whole minutes may set aside for it.
    reachable
        Whether there is a way at all; without one, the figures are 0.
    break_s
        Seconds of the break, if it is taken between ``left`` and ``by``.
    """

    run: Run
    visit: PlannedVisit | None
    left: int
    by: int
    free_s: int
    metres: int
    slowed_s: int
    road_s: int
    most_s: int
    reachable: bool
    break_s: int

    @property
    def subject(self) -> str:
        """Name the leg for a reader."""
        return f"shift {self.run.shift_id}, " + (
            "way home" if self.visit is None else f"way to visit {self.visit.visit_id}"
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A run with the shift and the member of staff that the scenario knows for it, and its legs.

    There are no legs where the plan names a place that does not exist.
    """

    run: Run
    shift: Shift
    staff: Staff
    legs: tuple[Leg, ...]

    @property
    def break_s(self) -> int:
        """Give the seconds of the break, if one is planned and due."""
        return self.shift.pause.duration_s if self.shift.pause and self.run.break_start is not None else 0

    @property
    def break_inside(self) -> bool:
        """Tell whether the break begins between departure and return."""
        begin = self.run.break_start
        return begin is not None and self.run.depart <= begin < self.run.finish

    @property
    def worked_s(self) -> int:
        """Give the seconds from departure to return, without a break between them."""
        return self.run.finish - self.run.depart - (self.break_s if self.break_inside else 0)


@dataclass(frozen=True, slots=True)
class Served:
    """A planned visit that the scenario does ask for."""

    visit: PlannedVisit
    expected: ExpectedVisit
    request: Request


@dataclass(frozen=True)
class Case:
    """Scenario, plan and travel. Not slotted: look-ups are made once, when first asked for."""

    scenario: Scenario
    plan: Plan
    source: TravelSource

    @cached_property
    def calendar(self) -> Calendar:
        """Give the clock of the scenario's period."""
        return Calendar(self.scenario.period, self.scenario.policy.travel.factors)

    @cached_property
    def expected(self) -> Mapping[str, ExpectedVisit]:
        """Give, by id, every visit that the requests make."""
        return {v.visit_id: v for v in self._expected()}

    def _expected(self) -> Iterator[ExpectedVisit]:
        home_of, due_of = discharges(self.scenario), responses_due(self.scenario)
        return expected_visits(self.scenario.requests, self.calendar, home_of, due_of)

    @cached_property
    def visits(self) -> Sequence[PlannedVisit]:
        """Give every row of the roster."""
        return tuple(visit for run in self.plan.runs for visit in run.visits)

    @cached_property
    def served(self) -> Sequence[Served]:
        """Give the rows of the roster that the scenario asks for; a doubled visit is there twice."""
        known = ((visit, self.expected.get(visit.visit_id)) for visit in self.visits)
        return tuple(Served(visit, expected, expected.request) for visit, expected in known if expected)

    @cached_property
    def planned(self) -> Mapping[str, Served]:
        """Give what is served by visit id; of a doubled visit, the first row."""
        return {served.visit.visit_id: served for served in reversed(self.served)}

    @cached_property
    def occurrences(self) -> Mapping[str, Mapping[int, Sequence[Served]]]:
        """Give what is served by request id and occurrence, ascending; several where several staff come."""
        found: dict[str, dict[int, list[Served]]] = defaultdict(lambda: defaultdict(list))
        for served in self.planned.values():
            found[served.request.request_id][served.expected.occurrence].append(served)
        return {
            request: {
                number: sorted(group, key=lambda s: s.expected.slot) for number, group in sorted(of.items())
            }
            for request, of in found.items()
        }

    @cached_property
    def occurrences_due(self) -> Mapping[str, int]:
        """Give, by request id, how many visits it makes; those of several staff together count once."""
        due: dict[str, int] = {}
        for visit in self.expected.values():
            request_id = visit.request.request_id
            due[request_id] = max(due.get(request_id, 0), visit.occurrence)
        return due

    @cached_property
    def joint_by_id(self) -> Mapping[str, JointVisit]:
        """Give the joint visits by id; of several with one id, the first."""
        return {joint.joint_visit_id: joint for joint in reversed(self.plan.joint_visits)}

    @cached_property
    def joint_of(self) -> Mapping[str, JointVisit]:
        """Give, by visit id, the joint visit that lists it; of several, the first."""
        return {v: joint for joint in reversed(self.plan.joint_visits) for v in joint.visit_ids}

    @cached_property
    def spared(self) -> Mapping[str, frozenset[str]]:
        """Give, by visit id, the tasks it need not do: another visit does them, or they are fresh."""
        tasks: dict[str, set[str]] = defaultdict(set)
        for told in self.plan.told:
            for visit_id in told.spared_visit_ids:
                tasks[visit_id].add(told.task)
        for joint in self.plan.joint_visits:
            for once in joint.told_once:
                for visit_id in once.spared_visit_ids:
                    if self.joint_of.get(visit_id) is joint:
                        tasks[visit_id].add(once.task)
        return {visit_id: frozenset(codes) for visit_id, codes in tasks.items()}

    @cached_property
    def family_times(self) -> Mapping[str, list[Stretch]]:
        """Give, by household id, when the family can be at home; households without any are absent."""
        times: dict[str, list[Stretch]] = defaultdict(list)
        for time in self.scenario.family_times:
            times[time.household_id].append((time.window.start, time.window.end))
        return {household: merged(stretches) for household, stretches in times.items()}

    @cached_property
    def shifts_of(self) -> Mapping[str, Sequence[Shift]]:
        """Give the shifts by staff id."""
        shifts: dict[str, list[Shift]] = defaultdict(list)
        for shift in self.scenario.shifts:
            shifts[shift.staff_id].append(shift)
        return shifts

    @cached_property
    def sheets(self) -> Sequence[Sheet]:
        """Give the runs of shifts that exist, with their legs."""
        return tuple(sheet for run in self.plan.runs if (sheet := self._sheet(run)) is not None)

    def rules(self, request: Request) -> Rules:
        """Give the policy's rules for a request: the base, then its area's, then its service's."""
        area = self.scenario.household_by_id[request.household_id].area
        return self.scenario.policy.rules(area=area, service=request.service)

    @cached_property
    def known_at(self) -> Mapping[str, set[str]]:
        """Give, by household id, the staff who history says have visited somebody there."""
        home_of = {request.person_id: request.household_id for request in self.scenario.requests}
        home_of |= {person.person_id: person.household_id for person in self.scenario.people}
        known: dict[str, set[str]] = defaultdict(set)
        for entry in self.scenario.history:
            if entry.visits > 0 and entry.person_id in home_of:
                known[home_of[entry.person_id]].add(entry.staff_id)
        return known

    @cached_property
    def planned_at(self) -> Mapping[str, list[Served]]:
        """Give what is served by household id."""
        found: dict[str, list[Served]] = defaultdict(list)
        for served in self.planned.values():
            found[served.request.household_id].append(served)
        return found

    @cached_property
    def homecomings(self) -> Mapping[str, Stretch]:
        """Give, by the id of what should begin that day, the day on which a person comes home."""
        return homecomings(self.scenario, self.calendar)

    def late_s(self, request: Request) -> int:
        """Give how many seconds past its window a visit of this request may start."""
        return 0 if request.time_critical else self.rules(request).limits.max_late_min * 60

    def day_of(self, served: Served) -> dt.date | None:
        """Give the allowed day in whose window, allowed lateness included, the visit starts; or None."""
        start, late = served.visit.start, self.late_s(served.request)
        for day in reversed(served.expected.days):
            first, last = start_stretch(served.request, day, self.calendar)
            if first <= start <= last + late:
                return day
        return None

    def with_family(self, visit: PlannedVisit, household_id: str) -> bool:
        """Tell whether the whole visit lies inside one time in which the household's family can be there."""
        times = self.family_times.get(household_id, [])
        return any(start <= visit.start and visit.end <= end for start, end in times)

    @cached_property
    def understaffed(self) -> frozenset[str]:
        """Give the organisations that ask for a service for which they employ nobody."""
        employ = {(staff.organisation, staff.service) for staff in self.scenario.staff}
        return frozenset(
            request.organisation
            for request in self.scenario.requests
            if (request.organisation, request.service) not in employ
        )

    def may_serve(self, employer: str, asking: str) -> bool:
        """Tell whether one organisation's staff may serve another's requests in this plan.

        Without coordination each organisation serves itself, unless the policy says that hand-over holds
        apart as well, or the one that asks lacks staff of a service.
        """
        rules = self.scenario.policy.organisations
        by_itself = not self.plan.provenance.coordinated and not rules.hand_over_apart
        if by_itself and employer != asking and asking not in self.understaffed:
            return False
        return rules.may_serve(employer, asking)

    def capable(self, visit: ExpectedVisit, staff: Staff) -> bool:
        """Tell whether this member of staff may serve the visit at all, joint visits aside."""
        request, pin = visit.request, self.scenario.pin_by_visit.get(visit.visit_id)
        area = self.scenario.household_by_id[request.household_id].area
        return (
            staff.service == request.service
            and request.skills <= staff.skills
            and staff.staff_id not in request.excluded_staff
            and self.may_serve(staff.organisation, request.organisation)
            and (not staff.areas or area in staff.areas)
            and (pin is None or pin.staff_id in (None, staff.staff_id))
        )

    # --- travel -----------------------------------------------------------------------------------------

    def _sheet(self, run: Run) -> Sheet | None:
        shift = self.scenario.shift_by_id.get(run.shift_id)
        if shift is None:
            return None
        staff = self.scenario.staff_by_id[shift.staff_id]
        return Sheet(run, shift, staff, tuple(self._legs(run, shift, staff)))

    def _place_of(self, visit: PlannedVisit) -> Place | None:
        """Give where a visit is: at the household of its request, if there is one, else where it says."""
        asked = self.expected.get(visit.visit_id)
        household_id = visit.household_id if asked is None else asked.request.household_id
        household = self.scenario.household_by_id.get(household_id)
        return None if household is None else household.place

    def _legs(self, run: Run, shift: Shift, staff: Staff) -> Iterator[Leg]:
        stops = [self._place_of(visit) for visit in run.visits]
        known = [place for place in stops if place is not None]
        if len(known) < len(stops):
            return
        way = _Way([staff.start, *known, staff.start], self.source, staff.travel_mode)
        break_s = shift.pause.duration_s if shift.pause else 0
        left = run.depart
        for number, visit in enumerate((*run.visits, None)):
            by = run.finish if visit is None else visit.start
            free, metres, reachable = way.leg(number)
            slowed = self.calendar.on_the_road(free, left)
            most = whole_minutes(self.calendar.on_the_road(whole_minutes(free), left))
            taken = break_s if _break_between(run, break_s, left, by) else 0
            yield Leg(
                run, visit, left, by, free, metres, slowed, whole_minutes(slowed), most, reachable, taken
            )
            left = run.finish if visit is None else visit.end


def _break_between(run: Run, break_s: int, left: int, by: int) -> bool:
    begin = run.break_start
    if begin is None or not break_s or not run.depart <= begin < run.finish:
        return False
    return left <= begin and begin + break_s <= by


class _Way:
    """The places of one run in order, and the travel from each to the next."""

    def __init__(self, places: Sequence[Place], source: TravelSource, mode: TravelMode) -> None:
        distinct = {place.place_id: place for place in places}
        rows = {place_id: row for row, place_id in enumerate(distinct)}
        self._rows = [rows[place.place_id] for place in places]
        self._matrix: TravelMatrix = source.matrix(tuple(distinct.values()), mode)

    def leg(self, number: int) -> tuple[int, int, bool]:
        """Give free-flow seconds, metres, and whether there is a way, of the leg with this number from 0."""
        origin, destination = self._rows[number], self._rows[number + 1]
        if not self._matrix.reachable(origin, destination):
            return 0, 0, False
        return (
            self._matrix.seconds_between(origin, destination),
            self._matrix.metres_between(origin, destination),
            True,
        )
