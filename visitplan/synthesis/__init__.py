"""Synthetic planning folders of any size, set in the towns of Cheshire; nobody in them is real."""

from visitplan.synthesis.gazetteer import TOWNS, Town
from visitplan.synthesis.generating import generate
from visitplan.synthesis.places import Places, read_places
from visitplan.synthesis.presets import COUNTY, PLAIN, PRESETS, Preset
from visitplan.synthesis.rates import Rates
from visitplan.synthesis.tables import write

__all__ = [
    "COUNTY",
    "PLAIN",
    "PRESETS",
    "TOWNS",
    "Places",
    "Preset",
    "Rates",
    "Town",
    "generate",
    "read_places",
    "write",
]
