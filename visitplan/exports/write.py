"""Writing a plan folder: every file, all or nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from visitplan.errors import OutputError
from visitplan.exports.calendars import LEDGER_FILE, Ledger, calendar_files, parse_ledger
from visitplan.exports.cells import frame_csv
from visitplan.exports.folder import MANIFEST_FILE, Disk, replace_folder
from visitplan.exports.frames import table_csv
from visitplan.exports.lock import lock, real_folder
from visitplan.exports.manifest import Status, manifest_of, manifest_text
from visitplan.exports.planfile import PLAN_FILE, plan_text
from visitplan.exports.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario

KPI_FILE = "kpis.json"
REJECTED_FILE = "rejected.csv"

Further: TypeAlias = Callable[[Mapping[str, bytes]], Mapping[str, bytes]]
"""Makes further files of a plan folder, by name, from those that are made already."""


def write_plan(
    folder: str | os.PathLike[str],
    scenario: Scenario,
    plan: Plan,
    kpis: Mapping[str, Any],
    *,
    rejected: pd.DataFrame | None = None,
    status: Status | str = Status.COMPLETE,
    further: Further | None = None,
    origin: Mapping[str, str | os.PathLike[str]] | None = None,
    disk: Disk | None = None,
) -> Path:
    """Write a plan folder, in the place of the one that was there before; give its path.

    The same plan gives the same bytes, but for the sequence numbers of calendars, which count on from those
    of the plan before. The folder is locked for the time of writing, if it is not yet.

    Parameters
    ----------
    kpis
        What ``kpis.json`` is to hold: JSON-ready.
    rejected
        Input rows that were left out, for ``rejected.csv``.
    status
        How the run ended.
    further
        Makes further files from those that the folder has anyway, such as ``report.html``.
    origin
        Where the input is: ``folder``, and ``policy`` where another policy file was used than the folder's.
    disk
        What is written with.

    Raises
    ------
    OutputError
        Another run holds the folder, it is not a plan folder, or the disk refuses. What was there before is
        untouched.
    """
    path = real_folder(folder)
    with lock(path):
        files = plan_files(
            scenario,
            plan,
            kpis,
            rejected=rejected,
            status=Status(status),
            further=further,
            origin=_from(path, origin or {}),
            calendars=_ledger_of(path),
        )
        replace_folder(path, files, Disk() if disk is None else disk)
    return path


def plan_files(
    scenario: Scenario,
    plan: Plan,
    kpis: Mapping[str, Any],
    *,
    rejected: pd.DataFrame | None = None,
    status: Status = Status.COMPLETE,
    further: Further | None = None,
    origin: Mapping[str, str] | None = None,
    calendars: Ledger | None = None,
) -> dict[str, bytes]:
    """Give every file of a plan folder with its content, by path in it; the manifest is the last.

    Parameters
    ----------
    calendars
        What the calendars of the plan before said. A plan that failed its check has no calendars: nobody
        should import them.

    Raises
    ------
    OutputError
        An id holds characters that no file can hold (half of a surrogate pair).
    """
    texts = {table.file: table_csv(table, scenario, plan) for table in TABLES}
    texts[KPI_FILE] = json.dumps(kpis, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    texts[PLAN_FILE] = plan_text(plan)
    if rejected is not None:
        texts[REJECTED_FILE] = frame_csv(rejected)
    files = {name: _encoded(name, text) for name, text in texts.items()}
    if status is not Status.FAILED_CHECK:
        files |= calendar_files(scenario, plan, Ledger() if calendars is None else calendars)
    if further is not None:
        files |= further(files)
    files[MANIFEST_FILE] = _encoded(MANIFEST_FILE, manifest_text(manifest_of(plan, files, status, origin)))
    return files


def _ledger_of(folder: Path) -> Ledger:
    try:
        return parse_ledger((folder / LEDGER_FILE).read_bytes())
    except OSError:  # there was no plan, or one from before there were calendars
        return Ledger()


def _from(folder: Path, origin: Mapping[str, str | os.PathLike[str]]) -> dict[str, str]:
    """Give paths as seen from the plan folder, so that both can be moved together."""
    return {
        name: Path(os.path.relpath(Path(target).resolve(), folder)).as_posix()
        for name, target in origin.items()
    }


def _encoded(name: str, text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise OutputError(f"{name} cannot be written: an id holds half of a surrogate pair.") from error
