"""What the market day is exported as, to the byte, and for workbooks to the cell.

``python -m tests.exports.exported`` writes the golden files anew after a change that was meant; read the
difference before you commit it.
"""

from __future__ import annotations

import io
import json
import tempfile
from functools import lru_cache
from pathlib import Path

from openpyxl import load_workbook

from tests.exports.builders import plan, scenario
from tests.exports.faults import HastyDisk
from tests.exports.figures import figures
from visitplan import exports
from visitplan.exports.documents import json_text, table_sheets, workbook
from visitplan.exports.fhir import fhir_text
from visitplan.exports.mapping import mapped_csv, read_mapping
from visitplan.exports.stored import StoredPlan, read_stored, table_names

FOLDER = Path(__file__).parents[1] / "golden" / "market-day-exports"
MAPPING = FOLDER / "mapping.toml"


@lru_cache(maxsize=1)
def stored() -> StoredPlan:
    """Give the market day's plan folder, read back."""
    with tempfile.TemporaryDirectory() as folder:
        out = exports.write_plan(
            Path(folder) / "market-day", scenario(), plan(), figures(plan()), disk=HastyDisk()
        )
        return read_stored(out)


def cells_text(data: bytes) -> str:
    """Give every cell of a workbook with its kind, one sheet after the other."""
    book = load_workbook(io.BytesIO(data))
    sheets = {
        sheet.title: [
            [[cell.data_type, str(cell.value)] for cell in row if cell.value is not None] for row in sheet
        ]
        for sheet in book
    }
    lines = [
        f"{title} {json.dumps(row, ensure_ascii=False)}" for title, rows in sheets.items() for row in rows
    ]
    return "\n".join([*lines, ""])


def files() -> dict[str, bytes]:
    """Give every golden file with its content; the mapping is written by hand."""
    mapping = read_mapping(MAPPING)
    return {
        "mapped.csv": mapped_csv(mapping, stored().tables[mapping.table]),
        "plan.json": json_text(stored(), table_names()).encode(),
        "plan.fhir.json": fhir_text(stored()).encode(),
        "plan.xlsx.txt": cells_text(workbook(table_sheets(stored(), table_names()))).encode(),
    }


if __name__ == "__main__":
    for name, data in files().items():
        (FOLDER / name).write_bytes(data)
