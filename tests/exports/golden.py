"""The golden plan folder: what the market day's files hold, to the byte.

``python -m tests.exports.golden`` writes them anew after a change that was meant; read the difference before
you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.exports.builders import plan, scenario
from visitplan import reporting
from visitplan.exports import plan_files

FOLDER = Path(__file__).parents[1] / "golden" / "market-day"


def files() -> dict[str, bytes]:
    """Give every file of the market day's plan folder, a rejected input row among them."""
    rejected = pd.DataFrame([{"file": "requests.csv", "row": 7, "code": "REQ-X", "why": "It has no window."}])
    return plan_files(scenario(), plan(), reporting.kpis(scenario(), plan()), rejected=rejected)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_bytes(data)
