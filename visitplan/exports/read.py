"""Reading a plan folder back, with whatever was edited in its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from visitplan.errors import InputError
from visitplan.exports.folder import MANIFEST_FILE, old_path, unlisted
from visitplan.exports.manifest import file_entry, read_manifest
from visitplan.exports.overlay import (
    Notes,
    compare_appointments,
    overlay_costs,
    overlay_joint_visits,
    overlay_roster,
    overlay_staff,
    overlay_unassigned,
)
from visitplan.exports.planfile import PLAN_FILE, parse_plan
from visitplan.exports.tables import APPOINTMENTS, JOINT_VISITS, ROSTER, STAFF, UNASSIGNED
from visitplan.exports.view import View
from visitplan.exports.write import KPI_FILE
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.exports.manifest import Manifest

_READ = (ROSTER.file, STAFF.file, UNASSIGNED.file, JOINT_VISITS.file, KPI_FILE)


def read_plan(
    folder: str | os.PathLike[str], scenario: Scenario | None = None
) -> tuple[Plan, tuple[Finding, ...]]:
    """Read a plan folder; give the plan as its files have it, and what is wrong with the files.

    ``plan.json`` is the whole. What was edited in roster.csv, staff.csv, unassigned.csv, joint_visits.csv and
    the costs of kpis.json is taken into the plan, so that a checker reads what people would act on; each
    difference is a finding.

    Parameters
    ----------
    scenario
        Where it is given, what only the scenario knows (areas, coordinates, appointments, the shifts' times)
        is compared too.

    Raises
    ------
    InputError
        There is no plan folder, its plan.json is of a newer format, or a file or a cell cannot be read.
    """
    path = _whole_folder(Path(folder))
    files = _contents(path)
    if PLAN_FILE not in files:
        raise _no_plan(path)
    plan = parse_plan(files[PLAN_FILE])
    notes = Notes()
    notes.findings += _manifest_findings(path, files, notes)
    plan = _overlaid(plan, scenario, files, notes)
    if notes.fatal:
        raise InputError(f"The plan folder {path.name} cannot be read", [*notes.fatal, *notes.findings])
    return plan, tuple(notes.findings)


def _whole_folder(folder: Path) -> Path:
    """Give the folder, or the one a crashed run has put aside: it is the last whole one."""
    old = old_path(folder.resolve())
    return old if not folder.exists() and old.is_dir() else folder


def _contents(path: Path) -> dict[str, bytes]:
    try:
        entries = sorted(entry for entry in path.iterdir() if entry.is_file())
        return {entry.name: entry.read_bytes() for entry in entries}
    except OSError as error:
        raise _no_plan(path, error.strerror or str(error)) from error


def _no_plan(path: Path, reason: str = f"there is no {PLAN_FILE}") -> InputError:
    finding = Finding(
        "PLAN-FOLDER",
        Severity.ERROR,
        Where(file=path.name),
        cause=f"It cannot be read as a plan folder: {reason}.",
        action="Name a folder that `visitplan plan` wrote.",
    )
    return InputError(f"{path} is not a plan folder", [finding])


def _overlaid(plan: Plan, scenario: Scenario | None, files: Mapping[str, bytes], notes: Notes) -> Plan:
    original = View(plan, scenario)
    try:
        if ROSTER.file in files:
            plan = overlay_roster(original, files[ROSTER.file], notes)
        if STAFF.file in files:
            plan = overlay_staff(View(plan, scenario), original, files[STAFF.file], notes)
        if UNASSIGNED.file in files:
            plan = overlay_unassigned(View(plan, scenario), files[UNASSIGNED.file], notes)
        if JOINT_VISITS.file in files:
            plan = overlay_joint_visits(View(plan, scenario), original, files[JOINT_VISITS.file], notes)
        if KPI_FILE in files:
            plan = overlay_costs(View(plan, scenario), KPI_FILE, _overall(files[KPI_FILE], notes), notes)
        if APPOINTMENTS.file in files and scenario is not None:
            compare_appointments(original, files[APPOINTMENTS.file], notes)
    except (ValueError, OverflowError, OSError) as error:
        # no date has a tick as large as an edited plan.json may hold
        notes.fatal.append(_damaged(PLAN_FILE, f"It holds times that no calendar has: {error}"))
    return plan


def _overall(data: bytes, notes: Notes) -> Mapping[str, object]:
    try:
        overall = json.loads(data)["overall"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        notes.fatal.append(_damaged(KPI_FILE, f"It cannot be read: {error!r:.80}"))
        return {}
    if isinstance(overall, dict):
        return overall
    notes.fatal.append(_damaged(KPI_FILE, "Its entry overall is no object"))
    return {}


def _damaged(file: str, cause: str) -> Finding:
    action = "Restore the file, or plan again."
    return Finding("PLAN-FILE-DAMAGED", Severity.ERROR, Where(file=file), f"{cause}.", action)


def _manifest_findings(path: Path, files: Mapping[str, bytes], notes: Notes) -> list[Finding]:
    if MANIFEST_FILE not in files:
        return [_missing(MANIFEST_FILE), *(_missing(name) for name in _READ if name not in files)]
    try:
        manifest = read_manifest(path)
    except InputError as error:
        notes.fatal += error.findings
        return []
    every = {**files, **_nested(path, manifest)}
    extra = unlisted(path, {MANIFEST_FILE, *manifest.files})
    return list(_against_manifest(manifest, every, extra))


def _nested(path: Path, manifest: Manifest) -> dict[str, bytes]:
    """Give what the manifest lists in folders inside, as far as it is there and lies inside."""
    names = (name for name in manifest.files if "/" in name and ".." not in name)
    found = {name: path / name.lstrip("/") for name in names}
    return {name: file.read_bytes() for name, file in found.items() if file.is_file()}


def _against_manifest(
    manifest: Manifest, files: Mapping[str, bytes], extra: Iterable[str]
) -> Iterator[Finding]:
    listed = set(manifest.files)
    yield from (_missing(name) for name in sorted((listed | set(_READ)) - set(files)))
    for name in sorted(listed & set(files)):
        if file_entry(files[name]) != manifest.files[name]:
            yield _changed(name)
    yield from (_extra(name) for name in extra)


def _missing(name: str) -> Finding:
    return Finding(
        "PLAN-FILE-MISSING",
        Severity.ERROR,
        Where(file=name),
        cause="The file is not in the plan folder; what it should hold was read from plan.json.",
        action="Put it back, or plan again.",
    )


def _changed(name: str) -> Finding:
    return Finding(
        "PLAN-FILE-CHANGED",
        Severity.WARNING,
        Where(file=name),
        cause="It is not, byte for byte, the file that was written: its SHA-256 is not the manifest's.",
        action="If nobody meant to change it, restore it or plan again.",
    )


def _extra(name: str) -> Finding:
    return Finding(
        "PLAN-FILE-EXTRA",
        Severity.NOTE,
        Where(file=name),
        cause="The file is not one of the plan's.",
        action="Nothing needs doing: it is not read, and is kept when the plan is replaced.",
    )
