"""What is to be attended: visits, the links between them, and the joint visits that were chosen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from visitplan.domain.windows import Windows
from visitplan.findings import Finding
from visitplan.policy import Mode


@dataclass(frozen=True, slots=True)
class Visit:
    """One attendance by one member of staff, made from a request.

    Attributes
    ----------
    visit_id
        ``R7`` for a request's only visit, ``R7/2`` for its second, ``R7/2b`` for the second member of staff
        of that one (``R7/b`` where there is one visit).
    occurrence, slot
        Which of the request's visits, and which member of staff of it; both count from 1.
    duration_s
        Seconds; less than the request's where a joint visit's lead does a shared task.
    windows
        Ticks at which it may start; empty where nothing the request asks for meets.
    """

    visit_id: str
    request_id: str
    occurrence: int
    slot: int
    duration_s: int
    windows: Windows


class StaffLink(StrEnum):
    """Whether two linked visits are served by anybody, by two different people, or by one and the same."""

    ANY = "any"
    DISTINCT = "distinct"
    SAME = "same"


class LinkReason(StrEnum):
    """Why two visits are linked."""

    DOUBLE_HANDED = "double-handed"
    SPACING = "days between"
    SAME_TIME = "same time of day"
    AFTER = "after request"
    JOINT = "joint visit"
    TURN = "staff at once"
    TOLD = "told once"


@dataclass(frozen=True, slots=True)
class VisitLink:
    """A rule in force when both visits are served: ``lo_s <= start(second) - start(first) <= hi_s``.

    None leaves a side open.
    """

    first: str
    second: str
    lo_s: int | None
    hi_s: int | None
    reason: LinkReason
    staff: StaffLink = StaffLink.ANY

    def sooner(self, seconds: int) -> VisitLink:
        """Give the link when its first visit became shorter by ``seconds``: what counts from its end."""
        if not seconds or self.reason not in (LinkReason.AFTER, LinkReason.TOLD):
            return self
        lo = None if self.lo_s is None else self.lo_s - seconds
        hi = self.hi_s if self.hi_s is None or self.reason is LinkReason.TOLD else self.hi_s - seconds
        return replace(self, lo_s=lo, hi_s=hi)


@dataclass(frozen=True, slots=True)
class ToldOnce:
    """A shareable task that several visits of a joint visit were asked to do, done once."""

    task: str
    by_visit_id: str
    spared_visit_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A shareable task of a person that is not asked again, across visits that are not joint.

    Attributes
    ----------
    by_visit_id
        The visit that does it for the others; its member of staff leads. None where history has it.
    last_date
        When it was last done, where it is still fresh from before; else None.
    spared_visit_ids
        Visits that need not do it; those that are covered are among them.
    """

    task: str
    person_id: str
    by_visit_id: str | None
    spared_visit_ids: tuple[str, ...]
    last_date: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.by_visit_id is None) == (self.last_date is None):
            raise ValueError(f"task {self.task} is done by a visit, or was done on a date: one of the two")


@dataclass(frozen=True, slots=True)
class Covered:
    """A visit that need not take place: others do all that it was for, or it has been done lately.

    Attributes
    ----------
    by_visit_ids
        The visits that do its tasks.
    explanation
        In plain words: each task, and who does it or when it was done.
    """

    visit_id: str
    request_id: str
    person_id: str
    household_id: str
    service: str
    organisation: str
    by_visit_ids: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Worth:
    """What a joint visit is worth against coming apart, part by part, in millipence.

    The last two are what it costs the routing: room given up, and preferred times that cannot be kept.
    """

    interruptions: int = 0
    family_time: int = 0
    door_knocks: int = 0
    days: int = 0
    told_once: int = 0
    frequent_users: int = 0
    homecoming: int = 0
    narrowing: int = 0
    preference: int = 0

    @property
    def saved(self) -> int:
        """Give what households and staff are spared."""
        return self.interruptions + self.family_time + self.door_knocks + self.days + self.told_once

    @property
    def total(self) -> int:
        """Give what the choice among joint visits goes by."""
        return self.saved + self.frequent_users + self.homecoming - self.narrowing - self.preference


@dataclass(frozen=True, slots=True)
class JointVisit:
    """Two or more visits to one household in one go.

    Attributes
    ----------
    joint_visit_id
        Such as ``J-H12-1``.
    visit_ids
        In the order in which they come (back to back), or by service (together).
    windows
        Ticks at which the first of them may start.
    max_gap_s
        Back to back: most seconds between the end of one visit and the start of the next.
    with_family
        Every visit of it lies inside a family time.
    required
        One of its requests asks for a joint visit: it is never split.
    lead_visit_id
        Whose member of staff leads.
    told_once
        Tasks done once.
    benefit_mp
        What it is worth by the policy, in millipence.
    worth
        The same in its parts.
    """

    joint_visit_id: str
    household_id: str
    mode: Mode
    visit_ids: tuple[str, ...]
    windows: Windows
    lead_visit_id: str
    max_gap_s: int = 0
    with_family: bool = False
    required: bool = False
    told_once: tuple[ToldOnce, ...] = ()
    interruptions_saved: int = 0
    door_knocks_saved: int = 0
    seconds_saved: int = 0
    benefit_mp: int = 0
    worth: Worth = Worth()

    def __post_init__(self) -> None:
        if len(set(self.visit_ids)) < 2 or len(set(self.visit_ids)) != len(self.visit_ids):
            raise ValueError(f"joint visit {self.joint_visit_id} needs two or more different visits")
        if self.lead_visit_id not in self.visit_ids:
            raise ValueError(f"the lead of joint visit {self.joint_visit_id} is not part of it")


@dataclass(frozen=True, slots=True)
class Demand:
    """All visits of the period, and what ties them.

    Attributes
    ----------
    visits
        Every visit of every request, also those without any window.
    links
        Rules between two visits.
    groups
        Disjoint sets of visits that are served together or not at all.
    joint_visits
        Those that were chosen; none before coordination.
    findings
        What coordination has to say.
    told
        Tasks that are not asked again, other than within joint visits.
    covered
        Visits that need not take place; they are not among ``visits``.
    """

    visits: tuple[Visit, ...]
    links: tuple[VisitLink, ...] = ()
    groups: tuple[frozenset[str], ...] = ()
    joint_visits: tuple[JointVisit, ...] = ()
    findings: tuple[Finding, ...] = ()
    told: tuple[Told, ...] = ()
    covered: tuple[Covered, ...] = ()

    def __post_init__(self) -> None:
        ids = {visit.visit_id for visit in self.visits}
        if len(ids) != len(self.visits):
            raise ValueError("visit ids are not unique")
        linked = {visit_id for link in self.links for visit_id in (link.first, link.second)}
        grouped = [visit_id for group in self.groups for visit_id in group]
        if len(grouped) != len(set(grouped)):
            raise ValueError("groups share a visit")
        unknown = (linked | set(grouped)) - ids
        if unknown:
            raise ValueError(f"links or groups name visits that are not there: {sorted(unknown)[:5]}")
