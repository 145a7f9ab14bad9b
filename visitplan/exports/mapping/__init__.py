"""Column mapping: a table of the plan as another system's import wants it."""

from __future__ import annotations

from visitplan.exports.mapping.model import Mapping, OutColumn
from visitplan.exports.mapping.reading import parse_mapping, read_mapping
from visitplan.exports.mapping.writing import mapped_csv, mapped_rows

__all__ = ["Mapping", "OutColumn", "mapped_csv", "mapped_rows", "parse_mapping", "read_mapping"]
