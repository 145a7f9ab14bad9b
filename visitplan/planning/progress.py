"""How a search stands, shown as a bar on a terminal or a line in a notebook."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.solver.options import Progress

    Tell = Callable[[Progress], None]

MILLIPENCE_PER_POUND = 100_000


def in_a_notebook() -> bool:
    """Tell whether this runs in a notebook's kernel: one has started it, and did not just get imported."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


def somebody_watches() -> bool:
    """Tell whether messages go to a terminal or a notebook."""
    return sys.stderr.isatty() or in_a_notebook()


@contextmanager
def shown_progress(show: bool | None, on_progress: Tell | None) -> Iterator[Tell | None]:
    """Give a callable that shows progress, or the caller's own, or None.

    Parameters
    ----------
    show
        Whether to show progress; None: if somebody watches.
    on_progress
        The caller's own; it is used instead.
    """
    wanted = somebody_watches() if show is None else show
    if on_progress is not None or not wanted:
        yield on_progress
    elif in_a_notebook():
        yield _notebook_line()
    else:
        with _terminal_bar() as tell:
            yield tell


@contextmanager
def _terminal_bar() -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=20))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("preparing", total=None)

        def tell(progress: Progress) -> None:
            total = None if progress.seconds_left is None else progress.seconds + progress.seconds_left
            bar.update(task, description=line(progress), completed=progress.seconds, total=total)

        yield tell


def _notebook_line() -> Tell:
    """Give what writes one line below the cell and keeps it up to date; no widgets are needed."""
    from IPython import display as notebook

    display: Any = notebook.display
    handle = display({"text/plain": "preparing"}, raw=True, display_id=True)

    def tell(progress: Progress) -> None:
        handle.update({"text/plain": line(progress)}, raw=True)

    return tell


def line(progress: Progress) -> str:
    """Say in one line what the plan costs, how many visits it leaves out, and how long there is left."""
    if progress.seconds_left is not None:
        time = f"{progress.seconds_left:.0f} s left"
    else:
        time = f"{progress.iterations:,} steps in {progress.seconds:.0f} s"
    pounds = progress.cost / MILLIPENCE_PER_POUND
    visits = "1 visit" if progress.unassigned == 1 else f"{progress.unassigned:,} visits"
    return f"{progress.stage}: £{pounds:,.2f}, {visits} unassigned, {time}"
