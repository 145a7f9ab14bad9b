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
    visits: Annotated[int, typer.Option(min=10, help="About how many visits a day.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    date: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = dt.datetime(
        2027, 3, 2
    ),
    days: Annotated[int, typer.Option(min=1, max=28, help="How many days.")] = 1,
    quiet: Quiet = False,
) -> int:
    """Write a synthetic planning folder: towns of Cheshire, three services, families with working hours."""
    from visitplan import synthesis
    from visitplan.errors import OutputError

    if out.exists():
        raise OutputError(f"{out} is there already; choose a new folder.")
    tables = synthesis.generate(visits=visits, seed=seed, date=date.date(), days=days)
    _write_whole(out, tables)
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
