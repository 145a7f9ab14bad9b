"""``visitplan report``: the plan as one page, and what coordination bought."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from visitplan.cli.arguments import Quiet
from visitplan.cli.exits import Exit
from visitplan.cli.messages import say, say_findings
from visitplan.errors import OutputError


def report(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder written by `visitplan plan`.")],
    against: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="APART",
            help="Plan folder of the same input, planned with --no-coordination; give it again for more.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Where to write the page; without it, report.html in PLAN."
        ),
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Write the report of a plan folder: one HTML file that needs no network, for schedulers and boards.

    With --against it tells what coordination bought. Exit codes: 0 written, 1 it could not be written, 2 a
    folder is no plan or is damaged.
    """
    from visitplan import exports
    from visitplan.planning.reports import report_of
    from visitplan.result import REPORT_FILE

    page, findings = report_of(plan, against or ())
    say_findings(findings, quiet=quiet)
    if out is None:
        exports.add_files(plan, {REPORT_FILE: page.encode()})
    else:
        _write(out, page)
    say(f"The report is in {out or plan / REPORT_FILE}.", quiet=quiet)
    return Exit.DONE


def _write(path: Path, page: str) -> None:
    """Write a file beside its place and move it there, so that what was there before stays until then."""
    staging = path.with_name(f".{path.name}.new")
    try:
        staging.write_bytes(page.encode())
        staging.replace(path)
    except OSError as error:
        raise OutputError(f"The report cannot be written to {path}: {error.strerror}.") from error
    finally:
        staging.unlink(missing_ok=True)
