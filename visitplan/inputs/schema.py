"""What the input looks like, for those who write it: JSON Schemas, blank templates, columns described."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from visitplan.errors import InputError
from visitplan.inputs.problems import hint, problem
from visitplan.inputs.registry import BY_NAME, TABLES, TableSpec
from visitplan.policy import Policy

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an input table: its name, whether rows need it, and what it means with its unit."""

    name: str
    required: bool
    description: str


def table_names() -> tuple[str, ...]:
    """Give the names of the input tables."""
    return tuple(spec.name for spec in TABLES)


def _spec(table: str) -> TableSpec:
    if table not in BY_NAME:
        cause = f"There is no table {table!r}.{hint(table, BY_NAME)}"
        found = problem("TABLE-UNKNOWN", cause, f"The tables are {', '.join(BY_NAME)}.", file=table)
        raise InputError(f"no table {table!r}", [found.finding])
    return BY_NAME[table]


def json_schema(table: str) -> dict[str, Any]:
    """Give the JSON Schema of one row of a table.

    Raises
    ------
    InputError
        There is no such table.
    """
    schema = _spec(table).model.model_json_schema()
    return {"$schema": DIALECT, **schema, "title": table}


def policy_schema() -> dict[str, Any]:
    """Give the JSON Schema of the policy, ``visitplan.toml``."""
    return {"$schema": DIALECT, **Policy.model_json_schema(), "title": "visitplan.toml"}


def template(table: str) -> str:
    """Give a blank table: its header line as CSV.

    Raises
    ------
    InputError
        There is no such table.
    """
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(_spec(table).columns)
    return line.getvalue()


def describe_columns(table: str) -> tuple[Column, ...]:
    """Give every column of a table, in their order.

    Raises
    ------
    InputError
        There is no such table.
    """
    fields = _spec(table).model.model_fields
    return tuple(Column(name, info.is_required(), info.description or "") for name, info in fields.items())
