"""The only translator: names and clock times outside, the solver's integers inside."""

from __future__ import annotations

from visitplan.routing.costs import costs_of
from visitplan.routing.decoding import decode
from visitplan.routing.encoding import Encoding, encode, unassigned_cost
from visitplan.routing.home_costs import with_home_costs
from visitplan.routing.network import Network, network_of, places_of
from visitplan.routing.promises import missed_promises
from visitplan.routing.reasons import explain
from visitplan.routing.terms import able_staff, terms

__all__ = [
    "Encoding",
    "Network",
    "able_staff",
    "costs_of",
    "decode",
    "encode",
    "explain",
    "missed_promises",
    "network_of",
    "places_of",
    "terms",
    "unassigned_cost",
    "with_home_costs",
]
