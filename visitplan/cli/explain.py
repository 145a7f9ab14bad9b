"""``visitplan explain``: why, why not, and what would help."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from visitplan.cli.arguments import AsJson, Quiet
from visitplan.cli.exits import Exit
from visitplan.cli.planned import InputFolder, PlanFolder, planned


def explain(
    plan: PlanFolder,
    request: Annotated[
        str | None, typer.Argument(metavar="[REQUEST]", help="Request id.", show_default=False)
    ] = None,
    staff: Annotated[str | None, typer.Option(metavar="STAFF_ID", help="Explain somebody's runs.")] = None,
    household: Annotated[
        str | None, typer.Option(metavar="HOUSEHOLD_ID", help="Explain who comes to a household.")
    ] = None,
    source: InputFolder = None,
    seconds: Annotated[float, typer.Option(min=0, help="Seconds to try changes in.")] = 60.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Say why a request is served by this person, at this time, in this order; or why it is not.

    An unassigned visit is proved impossible, with the terms of the proof, or outbid by others. Every change
    that is named was tried: with it the visit was planned in, nobody else lost theirs, and the plan was
    checked. Exit codes: 0 done, 2 there is no such request, or the plan cannot be read.
    """
    from visitplan.planning import explaining, reasoning

    if [request, staff, household].count(None) != 2:
        raise typer.BadParameter("name one REQUEST, or give --staff or --household.")
    result = planned(plan, source, quiet=quiet)
    if request is not None:
        found = explaining.explain(result, request, trying_s=seconds)
        _print(str(found), found.as_dict(), as_json)
    elif staff is not None:
        text = reasoning.explain_staff(result, staff)
        _print(text, {"staff_id": staff, "lines": text.splitlines()}, as_json)
    elif household is not None:
        text = reasoning.explain_household(result, household)
        _print(text, {"household_id": household, "lines": text.splitlines()}, as_json)
    return Exit.DONE


def _print(text: str, content: object, as_json: bool) -> None:
    typer.echo(json.dumps(content, indent=1, ensure_ascii=False) if as_json else text)
