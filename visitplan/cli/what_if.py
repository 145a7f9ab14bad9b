"""``visitplan what-if``: a plan with somebody more or less, or another policy, beside the plan as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.arguments import AsJson, PolicyFile, Quiet, SkipInvalid, Source
from visitplan.cli.compare import AsCsv, Page, Table, WhichTable, show
from visitplan.cli.exits import Exit
from visitplan.cli.interrupts import listening
from visitplan.cli.messages import say, say_findings
from visitplan.cli.plan import DEFAULT_TIME_LIMIT

if TYPE_CHECKING:
    from visitplan.domain.scenario import Scenario
    from visitplan.planning import Options
    from visitplan.result import PlanResult


def what_if(
    folder: Source,
    add_staff: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIKE", help="One more like this member of staff, or of this service; repeatable."
        ),
    ] = None,
    remove_staff: Annotated[
        list[str] | None, typer.Option(metavar="STAFF_ID", help="Without this member of staff; repeatable.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A policy setting, such as costs.stranger_pence=300; repeatable.",
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            min=0, help="Seconds for each plan; 60 unless --iterations is given.", show_default=False
        ),
    ] = None,
    iterations: Annotated[int | None, typer.Option(min=1, help="Search steps for each plan.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Cores that may be used.")] = 1,
    engine: Annotated[str | None, typer.Option(help="As for `visitplan plan`.", show_default=False)] = None,
    policy: PolicyFile = None,
    skip_invalid: SkipInvalid = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Keep both plans there, in as-is and what-if."),
    ] = None,
    as_csv: AsCsv = False,
    table: WhichTable = Table.HEADLINES,
    as_json: AsJson = False,
    page: Page = None,
    quiet: Quiet = False,
) -> int:
    """Plan a folder as it is and as it might be, and hold the two plans side by side.

    Both plans have the same limits and seed. Exit codes: 0 done, 1 nothing could be written, 2 bad input or
    nothing of that name, 4 no plan, 5 a plan failed its check, 130 interrupted.
    """
    from visitplan.planning import Options, reading, what_if
    from visitplan.planning.supposing import parsed_setting
    from visitplan.result import comparison

    read = reading(folder, policy=policy, skip_invalid=skip_invalid)
    say_findings(read.findings, quiet=quiet)
    changed = what_if(
        read.scenario,
        add_staff=add_staff or (),
        remove_staff=remove_staff or (),
        settings=dict(parsed_setting(text) for text in settings or ()),
    )
    limit = DEFAULT_TIME_LIMIT if time_limit is None and iterations is None else time_limit
    options = Options(limit, iterations, seed, workers)
    if engine is not None:
        options = replace(options, engine=engine)
    as_is, might_be = _both(read.scenario, changed, options, quiet=quiet)
    if out is not None:
        as_is.write(out / "as-is", origin={"folder": folder} | ({} if policy is None else {"policy": policy}))
        might_be.write(out / "what-if")
        say(f"Both plans are in {out}.", quiet=quiet)
    both = comparison(as_is, might_be)
    show(both, ("as it is", "what if"), as_csv=as_csv, table=table, as_json=as_json, page=page)
    return Exit.DONE


def _both(one: Scenario, other: Scenario, options: Options, *, quiet: bool) -> tuple[PlanResult, PlanResult]:
    """Plan both, one after the other.

    Raises
    ------
    KeyboardInterrupt
        It was asked for: a comparison with half a plan would mislead.
    """
    from visitplan.planning import run
    from visitplan.planning.progress import shown_progress

    made = []
    with listening() as interrupt:
        for scenario in (one, other):
            with shown_progress(False if quiet else None, None) as tell:
                made.append(
                    run(scenario, replace(options, on_progress=tell, cancelled=lambda: interrupt.asked))
                )
            if interrupt.asked:
                raise KeyboardInterrupt
    return made[0], made[1]
