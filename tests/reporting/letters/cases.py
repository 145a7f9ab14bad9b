"""The market day with names, and the golden letters.

``python -m tests.reporting.letters.cases`` writes the golden files anew after a change that was meant; read
the difference before you commit it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.exports.builders import plan, scenario
from visitplan.domain.people import FamilyTime, Person
from visitplan.domain.scenario import Scenario
from visitplan.policy import Layout
from visitplan.reporting.letters import letter_files, read_texts

FOLDER = Path(__file__).parents[2] / "golden" / "market-day-letters"


def named() -> Scenario:
    """Give the market day in which Ethel Smith and her son Tom have names, and her daughter is asked."""
    return replace(
        scenario(),
        people=(
            Person("P1", "H1", name="Ethel Smith"),
            Person("P2", "H1", name="Tom Smith"),
            Person("P3", "H2"),
        ),
        family_times=tuple(
            FamilyTime(time.household_id, time.window, "daughter") for time in scenario().family_times
        ),
    )


def files() -> dict[str, bytes]:
    """Give every letter of the market day, in every layout."""
    return letter_files(named(), plan(), read_texts(), list(Layout))


if __name__ == "__main__":
    for name, data in files().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_bytes(data)
