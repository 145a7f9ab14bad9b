"""The only way in: tables, rows, rules and places, to a valid scenario."""

from visitplan.inputs.reading import Reading, read, read_frames
from visitplan.inputs.rejection import Rejected, rejected_frame
from visitplan.inputs.schema import (
    Column,
    describe_columns,
    json_schema,
    policy_schema,
    table_names,
    template,
)

__all__ = [
    "Column",
    "Reading",
    "Rejected",
    "describe_columns",
    "json_schema",
    "policy_schema",
    "read",
    "read_frames",
    "rejected_frame",
    "table_names",
    "template",
]
