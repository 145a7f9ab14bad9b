"""``plan.json``: the whole plan, versioned, written and read back without loss."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticSerializationError, from_json

from visitplan.domain.plan import Plan
from visitplan.errors import InputError, OutputError
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN_FILE = "plan.json"
PLAN_FORMAT = "visitplan.plan/1"
_MOST_FAULTS = 20


class PlanDocument(BaseModel):
    """What stands in ``plan.json``: the format's name and version, then the plan, field by field."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    format: str
    plan: Plan


def plan_text(plan: Plan) -> str:
    """Give the plan as the text of ``plan.json``: one indented JSON document that ends with a line end.

    Raises
    ------
    OutputError
        An id holds characters that no file can hold (half of a surrogate pair).
    """
    try:
        return PlanDocument(format=PLAN_FORMAT, plan=plan).model_dump_json(indent=1) + "\n"
    except PydanticSerializationError as error:
        raise OutputError(f"The plan cannot be written as JSON: {error}.") from error


def parse_plan(data: str | bytes) -> Plan:
    """Read the text of ``plan.json``.

    Raises
    ------
    InputError
        It is no JSON, of another or a newer format, or holds things that no plan holds; each is a finding.
    """
    _check_format(data)
    try:
        return PlanDocument.model_validate_json(data, strict=True).plan
    except ValidationError as error:
        raise InputError(f"{PLAN_FILE} cannot be read", list(_faults(error))) from error


def _check_format(data: str | bytes) -> None:
    try:
        content = from_json(data)
    except ValueError as error:
        raise _refused(
            "PLAN-FILE-DAMAGED", f"It is no JSON: {error}.", "Restore the file, or plan again."
        ) from error
    name = content.get("format") if isinstance(content, dict) else None
    if name == PLAN_FORMAT:
        return
    version = re.fullmatch(r"visitplan\.plan/(\d{1,6})", name) if isinstance(name, str) else None
    if version is not None and int(version[1]) > 1:
        cause = f"It has the format {name}; this visitplan reads {PLAN_FORMAT}."
        raise _refused(
            "PLAN-FORMAT-NEWER", cause, "Read it with the visitplan that wrote it, or a newer one."
        )
    cause = f"Its format is {name!r:.60}, not {PLAN_FORMAT}."
    raise _refused("PLAN-FILE-DAMAGED", cause, "Name a folder that `visitplan plan` wrote.")


def _refused(code: str, cause: str, action: str) -> InputError:
    finding = Finding(code, Severity.ERROR, Where(file=PLAN_FILE), cause, action)
    return InputError(f"{PLAN_FILE} cannot be read", [finding])


def _faults(error: ValidationError) -> Iterator[Finding]:
    for fault in error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]:
        yield Finding(
            "PLAN-FILE-DAMAGED",
            Severity.ERROR,
            Where(file=PLAN_FILE, column=".".join(str(part) for part in fault["loc"])),
            cause=f"{fault['msg']}.",
            action="Restore the file, or plan again.",
        )
