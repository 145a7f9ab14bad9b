"""The command line: parse, call the library, print.

Data goes to stdout, messages and progress to stderr. What a command imports, it imports when it runs, so that
``visitplan --help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from visitplan.cli.exits import Exit, explained
from visitplan.cli.folders import check, validate
from visitplan.cli.plan import plan
from visitplan.cli.tables import generate, schema

app = typer.Typer(
    name="visitplan",
    help="Plan coordinated home visits: joint visits the family can attend, and the routes to them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (plan, validate, check, schema, generate):
    app.command()(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"visitplan {version('visitplan')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version  # the callback has done its work


def main() -> None:
    """Run the command line; whatever goes wrong ends in one message and its exit code."""
    try:
        code = app(standalone_mode=False)
    except BaseException as error:
        sys.exit(explained(error))
    sys.exit(code if isinstance(code, int) else Exit.DONE)
