"""Exit codes, and the message that goes with each failure."""

from __future__ import annotations

import sys
import traceback
from enum import IntEnum

import typer

from visitplan.errors import CheckError, ClusterError, InputError, SolverError, TravelError, VisitPlanError


class Exit(IntEnum):
    """What a command's exit code means."""

    DONE = 0
    OUR_FAULT = 1
    BAD_INPUT = 2
    UNASSIGNED = 3
    NO_PLAN = 4
    CHECK_FAILED = 5
    INTERRUPTED = 130


def exit_code(error: BaseException) -> int:
    """Give the exit code of a failure."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return Exit.INTERRUPTED
    if isinstance(error, InputError | TravelError | ClusterError | typer.TyperException):
        return Exit.BAD_INPUT
    if isinstance(error, SolverError):
        return Exit.NO_PLAN
    if isinstance(error, CheckError):
        return Exit.CHECK_FAILED
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else Exit.OUR_FAULT
    return Exit.OUR_FAULT


def explained(error: BaseException) -> int:
    """Say on stderr what went wrong and give the exit code."""
    code = exit_code(error)
    if code == Exit.INTERRUPTED:
        _say("Interrupted. Nothing was written; what was there before is untouched.")
    elif isinstance(error, typer.Exit | SystemExit):
        return code
    elif isinstance(error, typer.TyperException):
        _say(f"visitplan: {error.format_message()} `--help` shows what a command takes.")
    elif isinstance(error, VisitPlanError):
        _say(f"visitplan: {error}")
    else:
        _say("".join(traceback.format_exception(error)))
        _say(
            "visitplan: this is a fault of ours. Nothing was written. Please report it with the lines above."
        )
    return code


def _say(text: str) -> None:
    sys.stderr.write(f"{text.rstrip()}\n")
