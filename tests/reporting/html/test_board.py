"""What a board is told: sentences, verdicts, ranges and cautions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reporting.html.builders import apart, contents
from visitplan.domain.plan import Provenance
from visitplan.reporting.html.board import board, group_tables
from visitplan.reporting.html.contents import Baseline
from visitplan.reporting.html.figures import Figure


def sentences(*baselines: Baseline) -> dict[str, str]:
    return {change.label: change.sentence for change in board(contents(), baselines).changes}


def altered(baseline: Baseline, **changes: object) -> Baseline:
    made: Provenance = replace(baseline.provenance, **changes)  # type: ignore[arg-type]
    return replace(baseline, provenance=made)


def test_a_change_is_said_with_both_values_the_difference_and_its_share() -> None:
    assert sentences(apart())["Knocks at the door"] == (
        "Knocks at the door: 2 instead of 3, which is 1 fewer (33%)."
    )


def test_money_is_said_in_pounds_and_pence() -> None:
    said = sentences(apart(cost_labour_pounds=0.0))
    assert said["Staff time and mileage, by the policy's prices"].startswith(
        "Staff time and mileage, by the policy's prices: £16.53 instead of £15.32, which is £1.21 more"
    )


def test_what_is_the_same_is_said_to_be_the_same() -> None:
    assert sentences(apart())["Visits left unassigned"] == "Visits left unassigned: 1, as before."


def test_several_plans_give_a_range() -> None:
    said = sentences(apart(1, door_knocks=3), apart(2, door_knocks=5))
    assert said["Knocks at the door"] == (
        "Knocks at the door: 2 instead of 3 to 5, which is 1 or up to 3 fewer."
    )


def test_a_difference_that_turns_round_from_plan_to_plan_is_not_clear() -> None:
    told = board(contents(), [apart(1, door_knocks=1), apart(2, door_knocks=5)])
    [unclear] = [change for change in told.with_verdict("not clear") if "Knocks" in change.label]
    assert (unclear.change, unclear.before) == ("−3 to +1", "1 to 5")
    assert unclear.sentence == "Knocks at the door: 2; in the other plans 1 to 5."


@pytest.mark.parametrize(
    ("changes", "more_is_better", "verdict"),
    [
        ((-2.0,), False, "better"),
        ((2.0,), False, "worse"),
        ((2.0, 5.0), True, "better"),
        ((0.04, -0.04), False, "same"),
        ((0.0, 2.0), False, "not clear"),
    ],
)
def test_verdicts(changes: tuple[float, ...], more_is_better: bool, verdict: str) -> None:
    assert Figure(("km",), "km", decimals=1, more_is_better=more_is_better).verdict(changes) == verdict


def test_it_is_of_coordination_only_where_the_other_was_planned_apart() -> None:
    assert board(contents(), [apart()]).of_coordination
    assert not board(contents(), [altered(apart(), coordinated=True)]).of_coordination


def test_another_input_or_policy_is_the_first_caution() -> None:
    first = board(contents(), [altered(apart(), input_hashes={"requests.csv": "x"})]).cautions[0]
    assert first.startswith("The plans were not made from the same input: requests.csv differ.")
    assert "the policy" in board(contents(), [altered(apart(), policy_hash="x")]).cautions[0]


def test_another_search_is_a_caution() -> None:
    said = board(contents(), [altered(apart(), engine="ortools")]).cautions
    assert any("not searched for in the same way" in caution for caution in said)
    assert not any("not searched for" in caution for caution in board(contents(), [apart()]).cautions)


def test_what_is_left_out_is_a_caution_and_so_is_the_luck_of_one_search() -> None:
    said = board(contents(), [apart(visits_unassigned=0)]).cautions
    assert any(caution.startswith("This plan leaves 1 visit out") for caution in said)
    assert any("beside one other" in caution for caution in said)
    assert any("seeds 1, 2" in caution for caution in board(contents(), [apart(1), apart(2)]).cautions)


def test_groups_have_both_plans_in_a_cell_and_pounds_and_hours() -> None:
    areas, services, organisations = group_tables(contents(), [apart()])
    assert [name for name, _ in areas.rows] == ["Crewe", "Nantwich"]
    crewe = dict(zip(areas.heads, areas.rows[0][1], strict=True))
    assert crewe["Knocks at the door"] == "2 → 1"
    assert {"Staff hours", "Staff time and mileage"} <= set(areas.heads)
    assert [table.scope for table in (services, organisations)] == ["service", "organisation"]


def test_an_area_that_only_one_plan_has_shows_a_dash() -> None:
    other = apart()
    del other.figures["by_area"]["Crewe"]
    made = contents()
    del made.figures["by_area"]["Nantwich"]
    areas = group_tables(made, [other])[0]
    cells = {name: dict(zip(areas.heads, cells, strict=True)) for name, cells in areas.rows}
    assert cells["Crewe"]["Visits planned"] == "3"
    assert cells["Nantwich"]["Visits planned"] == "1 → –"
