"""``visitplan export``: a plan as other systems take it."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from visitplan.cli.arguments import Quiet
from visitplan.cli.exits import Exit
from visitplan.cli.messages import say, say_findings
from visitplan.cli.placing import write_file, write_folder
from visitplan.cli.planned import PlanFolder

if TYPE_CHECKING:
    from visitplan.exports.stored import StoredPlan


class Format(StrEnum):
    """What a plan can be exported as."""

    CSV = "csv"
    XLSX = "xlsx"
    ICS = "ics"
    JSON = "json"
    FHIR = "fhir"


def export(
    plan: PlanFolder,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            help="csv: one table; xlsx, json: all, or one; ics: calendars; fhir: R4 Appointments and Slots.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="File to write, for ics without --staff or --household a folder; by default stdout.",
            show_default=False,
        ),
    ] = None,
    table: Annotated[
        str | None,
        typer.Option(help="Table, such as appointments; csv: roster by default.", show_default=False),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="csv and xlsx: TOML file that says which columns the other system wants, and how.",
            show_default=False,
        ),
    ] = None,
    staff: Annotated[
        str | None, typer.Option(metavar="ID", help="ics: this member of staff's.", show_default=False)
    ] = None,
    household: Annotated[
        str | None, typer.Option(metavar="ID", help="ics: this household's.", show_default=False)
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Export a plan folder for another system; the input that it was made from is not needed.

    Exit codes: 0 done, 1 nothing could be written, 2 the plan or the mapping cannot be used.
    """
    from visitplan.exports.stored import read_stored

    _refuse_what_does_not_go_together(form, table, mapping, staff, household)
    if form is Format.XLSX and out is None:
        raise typer.BadParameter("a workbook needs --out FILE.")
    stored = read_stored(plan)
    say_findings(stored.findings, quiet=quiet)
    if form is Format.ICS and staff is None and household is None:
        return _export_calendars(stored, out, quiet)
    data = _content(stored, form, table, mapping, staff, household)
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    else:
        write_file(out, data)
        say(f"{out} is written.", quiet=quiet)
    return Exit.DONE


def _refuse_what_does_not_go_together(
    form: Format, table: str | None, mapping: Path | None, staff: str | None, household: str | None
) -> None:
    from visitplan.exports.stored import table_names

    if mapping is not None and form not in (Format.CSV, Format.XLSX):
        raise typer.BadParameter("--mapping goes with --format csv and xlsx.")
    if mapping is not None and table is not None:
        raise typer.BadParameter("--table does not go with --mapping: the mapping file names its table.")
    if table is not None and form in (Format.ICS, Format.FHIR):
        raise typer.BadParameter(f"--table does not go with --format {form}.")
    if table is not None and table not in table_names():
        raise typer.BadParameter(f"there is no table {table!r}; there are {', '.join(table_names())}.")
    if (staff is not None or household is not None) and form is not Format.ICS:
        raise typer.BadParameter("--staff and --household go with --format ics.")
    if staff is not None and household is not None:
        raise typer.BadParameter("name a member of staff or a household, not both.")


def _content(
    stored: StoredPlan,
    form: Format,
    table: str | None,
    mapping: Path | None,
    staff: str | None,
    household: str | None,
) -> bytes:
    from visitplan.exports import documents, fhir
    from visitplan.exports.stored import table_names

    if mapping is not None:
        return _mapped(stored, form, mapping)
    if form is Format.ICS:
        return _calendar(stored, staff, household)
    if form is Format.CSV:
        return (stored.folder / f"{table or 'roster'}.csv").read_bytes()
    names = table_names() if table is None else (table,)
    if form is Format.XLSX:
        return documents.workbook(documents.table_sheets(stored, names))
    return (fhir.fhir_text(stored) if form is Format.FHIR else documents.json_text(stored, names)).encode()


def _mapped(stored: StoredPlan, form: Format, path: Path) -> bytes:
    from visitplan.exports import documents
    from visitplan.exports.mapping import mapped_csv, mapped_rows, read_mapping

    mapping = read_mapping(path)
    records = stored.tables[mapping.table]
    if form is Format.CSV:
        return mapped_csv(mapping, records, file=path.name)
    rows = mapped_rows(mapping, records, file=path.name)
    return documents.workbook({mapping.table: ([column.name for column in mapping.columns], rows)})


def _calendar(stored: StoredPlan, staff: str | None, household: str | None) -> bytes:
    from visitplan.exports.calendars import calendar_path

    kind, name = ("staff", staff) if staff is not None else ("household", household or "")
    path = calendar_path(stored.folder, kind, name or "")
    if path is None:
        raise typer.BadParameter(f"the plan has no calendar of {kind} {name!r}.")
    return path.read_bytes()


def _export_calendars(stored: StoredPlan, out: Path | None, quiet: bool) -> int:
    if out is None:
        raise typer.BadParameter("all calendars need --out DIR; or name one with --staff or --household.")
    files = {path.name: path.read_bytes() for path in sorted((stored.folder / "calendars").glob("*.ics"))}
    write_folder(out, files, ending=".ics", things="calendars")
    say(f"{len(files)} calendars are in {out}.", quiet=quiet)
    return Exit.DONE
