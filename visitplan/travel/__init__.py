"""Travel: how long it takes, and how far it is, from place to place."""

from visitplan.travel.archives import assess_archive, read_travel_npz
from visitplan.travel.crow_flies import CrowFlies
from visitplan.travel.factors import day_factors
from visitplan.travel.reading import assess
from visitplan.travel.roads import RoadSource
from visitplan.travel.sources import MatrixSource, findings_of, source_for
from visitplan.travel.tables import assess_frame, read_travel_csv, table_from_frame

__all__ = [
    "CrowFlies",
    "MatrixSource",
    "RoadSource",
    "assess",
    "assess_archive",
    "assess_frame",
    "day_factors",
    "findings_of",
    "read_travel_csv",
    "read_travel_npz",
    "source_for",
    "table_from_frame",
]
