"""Key figures: one function each, one list that calls them. docs/outputs.md says the same for readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from visitplan.domain.places import TravelMode
from visitplan.domain.plan import Costs
from visitplan.policy import Mode
from visitplan.reporting.share import Owned, Share, area_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario

KPI_FORMAT = "visitplan.kpis/1"
PRIORITIES = range(1, 6)

Figure: TypeAlias = int | float


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key figure.

    Attributes
    ----------
    unit
        What it counts, or is measured in.
    value
        Takes it of a share of a plan.
    whole_only
        It means nothing for an area, service or organisation.
    """

    name: str
    unit: str
    value: Callable[[Share], Figure]
    whole_only: bool = False


def _hours(seconds: int) -> float:
    return round(seconds / 3600, 2)


def _percent(part: int, of: int) -> float:
    return round(100 * part / of, 1) if of else 0.0


def visits_asked(share: Share) -> int:
    """Count the visits, planned or not."""
    return len(share.visits) + len(share.unassigned)


def planned_percent(share: Share) -> float:
    """Give the visits planned, in percent of all."""
    return _percent(len(share.visits), visits_asked(share))


def visits_handed_over(share: Share) -> int:
    """Count the visits that staff of another organisation make than the one that asked."""
    staff = share.scenario.staff_by_id
    known = (visit for visit in share.visits if visit.staff_id in staff)
    return sum(staff[visit.staff_id].organisation != visit.organisation for visit in known)


def unassigned_of(priority: int) -> Callable[[Share], int]:
    """Count the unassigned visits of one priority."""
    return lambda share: sum(left_out.priority == priority for left_out in share.unassigned)


def joint_visits_of(mode: Mode) -> Callable[[Share], int]:
    """Count the joint visits of one mode."""
    return lambda share: sum(joint.mode is mode for joint in share.joint_visits)


def joint_visits_with_family(share: Share) -> int:
    """Count the joint visits at which the family is there."""
    return sum(joint.with_family for joint in share.joint_visits)


def visits_in_joint_visits(share: Share) -> int:
    """Count the visits that are part of a joint visit, all of whose visits are planned."""
    return len(
        {visit.visit_id for visit in share.visits}
        & {name for joint in share.joint_visits for name in joint.visit_ids}
    )


def family_interruptions(share: Share) -> int:
    """Count the times at which a family member is asked to be at home: attendances with the family."""
    return sum(attendance.with_family for attendance in share.attendances)


def family_hours(share: Share) -> float:
    """Give how long these attendances last."""
    return _hours(sum(a.end - a.start for a in share.attendances if a.with_family))


def _faces(share: Share) -> list[int]:
    """Give, for each person visited, how many different members of staff come."""
    seen: dict[str, set[str]] = {}
    for visit in share.visits:
        seen.setdefault(visit.person_id, set()).add(visit.staff_id)
    return [len(staff) for staff in seen.values()]


def faces_mean(share: Share) -> float:
    """Give how many different members of staff come to a person, on average over those visited."""
    faces = _faces(share)
    return round(sum(faces) / len(faces), 2) if faces else 0.0


def faces_max(share: Share) -> int:
    """Give the most members of staff that come to one person."""
    return max(_faces(share), default=0)


def stranger_visits(share: Share) -> int:
    """Count the visits by somebody new to a person whom others know."""
    known = share.scenario.known_staff
    return sum(visit.staff_id not in known.get(visit.person_id, {visit.staff_id}) for visit in share.visits)


def new_face_visits(share: Share) -> int:
    """Count the visits by somebody outside the team that was chosen for the person and service."""
    teams = {(team.person_id, team.service): team.staff_ids for team in share.plan.teams}
    asked = ((visit, teams.get((visit.person_id, visit.service))) for visit in share.visits)
    return sum(team is not None and visit.staff_id not in team for visit, team in asked)


def minutes_told_once(share: Share) -> float:
    """Give the minutes by which visits are shorter, as another does a shared task or it is still fresh."""
    asked = share.scenario.request_by_id
    spared = (
        asked[visit.request_id].duration_s - (visit.end - visit.start)
        for visit in share.visits
        if visit.request_id in asked
    )
    return round(sum(max(0, seconds) for seconds in spared) / 60, 2)


def _seconds_off(share: Share) -> list[tuple[int, int]]:
    """Give the seconds early and late of the visits whose request is known."""
    return [share.off_s[visit.visit_id] for visit in share.visits if visit.visit_id in share.off_s]


def early_minutes(share: Share) -> float:
    """Give the minutes by which visits start before their preferred start, all together."""
    return round(sum(early for early, _ in _seconds_off(share)) / 60, 2)


def late_minutes(share: Share) -> float:
    """Give the minutes by which visits start after their preferred end, or their window, all together."""
    return round(sum(late for _, late in _seconds_off(share)) / 60, 2)


def late_visits(share: Share) -> int:
    """Count the visits that start after their preferred end, or their window."""
    return sum(late > 0 for _, late in _seconds_off(share))


def repeated_tasks(share: Share) -> int:
    """Count how often a shareable task is done for a person that another of their requests has done as well.

    For each person and task, it is how often it is done over all requests, less how often the request does it
    that does it most; members of staff who come to one call together count once. Areas, services and
    organisations have those of the requests that do it less.
    """
    return share.sum_of(share.repeated)


def visit_hours(share: Share) -> float:
    """Give the hours spent in visits."""
    return _hours(sum(visit.end - visit.start for visit in share.visits))


def travel_hours(share: Share) -> float:
    """Give the hours on the road, the way home included."""
    return _hours(sum(leg.seconds for leg in share.legs))


def waiting_hours(share: Share) -> float:
    """Give the idle hours, breaks not counted."""
    return _hours(sum(visit.wait_s for visit in share.visits))


def km(share: Share) -> float:
    """Give the kilometres travelled."""
    return round(sum(leg.metres for leg in share.legs) / 1000, 2)


def km_of(mode: TravelMode) -> Callable[[Share], float]:
    """Give the kilometres travelled in one mode."""
    return lambda share: round(sum(leg.metres for leg in share.legs if leg.mode is mode) / 1000, 2)


def staff_used(share: Share) -> int:
    """Count the members of staff who visit."""
    return len({visit.staff_id for visit in share.visits})


def shifts_used(share: Share) -> int:
    """Count the shifts that visit."""
    return len({visit.shift_id for visit in share.visits})


def worked_hours(share: Share) -> float:
    """Give the hours from departure to return, without breaks between them."""
    return _hours(share.sum_of(share.worked_s))


def overtime_hours(share: Share) -> float:
    """Give the hours worked after the end of shifts."""
    return _hours(share.sum_of(share.overtime_s))


def cost_of(part: str) -> Callable[[Share], float]:
    """Give one part of the plan's cost, to the penny."""
    return lambda share: round(share.sum_of(share.costs.get(part, {})) / 100_000, 2)


def cost_total(share: Share) -> float:
    """Give all parts of the cost, to the penny."""
    return round(sum(share.sum_of(by_visit) for by_visit in share.costs.values()) / 100_000, 2)


KPIS: tuple[Kpi, ...] = (
    Kpi("requests", "requests", lambda share: len(share.requests)),
    Kpi("people", "people", lambda share: len({request.person_id for request in share.requests})),
    Kpi("households", "households", lambda share: len({request.household_id for request in share.requests})),
    Kpi("visits", "visits", visits_asked),
    Kpi("visits_planned", "visits", lambda share: len(share.visits)),
    Kpi("visits_planned_percent", "%", planned_percent),
    Kpi("visits_covered", "visits", lambda share: len(share.covered)),
    Kpi("visits_handed_over", "visits", visits_handed_over),
    Kpi("visits_unassigned", "visits", lambda share: len(share.unassigned)),
    *(Kpi(f"unassigned_priority_{level}", "visits", unassigned_of(level)) for level in PRIORITIES),
    Kpi("joint_visits", "joint visits", lambda share: len(share.joint_visits)),
    *(Kpi(f"joint_visits_{mode.value}", "joint visits", joint_visits_of(mode)) for mode in Mode),
    Kpi("joint_visits_with_family", "joint visits", joint_visits_with_family),
    Kpi("visits_in_joint_visits", "visits", visits_in_joint_visits),
    Kpi("minutes_told_once", "min", minutes_told_once),
    Kpi("repeated_tasks", "tasks", repeated_tasks),
    Kpi("attendances", "attendances", lambda share: len(share.attendances)),
    Kpi("family_interruptions", "attendances", family_interruptions),
    Kpi("family_hours", "h", family_hours),
    Kpi("door_knocks", "arrivals", lambda share: len(share.knocks)),
    Kpi("faces_mean", "staff per person", faces_mean),
    Kpi("faces_max", "staff per person", faces_max),
    Kpi("stranger_visits", "visits", stranger_visits),
    Kpi("new_face_visits", "visits", new_face_visits),
    Kpi("early_minutes", "min", early_minutes),
    Kpi("late_minutes", "min", late_minutes),
    Kpi("late_visits", "visits", late_visits),
    Kpi("staff_used", "staff", staff_used),
    Kpi("shifts_used", "shifts", shifts_used),
    Kpi("shifts_available", "shifts", lambda share: len(share.scenario.shifts), whole_only=True),
    Kpi("worked_hours", "h", worked_hours),
    Kpi("visit_hours", "h", visit_hours),
    Kpi("travel_hours", "h", travel_hours),
    Kpi("waiting_hours", "h", waiting_hours),
    Kpi("overtime_hours", "h", overtime_hours),
    Kpi("km", "km", km),
    *(Kpi(f"km_{mode.value}", "km", km_of(mode)) for mode in TravelMode),
    Kpi("cost_total_pounds", "GBP", cost_total),
    *(Kpi(f"cost_{part.name}_pounds", "GBP", cost_of(part.name)) for part in fields(Costs)),
)

_SCOPES = {"area": "by_area", "service": "by_service", "organisation": "by_organisation"}


def kpis(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Give the key figures, ready for JSON.

    ``overall`` holds every figure of :data:`KPIS` by name; ``by_area``, ``by_service`` and
    ``by_organisation`` (of the requests) hold those that mean something there. An attendance or a joint visit
    counts for each of those that take part, so these need not add up to the whole.
    """
    share = whole(scenario, plan)
    return {
        "format": KPI_FORMAT,
        "scenario": scenario.name,
        "first_date": plan.period.first.isoformat(),
        "last_date": plan.period.last.isoformat(),
        "overall": _figures(share, overall=True),
        "by_area": _split(share, lambda thing: area_of(scenario, thing)),
        "by_service": _split(share, lambda thing: thing.service),
        "by_organisation": _split(share, lambda thing: thing.organisation),
    }


def kpi_frame(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Give the key figures as rows: scope (overall, area, service, organisation), group, kpi, unit, value."""
    import pandas as pd  # here, because the figures themselves do without it, and it takes a second to load

    rows = list(figure_rows(kpis(scenario, plan)))
    return pd.DataFrame(rows, columns=["scope", "group", "kpi", "unit", "value"])


def figure_rows(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, Figure]]:
    """Give scope, group, kpi, unit and value of every figure of :func:`kpis`."""
    units = {kpi.name: kpi.unit for kpi in KPIS}
    groups = [("overall", "", figures["overall"])]
    groups += [
        (scope, group, values)
        for scope, section in _SCOPES.items()
        for group, values in figures[section].items()
    ]
    for scope, group, values in groups:
        yield from ((scope, group, name, units[name], value) for name, value in values.items())


def _split(share: Share, group_of: Callable[[Owned], str]) -> dict[str, dict[str, Figure]]:
    return {group: _figures(part) for group, part in share.split(group_of).items()}


def _figures(share: Share, *, overall: bool = False) -> dict[str, Figure]:
    return {kpi.name: kpi.value(share) for kpi in KPIS if overall or not kpi.whole_only}
