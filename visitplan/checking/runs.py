"""Rules on runs: in order, in the shift, with time for every leg, and as the plan says they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from visitplan.checking.calendar import minutes
from visitplan.checking.case import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.checking.case import Case, Leg
    from visitplan.domain.people import Shift
    from visitplan.domain.plan import PlannedVisit
    from visitplan.findings import Finding

_RECOMPUTE = "Plan again; the times told to staff and families do not hold."


def shifts_doubled(case: Case) -> Iterator[Finding]:
    """See that a shift has one run."""
    for shift_id, count in Counter(run.shift_id for run in case.plan.runs).items():
        if count > 1:
            yield fault("CHECK-SHIFT-DOUBLED", f"shift {shift_id}", f"It has {count} runs.", "Plan again.")


def runs_empty(case: Case) -> Iterator[Finding]:
    """See that a run has visits."""
    for run in case.plan.runs:
        if not run.visits:
            yield fault(
                "CHECK-RUN-EMPTY", f"shift {run.shift_id}", "Its run serves no visit.", "Take the run out."
            )


def sequence_broken(case: Case) -> Iterator[Finding]:
    """See that the visits of a run are numbered 1, 2, 3 ... in the order in which they come."""
    for run in case.plan.runs:
        for number, visit in enumerate(run.visits, start=1):
            if visit.sequence != number:
                yield fault(
                    "CHECK-SEQUENCE",
                    f"shift {run.shift_id}, visit {visit.visit_id}",
                    f"It has sequence {visit.sequence}, and comes as number {number} of its run.",
                    "Number the run's visits in their order.",
                )


def visits_overlap(case: Case) -> Iterator[Finding]:
    """See that a visit starts when the one before it in the run has ended."""
    for run in case.plan.runs:
        for before, after in pairwise(run.visits):
            if after.start < before.end:
                yield fault(
                    "CHECK-OVERLAP",
                    f"shift {run.shift_id}, visits {before.visit_id} and {after.visit_id}",
                    f"The first ends at {case.calendar.text(before.end)}, the next starts at "
                    f"{case.calendar.text(after.start)}.",
                    "Move one of them, or give it to somebody else.",
                )


def _legs(case: Case) -> Iterator[Leg]:
    return (leg for sheet in case.sheets for leg in sheet.legs)


def travel_short(case: Case) -> Iterator[Finding]:
    """See that between departure, visits and return there is time for the travel."""
    for leg in _legs(case):
        gap = leg.by - leg.left
        if leg.reachable and gap < leg.road_s:
            yield fault(
                "CHECK-TRAVEL-SHORT",
                leg.subject,
                f"Left at {case.calendar.text(leg.left)}, there by {case.calendar.text(leg.by)}: "
                f"{minutes(gap)} for a leg of {minutes(leg.road_s)}.",
                "Move the start later, or give the visit to somebody nearer.",
            )


def places_unreachable(case: Case) -> Iterator[Finding]:
    """See that there is a way to every place of a run."""
    for leg in _legs(case):
        if not leg.reachable:
            yield fault(
                "CHECK-UNREACHABLE",
                leg.subject,
                "The travel source knows no way there by this mode of travel.",
                "Give the visit to somebody who can get there, or complete the travel table.",
            )


def travel_misstated(case: Case) -> Iterator[Finding]:
    """See that seconds and metres of every leg are those of the travel source, at that time of day."""
    for leg in _legs(case):
        if leg.visit is None:
            stated = (leg.run.return_s, leg.run.return_metres)
        else:
            stated = (leg.visit.travel_s, leg.visit.metres)
        if leg.reachable and stated != (leg.slowed_s, leg.metres):
            yield fault(
                "CHECK-TRAVEL-STATED",
                leg.subject,
                f"The plan has {stated[0]} s and {stated[1]} m, the travel source {leg.slowed_s} s and "
                f"{leg.metres} m.",
                "Check with the travel source the plan was made with, or plan again.",
            )


def starts_misstated(case: Case) -> Iterator[Finding]:
    """See that a visit starts after travel, a break on the way and the stated wait, no sooner or later."""
    for leg in _legs(case):
        if leg.visit is None or not leg.reachable:
            continue
        due = leg.left + leg.road_s + leg.break_s + leg.visit.wait_s
        if leg.visit.start != due:
            yield fault(
                "CHECK-START",
                f"shift {leg.run.shift_id}, visit {leg.visit.visit_id}",
                f"It starts at {case.calendar.text(leg.visit.start)}; leaving at "
                f"{case.calendar.clock(leg.left)}, {minutes(leg.road_s)} of travel, {minutes(leg.break_s)} "
                f"of break and {minutes(leg.visit.wait_s)} of waiting make it {case.calendar.text(due)}.",
                f"The start, or what comes before it, was altered. {_RECOMPUTE}",
            )


def waits_negative(case: Case) -> Iterator[Finding]:
    """See that nobody waits for less than no time."""
    for visit in case.visits:
        if visit.wait_s < 0:
            yield fault(
                "CHECK-WAIT",
                f"visit {visit.visit_id}",
                f"Its waiting time is {minutes(visit.wait_s)}.",
                _RECOMPUTE,
            )


def finishes_misstated(case: Case) -> Iterator[Finding]:
    """See that a run ends when its member of staff is back from the last visit, a break on the way included.

    Legs in whole minutes may be rounded up before and after the hour of the day slows them, so a return up to
    that rounding later is right too.
    """
    for sheet in case.sheets:
        if not sheet.legs or not sheet.legs[-1].reachable:
            continue
        leg = sheet.legs[-1]
        rested = (
            0 if not leg.break_s or sheet.run.break_start is None else sheet.run.break_start + leg.break_s
        )
        first = max(leg.left + leg.road_s + leg.break_s, rested)
        last = max(leg.left + leg.most_s + leg.break_s, rested)
        if not first <= sheet.run.finish <= last:
            yield fault(
                "CHECK-FINISH",
                f"shift {sheet.run.shift_id}",
                f"The run is back at {case.calendar.text(sheet.run.finish)}; its last visit and the way home "
                f"make it {case.calendar.text(first)}.",
                _RECOMPUTE,
            )


def overtime_misstated(case: Case) -> Iterator[Finding]:
    """See that overtime is the time between the shift's end and the return."""
    for sheet in case.sheets:
        due = max(0, sheet.run.finish - sheet.shift.window.end)
        if sheet.run.overtime_s != due:
            yield fault(
                "CHECK-OVERTIME",
                f"shift {sheet.run.shift_id}",
                f"The plan has {minutes(sheet.run.overtime_s)} of overtime; back at "
                f"{case.calendar.text(sheet.run.finish)} it is {minutes(due)}.",
                "Correct it: it is paid.",
            )


def runs_off_shift(case: Case) -> Iterator[Finding]:
    """See that nobody leaves before the shift begins, or is back after it and its overtime have ended."""
    for sheet in case.sheets:
        begins, ends = _span(sheet.shift)
        if sheet.run.depart < begins or sheet.run.finish > ends:
            yield fault(
                "CHECK-OFF-SHIFT",
                f"shift {sheet.run.shift_id}, staff {sheet.staff.staff_id}",
                f"The run lasts from {case.calendar.text(sheet.run.depart)} to "
                f"{case.calendar.text(sheet.run.finish)}, the shift and its overtime from "
                f"{case.calendar.text(begins)} to {case.calendar.text(ends)}.",
                "Move visits to another shift, or allow more overtime.",
            )


def visits_off_shift(case: Case) -> Iterator[Finding]:
    """See that every visit lies inside its shift, which is one of the member of staff who is to come."""
    for visit in case.visits:
        shifts = [s for s in case.shifts_of.get(visit.staff_id, ()) if s.shift_id == visit.shift_id]
        if not any(_holds(shift, visit) for shift in shifts):
            at = f"{case.calendar.text(visit.start)} to {case.calendar.clock(visit.end)}"
            yield fault(
                "CHECK-OFF-SHIFT",
                f"visit {visit.visit_id}, shift {visit.shift_id}, staff {visit.staff_id}",
                f"The member of staff is not at work in that shift from {at}.",
                "Give the visit to somebody who is at work then.",
            )


def _span(shift: Shift) -> tuple[int, int]:
    return shift.window.start, shift.window.end + shift.overtime_max_s


def _holds(shift: Shift, visit: PlannedVisit) -> bool:
    begins, ends = _span(shift)
    return begins <= visit.start and visit.end <= ends


def staff_in_two_runs(case: Case) -> Iterator[Finding]:
    """See that the runs of one member of staff do not overlap."""
    runs = defaultdict(list)
    for sheet in case.sheets:
        runs[sheet.staff.staff_id].append(sheet.run)
    for staff_id, theirs in runs.items():
        theirs.sort(key=lambda run: (run.depart, run.finish))
        for before, after in pairwise(theirs):
            if after.depart < before.finish:
                yield fault(
                    "CHECK-STAFF-TWICE",
                    f"staff {staff_id}, shifts {before.shift_id} and {after.shift_id}",
                    f"One run is back at {case.calendar.text(before.finish)}, the next leaves at "
                    f"{case.calendar.text(after.depart)}.",
                    "Nobody works two runs at once: move visits from one of them.",
                )


def weeks_too_long(case: Case) -> Iterator[Finding]:
    """See that nobody works more than their hours over the period."""
    worked: Counter[str] = Counter()
    for sheet in case.sheets:
        worked[sheet.staff.staff_id] += sheet.worked_s
    for staff_id, seconds in worked.items():
        limit = case.scenario.staff_by_id[staff_id].max_week_s
        if limit is not None and seconds > limit:
            yield fault(
                "CHECK-WEEK-HOURS",
                f"staff {staff_id}",
                f"The runs last {minutes(seconds)} without breaks; the most is {minutes(limit)}.",
                "Give some visits to others, or raise max_week_hours.",
            )
