"""Travel: how long it takes, and how far it is, from place to place."""

from visitplan.travel.archives import assess_archive, read_travel_npz
from visitplan.travel.crow_flies import CrowFlies
from visitplan.travel.factors import day_factors, slowed
from visitplan.travel.reading import read_table
from visitplan.travel.sources import MatrixSource, source_for
from visitplan.travel.tables import assess_frame, read_travel_csv, table_from_frame

__all__ = [
    "CrowFlies",
    "MatrixSource",
    "assess_archive",
    "assess_frame",
    "day_factors",
    "read_table",
    "read_travel_csv",
    "read_travel_npz",
    "slowed",
    "source_for",
    "table_from_frame",
]
