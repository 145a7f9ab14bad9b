"""Compiling ahead: for images and cron, and beside the first plan where it was not done.

Compiling takes the better part of a minute, in which Numba answers no signal and no question. It is therefore
done by another process, which leaves its result in the cache; this one keeps asking whether to stop.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.options import SolveOptions
from visitplan.solver.problem import RoutingProblem, Shift, StartWindow, Travel, Visit
from visitplan.solver.search import compiling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ASK_SECONDS = 0.05
_COMPILE = "from visitplan.solver.search.warming import warm_up; warm_up()"


def warm_up() -> None:
    """Compile the search, if that has not been done, and keep it for later runs."""
    from visitplan.solver.search.engine import Search

    Search(_tiny(), SolveOptions(time_limit=None, iterations=1)).run()


class Compiling:
    """A process that compiles the search into the cache.

    It gets no Ctrl-C of its own, and ends with the ``with`` block of :func:`compiling_beside`.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        if sys.executable and compiling.CACHE is not None:
            self._process = _started(str(compiling.CACHE.parent))

    @property
    def over(self) -> bool:
        """Say whether it has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def wait(self, asked: Callable[[], bool]) -> bool:
        """Wait until it is done; False if ``asked``, which is asked all the time, became true before.

        Where there is no other process, as nothing can be kept or Python cannot be started, there is nothing
        to wait for: the search is compiled in this process when it begins.
        """
        if self._process is None:
            return not asked()
        while not asked():
            try:
                self._process.wait(_ASK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            return True
        return False

    def end(self) -> None:
        """End it, if it still runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextmanager
def compiling_beside() -> Iterator[Compiling]:
    """Compile in another process while the block runs; at its end that process ends too."""
    other = Compiling()
    try:
        yield other
    finally:
        other.end()


def _started(cache: str) -> subprocess.Popen[bytes] | None:
    """Start the process; None if that is not possible."""
    path = os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _COMPILE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, compiling.CACHE_VARIABLE: cache},
            start_new_session=True,
        )
    except OSError:
        return None


def _tiny() -> RoutingProblem:
    """Give a problem of one visit."""
    legs = np.zeros((1, 1), dtype=np.int32)
    return RoutingProblem(
        visits=(Visit(0, 1, (StartWindow(0, 1),), 1),),
        shifts=(Shift(0, 0, 0, 0, 9),),
        travel=(Travel(legs, legs),),
        eligible=np.ones((1, 1), dtype=np.bool_),
        assignment_cost=np.zeros((1, 1), dtype=np.int32),
    )
