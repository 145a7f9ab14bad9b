"""A first plan: read a planning folder, plan it, look at what came out.

Run from the top of the repository: ``python examples/01_first_plan.py``.
"""

import visitplan as vp

scenario = vp.read("data/crewe-day")
plan = vp.plan(scenario, time_limit=None, iterations=5000, seed=1)

print(plan.summary())
print(plan.roster.head(10).to_string(index=False))
print(plan.joint_visits.head(10).to_string(index=False))
