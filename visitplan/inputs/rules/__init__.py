"""The rules over tables: each is one function from what is known to problems, and one line in ``RULES``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from visitplan.inputs.context import Context
from visitplan.inputs.problems import Problem
from visitplan.inputs.rules import (
    after,
    dates,
    identity,
    pin,
    place,
    references,
    request,
    staff,
    supply,
    wishes,
)

Rule = Callable[[Context], Iterable[Problem]]

RULES: tuple[Rule, ...] = (
    identity.ids_are_unique,
    identity.ids_are_no_formulas,
    identity.request_ids_are_no_visit_ids,
    identity.person_lives_in_one_household,
    references.households_exist,
    references.people_exist,
    references.staff_exist,
    references.bases_exist,
    references.tasks_exist,
    references.predecessors_exist,
    references.history_is_known,
    dates.request_dates_ascend,
    dates.request_windows_ascend,
    dates.preferred_times_ascend,
    dates.preferred_times_meet_the_window,
    dates.requests_meet_the_period,
    dates.request_has_a_day,
    dates.visits_fit_their_days,
    dates.discharge_leaves_time,
    dates.family_times_have_a_day,
    wishes.requests_outlast_the_discharge,
    wishes.usual_times_lie_in_the_window,
    wishes.usual_times_are_used,
    wishes.same_time_is_used,
    wishes.received_is_used,
    wishes.urgent_calls_are_in_time,
    request.gaps_ascend,
    request.gaps_follow_something,
    request.staff_are_preferred_or_excluded,
    request.tasks_fit_the_visit,
    request.tasks_have_their_table,
    request.staff_fit_the_home,
    request.family_can_be_there,
    after.nothing_follows_itself,
    after.counts_match,
    after.predecessor_comes_first,
    supply.services_have_staff,
    supply.skills_have_staff,
    supply.organisations_have_staff,
    supply.staff_know_the_areas,
    supply.staff_know_the_services,
    supply.policy_knows_the_areas,
    supply.policy_knows_the_services,
    staff.shifts_start_somewhere,
    staff.hourly_cost_is_in_pounds,
    staff.staff_have_shifts,
    staff.shift_ids_are_unique,
    staff.shifts_meet_the_period,
    staff.shifts_do_not_overlap,
    staff.shifts_are_not_too_long,
    staff.breaks_fit_the_shift,
    staff.break_times_have_a_break,
    place.ids_of_places_are_unique,
    place.places_are_in_the_travel_table,
    pin.pins_hold_something,
    pin.pinned_starts_have_a_date,
    pin.pinned_dates_agree,
)
"""Every rule over tables; what pins do to visits has its own in :mod:`visitplan.inputs.rules.pinned`."""
