"""Ids and texts that mean harm, as a scenario and its plan: every export has to come out harmless."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.exports.builders import MONDAY, PERIOD, at, provenance
from visitplan.domain.demand import Covered
from visitplan.domain.people import FamilyTime, Person, Shift, Staff
from visitplan.domain.places import Household, Place
from visitplan.domain.plan import Costs, Plan, PlannedVisit, Reason, Run, Unassigned
from visitplan.domain.requests import Request, Task
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window

HOSTILE = (
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '"><b onmouseover="x',
    "{{ 7 * 7 }}{% raw %}{placeholder}",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "two\nlines\r\nBEGIN:VEVENT\r\nX-EVIL:1",
    "\rreturn",
    "\ttab",
    "a,b;c\"d'",
    "\u202eright to left",
    "\u05e9\u05dc\u05d5\u05dd",
    "🚑👵🏽",
    "'=quoted",
    " padded ",
    "\x1b[31mred",
    "../../etc/passwd",
    "n1",
    "N1",
)
"""Markup, templates, formulas, line ends, direction, emoji, escapes, paths, and two that differ in case."""


def hostile_scenario() -> Scenario:
    """Give a scenario in which every id, name and contact is one of :data:`HOSTILE`."""
    return Scenario(
        name="hostile",
        period=PERIOD,
        requests=tuple(_request(text, number) for number, text in enumerate((*HOSTILE, "left out"))),
        households=tuple(Household(text, text, Place(text, 53.1, -2.4)) for text in (*HOSTILE, "left out")),
        staff=tuple(Staff(text, text, text, Place(f"home {text}", 53.1, -2.4)) for text in HOSTILE),
        shifts=tuple(Shift(text, text, MONDAY, Window(at("08:00"), at("12:00"))) for text in HOSTILE),
        people=tuple(Person(text, text, name=text) for text in HOSTILE),
        family_times=tuple(
            FamilyTime(text, Window(at("08:00"), at("12:00")), contact=text) for text in HOSTILE
        ),
        tasks=tuple(Task(text, 60) for text in HOSTILE),
    )


def _request(text: str, number: int) -> Request:
    tasks = (text,) if number < len(HOSTILE) else ()
    return Request(text, text, text, text, text, 1800, MONDAY, MONDAY, dt.time(8), dt.time(12), tasks=tasks)


def hostile_plan() -> Plan:
    """Give its plan: everybody visits the home of the same id at nine."""
    return Plan(
        PERIOD,
        tuple(_run(text) for text in HOSTILE),
        (_left_out(),),
        (),
        Costs(),
        (),
        replace(provenance(), scenario=HOSTILE[0]),
        covered=(Covered("spared", "spared", *[HOSTILE[1]] * 4, (), HOSTILE[4]),),
    )


def _run(text: str) -> Run:
    start, end = at("09:00"), at("09:30")
    visit = PlannedVisit(
        text, text, text, text, text, text, text, text, 1, start, end, 0, 0, 0, None, (text,)
    )
    return Run(text, text, (visit,), start, end, 0, 0)


def _left_out() -> Unassigned:
    evil = HOSTILE[0]
    return Unassigned(
        "left out", "left out", "left out", "left out", evil, evil, 1, Reason.NO_STAFF, evil, HOSTILE[4]
    )
