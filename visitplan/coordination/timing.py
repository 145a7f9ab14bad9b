"""When linked visits may start: exact start sets under bounded differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.domain.windows import Window, Windows
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Edge:
    """``lo <= start[second] - start[first] <= hi`` in seconds, by position; None leaves a side open."""

    first: int
    second: int
    lo: int | None
    hi: int | None


def start_sets(windows: Sequence[Windows], edges: Sequence[Edge]) -> tuple[Windows, ...]:
    """Give, for each visit, the starts that are part of at least one timing of them all.

    Exact: for one window of each visit this is a simple temporal network, whose propagated bounds are its
    minimal domains (Dechter, Meiri and Pearl 1991); the union is taken over all choices of windows. All sets
    are empty when the visits cannot be timed together.
    """
    found: list[list[Window]] = [[] for _ in windows]
    for timing in _choices(windows, edges, ()):
        for parts, window in zip(found, timing, strict=True):
            parts.append(window)
    return tuple(Windows.of(parts) for parts in found)


def some_timing(windows: Sequence[Windows], edges: Sequence[Edge]) -> bool:
    """Tell whether all visits can be timed."""
    return next(_choices(windows, edges, ()), None) is not None


def _choices(
    windows: Sequence[Windows], edges: Sequence[Edge], chosen: tuple[Window, ...]
) -> Iterator[tuple[Window, ...]]:
    """Extend a choice of one window for each of the first visits, as long as it can be timed."""
    if len(chosen) == len(windows):
        yield chosen
        return
    inside = [edge for edge in edges if max(edge.first, edge.second) <= len(chosen)]
    for window in windows[len(chosen)]:
        tight = propagated((*chosen, window), inside)
        if tight is not None:
            yield from _choices(windows, edges, tight)


def propagated(windows: Sequence[Window], edges: Sequence[Edge]) -> tuple[Window, ...] | None:
    """Tighten one window each by the edges until nothing moves, or give None where they contradict."""
    earliest = [window.start for window in windows]
    latest = [window.end for window in windows]
    for _ in range(len(windows) + 1):
        if not _tightened_once(earliest, latest, edges):
            return tuple(map(Window, earliest, latest))
        if any(end < start for start, end in zip(earliest, latest, strict=True)):
            return None
    return None  # bounds that still move after a round for each visit run in a circle


def _tightened_once(earliest: list[int], latest: list[int], edges: Sequence[Edge]) -> bool:
    moved = False
    for edge in edges:
        one, two = edge.first, edge.second
        if edge.lo is not None:
            moved |= _raise(earliest, two, earliest[one] + edge.lo)
            moved |= _lower(latest, one, latest[two] - edge.lo)
        if edge.hi is not None:
            moved |= _lower(latest, two, latest[one] + edge.hi)
            moved |= _raise(earliest, one, earliest[two] - edge.hi)
    return moved


def _raise(bounds: list[int], at: int, to: int) -> bool:
    if bounds[at] >= to:
        return False
    bounds[at] = to
    return True


def _lower(bounds: list[int], at: int, to: int) -> bool:
    if bounds[at] <= to:
        return False
    bounds[at] = to
    return True


def joint_edges(mode: Mode, durations: Sequence[int], max_gap_s: int) -> tuple[Edge, ...]:
    """Give the edges between the stages of a joint visit, in their order."""
    if mode is Mode.TOGETHER:
        return tuple(Edge(k, k + 1, 0, 0) for k in range(len(durations) - 1))
    return tuple(Edge(k, k + 1, d, d + max_gap_s) for k, d in enumerate(durations[:-1]))


def inside_one(
    family: Windows, windows: Sequence[Windows], durations: Sequence[int], edges: Sequence[Edge]
) -> tuple[Windows, ...]:
    """Give the start sets for which every visit lies wholly inside the same family time."""
    found: list[list[Window]] = [[] for _ in windows]
    for time in family:
        inside = [
            starts & Windows((time,)).starts_for(duration)
            for starts, duration in zip(windows, durations, strict=True)
        ]
        if all(inside):
            for parts, starts in zip(found, start_sets(inside, edges), strict=True):
                parts.extend(starts)
    return tuple(Windows.of(parts) for parts in found)
