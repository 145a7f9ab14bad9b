"""What every part of the policy has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Pence = Annotated[float, Field(ge=0)]
Minutes = Annotated[int, Field(ge=0)]


class Section(BaseModel):
    """A part of the policy: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
