"""The summary: a plan in a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.exports.builders import asked, carer_run, left_out, plan, scenario
from visitplan.domain.people import Person
from visitplan.domain.plan import Costs
from visitplan.reporting import summary

MARKET_DAY = """\
market-day: Monday 11 January 2027
==================================
Visits       4 of 5 visits planned
             for 5 requests of 3 people in 2 households
Joint visits 1 joint visit: 1 together, 0 back to back; 1 with the family
             2 visits are part of one; 10 minutes told once
Families     asked to be at home 1 time, 0.8 hours in all
             2 knocks at the door in 2 attendances
             1.3 different faces for a person, 2 at most; 2 visits by strangers
Staff        2 at work on 2 of 3 shifts
             3.0 hours worked: 1.9 in visits, 1.0 on the road, 0.1 waiting
             0.0 hours of overtime; 18 km (3 by car, 15 by bike)
On time      10 minutes too early and 15 too late for what was asked, over all visits
Cost         £517.03 by the policy's prices
             unassigned £500.00, travel time £12.71, mileage £2.14, labour £1.21
             early £0.50, waiting £0.47
Areas        Crewe: 3 visits, 1 joint visit, 0 unassigned
             Nantwich: 1 visit, 0 joint visits, 1 unassigned
Unassigned   1 visit: 1 of priority 4
             R5 (NHS): no shift meets its window
Findings     1 warning
Made by      search, seed 1, coordinated; 1,200 steps in 3.2 s, until: iteration limit"""


def test_the_market_day_reads_like_this() -> None:
    assert summary(scenario(), plan()) == MARKET_DAY


def test_a_quiet_day_is_told_in_plain_words() -> None:
    quiet = replace(
        plan(),
        runs=(carer_run(),),
        unassigned=(),
        joint_visits=(),
        costs=Costs(),
        findings=(),
        provenance=replace(plan().provenance, coordinated=False),
    )
    said = summary(scenario(), quiet)
    for line in ("Joint visits none", "Unassigned   nobody", "Findings     none"):
        assert line in said
    assert "not coordinated" in said


def test_what_is_taken_off_the_cost_is_called_saved() -> None:
    said = summary(scenario(), replace(plan(), costs=Costs(interruptions=1_500_000, told_once=-2_415_000)))
    assert "interruptions £15.00, told once saves £24.15\n" in said


def test_many_unassigned_visits_are_cut_short_with_the_way_to_the_rest() -> None:
    many = tuple(replace(left_out(), visit_id=f"U{k}") for k in range(1, 9))
    assert "and 3 more: unassigned.csv has the reason for each" in summary(
        scenario(), replace(plan(), unassigned=many)
    )


def test_many_areas_are_cut_short_too() -> None:
    homes = tuple(replace(scenario().households[0], household_id=f"X{k}", area=f"Area {k}") for k in range(9))
    requests = tuple(asked(f"Q{k}", f"X{k}", f"P{k}", "care", 30) for k in range(9))
    many = replace(
        scenario(), households=(*scenario().households, *homes), requests=(*scenario().requests, *requests)
    )
    assert "\n             and 5 more areas\n" in summary(many, plan())


def test_a_day_on_time_says_so() -> None:
    said = summary(scenario(), replace(plan(), runs=(replace(carer_run(), visits=carer_run().visits[:1]),)))
    assert "On time      every visit starts when it was asked for" in said


def test_a_week_names_both_ends() -> None:
    week = replace(plan().period, last=plan().period.first.replace(day=17))
    assert summary(scenario(), replace(plan(), period=week)).startswith(
        "market-day: Monday 11 January 2027 to Sunday 17 January 2027\n"
    )


def test_a_persons_name_never_shows() -> None:
    named = replace(scenario(), people=(Person("P1", "H1", name="Ada Lovelace"),))
    assert "Ada" not in summary(named, plan())


@pytest.mark.parametrize("harm", ["\x1b[2Jgone", "two\nlines", "\u202etfel", "\x07bell"])
def test_an_id_cannot_play_tricks_with_the_terminal(harm: str) -> None:
    bad = replace(plan(), unassigned=(replace(left_out(), visit_id=harm, organisation=harm),))
    said = summary(replace(scenario(), name=harm), bad)
    assert all(sign.isprintable() for line in said.split("\n") for sign in line)
    assert len(said.split("\n")) == len(MARKET_DAY.split("\n"))
