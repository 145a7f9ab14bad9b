"""How a search stands, shown as a bar on a terminal or in a notebook."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.solver.options import Progress

MILLIPENCE_PER_POUND = 100_000


def somebody_watches() -> bool:
    """Tell whether messages go to a terminal or a notebook."""
    return sys.stderr.isatty() or "ipykernel" in sys.modules


@contextmanager
def shown_progress(
    show: bool | None, on_progress: Callable[[Progress], None] | None
) -> Iterator[Callable[[Progress], None] | None]:
    """Give a callable that shows progress, or the caller's own, or None.

    Parameters
    ----------
    show
        Whether to show a bar; None: if somebody watches.
    on_progress
        The caller's own; it is used instead of a bar.
    """
    wanted = somebody_watches() if show is None else show
    if on_progress is not None or not wanted:
        yield on_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("preparing", total=None)

        def tell(progress: Progress) -> None:
            total = None if progress.seconds_left is None else progress.seconds + progress.seconds_left
            bar.update(task, description=_line(progress), completed=progress.seconds, total=total)

        yield tell


def _line(progress: Progress) -> str:
    left = "" if progress.seconds_left is None else f", {progress.seconds_left:.0f} s left"
    pounds = progress.cost / MILLIPENCE_PER_POUND
    return f"{progress.stage}: £{pounds:,.2f}, {progress.unassigned} visits unassigned{left}"
