"""``visitplan schema`` and ``visitplan generate``: what the tables look like, and some to try."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.arguments import Quiet
from visitplan.cli.exits import Exit
from visitplan.cli.messages import say

if TYPE_CHECKING:
    import pandas as pd

PLAIN_DATE = dt.date(2027, 3, 2)
"""First day of a scenario without a preset."""


def schema(
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="[TABLE]",
            help="A table, `policy`, or `letters` for their texts; without it, tables are listed.",
        ),
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a blank CSV template of every table there.")
    ] = None,
) -> int:
    """Print the JSON Schema of a table or of the policy, or write blank templates."""
    from visitplan import inputs

    if templates is not None:
        for path in _write_templates(templates):
            typer.echo(str(path))
        return Exit.DONE
    if table == "letters":
        from visitplan.reporting.letters import our_texts

        typer.echo(our_texts(), nl=False)
        return Exit.DONE
    names = (*inputs.table_names(), "policy")
    if table is None:
        for name in names:
            typer.echo(name)
        return Exit.DONE
    if table not in names:
        raise typer.BadParameter(f"there is no table {table!r}; there are {', '.join(names)}.")
    found = inputs.policy_schema() if table == "policy" else inputs.json_schema(table)
    typer.echo(json.dumps(found, indent=2))
    return Exit.DONE


def _write_templates(folder: Path) -> list[Path]:
    from visitplan import inputs
    from visitplan.errors import OutputError

    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in inputs.table_names():
            path = folder / f"{name}.csv"
            with path.open("x", encoding="utf-8") as file:
                file.write(inputs.template(name))
            written.append(path)
    except FileExistsError as error:
        raise OutputError(f"{error.filename} is there already; templates replace nothing.") from error
    except OSError as error:
        raise OutputError(f"Templates cannot be written to {folder}: {error.strerror}.") from error
    return written


def generate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Planning folder to write; it must not exist.")],
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A scenario by name: town-day, cheshire-day, cheshire-full-day, cheshire-week or "
            "winter-monday (three trusts and two councils, urgent calls, discharges), or team-week (the "
            "caseload of an integrated community team).",
        ),
    ] = None,
    visits: Annotated[
        int | None,
        typer.Option(
            min=10, help="Just so many visits in the whole period.", show_default="the preset's, or 500"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    date: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day.", show_default=f"the preset's, or {PLAIN_DATE}"),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=28, help="How many days.", show_default="the preset's, or 1"),
    ] = None,
    places: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV file of postcodes or small areas to place homes at: lat, lon, and where it has them "
            "postcode, lad_code, age_65_plus, all_ages.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Write a synthetic planning folder: towns of Cheshire, three services, families with working hours."""
    from visitplan import synthesis
    from visitplan.errors import OutputError

    if out.exists():
        raise OutputError(f"{out} is there already; choose a new folder.")
    first = date.date() if date is not None else (None if preset else PLAIN_DATE)
    read = None if places is None else synthesis.read_places(places)
    tables = synthesis.generate(preset=preset, visits=visits, seed=seed, date=first, days=days, places=read)
    _write_whole(out, tables)
    if read is not None:
        say(f"{read.name}: {len(read.table)} places; {read.without} rows without coordinates.", quiet=quiet)
    say(f"{out}: {len(tables['requests'])} requests, {len(tables['staff'])} staff.", quiet=quiet)
    return Exit.DONE


def _write_whole(out: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write a planning folder beside its place and move it there, or leave nothing."""
    from visitplan import synthesis
    from visitplan.errors import OutputError

    staging = out.with_name(f".{out.name}.new")
    try:
        staging.mkdir(parents=True)
        synthesis.write(staging, tables)
        staging.rename(out)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
