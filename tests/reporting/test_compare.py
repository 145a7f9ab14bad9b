"""Two plans side by side."""

from __future__ import annotations

import math
from dataclasses import replace

from tests.exports.builders import carer_run, plan, scenario, visit
from visitplan.domain.places import Household
from visitplan.reporting import KPIS, compare

APART = replace(
    plan(),
    joint_visits=(),
    runs=(
        plan().runs[0],
        replace(carer_run(), visits=(visit("R2", 1, "11:00", "11:45"), carer_run().visits[1])),
    ),
)


def test_each_figure_has_both_plans_and_the_change() -> None:
    frame = compare(scenario(), APART, scenario(), plan()).set_index(["scope", "group", "kpi"])
    knocks = frame.loc[("overall", "", "door_knocks")]
    assert (knocks["a"], knocks["b"], knocks["change"], knocks["change_percent"]) == (3, 2, -1, -33.3)
    joint = frame.loc[("area", "Crewe", "joint_visits")]
    assert (joint["a"], joint["b"], joint["change"]) == (0, 1, 1)
    assert math.isnan(joint["change_percent"])


def test_a_plan_beside_itself_changes_nothing() -> None:
    frame = compare(scenario(), plan(), scenario(), plan())
    assert (frame["change"] == 0).all()
    assert frame.columns.tolist() == ["scope", "group", "kpi", "unit", "a", "b", "change", "change_percent"]


def test_the_whole_comes_first_in_the_order_of_the_figures() -> None:
    frame = compare(scenario(), APART, scenario(), plan())
    assert frame["kpi"].tolist()[: len(KPIS)] == [kpi.name for kpi in KPIS]
    assert frame["scope"].drop_duplicates().tolist() == ["overall", "area", "service", "organisation"]


def test_an_area_that_only_one_plan_has_is_missing_in_the_other() -> None:
    homes = (
        Household("H1", "Crewe", scenario().households[0].place),
        replace(scenario().households[1], area="Sandbach"),
    )
    frame = compare(scenario(), plan(), replace(scenario(), households=homes), plan())
    frame = frame.set_index(["scope", "group", "kpi"])
    assert frame.loc[("area", "Nantwich", "visits"), "a"] == 2
    assert math.isnan(frame.loc[("area", "Nantwich", "visits"), "b"])
    assert math.isnan(frame.loc[("area", "Sandbach", "visits"), "change"])
