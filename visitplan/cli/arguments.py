"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Planning folder of CSV files, or one .xlsx workbook.")
]
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy", metavar="FILE", help="Policy file to use instead of the folder's visitplan.toml."
    ),
]
SkipInvalid = Annotated[
    bool,
    typer.Option(
        "--skip-invalid", help="Leave out rows that cannot be planned, and list them in rejected.csv."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
LogPath = Annotated[
    Path | None,
    typer.Option("--log-file", metavar="FILE", help="Append JSON lines: ids and counts, never names."),
]
