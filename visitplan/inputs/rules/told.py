"""Rules about tasks that are told once, and about quiet times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.findings import Severity
from visitplan.inputs.problems import Problem, hint, problem
from visitplan.policy import POLICY_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context


def history_tasks_exist(context: Context) -> Iterator[Problem]:
    """HISTORY-TASK: history names a task that is not in tasks; told once for each of them."""
    known = context.tables.ids["tasks"]
    told: set[str] = set()
    for row in context.tables.history:
        task = row.data.task
        if task is not None and task not in known and task not in told and "tasks" in context.tables.given:
            told.add(task)
            yield context.warn(
                row,
                "HISTORY-TASK",
                f"There is no task {task!r} in tasks; the row says nothing of it.{hint(task, known)}",
                "Correct the code, or add it to tasks.",
                column="task",
            )


def history_tasks_have_a_date(context: Context) -> Iterator[Problem]:
    """HISTORY-TASK-DATE: history says that a task was done, and not when."""
    for row in context.tables.history:
        if row.data.task is not None and row.data.last_date is None:
            yield context.warn(
                row,
                "HISTORY-TASK-DATE",
                f"It says that {row.data.task} was done, and not when; it counts as not done.",
                "Give last_date.",
                column="last_date",
            )


def task_skills_have_staff(context: Context) -> Iterator[Problem]:
    """TASK-SKILL-UNKNOWN: nobody has the skill of a task; so nobody does it for others."""
    offered = {skill for (skill,) in context.values("staff", "skills")}
    for row in context.tables.tasks:
        skill = row.data.skill
        if skill is not None and offered and skill not in offered:
            yield context.warn(
                row,
                "TASK-SKILL-UNKNOWN",
                f"No staff have the skill {skill!r}, so this task is never done by one for others."
                f"{hint(skill, offered)}",
                "Correct the skill here or in staff.",
                column="skill",
            )


def policy_knows_the_tasks(context: Context) -> Iterator[Problem]:
    """POLICY-TASK-UNKNOWN: the policy says how long a task stays fresh which is not in tasks."""
    known = context.tables.ids["tasks"]
    if "tasks" not in context.tables.given:
        return
    for task in context.policy.coordination.fresh_days:
        if task not in known:
            yield problem(
                "POLICY-TASK-UNKNOWN",
                f"fresh_days names {task!r}, which is not in tasks.{hint(task, known)}",
                "Correct the code, or add it to tasks.",
                file=POLICY_FILE,
                column=f"coordination.fresh_days.{task}",
                severity=Severity.WARNING,
            )


def quiet_times_have_both_ends(context: Context) -> Iterator[Problem]:
    """HOUSEHOLD-QUIET: a quiet time has only one end, or no length; it is not used."""
    for row in context.tables.households:
        start, end = row.data.quiet_start, row.data.quiet_end
        if start == end and start is None:
            continue
        if start is None or end is None or start == end:
            yield context.warn(
                row,
                "HOUSEHOLD-QUIET",
                "Its quiet time has only one end." if start != end else "Its quiet time has no length.",
                "Give quiet_start and quiet_end, or neither.",
                column="quiet_end" if end is None else "quiet_start",
            )
