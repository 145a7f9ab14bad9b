"""What a scenario becomes in the solver's integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.routing.builders import (
    Line,
    family,
    household,
    request,
    scenario,
    shift,
    staff,
    tick,
    with_costs,
)
from visitplan.domain.expansion import expand
from visitplan.domain.people import History
from visitplan.domain.places import DayFactors, TravelMode
from visitplan.domain.requests import Family, Pin
from visitplan.policy import OrganisationsPolicy, Policy
from visitplan.routing import encode, network_of

if TYPE_CHECKING:
    from visitplan.domain.demand import Demand


def encoded(made, demand: Demand | None = None):
    network = network_of(made, Line(), DayFactors())
    return encode(made, demand or expand(made), network)


def one_visit(wanted, members=None, **given):
    members = members or [staff("C1")]
    return scenario([wanted], [household("H1", 7)], members, [shift(m.staff_id) for m in members], **given)


def test_a_tick_is_a_minute_and_travel_is_rounded_up_to_it():
    problem = encoded(one_visit(request("R1", "H1", minutes=45, window="09:00-10:00"))).problem
    visit = problem.visits[0]
    assert (visit.duration, visit.windows[0].earliest, visit.windows[0].latest) == (45, 540, 600)
    assert problem.travel[0].ticks[problem.shifts[0].start_place, visit.place] == 7


def test_a_leg_costs_its_seconds_and_its_metres():
    made = with_costs(one_visit(request("R1", "H1")), travel_pence_per_hour=1260, car_pence_per_mile=45)
    problem = encoded(made).problem
    seconds = metres = 7 * 60
    assert problem.travel[0].cost[problem.shifts[0].start_place, problem.visits[0].place] == (
        seconds * 350 + metres * 28
    )


def test_a_visit_without_any_window_is_left_out_with_all_that_goes_with_it():
    made = scenario(
        [request("R1", "H1", family=Family.REQUIRED), request("R2", "H1", after_request="R1")],
        [household("H1", 7)],
        [staff("C1")],
        [shift("C1")],
    )
    encoding = encoded(made)
    assert encoding.visits == ()
    assert [visit.visit_id for visit in encoding.left_out] == ["R1", "R2"]


@pytest.mark.parametrize(
    ("wanted", "member"),
    [
        ({"service": "nursing"}, {}),
        ({"skills": frozenset({"insulin"})}, {}),
        ({"excluded_staff": frozenset({"C1"})}, {}),
        ({"organisation": "trust"}, {}),
        ({}, {"areas": frozenset({"chester"})}),
    ],
)
def test_a_member_of_staff_who_breaks_a_rule_is_not_eligible(wanted, member):
    encoding = encoded(one_visit(request("R1", "H1", **wanted), [staff("C1", **member)]))
    assert not encoding.problem.eligible.any()


def test_an_organisation_serves_another_where_the_policy_says_so():
    policy = Policy(organisations=OrganisationsPolicy(serves={"council": ("trust",)}))
    encoding = encoded(one_visit(request("R1", "H1", organisation="trust"), policy=policy))
    assert encoding.problem.eligible.all()


def test_a_pin_to_staff_leaves_one_and_a_pin_to_a_start_leaves_one_minute():
    made = one_visit(request("R1", "H1"), [staff("C1"), staff("C2")], pins=(Pin("R1", "C2", tick("10:15")),))
    problem = encoded(made).problem
    assert problem.eligible.tolist() == [[False, True]]
    assert [(w.earliest, w.latest) for w in problem.visits[0].windows] == [(615, 615)]


def test_where_the_family_is_welcome_a_start_without_it_costs():
    wanted = request("R1", "H1", minutes=30, window="09:00-12:00", family=Family.WELCOME)
    made = one_visit(wanted, family_times=(family("H1", "10:00-11:00"),))
    windows = encoded(made).problem.visits[0].windows
    assert [(w.earliest, w.latest, w.cost) for w in windows] == [
        (540, 599, 3_000_000),
        (600, 630, 0),
        (631, 720, 3_000_000),
    ]


def test_lateness_is_allowed_where_the_policy_says_so_but_never_when_time_is_critical():
    policy = Policy.model_validate({"limits": {"max_late_min": 20}})
    relaxed = encoded(one_visit(request("R1", "H1", window="09:00-10:00"), policy=policy)).problem
    strict = encoded(
        one_visit(request("R1", "H1", window="09:00-10:00", time_critical=True), policy=policy)
    ).problem
    assert [(w.latest, w.preferred_latest) for w in relaxed.visits[0].windows] == [(620, 600)]
    assert [w.latest for w in strict.visits[0].windows] == [600]


def test_strangers_cost_where_somebody_is_known_and_others_than_the_preferred_cost_too():
    wanted = request("R1", "H1", preferred_staff=frozenset({"C2"}))
    made = with_costs(
        one_visit(wanted, [staff("C1"), staff("C2")], history=(History("P-H1", "C1", 4),)),
        labour_percent=0,
    )
    assert encoded(made).problem.assignment_cost.tolist() == [[300_000, 150_000]]


def test_a_time_critical_visit_costs_twice_to_leave_out():
    usual = encoded(one_visit(request("R1", "H1", priority=1))).problem.visits[0].unassigned_cost
    critical = encoded(one_visit(request("R1", "H1", priority=1, time_critical=True)))
    assert critical.problem.visits[0].unassigned_cost == 2 * usual


def test_travel_is_held_once_for_all_attempts_in_one_array_for_all_modes():
    made = scenario(
        [request("R1", "H1")],
        [household("H1", 7)],
        [staff("C1"), staff("C2", travel_mode=TravelMode.BIKE)],
        [shift("C1"), shift("C2")],
    )
    network = network_of(made, Line(), DayFactors())
    one, other = (encode(made, expand(made), network).problem for _ in range(2))
    assert one.travel is other.travel
    assert one.travel[0].ticks.base is one.travel[1].ticks.base
    assert network.solver_travel(with_costs(made, car_pence_per_mile=99).policy.costs) is not one.travel
