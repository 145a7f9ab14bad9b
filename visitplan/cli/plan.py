"""``visitplan plan``: the nightly run."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.arguments import AsJson, LogPath, PolicyFile, Quiet, SkipInvalid, Source
from visitplan.cli.exits import Exit, exit_code
from visitplan.cli.interrupts import listening
from visitplan.cli.logfile import LogFile
from visitplan.cli.messages import count_line, say, say_findings
from visitplan.cli.telling import Teller
from visitplan.errors import CheckError, InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs import Reading
    from visitplan.planning import Options  # noqa: TC004 - heavy, and never looked at when it runs
    from visitplan.result import PlanResult

DEFAULT_TIME_LIMIT = 60.0
FAILED_SUFFIX = ".failed"


def plan(
    folder: Source,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Plan folder to write, all or nothing.")
    ],
    time_limit: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds to plan; 60 unless --iterations is given.", show_default=False),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Search steps: with the same seed, the same plan.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 1,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Cores that may be used; 1, or all of the cluster's.", show_default=False),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="tcp://HOST:PORT", help="Plan on the workers of this Dask scheduler.", show_default=False
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            help="search (compiled once, when first used); ortools; greedy for the first plan alone."
        ),
    ] = "search",
    policy: PolicyFile = None,
    coordination: Annotated[
        bool, typer.Option("--coordination/--no-coordination", help="Whether visits may be joined.")
    ] = True,
    skip_invalid: SkipInvalid = False,
    fail_on_unassigned: Annotated[
        bool, typer.Option("--fail-on-unassigned", help="Exit with 3 when a visit is unassigned.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    log_file: LogPath = None,
) -> int:
    """Plan a folder of requests and staff, check the plan, and write it.

    Exit codes: 0 done, 1 a fault of ours or nothing could be written, 2 bad input, 3 unassigned visits with
    --fail-on-unassigned, 4 no plan, 5 the plan failed its check, 130 interrupted (the best plan so far is
    written and says so).
    """
    from visitplan.planning import Options

    limit = DEFAULT_TIME_LIMIT if time_limit is None and iterations is None else time_limit
    options = Options(limit, iterations, seed, workers or 1, engine, coordination)
    log = LogFile(log_file)
    log.event("started", command="plan", folder=folder.name, out=out.name, seed=seed, time_limit=limit)
    try:
        with _on_cluster(cluster, workers, options, log, quiet=quiet) as options:
            job = _Job(folder, out, options, policy, skip_invalid, fail_on_unassigned, as_json, quiet, log)
            code = job.run()
    except BaseException as error:
        log.event("finished", exit=int(exit_code(error)), error=type(error).__name__)
        raise
    log.event("finished", exit=int(code))
    return code


@contextmanager
def _on_cluster(
    address: str | None, workers: int | None, options: Options, log: LogFile, *, quiet: bool
) -> Iterator[Options]:
    """Give options to plan with on a cluster, if there is one, while it is connected."""
    if address is None:
        yield options
        return
    from visitplan.planning.cluster import connected

    with connected(address, workers=workers) as cluster:
        log.event("cluster", processes=cluster.processes, workers=cluster.workers)
        say(
            f"{address}: {cluster.processes} worker processes, {cluster.workers} jobs at a time.", quiet=quiet
        )
        yield replace(options, workers=cluster.workers, executor=cluster.executor)


@dataclass(frozen=True, slots=True)
class _Job:
    """One run of the command."""

    folder: Path
    out: Path
    options: Options
    policy: Path | None
    skip_invalid: bool
    fail_on_unassigned: bool
    as_json: bool
    quiet: bool
    log: LogFile

    def run(self) -> int:
        from visitplan import exports

        with exports.lock(self.out):
            reading = self._read()
            result, interrupted = self._plan(reading)
            self._write(result, reading, "interrupted" if interrupted else "complete", self.out)
        self._print(result)
        if interrupted:
            say(f"Interrupted: the best plan so far is in {self.out}.")
            return Exit.INTERRUPTED
        if self.fail_on_unassigned and result.plan.unassigned:
            say(f"{len(result.plan.unassigned)} visits are unassigned: see {self.out / 'unassigned.csv'}.")
            return Exit.UNASSIGNED
        return Exit.DONE

    def _read(self) -> Reading:
        from visitplan.planning import reading

        try:
            read = reading(self.folder, policy=self.policy, skip_invalid=self.skip_invalid)
        except InputError as error:
            self.log.findings(error.findings)
            raise
        self.log.findings(read.findings)
        self.log.event(
            "read",
            requests=len(read.scenario.requests),
            staff=len(read.scenario.staff),
            shifts=len(read.scenario.shifts),
            rejected=len(read.rejected),
        )
        self._try_letters(read)
        say_findings(read.findings, quiet=self.quiet)
        if read.findings:
            say(f"{self.folder}: {count_line(read.findings)}.", quiet=self.quiet)
        return read

    def _try_letters(self, read: Reading) -> None:
        """Read the texts of letters before planning, so that a fault in them costs no night."""
        if read.scenario.policy.letters.layouts:
            from visitplan.reporting.letters import texts_of

            say_findings(texts_of(read.scenario.policy.letters, self.folder).findings, quiet=self.quiet)

    def _plan(self, reading: Reading) -> tuple[PlanResult, bool]:
        from visitplan.planning import run
        from visitplan.planning.progress import shown_progress

        with listening() as interrupt, shown_progress(False if self.quiet else None, None) as tell:
            try:
                teller = Teller(tell, self.log, quiet=self.quiet)
                options = replace(self.options, on_progress=teller, cancelled=lambda: interrupt.asked)
                result = run(reading.scenario, options)
            except CheckError as error:
                self._keep_for_inspection(error, reading)
                raise
            return result, interrupt.asked

    def _keep_for_inspection(self, error: CheckError, reading: Reading) -> None:
        from visitplan.result import PlanResult

        self.log.findings(error.findings)
        if not isinstance(error.result, PlanResult):
            return
        failed = self.out.with_name(self.out.name + FAILED_SUFFIX)
        try:
            self._write(error.result, reading, "failed check", failed)
        except OutputError as fault:  # what counts is that the check failed
            say(f"The plan that failed its check could not be kept: {fault}")
        else:
            say(f"The plan that failed its check is kept in {failed}; {self.out} is untouched.")

    def _write(self, result: PlanResult, reading: Reading, status: str, out: Path) -> None:
        from visitplan.inputs import rejected_frame

        rejected = rejected_frame(reading.rejected) if self.skip_invalid else None
        result.write(out, rejected=rejected, status=status, origin=self._origin())
        plan = result.plan
        self.log.event(
            "written",
            out=out.name,
            status=status,
            visits=len(plan.visits),
            unassigned=len(plan.unassigned),
            joint_visits=len(plan.joint_visits),
            cost_pounds=plan.costs.pounds,
            stop=plan.provenance.stop,
            seconds=plan.provenance.seconds,
        )

    def _origin(self) -> dict[str, Path]:
        return {"folder": self.folder} | ({} if self.policy is None else {"policy": self.policy})

    def _print(self, result: PlanResult) -> None:
        from visitplan.result import REPORT_FILE

        if self.as_json:
            typer.echo(json.dumps(dict(result.kpi_values), indent=2))
        elif not self.quiet:
            typer.echo(result.summary())
            typer.echo(f"The roster is in {self.out / 'roster.csv'}.")
            typer.echo(f"The report is in {self.out / REPORT_FILE}.")
