"""The ledger: what the calendars of the plan before said, so that a change moves an entry and doubles none.

A calendar program takes an entry for an update of the one it knows when the UID is the same and the SEQUENCE
higher (RFC 5545, 3.8.7.4). A new entry's number is the minute of planning, counted from 2020: so it is higher
than that of an older plan also where the older plan folder is elsewhere or gone. An entry that says the same
as before keeps its number; one that changed takes the minute, or one more than it had.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from visitplan.exports.calendars.entries import Entry, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visitplan.domain.period import Period

LEDGER_FORMAT = "visitplan.calendars/1"
_EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class Noted(BaseModel):
    """An entry with its sequence number; ``cancelled`` once it is no longer in the plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uid: str
    kind: Kind
    owner: str
    start: dt.datetime
    end: dt.datetime
    summary: str
    description: str
    sequence: int = Field(ge=0, le=2_147_483_000)
    cancelled: bool = False

    def says(self, entry: Entry) -> bool:
        """Tell whether an entry of the new plan says what this one said."""
        return not self.cancelled and (self.start, self.end, self.summary, self.description) == (
            entry.start,
            entry.end,
            entry.summary,
            entry.description,
        )


class Ledger(BaseModel):
    """Every entry of the calendars beside it, those that were cancelled among them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = LEDGER_FORMAT
    entries: tuple[Noted, ...] = ()


def parse_ledger(data: bytes | None) -> Ledger:
    """Read the ledger of the plan before; an empty one where it is missing, damaged or of another format.

    Nothing breaks without it, see above; what is lost is the telling of entries that are gone.
    """
    try:
        ledger = Ledger.model_validate_json(data or b"{}")
    except ValidationError:
        return Ledger()
    return ledger if ledger.format == LEDGER_FORMAT else Ledger()


def ledger_text(ledger: Ledger) -> str:
    """Give the ledger as the text of its file."""
    return ledger.model_dump_json(indent=1) + "\n"


def brought_forward(before: Ledger, entries: Iterable[Entry], period: Period, created: dt.datetime) -> Ledger:
    """Give the ledger of a new plan.

    An entry of before that the new plan does not have is cancelled where it starts within the new plan's
    days; of other days the new plan has nothing to say. What lies after them is remembered, what lies before
    them is forgotten.
    """
    known = {noted.uid: noted for noted in before.entries}
    now = max(0, int((created - _EPOCH).total_seconds()) // 60)
    noted = {entry.uid: _noted(entry, known, now) for entry in entries}
    kept = (_left(old, period, now) for old in before.entries if old.uid not in noted)
    every = (*noted.values(), *(old for old in kept if old is not None))
    return Ledger(entries=tuple(sorted(every, key=lambda one: (one.kind, one.owner, one.start, one.uid))))


def _noted(entry: Entry, known: Mapping[str, Noted], now: int) -> Noted:
    old = known.get(entry.uid)
    sequence = now if old is None else _next(old, now)
    if old is not None and old.says(entry):
        sequence = old.sequence
    return Noted(
        uid=entry.uid,
        kind=entry.kind,
        owner=entry.owner,
        start=entry.start,
        end=entry.end,
        summary=entry.summary,
        description=entry.description,
        sequence=sequence,
    )


def _left(old: Noted, period: Period, now: int) -> Noted | None:
    """Give an entry that is not in the new plan as it stands from now on; None where it is past."""
    day = period.date(period.tick_of(old.start))
    if day < period.first:
        return None
    if day > period.last or old.cancelled:
        return old
    return old.model_copy(update={"cancelled": True, "sequence": _next(old, now)})


def _next(old: Noted, now: int) -> int:
    return max(now, old.sequence + 1)
