"""The report of a plan folder, from what stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitplan import exports
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where, errors_in
from visitplan.reporting import html

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

KPI_FILE = "kpis.json"


def report_of(
    folder: str | os.PathLike[str], against: Sequence[str | os.PathLike[str]] = ()
) -> tuple[str, tuple[Finding, ...]]:
    """Give the report of a plan folder as one HTML page, and what is wrong with the folder's files.

    The page shows the files as they are, edits included, and says that there are some.

    Parameters
    ----------
    against
        Plan folders of the same input, such as one planned without coordination.

    Raises
    ------
    InputError
        A folder is no plan, is damaged, or a cell cannot be read.
    """
    plan, findings = exports.read_plan(folder)
    path = Path(folder)
    contents = html.Contents(
        tables=exports.table_texts(
            {file.name: file.read_bytes() for file in path.glob("*.csv")}, html.TABLES
        ),
        figures=_figures(path),
        period=plan.period,
        provenance=plan.provenance,
        status=str(exports.read_manifest(path).status),
        edits=len(errors_in(findings)),
    )
    return html.report_page(contents, [_baseline(Path(other)) for other in against]), findings


def _baseline(folder: Path) -> html.Baseline:
    plan, _ = exports.read_plan(folder)
    return html.Baseline(folder.resolve().name, _figures(folder), plan.provenance)


def _figures(folder: Path) -> Any:
    """Read the key figures of a plan folder.

    Raises
    ------
    InputError
        They cannot be read, or lack a figure that the report cannot do without.
    """
    try:
        figures = json.loads((folder / KPI_FILE).read_bytes())
        if _are_figures(figures):
            return figures
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass  # whatever is wrong with it, it has to be restored
    finding = Finding(
        "PLAN-FILE-DAMAGED",
        Severity.ERROR,
        Where(KPI_FILE),
        cause=f"The key figures of {folder.name} cannot be read, or are not those of this visitplan.",
        action="Restore the file, or plan again.",
    )
    raise InputError(f"{folder} cannot be shown", [finding])


def _are_figures(figures: Any) -> bool:
    """Tell whether all sections hold numbers, and the whole those that the page shows."""
    overall = figures["overall"]
    groups = (group for scope in html.SCOPES for group in figures[scope].values())
    values = (value for section in (overall, *groups) for value in section.values())
    return all(name in overall for name in html.SUMMARY) and all(isinstance(v, int | float) for v in values)
