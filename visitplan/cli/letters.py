"""``visitplan letters``: letters to families, for print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.arguments import Quiet
from visitplan.cli.exits import Exit
from visitplan.cli.messages import say, say_findings
from visitplan.cli.placing import write_folder
from visitplan.cli.planned import InputFolder, PlanFolder, planned

if TYPE_CHECKING:
    from visitplan.policy import Layout
    from visitplan.reporting.letters import Texts
    from visitplan.result import PlanResult


def letters(
    plan: PlanFolder,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the letters.")],
    layout: Annotated[
        list[str] | None,
        typer.Option(
            help="standard, large (18 point, left-aligned) or easy (easy read, with slots for pictures); "
            "may be given again; by default all three.",
            show_default=False,
        ),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder with your letters.toml and pictures; by default the policy's, or the English texts.",
            show_default=False,
        ),
    ] = None,
    source: InputFolder = None,
    quiet: Quiet = False,
) -> int:
    """Write a letter to each household: who comes, when, what for, who leads and whom to call.

    Letters hold names where the people table gives them. DIR gets a folder for each layout, with a page for
    each household, and one page with all of them for printing. Exit codes: 0 done, 1 nothing could be
    written, 2 the plan, its input or the texts cannot be used.
    """
    from visitplan.reporting import letters as writing

    layouts = _layouts(layout)
    result = planned(plan, source, quiet=quiet)
    words = writing.read_texts(texts) if texts is not None else _policys_texts(result, plan, source)
    say_findings([*words.findings, *writing.wordless(result.plan, words)], quiet=quiet)
    files = writing.letter_files(result.scenario, result.plan, words, layouts)
    write_folder(out, files, ending=".html", things="letters")
    say(f"{len(files)} pages are in {out}.", quiet=quiet)
    return Exit.DONE


def _layouts(names: list[str] | None) -> list[Layout]:
    from visitplan.policy import Layout

    try:
        return list(Layout) if not names else [Layout(name) for name in dict.fromkeys(names)]
    except ValueError as error:
        raise typer.BadParameter(f"{error}; there are {', '.join(Layout)}.") from error


def _policys_texts(result: PlanResult, plan: Path, source: Path | None) -> Texts:
    from visitplan.exports import read_manifest
    from visitplan.reporting.letters import texts_of

    folder = source or plan / read_manifest(plan).origin["folder"]
    return texts_of(result.scenario.policy.letters, folder)
