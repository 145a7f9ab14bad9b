"""The day on which a late start is judged, and starts on the night of a clock change."""

from __future__ import annotations

import datetime as dt

from tests.routing.builders import household, request, scenario, shift, staff
from visitplan.domain.expansion import expand, preferred_span
from visitplan.domain.period import Period
from visitplan.policy import Policy
from visitplan.routing.start_windows import solver_windows

TUESDAY = dt.date(2027, 3, 2)


def test_a_start_carried_past_midnight_is_late_for_the_day_before():
    wanted = request("R1", "H1", window="23:00-23:50")
    policy = Policy.model_validate({"limits": {"max_late_min": 30}})
    period = Period(wanted.earliest_date, TUESDAY)
    made = scenario(
        [wanted], [household("H1", 5)], [staff("C1")], [shift("C1")], period=period, policy=policy
    )
    start = period.tick(TUESDAY, dt.time(0, 15))
    assert solver_windows(made, expand(made).visits[0], with_family=False)[0].latest * 60 >= start
    assert preferred_span(made, wanted, start)[1] == period.tick(wanted.earliest_date, dt.time(23, 50))


def test_a_window_that_the_spring_change_swallows_shrinks_to_its_start():
    night = dt.date(2027, 3, 28)
    wanted = request("R1", "H1", window="01:30-02:15", earliest_date=night, latest_date=night)
    period = Period(night, night)
    made = scenario([wanted], [household("H1", 5)], [staff("C1")], [], period=period)
    windows = expand(made).visits[0].windows
    assert [window.length for window in windows] == [0]
