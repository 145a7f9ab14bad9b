"""Reading a mapping file: everything that is wrong with it, at once."""

from __future__ import annotations

import difflib
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from visitplan.errors import InputError
from visitplan.exports.kinds import kind_of
from visitplan.exports.mapping.model import Mapping, OutColumn, format_fault, pieces
from visitplan.exports.stored import columns_of
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    import collections.abc
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEE = "docs/exports.md shows every key of a mapping file."
Told = tuple[str, str, str | None, str, str]
"""Code, key, value, cause and action."""


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        It cannot be read, is not TOML, or names columns, formats or keys that do not exist; each is a
        finding.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        cause = f"The mapping file cannot be read: {error}."
        action = f"Give a TOML file in UTF-8. {SEE}"
        finding = Finding("MAP-UNREADABLE", Severity.ERROR, Where(path.name), cause, action)
        raise InputError(f"{path.name} cannot be read", [finding]) from error
    return parse_mapping(data, file=path.name)


def parse_mapping(data: collections.abc.Mapping[str, Any], *, file: str = "mapping.toml") -> Mapping:
    """Make a mapping from the content of a mapping file; see :func:`read_mapping`."""
    try:
        mapping = Mapping.model_validate(data)
    except ValidationError as error:
        told = list(_unusable(error))
    else:
        told = [one for rule in RULES for one in rule(mapping)]
        if not told:
            return mapping
    findings = [
        Finding(code, Severity.ERROR, Where(file, column=key, value=value), cause, action)
        for code, key, value, cause, action in told
    ]
    raise InputError(f"{file} cannot be used as a mapping", findings)


def _unusable(error: ValidationError) -> Iterator[Told]:
    for fault in error.errors(include_url=False):
        key = ".".join(str(part) for part in fault["loc"]) or "(whole file)"
        if fault["type"] == "extra_forbidden":
            yield "MAP-KEY-UNKNOWN", key, None, "There is no such key.", SEE
        else:
            cause = fault["msg"].removeprefix("Value error, ")
            yield "MAP-VALUE", key, str(fault["input"])[:80], f"It cannot be used: {cause}.", SEE


def _has_columns(mapping: Mapping) -> Iterator[Told]:
    if not mapping.columns:
        yield "MAP-VALUE", "columns", None, "It names no columns.", SEE


def _names_stand_once(mapping: Mapping) -> Iterator[Told]:
    counts = Counter(column.name for column in mapping.columns)
    for name, count in counts.items():
        if count > 1:
            cause = f"{count} columns have this name."
            yield "MAP-COLUMN-TWICE", "columns", name, cause, "Give each column a name of its own."


def _columns_are_there(mapping: Mapping) -> Iterator[Told]:
    named = [(key, name) for key, out in _keyed(mapping) for name, _ in _sources(out)]
    named += [("sort", name) for name in mapping.sort] + [("only", name) for name in mapping.only]
    there = columns_of(mapping.table)
    for key, name in named:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" It has {', '.join(there)}."
            cause = f"The table {mapping.table} has no such column.{hint}"
            yield "MAP-COLUMN-UNKNOWN", key, name, cause, "Name a column of the table."


def _texts_have_their_braces(mapping: Mapping) -> Iterator[Told]:
    for key, out in _keyed(mapping):
        try:
            pieces(out.text or "")
        except ValueError as error:
            yield "MAP-TEXT", key, out.text, f"It cannot be read: {error}.", "Correct the braces."


def _formats_fit(mapping: Mapping) -> Iterator[Told]:
    for key, out in _keyed(mapping):
        for name, spec in _sources(out):
            fault = format_fault(kind_of(name), spec)
            if fault is not None:
                cause = f"The format does not fit the column {name}: {fault}."
                yield "MAP-FORMAT", key, spec, cause, "Correct the format, or leave it out."


def _keyed(mapping: Mapping) -> Iterator[tuple[str, OutColumn]]:
    return ((f"columns.{number}", out) for number, out in enumerate(mapping.columns))


def _sources(out: OutColumn) -> tuple[tuple[str, str], ...]:
    try:
        return out.sources
    except ValueError:
        return ()  # told by its own rule


RULES: tuple[Callable[[Mapping], Iterator[Told]], ...] = (
    _has_columns,
    _names_stand_once,
    _columns_are_there,
    _texts_have_their_braces,
    _formats_fit,
)
"""Every rule that a mapping has to keep, besides the shape that its model says."""
