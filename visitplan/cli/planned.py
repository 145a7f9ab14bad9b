"""A plan folder with the input it was made from, for the commands that need both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.messages import say_findings
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from visitplan.exports import Manifest
    from visitplan.result import PlanResult

PlanFolder = Annotated[
    Path, typer.Argument(metavar="PLAN", help="Plan folder written by `visitplan plan`.", show_default=False)
]
InputFolder = Annotated[
    Path | None,
    typer.Option(
        "--input",
        metavar="FOLDER",
        help="Planning folder the plan was made from; by default the one its manifest.json names.",
        show_default=False,
    ),
]


def planned(plan: Path, source: Path | None = None, *, quiet: bool = False) -> PlanResult:
    """Read a plan folder and the input it was made from.

    Parameters
    ----------
    plan
        The plan folder.
    source
        The planning folder or workbook; None takes the one that the plan's manifest names.
    quiet
        Say nothing of files and inputs that have changed since.

    Raises
    ------
    InputError
        The plan cannot be read, or its input is not where it was, or cannot be planned any more.
    """
    from visitplan import exports
    from visitplan.cli.folders import other_origin
    from visitplan.findings import errors_in
    from visitplan.planning import reading
    from visitplan.result import PlanResult

    folder, policy = _origin(plan, exports.read_manifest(plan), source)
    read = reading(folder, policy=policy, skip_invalid=(plan / exports.REJECTED_FILE).exists())
    made, findings = exports.read_plan(plan, read.scenario)
    if faults := errors_in(findings):
        raise InputError(f"{plan} cannot be read as a plan", faults)
    say_findings([*findings, *other_origin(read.scenario, made)], quiet=quiet)
    return PlanResult(read.scenario, made)


def _origin(plan: Path, manifest: Manifest, source: Path | None) -> tuple[Path, Path | None]:
    """Give where the input is, and the policy file that was used instead of its own."""
    policy = plan / manifest.origin["policy"] if "policy" in manifest.origin else None
    if source is not None:
        return source, policy
    named = manifest.origin.get("folder")
    if named is None or not (plan / named).exists():
        raise _lost(plan, named)
    return plan / named, policy


def _lost(plan: Path, named: str | None) -> InputError:
    where = f"it is not at {named} any more" if named else "its manifest.json does not say where that is"
    finding = Finding(
        "PLAN-INPUT-GONE",
        Severity.ERROR,
        Where(file="manifest.json", column="origin", value=named),
        cause=f"The input that the plan was made from is needed, and {where}.",
        action="Name the planning folder with --input.",
    )
    return InputError(f"{plan} cannot be read together with its input", [finding])
