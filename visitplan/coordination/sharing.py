"""Tasks that need not be done again, whoever comes together: what is fresh, and visits that others cover.

This is settled before joint visits are looked for, so that nobody is joined who need not come at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.coordination.told_once import lead_rank, shortened
from visitplan.coordination.units import Unit, units_by_household
from visitplan.domain.demand import Covered, Demand, LinkReason, Told
from visitplan.domain.expansion import occurrences_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from visitplan.domain.demand import JointVisit
    from visitplan.domain.scenario import Scenario


def without_repeats(
    scenario: Scenario,
    demand: Demand,
    untold: frozenset[str] = frozenset(),
    joints: Iterable[JointVisit] = (),
) -> Demand:
    """Give the demand without tasks that are fresh, and without visits that others cover.

    Only shareable tasks are touched, and only where coordination is on. A visit is *covered* when all its
    tasks are fresh or done by other visits to the person, on days that it could have come itself or for which
    they stay fresh, and when no more of it than ``min_visit_min`` is anything else. What is time-critical,
    pinned, required to be joint, or tied to visits of other requests always takes place.

    Parameters
    ----------
    demand
        As :func:`visitplan.domain.expansion.expand` gives it; one without repeats is given back.
    untold
        Visits that do nothing for others, such as those that cannot be served.
    joints
        Joint visits that are settled: their visits take place, and do not do what others in them do.
    """
    if demand.told or demand.covered or not any(task.shareable for task in scenario.tasks):
        return demand
    demand = _without_fresh(scenario, demand)
    return _without_covered(scenario, demand, untold, tuple(joints))


def days_fresh(scenario: Scenario, unit: Unit, task: str) -> int | None:
    """Give for how many days a task need not be done again for a unit; None: for the whole period.

    A request that repeats wants the task as often as it comes.
    """
    days = unit.rules.fresh_days.get(task)
    if occurrences_of(scenario, unit.request) == 1:
        return days
    own = 0 if unit.request.daily else unit.request.min_days_between - 1
    return own if days is None else min(days, own)


def dates_of(scenario: Scenario, unit: Unit) -> tuple[dt.date, dt.date]:
    """Give the first and the last date on which a unit that has windows may start."""
    period = scenario.period
    return period.date(unit.windows.earliest), period.date(unit.windows.latest)


def _without_fresh(scenario: Scenario, demand: Demand) -> Demand:
    """Spare visits the tasks that history says were done not long ago."""
    if not scenario.task_last_done:
        return demand
    told = [
        Told(code, unit.request.person_id, None, unit.visit_ids, scenario.task_last_done[key])
        for units in units_by_household(scenario, demand).values()
        for unit in units
        for code in unit.tasks
        if (key := (unit.request.person_id, code)) in scenario.task_last_done
        and _is_fresh(scenario, unit, code, scenario.task_last_done[key])
    ]
    return spared(scenario, demand, told)


def _is_fresh(scenario: Scenario, unit: Unit, code: str, last: dt.date) -> bool:
    shareable = unit.rules.enabled and scenario.task_by_code[code].shareable
    if not shareable or not unit.windows or code not in unit.rules.fresh_days:
        return False
    days = days_fresh(scenario, unit, code)
    first, latest = dates_of(scenario, unit)
    return days is not None and last <= first and (latest - last).days <= days


def spared(scenario: Scenario, demand: Demand, told: Sequence[Told]) -> Demand:
    """Give the demand with further tasks told, and with the visits that are spared them shortened."""
    if not told:
        return demand
    seconds: dict[str, int] = {}
    for entry in told:
        for visit_id in entry.spared_visit_ids:
            seconds[visit_id] = seconds.get(visit_id, 0) + scenario.task_by_code[entry.task].duration_s
    requests = {visit.request_id for visit in demand.visits if visit.visit_id in seconds}
    touched = tuple(visit for visit in demand.visits if visit.request_id in requests)
    some = replace(demand, visits=touched, links=(), groups=(), joint_visits=())
    length = {
        visit_id: shortened(unit.duration_s, seconds.get(unit.unit_id, 0), unit.least_s)
        for units in units_by_household(scenario, some).values()
        for unit in units
        for visit_id in unit.visit_ids
    }
    cut = {visit.visit_id: visit.duration_s - length[visit.visit_id] for visit in touched}
    return replace(
        demand,
        visits=tuple(
            replace(v, duration_s=length[v.visit_id]) if cut.get(v.visit_id) else v for v in demand.visits
        ),
        links=tuple(link.sooner(cut.get(link.first, 0)) for link in demand.links),
        told=(*demand.told, *told),
    )


def _without_covered(
    scenario: Scenario, demand: Demand, untold: frozenset[str], joints: Sequence[JointVisit]
) -> Demand:
    """Take out the visits that others cover, the least likely lead of a person first."""
    tied = {visit_id for joint in joints for visit_id in joint.visit_ids}
    tied |= {
        visit_id
        for link in demand.links
        if link.reason is LinkReason.AFTER
        for visit_id in (link.first, link.second)
    }
    of_person: dict[str, list[Unit]] = {}
    for units in units_by_household(scenario, demand).values():
        for unit in units:
            if unit.windows and unit.rules.enabled and unit.request.tasks:
                of_person.setdefault(unit.request.person_id, []).append(unit)
    done = {
        (visit_id, entry.task)
        for joint in joints
        for entry in joint.told_once
        for visit_id in entry.spared_visit_ids
    }
    told: list[Told] = []
    gone: list[Covered] = []
    for units_of in of_person.values():
        cover = _Cover(scenario, units_of, untold, done)
        for unit in sorted(units_of, key=_least_likely_lead):
            if tied.isdisjoint(unit.visit_ids) and cover.take_out(unit):
                gone += _covered(scenario, unit, cover.told_to(unit), demand.told)
        told += cover.told
    return _without(replace(demand, told=(*demand.told, *told)), gone)


def _least_likely_lead(unit: Unit) -> tuple[int, ...] | tuple[int | str, ...]:
    return (len(unit.request.tasks), unit.request.priority * -1, len(unit.request.skills), unit.duration_s)


class _Cover:
    """The visits to one person, while it is settled which of them the others cover."""

    def __init__(
        self,
        scenario: Scenario,
        units: Iterable[Unit],
        untold: frozenset[str],
        done: set[tuple[str, str]],
    ) -> None:
        self.told: list[Told] = []
        self._scenario = scenario
        self._units = list(units)
        self._untold = untold
        self._done = done
        self._carrying: dict[str, set[str]] = {}
        self._gone: set[str] = set()

    def told_to(self, unit: Unit) -> list[Told]:
        """Give what others do for a unit that was taken out."""
        return [entry for entry in self.told if unit.unit_id in entry.spared_visit_ids]

    def take_out(self, unit: Unit) -> bool:
        """Take a unit out if the others cover it, and tell whether they do."""
        if unit.unit_id in self._carrying or not self._may_go(unit):
            return False
        carriers = {code: self._carrier(unit, code) for code in unit.tasks}
        found = {code: carrier for code, carrier in carriers.items() if carrier is not None}
        if len(found) < len(carriers):
            return False
        for code, carrier in found.items():
            self._carrying.setdefault(carrier.unit_id, set()).add(code)
            self.told.append(Told(code, unit.request.person_id, carrier.unit_id, unit.visit_ids))
        self._gone.add(unit.unit_id)
        return True

    def _may_go(self, unit: Unit) -> bool:
        request, tasks = unit.request, self._scenario.task_by_code
        other_s = request.duration_s - sum(tasks[code].duration_s for code in set(request.tasks))
        return (
            all(tasks[code].shareable for code in request.tasks)
            and other_s <= unit.rules.min_visit_min * 60
            and not request.time_critical
            and not unit.needs_joint
            and self._scenario.pin_by_visit.keys().isdisjoint(unit.visit_ids)
        )

    def _carrier(self, unit: Unit, code: str) -> Unit | None:
        """Give who does a task of a unit: one who does it for others already, else the likeliest lead."""
        able = [other for other in self._units if self._may_do(other, unit, code)]
        if not able:
            return None
        return min(
            able, key=lambda other: (code not in self._carrying.get(other.unit_id, ()), *lead_rank(other))
        )

    def _may_do(self, other: Unit, unit: Unit, code: str) -> bool:
        if other.request.request_id == unit.request.request_id or code not in other.able:
            return False
        if (other.unit_id, code) in self._done:
            return False
        if other.unit_id in self._gone or not self._untold.isdisjoint(other.visit_ids):
            return False
        days = days_fresh(self._scenario, unit, code)
        (first, last), (earliest, latest) = (dates_of(self._scenario, u) for u in (other, unit))
        return last <= latest and (days is None or (earliest - first).days <= days)


def _covered(scenario: Scenario, unit: Unit, told: Sequence[Told], before: Iterable[Told]) -> list[Covered]:
    """Say of each visit of a unit that it need not take place, and why."""
    request = unit.request
    fresh = [entry for entry in before if unit.unit_id in entry.spared_visit_ids]
    said = [f"{entry.task} was done on {entry.last_date}" for entry in fresh]
    said += [f"{entry.task} is done in visit {entry.by_visit_id}" for entry in told]
    by = tuple(dict.fromkeys(entry.by_visit_id for entry in told if entry.by_visit_id is not None))
    return [
        Covered(
            visit_id,
            request.request_id,
            request.person_id,
            request.household_id,
            request.service,
            request.organisation,
            by,
            f"{', '.join(said)}.",
        )
        for visit_id in unit.visit_ids
    ]


def _without(demand: Demand, covered: Sequence[Covered]) -> Demand:
    gone = {entry.visit_id for entry in covered}
    return replace(
        demand,
        visits=tuple(visit for visit in demand.visits if visit.visit_id not in gone),
        links=tuple(link for link in demand.links if gone.isdisjoint((link.first, link.second))),
        groups=tuple(group for group in demand.groups if gone.isdisjoint(group)),
        covered=(*demand.covered, *covered),
    )
