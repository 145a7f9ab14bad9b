"""A travel table from wherever it is: a CSV file, an npz archive, or rows that somebody has read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from visitplan.errors import InputError
from visitplan.travel.archives import assess_archive
from visitplan.travel.tables import assess_frame, csv_frame, unreadable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from visitplan.domain.places import TravelTable
    from visitplan.findings import Finding
    from visitplan.policy import TravelPolicy


def assess(
    source: Path | pd.DataFrame,
    policy: TravelPolicy | None = None,
    *,
    file: str = "travel.csv",
    rows: NDArray[np.int64] | None = None,
) -> tuple[TravelTable | None, tuple[Finding, ...]]:
    """Read a travel table and give it with every finding; no table where one of them is an error.

    Parameters
    ----------
    source
        A ``.csv`` or ``.npz`` file, or rows as text.
    policy
        Whose speeds give the distances that a table leaves out.
    file, rows
        Of rows: the name of their file, and the row of it that each stands in.
    """
    if not isinstance(source, Path):
        return assess_frame(source, policy, file=file, rows=rows)
    try:
        if source.suffix.lower() == ".npz":
            return assess_archive(source, policy)
        if source.suffix.lower() == ".csv":
            frame, numbers = csv_frame(source)
            return assess_frame(frame, policy, file=source.name, rows=numbers)
        raise unreadable(source, ValueError("it is neither .csv nor .npz"))
    except InputError as error:
        return None, error.findings
