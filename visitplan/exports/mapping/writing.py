"""Writing a table as a mapping says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from visitplan.errors import InputError
from visitplan.exports.cells import cell_text, neutral
from visitplan.exports.mapping.model import pieces
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.exports.kinds import Value
    from visitplan.exports.mapping.model import Mapping, OutColumn
    from visitplan.exports.stored import Record

MOST_FINDINGS = 50
_LINE_ENDS = {"lf": "\n", "crlf": "\r\n"}


class _NoCodeError(Exception):
    """A value of ours is not among a column's codes."""


def mapped_csv(mapping: Mapping, records: Sequence[Record], *, file: str = "mapping.toml") -> bytes:
    """Give a table's rows as the file that the other system wants.

    Raises
    ------
    InputError
        A value has no code, or a text does not fit the encoding; at most 50 are told, and how many there are.
    """
    lines = [[neutral(column.name) for column in mapping.columns]] if mapping.header else []
    lines += mapped_rows(mapping, records, file=file)
    findings = (
        [] if _fits("".join(map("".join, lines)), mapping.encoding) else list(_misfits(mapping, lines, file))
    )
    if findings:
        raise _refused(file, findings)
    end = _LINE_ENDS[mapping.line_end]
    text = "".join(mapping.delimiter.join(_quoted(mapping, cell) for cell in line) + end for line in lines)
    return text.encode(mapping.encoding)


def mapped_rows(
    mapping: Mapping, records: Sequence[Record], *, file: str = "mapping.toml"
) -> list[list[str]]:
    """Give the cells of each row as the mapping says, none of them a formula.

    Raises
    ------
    InputError
        A value has no code.
    """
    findings: list[Finding] = []
    rows: list[list[str]] = []
    for record in _chosen(mapping, records):
        rows.append([])
        for key, out in enumerate(mapping.columns):
            try:
                rows[-1].append(_cell(mapping, out, record))
            except _NoCodeError as error:
                findings.append(_no_code(file, key, out, str(error)))
    if findings:
        raise _refused(file, list(dict.fromkeys(findings)))
    return rows


def _chosen(mapping: Mapping, records: Sequence[Record]) -> list[Record]:
    chosen = [
        record
        for record in records
        if all(written(mapping, record[name]) in allowed for name, allowed in mapping.only.items())
    ]
    return sorted(chosen, key=lambda record: tuple(_order(record[name]) for name in mapping.sort))


def _order(value: Value) -> tuple[bool, str | float]:
    """Give what rows are sorted by: numbers as numbers, everything else as text, the empty ones first."""
    if isinstance(value, int | float):
        return True, value
    if isinstance(value, dt.datetime):
        return True, value.timestamp()
    return value is not None, str(value)


def _cell(mapping: Mapping, out: OutColumn, record: Record) -> str:
    if out.value is not None:
        return neutral(out.value)
    if out.source is None:
        return neutral("".join(_pieces(mapping, out, record)))
    value = record[out.source]
    if value is None or value == ():
        return neutral(out.empty)
    text = written(mapping, value, out.format or "")
    if out.codes:
        text = neutral(_coded(out, text))
    return text if isinstance(value, int | float) else neutral(text)


def _pieces(mapping: Mapping, out: OutColumn, record: Record) -> Iterator[str]:
    for literal, name, spec, _ in pieces(out.text or ""):
        yield literal
        if name is not None:
            value = record[name]
            yield out.empty if value is None or value == () else written(mapping, value, spec or "")


def _coded(out: OutColumn, text: str) -> str:
    if text in out.codes:
        return out.codes[text]
    if out.other is None:
        raise _NoCodeError(text)
    return out.other


def written(mapping: Mapping, value: Value, spec: str = "") -> str:
    """Give a value as text, in its own format or in the one that the mapping has for its kind."""
    if isinstance(value, bool):
        return mapping.yes if value else mapping.no
    if isinstance(value, int | float):
        text = format(value, spec) if spec else cell_text(value)
        return text.replace(".", mapping.decimal)
    if isinstance(value, dt.datetime):
        return value.strftime(spec) if spec else value.isoformat(timespec="minutes")
    if isinstance(value, dt.date):
        return value.strftime(spec or mapping.date_format)
    if isinstance(value, dt.time):
        return value.strftime(spec or mapping.time_format)
    return mapping.list_separator.join(value) if isinstance(value, tuple) else value or ""


def _quoted(mapping: Mapping, text: str) -> str:
    special = any(sign in text for sign in (mapping.delimiter, '"', "\r", "\n")) or text != text.strip()
    if mapping.quote == "needed" and not special:
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _misfits(mapping: Mapping, lines: Sequence[Sequence[str]], file: str) -> Iterator[Finding]:
    for line in lines:
        for out, cell in zip(mapping.columns, line, strict=True):
            if not _fits(cell, mapping.encoding):
                where = Where(file, column=out.name, value=cell)
                cause = f"The text holds a character that {mapping.encoding} does not have."
                action = 'Use encoding = "utf-8", or give the value a code.'
                yield Finding("MAP-CHARACTER", Severity.ERROR, where, cause, action)


def _no_code(file: str, key: int, out: OutColumn, text: str) -> Finding:
    where = Where(file, column=f"columns.{key}.codes", value=text)
    cause = f"{out.source} holds a value that has no code for {out.name}."
    return Finding(
        "MAP-CODE-UNKNOWN", Severity.ERROR, where, cause, 'Add its code, or other = "..." for all.'
    )


def _refused(file: str, findings: Sequence[Finding]) -> InputError:
    more = len(findings) - MOST_FINDINGS
    said = f"; {more} more are not shown" if more > 0 else ""
    return InputError(f"{file}: {len(findings)} values cannot be exported{said}", findings[:MOST_FINDINGS])
