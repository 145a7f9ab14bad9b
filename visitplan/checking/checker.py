"""The list of all rules, and the function that reads a plan by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.checking import (
    accounts,
    breaks,
    costs,
    eligibility,
    faces,
    joints,
    links,
    quiet,
    reasons,
    runs,
    starts,
    teams,
    told,
)
from visitplan.checking.case import Case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.domain.places import TravelSource
    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.findings import Finding

RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    accounts.period_differs,
    accounts.visits_dropped,
    accounts.visits_doubled,
    accounts.visits_in_both,
    accounts.requests_invented,
    accounts.visits_invented,
    accounts.names_differ,
    accounts.unassigned_priority,
    accounts.unassigned_unexplained,
    reasons.reasons_untrue,
    eligibility.shifts_unknown,
    eligibility.staff_unknown,
    eligibility.shifts_of_others,
    eligibility.service_differs,
    eligibility.skills_missing,
    eligibility.excluded_come,
    eligibility.organisations_apart,
    eligibility.areas_apart,
    eligibility.pinned_staff_changed,
    eligibility.works_with_refused,
    starts.starts_off_the_minute,
    starts.dates_missed,
    starts.windows_missed,
    starts.discharges_preceded,
    starts.people_not_home,
    starts.urgent_calls_late,
    starts.completed_late,
    starts.family_away,
    starts.pinned_starts_moved,
    starts.durations_wrong,
    starts.tasks_wrong,
    runs.shifts_doubled,
    runs.runs_empty,
    runs.sequence_broken,
    runs.visits_overlap,
    runs.travel_short,
    runs.places_unreachable,
    runs.travel_misstated,
    runs.starts_misstated,
    runs.waits_negative,
    runs.finishes_misstated,
    runs.overtime_misstated,
    runs.runs_off_shift,
    runs.visits_off_shift,
    runs.staff_in_two_runs,
    runs.weeks_too_long,
    breaks.breaks_missing,
    breaks.breaks_invented,
    breaks.breaks_shortened,
    breaks.breaks_out_of_time,
    breaks.breaks_eaten,
    links.doubles_split,
    links.doubles_apart,
    links.doubles_by_one,
    links.spacing_broken,
    links.same_time_broken,
    links.predecessors_missing,
    links.gaps_broken,
    links.homes_too_full,
    joints.joint_ids_doubled,
    joints.joint_members_missing,
    joints.joint_names_differ,
    joints.joint_homes_differ,
    joints.joint_avoided,
    joints.joint_required,
    joints.joint_required_flag,
    joints.joint_of_one_request,
    joints.joint_not_permitted,
    joints.joint_too_large,
    joints.joint_not_together,
    joints.joint_without_family,
    joints.told_once_wrong,
    quiet.quiet_times_broken,
    told.told_wrong,
    told.covered_wrong,
    faces.known_faces_missing,
    faces.strangers_alone,
    teams.teams_wrong,
    costs.costs_differ,
)
"""Every rule; each gives one finding for each thing that breaks it."""


def check(scenario: Scenario, plan: Plan, source: TravelSource) -> tuple[Finding, ...]:
    """Give everything that is wrong with a plan; an empty tuple is a plan that holds.

    Parameters
    ----------
    scenario
        What was asked for. Its own consistency is taken as given.
    plan
        The plan, however damaged: unknown ids and impossible times are findings.
    source
        Travel between the scenario's places: the source that the plan was made with.

    Raises
    ------
    TravelError
        The source knows nothing of one of the scenario's places.
    """
    case = Case(scenario, plan, source)
    return tuple(finding for rule in RULES for finding in rule(case))
