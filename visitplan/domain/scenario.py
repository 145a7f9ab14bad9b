"""The scenario: everything that is known before planning, valid from birth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from visitplan.domain.people import FamilyTime, History, Person, Shift, Staff, Team
from visitplan.domain.period import Period
from visitplan.domain.places import Household, TravelTable
from visitplan.domain.requests import Pin, Request, Task
from visitplan.domain.windows import Window, Windows
from visitplan.domain.wishes import first_visits
from visitplan.findings import Finding
from visitplan.policy import Policy, Rules

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True)
class Scenario:
    """A planning folder, read and validated.

    Not slotted: the look-ups below are made once, when first asked for.

    Attributes
    ----------
    name
        The folder's or workbook's name.
    findings
        Warnings and notes of reading; errors never get this far.
    input_hashes
        SHA-256 of each file that was read, by file name.
    teams
        Who should come to whom; not read, but chosen before routing.

    Raises
    ------
    ValueError
        Ids are doubled or point nowhere. Reading reports the same, and more, as findings beforehand.
    """

    name: str
    period: Period
    requests: tuple[Request, ...]
    households: tuple[Household, ...]
    staff: tuple[Staff, ...]
    shifts: tuple[Shift, ...]
    people: tuple[Person, ...] = ()
    family_times: tuple[FamilyTime, ...] = ()
    tasks: tuple[Task, ...] = ()
    history: tuple[History, ...] = ()
    pins: tuple[Pin, ...] = ()
    travel_table: TravelTable | None = None
    policy: Policy = field(default_factory=Policy)
    findings: tuple[Finding, ...] = ()
    input_hashes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    teams: tuple[Team, ...] = ()

    def __post_init__(self) -> None:
        faults = [*self._doubled_ids(), *self._dangling_ids()]
        if faults:
            raise ValueError(f"scenario {self.name}: {'; '.join(faults[:20])}")

    def _doubled_ids(self) -> Iterator[str]:
        for kind, ids in (
            ("request", (r.request_id for r in self.requests)),
            ("household", (h.household_id for h in self.households)),
            ("staff", (s.staff_id for s in self.staff)),
            ("shift", (s.shift_id for s in self.shifts)),
            ("person", (p.person_id for p in self.people)),
            ("task", (t.code for t in self.tasks)),
            ("pin", (p.visit_id for p in self.pins)),
        ):
            doubled = [item for item, count in Counter(ids).items() if count > 1]
            if doubled:
                yield f"{kind} ids stand twice: {doubled[:5]}"

    def _dangling_ids(self) -> Iterator[str]:
        homes = {h.household_id for h in self.households}
        staff = {s.staff_id for s in self.staff}
        requests = {r.request_id for r in self.requests}
        tasks = {t.code for t in self.tasks}
        for request in self.requests:
            if request.household_id not in homes:
                yield f"request {request.request_id} names unknown household {request.household_id}"
            if request.after_request is not None and request.after_request not in requests:
                yield f"request {request.request_id} follows unknown request {request.after_request}"
            unknown = (request.preferred_staff | request.excluded_staff) - staff
            if unknown:
                yield f"request {request.request_id} names unknown staff {sorted(unknown)}"
            if set(request.tasks) - tasks:
                yield f"request {request.request_id} names unknown tasks {sorted(set(request.tasks) - tasks)}"
        yield from (
            f"shift {s.shift_id} names unknown staff {s.staff_id}"
            for s in self.shifts
            if s.staff_id not in staff
        )
        at_home = (
            *((p, p.household_id) for p in self.people),
            *((t, t.household_id) for t in self.family_times),
        )
        for thing, household_id in at_home:
            if household_id not in homes:
                yield f"{type(thing).__name__} names unknown household {household_id}"

    @cached_property
    def request_by_id(self) -> Mapping[str, Request]:
        """Give the requests by id."""
        return {request.request_id: request for request in self.requests}

    @cached_property
    def household_by_id(self) -> Mapping[str, Household]:
        """Give the households by id."""
        return {household.household_id: household for household in self.households}

    @cached_property
    def staff_by_id(self) -> Mapping[str, Staff]:
        """Give the staff by id."""
        return {member.staff_id: member for member in self.staff}

    @cached_property
    def shift_by_id(self) -> Mapping[str, Shift]:
        """Give the shifts by id."""
        return {shift.shift_id: shift for shift in self.shifts}

    @cached_property
    def task_by_code(self) -> Mapping[str, Task]:
        """Give the tasks by code."""
        return {task.code: task for task in self.tasks}

    @cached_property
    def pin_by_visit(self) -> Mapping[str, Pin]:
        """Give the pins by visit id."""
        return {pin.visit_id: pin for pin in self.pins}

    @cached_property
    def person_by_id(self) -> Mapping[str, Person]:
        """Give the people by id; a person whom only requests name has no particulars."""
        named = {r.person_id: Person(r.person_id, r.household_id) for r in self.requests}
        return {**named, **{person.person_id: person for person in self.people}}

    @cached_property
    def family_windows(self) -> Mapping[str, Windows]:
        """Give, by household id, when a family member can be at home; households without any are absent."""
        return _grouped_windows(self.family_times)

    @cached_property
    def known_staff(self) -> Mapping[str, frozenset[str]]:
        """Give, by person id, the staff who have visited before; people without history are absent."""
        known: dict[str, set[str]] = {}
        for entry in self.history:
            if entry.visits > 0:
                known.setdefault(entry.person_id, set()).add(entry.staff_id)
        return {person: frozenset(staff) for person, staff in known.items()}

    @cached_property
    def known_at_home(self) -> Mapping[str, frozenset[str]]:
        """Give, by household id, the staff who have visited somebody there before; others are absent."""
        known: dict[str, frozenset[str]] = {}
        for person_id, staff in self.known_staff.items():
            person = self.person_by_id.get(person_id)
            if person is not None:
                known[person.household_id] = known.get(person.household_id, frozenset()) | staff
        return known

    @cached_property
    def first_visits(self) -> Mapping[str, Window]:
        """Give, by request id, the day home on which the first visit should be, from the discharge on."""
        return first_visits(self)

    @cached_property
    def team_for(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """Give, by person id and service, the staff who should come; those without a team are absent."""
        return {(team.person_id, team.service): frozenset(team.staff_ids) for team in self.teams}

    @cached_property
    def task_last_done(self) -> Mapping[tuple[str, str], dt.date]:
        """Give, by person id and task code, the last date on which history says that the task was done."""
        last: dict[tuple[str, str], dt.date] = {}
        for entry in self.history:
            if entry.task is not None and entry.last_date is not None:
                key = entry.person_id, entry.task
                last[key] = max(last.get(key, entry.last_date), entry.last_date)
        return last

    @cached_property
    def kept(self) -> dict[Hashable, Any]:
        """Give what stages have worked out of this scenario, by keys of theirs that begin with a name.

        For answers that follow from the scenario and the key alone, and that every attempt at planning asks
        for again: they are kept as long as the scenario is.
        """
        return {}

    def rules_for(self, request: Request) -> Rules:
        """Give the policy's rules for a request: the base, overridden by its area, then by its service."""
        area = self.household_by_id[request.household_id].area
        return self.policy.rules(area=area, service=request.service)

    def staff_at_once(self, household_id: str) -> int:
        """Give how many members of staff a household holds at a time."""
        household = self.household_by_id[household_id]
        if household.max_staff_at_once is not None:
            return household.max_staff_at_once
        return self.policy.rules(area=household.area).limits.staff_at_once


def _grouped_windows(times: Iterable[FamilyTime]) -> dict[str, Windows]:
    grouped: dict[str, list[FamilyTime]] = {}
    for time in times:
        grouped.setdefault(time.household_id, []).append(time)
    return {household: Windows.of(t.window for t in group) for household, group in grouped.items()}
