"""The checker against random damage, random correct plans, and the code that it does not share."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checking.builders import (
    BASE,
    MONDAY,
    PLAN,
    S_PER_KM,
    SCENARIO,
    WEEK,
    at,
    codes_of,
    findings_of,
    place,
    request,
    row_of,
    run_of,
)
from visitplan.checking.calendar import Calendar
from visitplan.checking.expected import expected_visits, start_stretches
from visitplan.domain.demand import JointVisit, ToldOnce
from visitplan.domain.expansion import expand
from visitplan.domain.people import Pause, Shift, Staff
from visitplan.domain.period import Period
from visitplan.domain.places import Household
from visitplan.domain.plan import Costs, Plan, PlannedVisit, Reason, Run
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window
from visitplan.findings import Severity
from visitplan.policy import Mode, TimeFactor, parse_policy
from visitplan.travel import day_factors

if TYPE_CHECKING:
    from collections.abc import Callable

# --- random damage --------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    [
        *(v.visit_id for v in PLAN.visits), *(s.shift_id for s in SCENARIO.shifts), *SCENARIO.staff_by_id,
        *SCENARIO.household_by_id, *SCENARIO.task_by_code, "STOMA", "P1", "J-H1-1", "NHS", "care", "", "é?",
    ]
)  # fmt: skip
TICKS = st.one_of(
    st.integers(0, 5 * 86400 // 60).map(lambda minute: minute * 60),
    st.integers(-(10**6), 10**6),
    st.sampled_from((10**12, -(10**12), 10**30, -(10**30))),
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "str": NAMES,
    "int": TICKS,
    "int | None": st.none() | TICKS,
    "str | None": st.none() | NAMES,
    "bool": st.booleans(),
    "tuple[str, ...]": st.lists(NAMES, max_size=3).map(tuple),
    "Reason": st.sampled_from(Reason),
    "Mode": st.sampled_from(Mode),
    "tuple[ToldOnce, ...]": st.lists(
        st.builds(ToldOnce, NAMES, NAMES, st.lists(NAMES, max_size=2).map(tuple)), max_size=2
    ).map(tuple),
}


@st.composite
def altered(draw: st.DrawFn, thing: Any) -> Any:
    """Give a row, run or joint visit with one field changed to any value of its type."""
    kinds = {f.name: VALUES[str(f.type)] for f in fields(thing) if str(f.type) in VALUES}
    if isinstance(thing, JointVisit):  # two or more different visits, one of them the lead: true by birth
        kinds["visit_ids"] = st.lists(NAMES, min_size=2, max_size=4, unique=True).map(tuple)
    name = draw(st.sampled_from(sorted(kinds)))
    value = draw(kinds[name])
    if name in ("visit_ids", "lead_visit_id"):
        ids = value if name == "visit_ids" else tuple(dict.fromkeys((value, *thing.visit_ids)))
        return replace(thing, visit_ids=ids, lead_visit_id=ids[0])
    return replace(thing, **{name: value})


@st.composite
def damaged(draw: st.DrawFn, plan: Plan) -> Plan:
    """Give the plan with one thing altered, taken out, doubled or moved elsewhere."""
    place_of = draw(st.sampled_from(("runs", "visits", "unassigned", "joint_visits")))
    if place_of != "visits":
        return replace(plan, **{place_of: draw(_list_damaged(getattr(plan, place_of)))})
    runs = list(plan.runs)
    if not runs:
        return plan
    number = draw(st.integers(0, len(runs) - 1))
    runs[number] = replace(runs[number], visits=draw(_list_damaged(runs[number].visits)))
    return replace(plan, runs=tuple(runs))


@st.composite
def _list_damaged(draw: st.DrawFn, things: tuple[Any, ...]) -> tuple[Any, ...]:
    if not things:
        return things
    number = draw(st.integers(0, len(things) - 1))
    before, thing, after = things[:number], things[number], things[number + 1 :]
    how = draw(st.sampled_from(("alter", "alter", "alter", "drop", "double", "reverse")))
    if how == "alter":
        return (*before, draw(altered(thing)), *after)
    if how == "reverse":
        return things[::-1]
    return (*before, *after) if how == "drop" else (*things, thing)


@st.composite
def much_damaged(draw: st.DrawFn) -> Plan:
    plan = PLAN
    for _ in range(draw(st.integers(1, 6))):
        plan = draw(damaged(plan))
    return plan


@settings(max_examples=400, deadline=None)
@given(much_damaged())
def test_no_damage_brings_the_checker_down(plan: Plan) -> None:
    for finding in findings_of(plan):
        assert finding.code.startswith("CHECK-")
        assert finding.where.subject
        assert finding.cause
        assert finding.action
        assert str(finding)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_every_alteration_of_a_roster_row_or_run_is_an_error(data: st.DataObject) -> None:
    run = data.draw(st.sampled_from(PLAN.runs))
    things: list[PlannedVisit | Run] = [run, *run.visits]
    thing = data.draw(st.sampled_from(things))
    new = data.draw(altered(thing).filter(lambda other: other != thing))
    if isinstance(new, Run):
        spoilt = new
    else:
        spoilt = replace(run, visits=tuple(new if visit == thing else visit for visit in run.visits))
    plan = replace(PLAN, runs=tuple(spoilt if other == run else other for other in PLAN.runs))
    if _is_another_right_break(run, spoilt) or _is_another_order_of_tasks(thing, new):
        return
    assert any(f.severity is Severity.ERROR for f in findings_of(plan))


def _is_another_right_break(run: Run, spoilt: Run) -> bool:
    """The nurse's break fits anywhere from 11:05 to 11:30, with the 8 minutes of her leg around it."""
    same = replace(spoilt, break_start=run.break_start) == run
    start = spoilt.break_start
    return same and run.break_start is not None and start is not None and at("11:05") <= start <= at("11:30")


def _is_another_order_of_tasks(thing: Any, new: Any) -> bool:
    return (
        isinstance(new, PlannedVisit)
        and new.tasks != thing.tasks
        and sorted(new.tasks) == sorted(thing.tasks)
    )


# --- random correct plans -------------------------------------------------------------------------------

RUSH = (
    {"start": "11:00", "factor": 1.4},
    {"start": "13:15", "factor": 0.9},
    {"start": "15:00", "factor": 1.7},
)


def stepwise(factors: Callable[[int], Fraction]) -> Callable[[int, int], int]:
    """Give how long a leg takes by driving it second by second: nothing shared with the checker's way."""

    def slow(seconds: int, left: int) -> int:
        done, took = Fraction(0), 0
        while done < seconds:
            done += 1 / factors(left + took)
            took += 1
        return took

    return slow


def rush(tick: int) -> Fraction:
    if tick < at("11:00"):
        return Fraction(1)
    if tick < at("13:15"):
        return Fraction(14, 10)
    return Fraction(9, 10) if tick < at("15:00") else Fraction(17, 10)


@st.composite
def correct_plans(draw: st.DrawFn) -> tuple[Scenario, Plan]:
    """Give one carer's day: visits along the line, waits between them, perhaps a break.

    The first leg is driven before the rush begins.
    """
    slow = stepwise(rush)
    staff = Staff("S", "care", "CARECO", BASE)
    pause = draw(st.none() | st.just(Pause(1800, Window(at("10:00"), at("23:00")))))
    now = at("09:15") + 60 * draw(st.integers(0, 60))
    here, taken, stops, requests, homes = BASE, None, [], [], []
    for number in range(draw(st.integers(1, 6))):
        home = Household(f"H{number}", "north", place(f"H{number}", draw(st.integers(0, 15))))
        km = abs(round(home.place.lon * 100) - round(here.lon * 100))
        leg = km * S_PER_KM if number == 0 else slow(km * S_PER_KM, now)
        if pause is not None and taken is None and number > 0 and now >= at("10:00"):
            taken, now = now, now + 1800
        start = now + -(-leg // 60) * 60 + 60 * draw(st.integers(0, 20))
        clock = f"{start // 3600:02}:{start // 60 % 60:02}"
        asked = request(f"R{number}", home.household_id, "care", draw(st.integers(1, 45)), f"{clock}-{clock}")
        requests.append(asked)
        homes.append(home)
        stops.append((row_of(asked.request_id, asked, start), home.place))
        here, now = home.place, start + asked.duration_s
    shift = Shift("S-mon", "S", MONDAY, Window(0, at("23:59")), pause)
    run = run_of(shift, staff, stops, taken, slow)
    if pause is not None and taken is None:  # before leaving, or after coming back
        taken = at("10:00") if run.depart >= at("10:30") else max(run.finish, at("10:00"))
        run = replace(run, break_start=taken, break_s=1800)
    policy = parse_policy({"travel": {"factors": RUSH}})
    scenario = Scenario("day", WEEK, tuple(requests), tuple(homes), (staff,), (shift,), policy=policy)
    return scenario, replace(PLAN, runs=(run,), unassigned=(), joint_visits=(), costs=Costs())


@settings(max_examples=100, deadline=None)
@given(correct_plans())
def test_a_correct_plan_is_let_pass(case: tuple[Scenario, Plan]) -> None:
    scenario, plan = case
    first = plan.visits[0]
    if first.start - plan.runs[0].depart != -(-first.travel_s // 60) * 60 or plan.runs[0].depart < at(
        "09:15"
    ):
        return  # run_of drives the first leg at free flow
    late = plan.runs[0].break_start is not None and plan.runs[0].break_start + 1800 > at("15:00")
    assert codes_of(plan, scenario) - {"CHECK-COST"} == ({"CHECK-BREAK-WINDOW"} if late else set())


# --- the same answers as the code it does not share -----------------------------------------------------

PERIODS = st.builds(
    lambda first, days: Period(first, first + dt.timedelta(days=days)),
    st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))
    | st.sampled_from((dt.date(2026, 3, 28), dt.date(2026, 10, 24))),
    st.integers(0, 8),
)
FACTORS = st.lists(
    st.builds(
        TimeFactor,
        start=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        factor=st.sampled_from((0.5, 0.9, 1, 1.25, 1.3, 2.7)),
        days=st.sets(st.sampled_from(("mon", "wed", "sat", "sun")), min_size=1).map(
            lambda d: tuple(sorted(d))
        ),
    ),
    max_size=3,
    unique_by=lambda factor: factor.start,
).map(tuple)


@settings(deadline=None)
@given(PERIODS, st.times(), st.integers(-86400, 12 * 86400))
def test_its_clock_agrees_with_the_period(period: Period, clock: dt.time, tick: int) -> None:
    clock = clock.replace(microsecond=0)
    calendar = Calendar(period)
    assert tuple(calendar.days()) == period.days
    assert [calendar.tick(day, clock) for day in period.days] == [
        period.tick(day, clock) for day in period.days
    ]
    assert calendar.date(tick) == period.date(tick)
    assert calendar.clock(tick)[:5] == period.clock(tick)


@settings(deadline=None)
@given(PERIODS, FACTORS, st.integers(0, 4 * 3600), st.integers(0, 9 * 86400))
def test_its_legs_agree_with_the_travel_stage(
    period: Period, factors: tuple[TimeFactor, ...], free_flow: int, left: int
) -> None:
    policy = parse_policy({"travel": {"factors": [factor.model_dump() for factor in factors]}}).travel
    mine = Calendar(period, policy.factors).on_the_road(free_flow, left)
    assert mine == day_factors(policy, period).slowed(free_flow, left)


@st.composite
def any_request(draw: st.DrawFn) -> Any:
    first = draw(st.integers(-2, 8))
    return replace(
        request("R", "H1", "nursing", draw(st.integers(5, 90)), "09:00-16:00"),
        earliest_date=MONDAY + dt.timedelta(days=first),
        latest_date=MONDAY + dt.timedelta(days=first + draw(st.integers(0, 6))),
        weekdays=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        visits=draw(st.integers(1, 6)),
        daily=draw(st.booleans()),
        staff_needed=draw(st.integers(1, 3)),
        not_before=draw(st.none() | st.integers(0, 5 * 86400)),
        complete_by=draw(st.none() | st.integers(0, 5 * 86400)),
    )


@settings(deadline=None)
@given(any_request())
def test_its_visits_and_starts_agree_with_the_expansion(asked: Any) -> None:
    scenario = replace(SCENARIO, requests=(asked,))
    calendar = Calendar(WEEK)
    mine = {visit.visit_id: visit for visit in expected_visits([asked], calendar)}
    theirs = {visit.visit_id: visit for visit in expand(scenario).visits}
    assert mine.keys() == theirs.keys()
    for visit_id, visit in theirs.items():
        allowed = start_stretches(mine[visit_id], calendar)
        for window in visit.windows:
            assert any(first <= window.start and window.end <= last for first, last in allowed)
