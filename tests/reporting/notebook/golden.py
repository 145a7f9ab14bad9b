"""What a notebook shows of the market day, kept beside the tests.

``python -m tests.reporting.notebook.golden`` writes the files anew; read the difference before
you commit it.
"""

from __future__ import annotations

from pathlib import Path

from tests.exports.builders import plan, scenario
from visitplan.planning import Scenario
from visitplan.result import PlanResult

FOLDER = Path(__file__).resolve().parents[2] / "golden" / "market-day-notebook"


def shown() -> dict[str, str]:
    """Give every view by file name."""
    result = PlanResult(scenario(), plan())
    return {
        "timeline.svg": result.timeline().svg + "\n",
        "map.svg": result.map().svg + "\n",
        "plan.html": result._repr_html_() + "\n",
        "scenario.html": Scenario.of(scenario())._repr_html_() + "\n",
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in shown().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
