"""``visitplan validate`` and ``visitplan check``: what is wrong with an input, or with a plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.arguments import AsJson, PolicyFile, Quiet, Source
from visitplan.cli.exits import Exit
from visitplan.cli.messages import as_json as findings_as_json
from visitplan.cli.messages import count_line, say, sorted_by_severity
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where, errors_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario


def validate(folder: Source, policy: PolicyFile = None, as_json: AsJson = False, quiet: Quiet = False) -> int:
    """Read a planning folder and print every finding: where it is, what is wrong and what to do.

    Exit codes: 0 the folder can be planned, 2 it cannot.
    """
    from visitplan.planning import reading

    try:
        read = reading(folder, policy=policy)
    except InputError as error:
        _print(error.findings, as_json)
        say(f"{folder} cannot be planned: {count_line(error.findings)}.")
        return Exit.BAD_INPUT
    _print(read.findings, as_json)
    found = read.scenario
    say(
        f"{folder} can be planned: {len(found.requests)} requests, {len(found.staff)} staff, "
        f"{len(found.shifts)} shifts; {count_line(read.findings)}.",
        quiet=quiet,
    )
    return Exit.DONE


def check(
    folder: Source,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder written by `visitplan plan`.")],
    policy: PolicyFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Check a plan folder against the input it was made from, and name every rule it breaks.

    Whatever was edited in roster.csv, staff.csv, unassigned.csv, joint_visits.csv or kpis.json is checked as
    it now stands. Exit codes: 0 the plan keeps every rule, 5 it does not.
    """
    from visitplan import checking, exports
    from visitplan.planning import reading, travel_source

    read = reading(folder, policy=policy, skip_invalid=(plan / "rejected.csv").exists())
    made, findings = exports.read_plan(plan, read.scenario)
    source = travel_source(read.scenario)
    every = [*findings, *other_origin(read.scenario, made), *checking.check(read.scenario, made, source)]
    _print(every, as_json)
    broken = errors_in(every)
    if broken:
        say(f"{plan} does not keep its rules: {count_line(every)}.")
        return Exit.CHECK_FAILED
    say(f"{plan} keeps every rule: {len(made.visits)} visits checked; {count_line(every)}.", quiet=quiet)
    return Exit.DONE


def other_origin(scenario: Scenario, plan: Plan) -> Iterator[Finding]:
    """Warn where the input or the policy is not the one that was planned."""
    from visitplan.planning.provenance import policy_hash

    planned = plan.provenance.input_hashes
    changed = sorted(
        name
        for name in planned.keys() | scenario.input_hashes.keys()
        if planned.get(name) != scenario.input_hashes.get(name)
    )
    for name in changed:
        yield Finding(
            "CHECK-INPUT-CHANGED",
            Severity.WARNING,
            Where(file=name),
            cause="The file is not the one that this plan was made from.",
            action="Plan again, or check against the folder that was planned.",
        )
    if plan.provenance.policy_hash != policy_hash(scenario.policy):
        yield Finding(
            "CHECK-POLICY-CHANGED",
            Severity.WARNING,
            Where(file="visitplan.toml"),
            cause="The policy is not the one that this plan was made with.",
            action="Give the policy of that run with --policy, or plan again.",
        )


def _print(findings: Sequence[Finding], as_json: bool) -> None:
    if as_json:
        typer.echo(findings_as_json(findings))
        return
    for finding in sorted_by_severity(findings):
        typer.echo(str(finding))
