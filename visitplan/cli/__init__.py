"""The command line: parse, call the library, print.

Data goes to stdout, messages and progress to stderr. What a command imports, it imports when it runs, so that
``visitplan --help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.compare import compare
from visitplan.cli.exits import Exit, explained
from visitplan.cli.explain import explain
from visitplan.cli.export import export
from visitplan.cli.folders import check, validate
from visitplan.cli.letters import letters
from visitplan.cli.plan import plan
from visitplan.cli.report import report
from visitplan.cli.tables import generate, schema
from visitplan.cli.warm_up import warm_up
from visitplan.cli.what_if import what_if

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    name="visitplan",
    help="Plan coordinated home visits: joint visits the family can attend, and the routes to them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    plan,
    validate,
    check,
    explain,
    what_if,
    compare,
    report,
    export,
    letters,
    schema,
    generate,
    warm_up,
):
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


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; whatever goes wrong ends in one message."""
    try:
        code = app(list(arguments), standalone_mode=False)
    except BaseException as error:
        return explained(error)
    if code == Exit.INTERRUPTED and not isinstance(code, Exit):  # Typer's way to tell of a Ctrl-C
        return explained(KeyboardInterrupt())
    return int(code) if isinstance(code, int) else int(Exit.DONE)


def main() -> None:
    """Run the command that was asked for, and exit with its code."""
    sys.exit(run(sys.argv[1:]))
