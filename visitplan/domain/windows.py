"""Time windows and their set operations, in ticks (seconds on the planning period's axis)."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BOUNDS = attrgetter("start", "end")


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A closed interval of ticks: both ends belong to it; start and end may be equal."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"window ends at {self.end}, before it starts at {self.start}")

    @property
    def length(self) -> int:
        """Give the ticks from start to end."""
        return self.end - self.start

    def __contains__(self, tick: int) -> bool:
        return self.start <= tick <= self.end

    def holds(self, start: int, end: int) -> bool:
        """Tell whether the stretch from start to end lies wholly inside."""
        return self.start <= start and end <= self.end

    def meet(self, other: Window) -> Window | None:
        """Give the part both have, or None."""
        start = self.start if self.start > other.start else other.start  # max() and min() take twice as long
        end = self.end if self.end < other.end else other.end
        return Window(start, end) if start <= end else None

    def shifted(self, ticks: int) -> Window:
        """Give the window moved later by ``ticks``."""
        return Window(self.start + ticks, self.end + ticks)

    def starts_for(self, duration: int) -> Window | None:
        """Give the starts from which something of this duration still ends inside, or None."""
        return Window(self.start, self.end - duration) if duration <= self.length else None


@dataclass(frozen=True, slots=True)
class Windows:
    """A set of ticks, held as disjoint windows in ascending order; windows that touch are one."""

    parts: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        if len(self.parts) < 2:
            return
        for before, after in zip(self.parts, self.parts[1:], strict=False):
            if after.start <= before.end + 1:
                raise ValueError(f"windows must be disjoint and ascending: {before}, {after}")

    @classmethod
    def of(cls, windows: Iterable[Window]) -> Windows:
        """Make the union of any windows."""
        merged: list[Window] = []
        for window in sorted(windows, key=_BOUNDS):
            if merged and window.start <= merged[-1].end + 1:
                merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
            else:
                merged.append(window)
        return cls(tuple(merged))

    def __iter__(self) -> Iterator[Window]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __contains__(self, tick: int) -> bool:
        return any(tick in part for part in self.parts)

    def __or__(self, other: Windows) -> Windows:
        return Windows.of((*self.parts, *other.parts))

    def __and__(self, other: Windows) -> Windows:
        # both are disjoint and in order, and so is what they share: nothing needs to be sorted or merged
        meets = (one.meet(two) for one in self.parts for two in other.parts)
        return Windows(tuple(window for window in meets if window is not None))

    def __sub__(self, other: Windows) -> Windows:
        left = list(self.parts)
        for hole in other.parts:
            left = [piece for part in left for piece in _without(part, hole)]
        return Windows.of(left)

    @property
    def earliest(self) -> int:
        """Give the first tick; raises ValueError when empty."""
        if not self.parts:
            raise ValueError("no windows, so no earliest tick")
        return self.parts[0].start

    @property
    def latest(self) -> int:
        """Give the last tick; raises ValueError when empty."""
        if not self.parts:
            raise ValueError("no windows, so no latest tick")
        return self.parts[-1].end

    @property
    def length(self) -> int:
        """Give the ticks in all windows together."""
        return sum(part.length for part in self.parts)

    def shifted(self, ticks: int) -> Windows:
        """Give the set moved later by ``ticks``."""
        return Windows(tuple(part.shifted(ticks) for part in self.parts))

    def starts_for(self, duration: int) -> Windows:
        """Give the starts from which something of this duration ends inside the same window."""
        starts = (part.starts_for(duration) for part in self.parts)
        return Windows.of(window for window in starts if window is not None)


def _without(part: Window, hole: Window) -> Iterator[Window]:
    if part.meet(hole) is None:
        yield part
        return
    if part.start < hole.start:
        yield Window(part.start, hole.start - 1)
    if hole.end < part.end:
        yield Window(hole.end + 1, part.end)
