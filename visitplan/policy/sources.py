"""Policy of inputs: the period, where tables come from, and where places may lie."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from visitplan.policy.section import Section


class PeriodPolicy(Section):
    """The planning period; without dates, it runs from the first to the last shift."""

    timezone: str = "Europe/London"
    first_date: dt.date | None = None
    last_date: dt.date | None = None

    @field_validator("timezone")
    @classmethod
    def _timezone_is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {name!r}; try one like Europe/London") from error
        return name

    @model_validator(mode="after")
    def _dates_ascend(self) -> PeriodPolicy:
        if self.first_date is not None and self.last_date is not None and self.last_date < self.first_date:
            raise ValueError(f"last_date {self.last_date} lies before first_date {self.first_date}")
        return self


class TableSource(Section):
    """Where a table comes from and how its columns and codes are called there.

    ``columns`` maps their column name to ours; ``codes`` maps, for one of our columns, their value to ours.
    """

    file: str | None = None
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)


class PlacesPolicy(Section):
    """Where places may lie, and how postcodes and addresses become coordinates.

    The default region is Great Britain and its islands.
    """

    min_lat: float = 49.8
    max_lat: float = 60.9
    min_lon: float = -8.7
    max_lon: float = 1.8
    postcodes: str | None = None
    geocoder: str | None = None
    geocoder_options: dict[str, Any] = Field(default_factory=dict)
    user_agent: str | None = None
    min_delay_s: Annotated[float, Field(ge=0)] = 1.0
    cache: str | None = None

    @model_validator(mode="after")
    def _region_is_not_empty(self) -> PlacesPolicy:
        if self.min_lat >= self.max_lat or self.min_lon >= self.max_lon:
            raise ValueError("min_lat and min_lon must lie below max_lat and max_lon")
        return self
