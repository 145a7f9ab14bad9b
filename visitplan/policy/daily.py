"""Times of day that come back: quiet times and school hours."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import model_validator

from visitplan.policy.section import Section


class DailyTime(Section):
    """A time that comes back on weekdays; an end before the start is on the next day."""

    start: dt.time
    end: dt.time
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = (
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    )

    @model_validator(mode="after")
    def _lasts(self) -> DailyTime:
        if self.start == self.end:
            raise ValueError(f"a time from {self.start:%H:%M} to {self.end:%H:%M} has no length")
        return self
