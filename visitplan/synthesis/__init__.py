"""Synthetic planning folders of any size, set in the towns of Cheshire; nobody in them is real."""

from visitplan.synthesis.gazetteer import TOWNS, Town
from visitplan.synthesis.generating import generate
from visitplan.synthesis.rates import Rates
from visitplan.synthesis.tables import write

__all__ = ["TOWNS", "Rates", "Town", "generate", "write"]
