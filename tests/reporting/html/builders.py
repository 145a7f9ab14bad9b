"""The market day as the report has it, and the same day planned apart."""

from __future__ import annotations

from dataclasses import replace

from tests.exports.builders import carer_run, plan, scenario, visit
from visitplan import exports, reporting
from visitplan.domain.plan import Plan
from visitplan.domain.scenario import Scenario
from visitplan.reporting.html import Baseline, Contents

APART = replace(
    plan(),
    joint_visits=(),
    runs=(
        plan().runs[0],
        replace(carer_run(), visits=(visit("R2", 1, "11:00", "11:45"), carer_run().visits[1])),
    ),
    provenance=replace(plan().provenance, coordinated=False),
)


def contents(of: Plan | None = None, within: Scenario | None = None, **more: object) -> Contents:
    """Give what the report of a plan is made of; of the market day, where none is given."""
    made, asked = of or plan(), within or scenario()
    texts = exports.plan_texts(asked, made)
    figures = reporting.kpis(asked, made)
    return Contents(texts, figures, made.period, made.provenance, **more)  # type: ignore[arg-type]


def apart(seed: int = 1, **figures: float) -> Baseline:
    """Give the market day planned apart, some of its figures altered."""
    kpis = reporting.kpis(scenario(), APART)
    kpis["overall"] |= figures
    return Baseline("apart", kpis, replace(APART.provenance, seed=seed))
