"""What a table of a plan folder is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from visitplan.exports.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visitplan.exports.cells import Cell

Row: TypeAlias = "Mapping[str, Cell]"


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file of a plan folder.

    Attributes
    ----------
    key
        Columns that name a row.
    from_scenario
        Columns that only the scenario can tell.
    rows
        Makes the rows of a plan, in the order in which they stand in the file.
    """

    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: Callable[[View], Iterator[Row]]
    from_scenario: frozenset[str] = frozenset()


def columns(text: str) -> tuple[str, ...]:
    """Give the column names in a text."""
    return tuple(text.split())
