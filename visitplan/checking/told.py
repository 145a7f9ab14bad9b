"""Rules on tasks that are not asked again, joint visits aside, and on visits that others cover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.checking.calendar import minutes
from visitplan.checking.case import fault
from visitplan.domain.requests import Joint

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from visitplan.checking.case import Case, Served
    from visitplan.checking.expected import ExpectedVisit
    from visitplan.domain.demand import Covered, Told
    from visitplan.domain.requests import Request
    from visitplan.findings import Finding


def told_wrong(case: Case) -> Iterator[Finding]:
    """See that a task that is not asked again is shareable, asked for, done or fresh, and done in time."""
    for told in case.plan.told:
        faults = [*_task_faults(case, told), *_source_faults(case, told), *_spared_faults(case, told)]
        if faults:
            yield fault(
                "CHECK-TOLD-ONCE",
                f"task {told.task}, visit {told.by_visit_id or ', '.join(told.spared_visit_ids)}",
                f"Task {told.task} is not done once: {'; '.join(faults)}.",
                "Let every visit do it, or plan again.",
            )


def _task_faults(case: Case, told: Told) -> Iterator[str]:
    task = case.scenario.task_by_code.get(told.task)
    if task is None or not task.shareable:
        yield "it is not a shareable task"
    by = case.planned.get(told.by_visit_id or "")
    if task is not None and task.skill is not None and by is not None:
        staff = case.scenario.staff_by_id.get(by.visit.staff_id)
        if staff is None or task.skill not in staff.skills:
            yield f"who makes visit {by.visit.visit_id} has not the skill {task.skill}"


def _source_faults(case: Case, told: Told) -> Iterator[str]:
    """Say what is wrong with the visit that does it, or with what history says of it."""
    if told.by_visit_id is None:
        known = {
            entry.last_date
            for entry in case.scenario.history
            if entry.person_id == told.person_id and entry.task == told.task
        }
        if told.last_date not in known:
            yield f"history does not say that it was done on {told.last_date}"
        return
    by = case.planned.get(told.by_visit_id)
    if by is None:
        yield "the visit that should do it is not in the roster"
    elif told.task not in by.request.tasks or told.task not in by.visit.tasks:
        yield f"visit {told.by_visit_id} does not do it"
    elif by.request.person_id != told.person_id:
        yield f"visit {told.by_visit_id} is to another person"


def _spared_faults(case: Case, told: Told) -> Iterator[str]:
    by = case.planned.get(told.by_visit_id or "")
    for visit_id in told.spared_visit_ids:
        visit = case.expected.get(visit_id)
        if visit is None or told.task not in visit.request.tasks:
            yield f"visit {visit_id} was never asked to do it"
        elif visit.request.person_id != told.person_id:
            yield f"visit {visit_id} is to another person"
        elif by is not None and by.request is visit.request:
            yield f"visit {visit_id} is of the same request"
        else:
            yield from _stale(case, told, visit, by)


def _stale(case: Case, told: Told, visit: ExpectedVisit, by: Served | None) -> Iterator[str]:
    """Say that a visit comes before the task is done, or when it is fresh no more."""
    served = case.planned.get(visit.visit_id)
    done = told.last_date if by is None else case.scenario.period.date(by.visit.start)
    if done is None:
        return
    if served is None:
        first, last = _dates(visit)
    else:
        first = last = case.scenario.period.date(served.visit.start)
        if by is not None and served.visit.start < by.visit.end:
            yield f"visit {visit.visit_id} starts before it is done"
    days = _days_fresh(case, visit.request, told.task, from_history=by is None)
    latest = last if by is None else first
    if done > last or (days is not None and (latest - done).days > days):
        yield f"it is done on {done}, which is not fresh enough for visit {visit.visit_id}"


def _dates(visit: ExpectedVisit) -> tuple[dt.date, dt.date]:
    """Give the first and the last date on which a visit that does not take place was asked for."""
    days = visit.days or (visit.request.earliest_date, visit.request.latest_date)
    return days[0], days[-1]


def _days_fresh(case: Case, request: Request, task: str, *, from_history: bool) -> int | None:
    """Give for how many days a task stays fresh for a request: by policy, and by how often it repeats."""
    days = case.rules(request).coordination.fresh_days.get(task)
    if days is None and from_history:
        return -1
    if case.occurrences_due.get(request.request_id, 1) == 1:
        return days
    own = 0 if request.daily else request.min_days_between - 1
    return own if days is None else min(days, own)


def covered_wrong(case: Case) -> Iterator[Finding]:
    """See that a visit which does not take place is one that others cover."""
    for covered in case.plan.covered:
        visit = case.expected.get(covered.visit_id)
        faults = [] if visit is None else list(_cover_faults(case, covered, visit))
        if faults:
            yield fault(
                "CHECK-COVERED",
                f"visit {covered.visit_id}, request {covered.request_id}",
                f"It is not covered by others: {'; '.join(faults)}.",
                f"Serve it, or tell {covered.organisation} that it is not served.",
            )


def _cover_faults(case: Case, covered: Covered, visit: ExpectedVisit) -> Iterator[str]:
    request, tasks = visit.request, case.scenario.task_by_code
    told = {entry.task for entry in case.plan.told if covered.visit_id in entry.spared_visit_ids}
    left = [code for code in request.tasks if code not in told]
    if left or not request.tasks:
        yield f"nobody does {', '.join(left) or 'what it is for'}"
    other = request.duration_s - sum(tasks[code].duration_s for code in set(request.tasks) if code in tasks)
    least = case.rules(request).coordination.min_visit_min * 60
    if other > least:
        yield f"{minutes(other)} of it are for other things"
    if request.time_critical or request.joint is Joint.REQUIRE:
        yield "it is time-critical, or required to be joint"
    entries = (entry for entry in case.plan.told if covered.visit_id in entry.spared_visit_ids)
    by = sorted({entry.by_visit_id for entry in entries if entry.by_visit_id is not None})
    if by != sorted(covered.by_visit_ids):
        named = ", ".join(covered.by_visit_ids)
        yield f"it names {named or 'nobody'} as doing its tasks, not {', '.join(by) or 'nobody'}"
