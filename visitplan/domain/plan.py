"""The plan: runs, what is unassigned and why, joint visits, costs, findings and where it all came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property

from visitplan.domain.demand import Covered, JointVisit, Told
from visitplan.domain.people import Team
from visitplan.domain.period import Period
from visitplan.findings import Finding


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit with its member of staff and its time.

    Attributes
    ----------
    sequence
        Place in the run, from 1.
    start, end
        Ticks.
    travel_s, metres
        The leg that leads here: seconds on the road at that time of day, and its length.
    wait_s
        Idle seconds between arriving and starting; a break is not idle.
    tasks
        Codes of what is done in this visit; tasks done once by another are not among them.
    """

    visit_id: str
    request_id: str
    person_id: str
    household_id: str
    service: str
    organisation: str
    shift_id: str
    staff_id: str
    sequence: int
    start: int
    end: int
    travel_s: int
    metres: int
    wait_s: int
    joint_visit_id: str | None = None
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """The work of one shift: its visits in order.

    ``depart`` and ``finish`` are the ticks of leaving the start place, as late as the first visit allows, and
    of being back; ``return_s`` and ``return_metres`` are the leg home.
    """

    shift_id: str
    staff_id: str
    visits: tuple[PlannedVisit, ...]
    depart: int
    finish: int
    return_s: int
    return_metres: int
    break_start: int | None = None
    break_s: int = 0
    overtime_s: int = 0

    @property
    def travel_s(self) -> int:
        """Give the seconds on the road, the way home included."""
        return sum(visit.travel_s for visit in self.visits) + self.return_s

    @property
    def metres(self) -> int:
        """Give the metres travelled, the way home included."""
        return sum(visit.metres for visit in self.visits) + self.return_metres

    @property
    def wait_s(self) -> int:
        """Give the idle seconds."""
        return sum(visit.wait_s for visit in self.visits)

    @property
    def worked_s(self) -> int:
        """Give the seconds from departure to return, without the break where it lies between them."""
        inside = self.break_start is not None and self.depart <= self.break_start < self.finish
        return self.finish - self.depart - (self.break_s if inside else 0)


class Reason(StrEnum):
    """Why a visit is unassigned."""

    NO_DAY = "no day"
    FAMILY_NEVER = "family never meets"
    NO_STAFF = "no member of staff may serve it"
    NO_SHIFT = "no shift meets its window"
    PREDECESSOR = "the visit it follows is unassigned"
    JOINT_REQUIRED = "its joint visit cannot be served"
    HOUSEHOLD_FULL = "the home holds fewer staff at once"
    PARTNER = "a visit it goes with cannot be served"
    IMPOSSIBLE = "proved impossible"
    OUTBID = "others cost less to serve"
    NOT_FOUND = "no room was found"


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A visit that is not in the roster.

    Attributes
    ----------
    organisation
        Who has to act.
    explanation
        The reason in plain words, with its terms.
    change
        The smallest change that would help, in plain words.
    """

    visit_id: str
    request_id: str
    person_id: str
    household_id: str
    service: str
    organisation: str
    priority: int
    reason: Reason
    explanation: str
    change: str


@dataclass(frozen=True, slots=True)
class Costs:
    """The plan's cost in its parts, in millipence (1/1000 p).

    ``interruptions``, ``family_time``, ``door_knocks`` and ``days`` are what households put up with, and
    ``told_once``, 0 or below, is staff time that is saved: so a coordinated plan and one without joint visits
    can be compared by their totals.
    """

    travel_time: int = 0
    mileage: int = 0
    waiting: int = 0
    overtime: int = 0
    labour: int = 0
    shifts: int = 0
    early: int = 0
    late: int = 0
    strangers: int = 0
    not_preferred: int = 0
    new_faces: int = 0
    late_discharge: int = 0
    family_absent: int = 0
    interruptions: int = 0
    family_time: int = 0
    door_knocks: int = 0
    days: int = 0
    told_once: int = 0
    unassigned: int = 0

    @property
    def total(self) -> int:
        """Give the sum of all parts, in millipence."""
        return sum(int(getattr(self, part.name)) for part in fields(self))

    @property
    def homes(self) -> int:
        """Give the parts that follow from when households have somebody in; routing knows the others only."""
        return self.interruptions + self.family_time + self.door_knocks + self.days + self.told_once

    @property
    def pounds(self) -> float:
        """Give the total in pounds, to the penny."""
        return round(self.total / 100_000, 2)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a plan came from, enough to make it again."""

    visitplan_version: str
    created: dt.datetime
    scenario: str
    engine: str
    seed: int
    coordinated: bool
    stop: str
    iterations: int = 0
    seconds: float = 0.0
    time_limit: float | None = None
    iteration_limit: int | None = None
    workers: int = 1
    policy_hash: str = ""
    input_hashes: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    travel: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """A complete plan: every visit of every request is in one run, in ``unassigned`` or in ``covered``.

    ``teams`` says who was to come to whom, so that few different faces are seen. ``told`` are tasks that are
    not asked again, other than within joint visits, and ``covered`` visits that need not take place as others
    do all they were for. Not slotted: the look-ups are made once, when first asked for.
    """

    period: Period
    runs: tuple[Run, ...]
    unassigned: tuple[Unassigned, ...]
    joint_visits: tuple[JointVisit, ...]
    costs: Costs
    findings: tuple[Finding, ...]
    provenance: Provenance
    teams: tuple[Team, ...] = ()
    told: tuple[Told, ...] = ()
    covered: tuple[Covered, ...] = ()

    @cached_property
    def visits(self) -> tuple[PlannedVisit, ...]:
        """Give all planned visits, by shift and sequence."""
        return tuple(visit for run in self.runs for visit in run.visits)

    @cached_property
    def visit_by_id(self) -> Mapping[str, PlannedVisit]:
        """Give the planned visits by id."""
        return {visit.visit_id: visit for visit in self.visits}

    @cached_property
    def joint_visit_by_id(self) -> Mapping[str, JointVisit]:
        """Give the joint visits by id."""
        return {joint.joint_visit_id: joint for joint in self.joint_visits}

    @cached_property
    def run_by_shift(self) -> Mapping[str, Run]:
        """Give the runs by shift id."""
        return {run.shift_id: run for run in self.runs}
