"""docs/outputs.md names every file, column, figure and entry, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.exports import golden
from visitplan.exports import Manifest
from visitplan.exports.tables import TABLES, Table
from visitplan.reporting import KPIS
from visitplan.result import REPORT_FILE

PAGE = Path(__file__).parents[2] / "docs" / "outputs.md"


def documented(heading: str) -> set[str]:
    """Give the names in the first column of a section's table."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_column_is_on_the_page(table: Table) -> None:
    assert documented(table.file) == set(table.columns)


def test_every_key_figure_is_on_the_page() -> None:
    assert documented("kpis.json") == {kpi.name for kpi in KPIS}


def test_every_entry_of_the_manifest_is_on_the_page() -> None:
    assert documented("manifest.json") == set(Manifest.model_fields)


def test_every_file_is_on_the_page() -> None:
    top = PAGE.read_text(encoding="utf-8").split("\n## ")[0]
    rows = [line for line in top.splitlines() if line.startswith("| `")]
    folders = {name.split("/")[0] + "/" if "/" in name else name for name in golden.files()}
    assert {row.split("`")[1] for row in rows} == folders | {REPORT_FILE}
