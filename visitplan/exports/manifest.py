"""``manifest.json``: what a plan folder holds, what it was made from, and how the run ended."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from visitplan.errors import InputError
from visitplan.exports.folder import MANIFEST_FILE, MANIFEST_FORMAT
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from visitplan.domain.plan import Plan


class Status(StrEnum):
    """How the run that wrote a plan folder ended."""

    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED_CHECK = "failed check"


class FileEntry(BaseModel):
    """Size and SHA-256 of a file."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """The content of ``manifest.json``.

    Attributes
    ----------
    created
        When the plan was made, ISO 8601.
    stop
        What ended the search.
    counts
        Visits planned and unassigned, joint visits, and findings.
    origin
        Where the input was, as paths from the plan folder: ``folder`` and, where another policy file was used
        than the folder's own, ``policy``; empty where it is not known.
    inputs
        SHA-256 of each input file.
    policy_hash
        SHA-256 of the policy in force.
    files
        Every other file of the folder.
    """

    model_config = ConfigDict(frozen=True)

    format: str
    status: Status
    created: str
    scenario: str
    period: dict[str, str]
    counts: dict[str, int]
    visitplan_version: str
    versions: dict[str, str]
    engine: str
    seed: int
    coordinated: bool
    stop: str
    iterations: int
    iteration_limit: int | None
    seconds: float
    time_limit: float | None
    workers: int
    travel: dict[str, str]
    policy_hash: str
    origin: dict[str, str] = {}
    inputs: dict[str, str]
    files: dict[str, FileEntry]


def manifest_of(
    plan: Plan, files: Mapping[str, bytes], status: Status, origin: Mapping[str, str] | None = None
) -> Manifest:
    """Describe a plan folder with these files."""
    made = plan.provenance
    return Manifest(
        format=MANIFEST_FORMAT,
        status=status,
        created=made.created.isoformat(),
        scenario=made.scenario,
        period={"first": str(plan.period.first), "last": str(plan.period.last), "zone": plan.period.zone},
        counts=_counts(plan),
        visitplan_version=made.visitplan_version,
        versions=_sorted(made.versions),
        engine=made.engine,
        seed=made.seed,
        coordinated=made.coordinated,
        stop=made.stop,
        iterations=made.iterations,
        iteration_limit=made.iteration_limit,
        seconds=made.seconds,
        time_limit=made.time_limit,
        workers=made.workers,
        travel=_sorted(made.travel),
        policy_hash=made.policy_hash,
        origin=_sorted(origin or {}),
        inputs=_sorted(made.input_hashes),
        files={name: file_entry(data) for name, data in sorted(files.items())},
    )


def manifest_text(manifest: Manifest) -> str:
    """Give the manifest as the text of its file."""
    return manifest.model_dump_json(indent=1) + "\n"


def file_entry(data: bytes) -> FileEntry:
    """Measure a file."""
    return FileEntry(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def read_manifest(folder: str | os.PathLike[str]) -> Manifest:
    """Read the manifest of a plan folder.

    Raises
    ------
    InputError
        It is missing or damaged.
    """
    try:
        return Manifest.model_validate_json((Path(folder) / MANIFEST_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        first: Any = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        finding = Finding(
            "PLAN-FILE-DAMAGED",
            Severity.ERROR,
            Where(file=MANIFEST_FILE),
            cause=f"It cannot be read: {first}.",
            action="Name a folder that `visitplan plan` wrote, or plan again.",
        )
        raise InputError(f"{MANIFEST_FILE} cannot be read", [finding]) from error


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "visits_planned": len(plan.visits),
        "visits_unassigned": len(plan.unassigned),
        "joint_visits": len(plan.joint_visits),
        "findings": len(plan.findings),
    }


def _sorted(entries: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(entries.items()))
