"""What a mapping file says: the columns that the other system wants, and how their cells are written."""

from __future__ import annotations

import codecs
import string
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from visitplan.exports.kinds import Kind
from visitplan.exports.stored import table_names

DATE_SIGNS = frozenset("dmyYjuaAbBV%")
TIME_SIGNS = frozenset("HMSIp%")
_SIGNS = {
    Kind.DATE: DATE_SIGNS,
    Kind.TIME: TIME_SIGNS,
    Kind.MOMENT: DATE_SIGNS | TIME_SIGNS | frozenset("zZ"),
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class OutColumn(_Part):
    """A column of the other system: exactly one of ``from``, ``value`` and ``text`` says what it holds.

    Attributes
    ----------
    name
        Its name there.
    source
        In the file ``from``: the column of ours that it takes.
    value
        The same text in every row.
    text
        Text with columns of ours in braces, such as ``{date:%d/%m/%Y} {start}``.
    format
        With ``from``: how a date, a time or a number is written, such as ``%d.%m.%Y`` or ``.1f``.
    codes
        With ``from``: their value for each of ours.
    other
        With ``codes``: their value for whatever is not among them; without it, that is an error.
    empty
        What stands where ours is empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str
    source: str | None = Field(default=None, alias="from")
    value: str | None = None
    text: str | None = None
    format: str | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    other: str | None = None
    empty: str = ""

    @model_validator(mode="after")
    def _says_one_thing(self) -> OutColumn:
        given = [key for key in ("source", "value", "text") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of from, value and text")
        if self.source is None and (self.format is not None or self.codes or self.other is not None):
            raise ValueError("format, codes and other go with from")
        if self.other is not None and not self.codes:
            raise ValueError("other goes with codes")
        return self

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Give the columns of ours that it takes, each with its format.

        Raises
        ------
        ValueError
            The braces of its text do not match.
        """
        if self.source is not None:
            return ((self.source, self.format or ""),)
        if self.text is None:
            return ()
        return tuple((name, spec or "") for _, name, spec, _ in pieces(self.text) if name is not None)


class Mapping(_Part):
    """The content of a mapping file.

    Attributes
    ----------
    table
        The table it takes its rows from.
    columns
        What the other system wants, in its order.
    delimiter
        One character between cells; ``tab`` for a tab.
    encoding
        Of the file, such as ``cp1252``; ``utf-8-sig`` writes a byte order mark.
    line_end
        ``lf`` or ``crlf``.
    header
        Whether the names of the columns stand in the first line.
    quote
        ``needed``, or ``all`` for quotation marks around every cell.
    date_format, time_format
        How dates and times are written where the column does not say.
    decimal
        The decimal sign of numbers.
    yes, no
        How truths are written.
    list_separator
        What stands between the parts of a list.
    sort
        Columns of ours by which rows are ordered; by default they stand as in the table.
    only
        For a column of ours, the values whose rows are exported.
    """

    table: str = "roster"
    columns: tuple[OutColumn, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: Literal["lf", "crlf"] = "lf"
    header: bool = True
    quote: Literal["needed", "all"] = "needed"
    date_format: str = "%Y-%m-%d"
    time_format: str = "%H:%M"
    decimal: Literal[".", ","] = "."
    yes: str = "yes"
    no: str = "no"
    list_separator: str = ";"
    sort: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("table")
    @classmethod
    def _table_is_ours(cls, name: str) -> str:
        if name not in table_names():
            raise ValueError(f"there is no table {name!r}; there are {', '.join(table_names())}")
        return name

    @field_validator("delimiter")
    @classmethod
    def _delimiter_is_one_sign(cls, sign: str) -> str:
        sign = {"tab": "\t", "\\t": "\t"}.get(sign, sign)
        if len(sign) != 1 or sign in "\"\r\n'":
            raise ValueError("give one character that is no quotation mark and no line end, or tab")
        return sign

    @field_validator("encoding")
    @classmethod
    def _encoding_is_known(cls, name: str) -> str:
        try:
            "".encode(codecs.lookup(name).name)
        except LookupError as error:
            raise ValueError(f"there is no text encoding {name!r}; utf-8 and cp1252 are common") from error
        return name

    @field_validator("date_format")
    @classmethod
    def _writes_dates(cls, spec: str) -> str:
        return _checked(Kind.DATE, spec)

    @field_validator("time_format")
    @classmethod
    def _writes_times(cls, spec: str) -> str:
        return _checked(Kind.TIME, spec)


def _checked(kind: Kind, spec: str) -> str:
    fault = format_fault(kind, spec)
    if fault is not None or "%" not in spec:
        raise ValueError(fault or "it holds no part of the date or time, such as %d or %H")
    return spec


def pieces(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Take a text with braces apart: literal text, column, format, conversion.

    Raises
    ------
    ValueError
        The braces do not match, or hold more than a column and its format.
    """
    found = list(string.Formatter().parse(text))
    for _, name, spec, conversion in found:
        if conversion is not None or "{" in (spec or "") or (name is not None and not name.isidentifier()):
            raise ValueError("braces hold a column and, after a colon, its format; {{ is a brace itself")
    return found


def format_fault(kind: Kind, spec: str) -> str | None:
    """Say what is wrong with a format for a kind of value; None where nothing is."""
    if not spec:
        return None
    if kind in _SIGNS:
        after = iter(spec)
        signs = {next(after, "") for sign in after if sign == "%"}
        wrong = sorted(signs - _SIGNS[kind])
        return f"%{wrong[0]} is no part of a {kind.value}" if wrong else None
    if kind is not Kind.NUMBER:
        return f"a column that holds {kind.value} has no format"
    try:
        format(1.5, spec), format(1, spec)
    except ValueError as error:
        return f"it cannot write a number: {error}"
    return None
