"""What a notebook shows of scenarios and plans: pictures and tables that need no script and no network."""

from __future__ import annotations

from visitplan.reporting.notebook.drawing import Drawing
from visitplan.reporting.notebook.map import draw_map
from visitplan.reporting.notebook.picking import Wish
from visitplan.reporting.notebook.timeline import draw_timeline
from visitplan.reporting.notebook.views import plan_view, scenario_said, scenario_view

__all__ = [
    "Drawing",
    "Wish",
    "draw_map",
    "draw_timeline",
    "plan_view",
    "scenario_said",
    "scenario_view",
]
