"""Two plans side by side: for whom it is better, what is moved, and what families have to hear."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.builders import PERIOD, at, carer_run, nurse_run, plan, scenario, visit
from visitplan.domain.period import Period
from visitplan.domain.plan import Costs
from visitplan.reporting import Comparison, Side

TOGETHER = plan()
APART = replace(
    plan(),
    joint_visits=(),
    runs=(
        replace(nurse_run(), visits=(visit("R1", 1, "09:00", "09:30"), visit("R3", 2, "09:30", "09:50"))),
        replace(carer_run(), visits=(visit("R2", 1, "11:00", "11:45"), carer_run().visits[1])),
    ),
)
MORNING_PRICES = Costs(interruptions=100_000, door_knocks=300_000, days=0)


def beside(a=APART, b=TOGETHER, a_in=None, b_in=None) -> Comparison:
    return Comparison(Side(a_in or scenario(), a), Side(b_in or scenario(), b))


def changes(comparison: Comparison) -> dict[str, str]:
    frame = comparison.visits
    return dict(zip(frame["request_id"], frame["change"], strict=True))


def test_headlines_are_shown_in_their_order_for_the_whole_and_every_group() -> None:
    frame = beside().headlines
    overall = frame[frame["scope"] == "overall"].set_index("kpi")
    assert list(overall.index)[:3] == ["family_interruptions", "family_hours", "door_knocks"]
    assert (overall.loc["door_knocks", "a"], overall.loc["door_knocks", "b"]) == (3, 2)
    assert (overall.loc["repeated_tasks", "a"], overall.loc["repeated_tasks", "b"]) == (1, 0)
    for scope, groups in {
        "area": {"Crewe", "Nantwich"},
        "service": {"nursing", "care", "therapy"},
        "organisation": {"NHS", "Council"},
    }.items():
        rows = frame[frame["scope"] == scope]
        assert set(rows["group"]) == groups
        assert set(rows["kpi"]) == set(overall.index)


def test_the_household_that_is_disturbed_less_gains_by_the_policys_prices() -> None:
    comparison = beside(
        replace(APART, costs=replace(MORNING_PRICES, door_knocks=300_000)),
        replace(TOGETHER, costs=replace(MORNING_PRICES, door_knocks=200_000)),
    )
    homes = comparison.households.set_index("household_id")
    assert list(homes.index) == ["H1", "H2"]
    assert homes.loc["H1", "gain_pounds"] == 1.0  # one knock less
    assert homes.loc["H2", "gain_pounds"] == 0.0
    assert (homes.loc["H1", "door_knocks_a"], homes.loc["H1", "door_knocks_b"]) == (2, 1)


def test_what_one_gains_when_plans_are_swapped_it_loses() -> None:
    priced = [replace(APART, costs=Costs(door_knocks=3000)), replace(TOGETHER, costs=Costs(late=500))]
    there = beside(*priced).households.set_index("household_id")["gain_pounds"]
    back = beside(*reversed(priced)).households.set_index("household_id")["gain_pounds"]
    assert (there == -back.loc[there.index]).all()


def test_a_visit_that_starts_at_another_time_is_moved_and_by_how_much() -> None:
    comparison = beside()
    assert changes(comparison) == {
        "R1": "as before",
        "R2": "moved",
        "R3": "as before",
        "R4": "as before",
    }
    (moved,) = comparison.visits.query("change == 'moved'").to_dict(orient="records")
    assert (moved["start_a"], moved["start_b"], moved["moved_min"]) == ("11:00", "09:00", -120)
    assert comparison.changes()["visits moved"] == 1


def test_a_visit_given_to_somebody_else_is_told() -> None:
    given = replace(
        carer_run(), staff_id="C9", visits=tuple(replace(v, staff_id="C9") for v in carer_run().visits)
    )
    comparison = beside(b=replace(TOGETHER, runs=(nurse_run(), given)))
    assert changes(comparison)["R2"] == "moved, other staff"
    assert changes(comparison)["R4"] == "other staff"


def test_a_visit_that_only_one_plan_has_is_gone_or_new() -> None:
    without = replace(TOGETHER, runs=(nurse_run(),), joint_visits=())
    assert changes(beside(b=without))["R4"] == "only in the first"
    assert changes(beside(a=without))["R4"] == "only in the second"


def shifted(days: int):
    """Give the together plan in a period that began some days earlier: its ticks move, its dates do not."""
    period = Period(PERIOD.first - dt.timedelta(days=days), PERIOD.last)
    later = days * 86_400

    def moved(run):
        visits = tuple(replace(v, start=v.start + later, end=v.end + later) for v in run.visits)
        return replace(run, visits=visits, depart=run.depart + later, finish=run.finish + later)

    return replace(TOGETHER, period=period, runs=tuple(moved(run) for run in TOGETHER.runs))


def test_last_nights_plan_and_tonights_are_compared_by_date_and_not_by_tick() -> None:
    early = replace(scenario(), period=shifted(1).period)
    comparison = beside(shifted(1), TOGETHER, early, scenario())
    assert set(changes(comparison).values()) == {"as before"}
    assert not comparison.appointments["tell_again"].any()


def test_visits_on_days_that_only_one_plan_covers_are_left_aside() -> None:
    early = replace(scenario(), period=shifted(1).period)
    yesterday = replace(
        TOGETHER, period=shifted(1).period, runs=(replace(nurse_run(), visits=nurse_run().visits[:1]),)
    )
    comparison = beside(yesterday, TOGETHER, early, scenario())
    assert set(changes(comparison).values()) == {"only in the second"}


def test_repeated_visits_are_paired_by_their_date_whatever_their_number() -> None:
    week = Period(PERIOD.first, PERIOD.first + dt.timedelta(days=2))

    def on(day: int, number: int):
        tick = at("09:00") + day * 86_400
        return replace(visit("R1", 1, "09:00", "09:30"), visit_id=f"R1/{number}", start=tick, end=tick + 1800)

    last_night = replace(plan(), period=week, runs=(replace(nurse_run(), visits=(on(1, 1), on(2, 2))),))
    tonight = replace(plan(), period=week, runs=(replace(nurse_run(), visits=(on(2, 1),)),))
    county = replace(scenario(), period=week)
    frame = beside(last_night, tonight, county, county).visits
    assert frame["change"].tolist() == ["as before", "only in the first"]


@pytest.mark.parametrize(("start", "end", "again"), [("09:15", "09:45", False), ("09:20", "09:50", True)])
def test_a_family_hears_again_when_an_appointment_moves_further_than_it_was_told(start, end, again) -> None:
    """The market day's families are told fifteen minutes either way."""

    def alone(first: str, last: str):
        one = replace(nurse_run(), visits=(visit("R1", 1, first, last),))
        return replace(TOGETHER, runs=(one,), joint_visits=())

    (row,) = beside(alone("09:00", "09:30"), alone(start, end)).appointments.to_dict(orient="records")
    assert (row["change"], row["tell_again"]) == ("moved", again)


def test_two_appointments_that_become_one_are_one_kept_and_one_gone() -> None:
    frame = beside().appointments
    at_home = frame[frame["household_id"] == "H1"]
    assert sorted(at_home["change"]) == ["only in the first", "other staff"]
    assert at_home["tell_again"].tolist() == [False, True]


def test_a_plan_beside_itself_gains_and_changes_nothing() -> None:
    comparison = beside(TOGETHER, TOGETHER)
    assert (comparison.households["gain_pounds"] == 0).all()
    assert set(changes(comparison).values()) == {"as before"}
    assert not comparison.appointments["tell_again"].any()
    assert "0 households gain, 0 lose, 2 neither" in comparison.summary()


def test_the_summary_names_both_plans_every_group_and_who_gains() -> None:
    comparison = beside(replace(APART, costs=Costs(door_knocks=300_000)), TOGETHER)
    text = comparison.summary("apart", "together")
    assert text.startswith("apart -> together\n")
    for word in ("Crewe", "Nantwich", "nursing", "Council", "H1 (GBP ", "door knocks 2 -> 1"):
        assert word in text
    assert all(len(line) <= 110 for line in text.splitlines())


def test_plans_of_different_inputs_or_policies_are_said_to_be() -> None:
    other = replace(
        TOGETHER.provenance, input_hashes={"requests.csv": "b"}, policy_hash="another than before"
    )
    text = beside(APART, replace(TOGETHER, provenance=other)).summary()
    assert "made from different inputs" in text
    assert "made with different policies" in text


def test_everything_is_ready_for_json_with_gaps_as_none() -> None:
    homes = (replace(scenario().households[0], area="Sandbach"), scenario().households[1])
    made = beside(b_in=replace(scenario(), households=homes)).as_dict()
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    gone = [row for row in made["kpis"] if row["group"] == "Crewe"]
    assert {row["b"] for row in gone} == {None}


def test_an_empty_plan_can_be_compared() -> None:
    nothing = replace(plan(), runs=(), unassigned=(), joint_visits=(), costs=Costs())
    comparison = beside(nothing, nothing)
    assert comparison.visits.empty
    assert comparison.summary()
    assert "</html>" in comparison.page()


HOSTILE = '<script>alert("x")</script>'


def test_the_page_is_one_file_that_loads_nothing_and_shows_hostile_ids_harmlessly() -> None:
    homes = (replace(scenario().households[0], area=HOSTILE), scenario().households[1])
    page = beside(b_in=replace(scenario(), households=homes)).page("a<b", "together")
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert "a&lt;b" in page
    assert not re.findall(r"(?:src|href|url)\s*[=(]", page)


CLOCKS = [f"{hour:02}:{minute:02}" for hour in range(8, 12) for minute in (0, 20, 40)]


def _morning(draw_starts: list[str], staff: list[str]):
    """Give a plan in which R1 is visited at these times by these members of staff."""
    visits = tuple(
        replace(visit("R1", k + 1, start, "12:00"), visit_id=f"R1/{k + 1}", staff_id=who, shift_id=f"{who}-1")
        for k, (start, who) in enumerate(zip(draw_starts, staff, strict=False))
    )
    return replace(TOGETHER, runs=(replace(nurse_run(), visits=visits),), joint_visits=(), unassigned=())


MORNINGS = st.builds(
    _morning,
    st.lists(st.sampled_from(CLOCKS), max_size=5),
    st.lists(st.sampled_from(["N1", "C1", "T1"]), min_size=5, max_size=5),
)


@settings(deadline=None, max_examples=60)
@given(MORNINGS, MORNINGS)
def test_every_visit_of_either_plan_is_told_once(one, other) -> None:
    frame = beside(one, other).visits
    assert sorted(frame["visit_id_a"].dropna()) == sorted(v.visit_id for v in one.visits)
    assert sorted(frame["visit_id_b"].dropna()) == sorted(v.visit_id for v in other.visits)
    assert len(frame) == max(len(one.visits), len(other.visits))


@settings(deadline=None, max_examples=60)
@given(MORNINGS, MORNINGS)
def test_what_is_new_one_way_is_gone_the_other_way(one, other) -> None:
    there, back = beside(one, other), beside(other, one)
    swapped = {"only in the first": "only in the second", "only in the second": "only in the first"}
    forth = sorted(swapped.get(change, change) for change in there.visits["change"])
    assert forth == sorted(back.visits["change"])
    told = sorted(swapped.get(change, change) for change in there.appointments["change"])
    assert told == sorted(back.appointments["change"])
