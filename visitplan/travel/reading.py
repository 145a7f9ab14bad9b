"""A travel table from wherever it is: a CSV file, an npz archive, or rows that somebody has read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from visitplan.travel.archives import read_travel_npz
from visitplan.travel.tables import read_travel_csv, table_from_frame, unreadable

if TYPE_CHECKING:
    import pandas as pd

    from visitplan.domain.places import TravelTable
    from visitplan.policy import TravelPolicy

READERS = {".csv": read_travel_csv, ".npz": read_travel_npz}


def read_table(source: Path | pd.DataFrame, policy: TravelPolicy | None = None) -> TravelTable:
    """Read a travel table from a ``.csv`` or ``.npz`` file, or take it from a DataFrame.

    Raises
    ------
    InputError
        It cannot be read, or is faulty; ``findings`` lists all of it.
    """
    if not isinstance(source, Path):
        return table_from_frame(source, policy)
    reader = READERS.get(source.suffix.lower())
    if reader is None:
        raise unreadable(source, ValueError(f"it is neither {' nor '.join(READERS)}"))
    return reader(source, policy)
