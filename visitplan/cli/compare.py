"""``visitplan compare``: two plans side by side."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.arguments import AsJson, Quiet
from visitplan.cli.exits import Exit
from visitplan.cli.messages import say
from visitplan.cli.planned import InputFolder, planned

if TYPE_CHECKING:
    from visitplan.reporting import Comparison


class Table(StrEnum):
    """What can be printed as CSV."""

    HEADLINES = "headlines"
    KPIS = "kpis"
    HOUSEHOLDS = "households"
    VISITS = "visits"
    APPOINTMENTS = "appointments"


AsCsv = Annotated[bool, typer.Option("--csv", help="Print one table as CSV on stdout; --table says which.")]
WhichTable = Annotated[Table, typer.Option("--table", help="The table that --csv prints.")]
Page = Annotated[
    Path | None,
    typer.Option("--html", metavar="FILE", help="Write the comparison as one HTML page.", show_default=False),
]


def compare(
    a: Annotated[Path, typer.Argument(metavar="A", help="Plan folder, such as one planned apart.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Plan folder to hold beside it.")],
    source: InputFolder = None,
    as_csv: AsCsv = False,
    table: WhichTable = Table.HEADLINES,
    as_json: AsJson = False,
    page: Page = None,
    quiet: Quiet = False,
) -> int:
    """Hold two plans side by side: apart and together, last night's and tonight's, or a what-if.

    Prints key figures of the whole and of each area, service and organisation, the households that gain and
    lose most, and how many visits are moved or given to others. Exit codes: 0 done, 1 the page cannot be
    written, 2 a folder is no plan, or its input is gone.
    """
    from visitplan.result import comparison

    both = comparison(planned(a, source, quiet=quiet), planned(b, source, quiet=quiet))
    show(both, (a.resolve().name, b.resolve().name), as_csv=as_csv, table=table, as_json=as_json, page=page)
    return Exit.DONE


def show(
    both: Comparison, names: tuple[str, str], *, as_csv: bool, table: Table, as_json: bool, page: Path | None
) -> None:
    """Print a comparison in the form that was asked for, and write its page where one was.

    Raises
    ------
    OutputError
        The page cannot be written.
    """
    from visitplan.exports import frame_csv

    if page is not None:
        _write(page, both.page(*names))
        say(f"The comparison is in {page}.")
    if as_json:
        typer.echo(json.dumps(both.as_dict(), indent=1, ensure_ascii=False, allow_nan=False))
    elif as_csv:
        typer.echo(frame_csv(both.tables()[table.value]), nl=False)
    elif page is None:
        typer.echo(both.summary(*names))


def _write(path: Path, page: str) -> None:
    """Write a file beside its place and move it there, so that what was there before stays until then."""
    from visitplan.errors import OutputError

    staging = path.with_name(f".{path.name}.new")
    try:
        staging.write_text(page, encoding="utf-8")
        staging.replace(path)
    except OSError as error:
        raise OutputError(f"The comparison cannot be written to {path}: {error.strerror}.") from error
    finally:
        staging.unlink(missing_ok=True)
