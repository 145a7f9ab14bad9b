"""What coordination buys: the same day planned apart and together, side by side.

Run from the top of the repository: ``python examples/02_what_coordination_buys.py``.
"""

import visitplan as vp

scenario = vp.read("data/crewe-day")
apart = vp.plan(scenario, coordinate=False, time_limit=None, iterations=5000, seed=1)
together = vp.plan(scenario, time_limit=None, iterations=5000, seed=1)

print(vp.compare(apart, together).to_string(index=False))
