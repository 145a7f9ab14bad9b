"""The policy: weights, rules and limits of a county, overall and overridden by area or service.

Read from ``visitplan.toml``. Every figure has its unit in its name; money is pence. Inside visitplan money is
counted in whole *millipence* (1/1000 p), so that sums are exact; a rate is rounded once, to whole millipence
per second or per metre, by the properties of :class:`Costs`, and by nothing else.
"""

from visitplan.policy.coordination import CoordinationPolicy, Mode, Pairing
from visitplan.policy.costs import METRES_PER_MILE, Costs
from visitplan.policy.daily import DailyTime
from visitplan.policy.letters import Layout, LettersPolicy
from visitplan.policy.reading import POLICY_FILE, parse_policy, read_policy
from visitplan.policy.roads import OsrmPolicy, OsrmServer, RoadsPolicy, ValhallaPolicy
from visitplan.policy.section import Minutes, Pence, Section
from visitplan.policy.sources import PeriodPolicy, PlacesPolicy, TableSource
from visitplan.policy.travel import ModePolicy, SpeedBand, TimeFactor, TravelPolicy
from visitplan.policy.whole import AppointmentsPolicy, Limits, OrganisationsPolicy, Override, Policy, Rules

__all__ = [
    "METRES_PER_MILE",
    "POLICY_FILE",
    "AppointmentsPolicy",
    "CoordinationPolicy",
    "Costs",
    "DailyTime",
    "Layout",
    "LettersPolicy",
    "Limits",
    "Minutes",
    "Mode",
    "ModePolicy",
    "OrganisationsPolicy",
    "OsrmPolicy",
    "OsrmServer",
    "Override",
    "Pairing",
    "Pence",
    "PeriodPolicy",
    "PlacesPolicy",
    "Policy",
    "RoadsPolicy",
    "Rules",
    "Section",
    "SpeedBand",
    "TableSource",
    "TimeFactor",
    "TravelPolicy",
    "ValhallaPolicy",
    "parse_policy",
    "read_policy",
]
