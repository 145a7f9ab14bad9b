"""What must come how long before what: all-pairs bounds that grow link by link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.windows import Window, Windows

if TYPE_CHECKING:
    from collections.abc import Sequence

NEVER = -(10**12)
"""No bound: further apart than any period is long."""


class Precedence:
    """For every two of ``count`` visits, the least seconds from the start of one to the start of the other.

    The bounds are longest paths over links (a simple temporal network). With ``groups``, a path counts only
    where whoever serves its two ends also serves what lies between them: the group of each visit, None for a
    visit by itself.
    """

    def __init__(self, count: int, groups: Sequence[int | None] | None = None) -> None:
        self._groups = groups
        self._least = [[0 if a == b else NEVER for b in range(count)] for a in range(count)]

    def copy(self) -> Precedence:
        """Give an independent copy."""
        twin = Precedence(0, self._groups)
        twin._least = [row[:] for row in self._least]
        return twin

    def between(self, one: int, two: int) -> int:
        """Give the least seconds from the start of one visit to the start of another."""
        return self._least[one][two]

    def add(self, first: int, second: int, lo: int | None, hi: int | None) -> bool:
        """Take in ``lo <= start(second) - start(first) <= hi``, and give whether it can hold.

        What cannot hold is not taken in.
        """
        held = True
        if lo is not None:
            held &= self._add_least(first, second, lo)
        if hi is not None:
            held &= self._add_least(second, first, -hi)
        return held

    def _add_least(self, first: int, second: int, least: int) -> bool:
        if self._least[second][first] + least > 0:
            return False
        if least <= self._least[first][second]:
            return True
        count = range(len(self._least))
        from_second = list(self._least[second])
        for a in count:
            to_second = self._least[a][first] + least
            if self._least[a][first] <= NEVER:
                continue
            for b in count:
                through = to_second + from_second[b]
                reached = from_second[b] > NEVER and through > self._least[a][b]
                if reached and self._served_between(a, b, first, second):
                    self._least[a][b] = through
        return True

    def _served_between(self, a: int, b: int, *through: int) -> bool:
        if self._groups is None:
            return True
        ends = {self._groups[a], self._groups[b]} - {None}
        return all(x in (a, b) or self._groups[x] in ends for x in through)

    def tightened(self, windows: Sequence[Windows]) -> list[Windows] | None:
        """Clip windows to what the bounds leave of them; None where a visit is left without any."""
        left = list(windows)
        moved = True
        while moved:
            moved = False
            for b in range(len(left)):
                clipped = self._clipped(b, left)
                if not clipped:
                    return None
                moved |= clipped != left[b]
                left[b] = clipped
        return left

    def _clipped(self, b: int, left: Sequence[Windows]) -> Windows:
        first = max(left[a].earliest + self._least[a][b] for a in range(len(left)))
        last = min(left[a].latest - self._least[b][a] for a in range(len(left)))
        if first > last:
            return Windows()
        if first <= left[b].earliest and left[b].latest <= last:
            return left[b]
        return left[b] & Windows((Window(first, last),))
