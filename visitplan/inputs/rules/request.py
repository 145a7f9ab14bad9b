"""Rules about what requests ask for: gaps, staff, tasks, the home and the family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.requests import Family
from visitplan.findings import Severity
from visitplan.inputs.problems import Problem, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context


def gaps_ascend(context: Context) -> Iterator[Problem]:
    """REQUEST-GAP-REVERSED: max_gap_min is below min_gap_min."""
    for row in context.tables.requests:
        least, most = row.data.min_gap_min or 0, row.data.max_gap_min
        if most is not None and most < least:
            yield context.at(
                row,
                "REQUEST-GAP-REVERSED",
                f"max_gap_min is below min_gap_min, {least}.",
                "Swap or correct them.",
                column="max_gap_min",
            )


def gaps_follow_something(context: Context) -> Iterator[Problem]:
    """REQUEST-GAP-ALONE: a gap is given, and no request that it is a gap to."""
    for row in context.tables.requests:
        data = row.data
        if data.after_request is None and (data.min_gap_min is not None or data.max_gap_min is not None):
            yield context.warn(
                row,
                "REQUEST-GAP-ALONE",
                "A gap is given without after_request; it is not used.",
                "Name the request that this one follows, or empty the gap.",
                column="min_gap_min" if data.min_gap_min is not None else "max_gap_min",
            )


def staff_are_preferred_or_excluded(context: Context) -> Iterator[Problem]:
    """REQUEST-STAFF-CONTRADICTION: the same staff are preferred and excluded."""
    for row in context.tables.requests:
        if not (row.data.preferred_staff and row.data.excluded_staff):
            continue
        both = sorted(set(row.data.preferred_staff) & set(row.data.excluded_staff))
        if both:
            yield context.at(
                row,
                "REQUEST-STAFF-CONTRADICTION",
                f"{', '.join(both)} are both preferred and excluded.",
                "Keep them in one of the two.",
                column="excluded_staff",
            )


def tasks_fit_the_visit(context: Context) -> Iterator[Problem]:
    """REQUEST-TASKS-LONG: the tasks take longer than the visit."""
    minutes = {code: row.data.minutes for code, row in context.tables.ids["tasks"].items()}
    for row in context.tables.requests:
        total = sum(minutes.get(code, 0) for code in row.data.tasks)
        if total > row.data.duration_min:
            yield context.warn(
                row,
                "REQUEST-TASKS-LONG",
                f"Its tasks take {total} minutes, and the visit {row.data.duration_min}.",
                "Lengthen the visit, or correct the tasks.",
                column="duration_min",
            )


def tasks_have_their_table(context: Context) -> Iterator[Problem]:
    """TASKS-NOT-GIVEN: requests name tasks, and there is no table of tasks; they are not used."""
    rows = [row for row in context.tables.requests if row.data.tasks]
    if rows and "tasks" not in context.tables.given | context.tables.unreadable:
        yield problem(
            "TASKS-NOT-GIVEN",
            f"{len(rows)} requests name tasks, and there is no table tasks; they are planned without.",
            "Add tasks.csv with code, minutes and shareable.",
            file=rows[0].file,
            row=rows[0].number,
            column="tasks",
            severity=Severity.WARNING,
        )


def staff_fit_the_home(context: Context) -> Iterator[Problem]:
    """REQUEST-STAFF-OVER-HOME: more staff are needed than the home holds; it will be left out."""
    homes = context.tables.ids["households"]
    for row in context.tables.requests:
        if row.data.staff_needed == 1 or row.data.household_id not in homes:
            continue
        home = homes[row.data.household_id].data
        limit = home.max_staff_at_once or context.policy.rules(area=home.area).limits.staff_at_once
        if row.data.staff_needed > limit:
            yield context.warn(
                row,
                "REQUEST-STAFF-OVER-HOME",
                f"It needs {row.data.staff_needed} staff, and its home holds {limit} at a time.",
                "Correct staff_needed, or max_staff_at_once of the household.",
                column="staff_needed",
            )


def family_can_be_there(context: Context) -> Iterator[Problem]:
    """FAMILY-TIME-MISSING: the family is required, and no family time is known; it will be left out."""
    homes = context.values("family_times", "household_id")
    for row in context.tables.requests:
        if row.data.family is Family.REQUIRED and (row.data.household_id,) not in homes:
            yield context.warn(
                row,
                "FAMILY-TIME-MISSING",
                "The family is required, and nothing says when it can be at home.",
                "Ask the family, and add a row to family_times; or write family = welcome.",
                column="family",
            )
