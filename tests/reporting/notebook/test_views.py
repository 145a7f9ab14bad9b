"""What stands below a cell that ends with a scenario or a plan."""

from __future__ import annotations

from dataclasses import replace

from tests.exports.builders import left_out, plan, scenario
from visitplan.findings import Finding, Severity, Where
from visitplan.planning import Scenario
from visitplan.policy import Policy
from visitplan.reporting.notebook.views import plan_view, scenario_view
from visitplan.result import PlanResult, comparison


def test_a_scenario_says_what_was_read() -> None:
    view = scenario_view(scenario())
    assert "<strong>market-day: Monday 11 January 2027</strong>" in view
    assert "5 requests for 5 visits" in view
    assert "care 2, nursing 2, therapy 1" in view
    assert "family required for 1, welcome at 1" in view
    assert "3 staff of 2 organisations; 3 shifts, 13 hours" in view
    assert "Something is odd." in view


def test_a_scenario_names_what_its_policy_sets() -> None:
    policy = Policy.model_validate({"costs": {"stranger_pence": 200}})
    assert "costs.stranger_pence = 200" in scenario_view(replace(scenario(), policy=policy))
    assert "as it comes" in scenario_view(replace(scenario(), policy=Policy()))


def test_a_scenario_is_one_line_of_plain_text() -> None:
    said = "<Scenario market-day: 5 requests, 2 households, 3 staff, Monday 11 January 2027>"
    assert repr(Scenario.of(scenario())) == said


def test_a_plan_says_who_is_left_out_why_and_what_would_help() -> None:
    view = plan_view(scenario(), plan())
    assert '<details open style="margin-top:.5em"><summary>Unassigned</summary>' in view
    assert left_out().explanation in view
    assert left_out().change in view
    assert "Nobody can meet at H2." in view


def test_of_many_rows_the_first_are_shown_and_the_others_counted() -> None:
    notes = [Finding("A", Severity.NOTE, Where(), f"Cause {k}.", "Nothing.") for k in range(11)]
    worst = Finding("B", Severity.WARNING, Where(), "The worst.", "Look.")
    view = plan_view(scenario(), replace(plan(), findings=(*notes, worst)))
    assert "Findings: the first 10 of 12; .findings has all" in view
    assert "The worst." in view
    assert "Cause 10." not in view


def test_two_plans_side_by_side_are_their_summary_in_plain_text() -> None:
    one = PlanResult(scenario(), plan())
    assert repr(comparison(one, one)) == comparison(one, one).summary()
