"""plan.json: written, read back without loss, and refused where it is not what it says."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.exports.builders import plan
from visitplan.domain.demand import JointVisit, ToldOnce
from visitplan.domain.period import Period
from visitplan.domain.plan import Costs, Plan, PlannedVisit, Provenance, Reason, Run, Unassigned
from visitplan.domain.windows import Window, Windows
from visitplan.errors import InputError, OutputError
from visitplan.exports import parse_plan, plan_text
from visitplan.findings import Finding, Severity, Where
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TICK = st.integers(-(10**9), 10**9)
COUNT = st.integers(0, 10**6)
SMALL = st.floats(allow_nan=False, allow_infinity=False)
MAYBE_TEXT = st.none() | TEXT
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
NAMES = st.dictionaries(TEXT, TEXT, max_size=2)
SPANS = st.lists(st.tuples(TICK, COUNT).map(lambda pair: Window(pair[0], pair[0] + pair[1])), max_size=3)

VISITS = st.builds(PlannedVisit, *[TEXT] * 8, *[TICK] * 6, joint_visit_id=MAYBE_TEXT, tasks=TEXTS)
RUNS = st.builds(
    Run,
    TEXT,
    TEXT,
    st.lists(VISITS, max_size=2).map(tuple),
    *[TICK] * 4,
    break_start=st.none() | TICK,
    break_s=COUNT,
    overtime_s=COUNT,
)
LEFT_OUT = st.builds(Unassigned, *[TEXT] * 6, st.integers(1, 5), st.sampled_from(Reason), TEXT, TEXT)
TOLD = st.lists(st.builds(ToldOnce, TEXT, TEXT, TEXTS), max_size=2).map(tuple)


@st.composite
def joint_visits(draw: Callable[..., Any]) -> JointVisit:
    names = tuple(draw(st.lists(TEXT, min_size=2, max_size=4, unique=True)))
    return JointVisit(
        draw(TEXT),
        draw(TEXT),
        draw(st.sampled_from(Mode)),
        names,
        Windows.of(draw(SPANS)),
        draw(st.sampled_from(names)),
        max_gap_s=draw(COUNT),
        with_family=draw(st.booleans()),
        told_once=draw(TOLD),
        benefit_mp=draw(TICK),
    )


FINDINGS = st.builds(
    Finding,
    TEXT,
    st.sampled_from(Severity),
    st.builds(Where, MAYBE_TEXT, st.none() | COUNT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT),
    TEXT,
    TEXT,
)
PROVENANCES = st.builds(
    Provenance,
    TEXT,
    st.datetimes(timezones=st.just(dt.UTC)),
    TEXT,
    TEXT,
    TICK,
    st.booleans(),
    TEXT,
    seconds=SMALL,
    time_limit=st.none() | SMALL,
    iteration_limit=st.none() | COUNT,
    policy_hash=TEXT,
    input_hashes=NAMES,
    versions=NAMES,
    travel=NAMES,
)
PERIODS = st.tuples(
    st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)),
    st.integers(0, 30),
    st.sampled_from(["Europe/London", "UTC"]),
).map(lambda parts: Period(parts[0], parts[0] + dt.timedelta(days=parts[1]), parts[2]))


def several(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(of, max_size=2).map(tuple)


PLANS = st.builds(
    Plan,
    PERIODS,
    several(RUNS),
    several(LEFT_OUT),
    several(joint_visits()),
    st.builds(Costs, *[COUNT] * 12),
    several(FINDINGS),
    PROVENANCES,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLANS)
def test_any_plan_comes_back_as_it_was_written(made: Plan) -> None:
    text = plan_text(made)
    again = parse_plan(text.encode())
    assert again == made
    assert plan_text(again) == text


def test_a_plan_that_was_looked_into_is_written_the_same() -> None:
    looked_into = plan()
    assert looked_into.visit_by_id["R1"].staff_id == "N1"
    assert plan_text(looked_into) == plan_text(plan())


def test_a_newer_format_is_refused_by_name() -> None:
    text = plan_text(plan()).replace("visitplan.plan/1", "visitplan.plan/2")
    with pytest.raises(InputError) as refused:
        parse_plan(text)
    assert [finding.code for finding in refused.value.findings] == ["PLAN-FORMAT-NEWER"]
    assert "visitplan.plan/2" in str(refused.value)


def changed(path: str, value: object) -> str:
    content = json.loads(plan_text(plan()))
    at, *steps = path.split(".")[::-1]
    inner = content
    for step in reversed(steps):
        inner = inner[int(step) if step.isdigit() else step]
    inner[at] = value
    return json.dumps(content)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "\x00",
        "[" * 100_000,
        '{"format": "visitplan.plan/1"}',
        '{"format": "visitplan.plan/01x", "plan": {}}',
        '{"format": 1, "plan": {}}',
        changed("plan.runs", None),
        changed("plan.runs.0.depart", "early"),
        changed("plan.runs.0.depart", 1.5),
        changed("plan.runs.0.visits.0.start", "32400"),
        changed("plan.period.first", "2027-13-01"),
        changed("plan.period.last", "2020-01-01"),
        changed("plan.period.zone", "Nowhere/Land"),
        changed("plan.joint_visits.0.visit_ids", ["R1", "R1"]),
        changed("plan.unassigned.0.reason", "no idea"),
    ],
)
def test_a_damaged_plan_is_refused_with_a_finding_and_no_traceback(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_plan(text)
    assert {finding.code for finding in refused.value.findings} == {"PLAN-FILE-DAMAGED"}


def test_an_id_that_no_file_can_hold_is_an_output_error() -> None:
    broken = replace(plan(), provenance=replace(plan().provenance, scenario="\ud800"))
    with pytest.raises(OutputError):
        plan_text(broken)
