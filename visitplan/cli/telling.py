"""What a run tells about itself besides its progress bar: that it compiles, and that there is a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.cli.messages import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from visitplan.cli.logfile import LogFile
    from visitplan.planning import Progress


class Teller:
    """Tells once that the search is being compiled, and once that there is a complete plan.

    Parameters
    ----------
    show
        Shows progress, or None.
    log
        Gets one event for each.
    quiet
        Say nothing on stderr.
    """

    def __init__(self, show: Callable[[Progress], None] | None, log: LogFile, *, quiet: bool) -> None:
        self._show, self._log, self._quiet = show, log, quiet
        self._told: set[str] = set()

    def __call__(self, progress: Progress) -> None:
        """Take a report."""
        from visitplan.planning.warming import COMPILING

        if progress.stage == COMPILING and self._first("compiling"):
            self._log.event("compiling", ahead="visitplan warm-up")
            say(
                f"{COMPILING.capitalize()}; the time limit does not run meanwhile. "
                "`visitplan warm-up` does it ahead.",
                quiet=self._quiet,
            )
        if self._first("first plan"):
            self._log.event("first plan", unassigned=progress.unassigned, seconds=round(progress.seconds, 3))
        if self._show is not None:
            self._show(progress)

    def _first(self, what: str) -> bool:
        first = what not in self._told
        self._told.add(what)
        return first
