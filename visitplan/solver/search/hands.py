"""Who searches the blocks: an executor that was given, or threads of our own."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.errors import VisitPlanError
from visitplan.solver.search.blocks import BlockOutcome, BlockTask, improve

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from visitplan.solver.options import SolveOptions

_LOOK_SECONDS = 0.05
"""How often it is asked whether to stop while jobs run elsewhere."""

_GRACE_SECONDS, _LEAST_GRACE_SECONDS = 5.0, 0.5
"""How long after its time a job elsewhere is waited for: as long again as it was to take, within these."""

_BROKEN_ROUNDS = 2
"""After so many rounds in a row in which nothing came back, an executor is given up."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A block handed over: what is asked, which shifts of the plan it is, and what will come back."""

    task: BlockTask
    shifts: Sequence[int]
    future: Future[BlockOutcome]


class Hands:
    """Does jobs side by side, and loses none of what they were to improve when one of them fails.

    Parameters
    ----------
    options
        The search's: executor, workers, clock.
    stopped
        Asked often by threads of our own: whether to come to an end at once.
    """

    def __init__(self, options: SolveOptions, stopped: Callable[[], bool]) -> None:
        self._options, self._stopped = options, stopped
        self._given = options.executor
        self._threads: ThreadPoolExecutor | None = None
        self._left = False
        self._broken = 0
        self.failures = 0

    def __enter__(self) -> Hands:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = True
        if self._threads is not None:
            self._threads.shutdown()

    @property
    def elsewhere(self) -> bool:
        """Say whether an executor that was given does the jobs."""
        return self._given is not None

    def begin(self, task: BlockTask, shifts: Sequence[int]) -> Job:
        """Hand over the job that searches some shifts; where that is not possible, its future holds why."""
        if self._given is None:
            return Job(task, shifts, self._own().submit(improve, task, self._over, self._options.clock))
        try:
            return Job(task, shifts, self._given.submit(improve, task))
        except Exception as error:  # an executor may refuse with anything
            refused: Future[BlockOutcome] = Future()
            refused.set_exception(error)
            return Job(task, shifts, refused)

    def gather(
        self,
        jobs: Sequence[Job],
        seconds: float | None,
        beat: Callable[[], None],
    ) -> list[BlockOutcome | None]:
        """Wait for jobs and give their outcomes in order: None for those that failed or were given up.

        Parameters
        ----------
        jobs
            As :meth:`begin` gave them.
        seconds
            After so many, and some grace, jobs elsewhere are given up; None to wait however long it takes.
        beat
            Called again and again meanwhile.
        """
        began = self._options.clock()
        waiting = {job.future for job in jobs}
        while waiting:
            left = wait(waiting, _LOOK_SECONDS, FIRST_COMPLETED).not_done
            waiting = {future for future in left if not future.done()}  # one that was cancelled is done
            beat()
            if self.elsewhere and self._too_long(self._options.clock() - began, seconds):
                break
        for future in waiting:
            future.cancel()
        outcomes = [None if job.future in waiting else self._outcome(job) for job in jobs]
        self._judge(outcomes, given_up=bool(waiting) and self._stopped())
        return outcomes

    def _too_long(self, waited: float, seconds: float | None) -> bool:
        """Say whether to give up jobs elsewhere: cancelled, or their time is well over."""
        if self._options.cancelled():
            return True
        if seconds is None:
            return self._stopped()
        return waited > seconds + min(_GRACE_SECONDS, max(_LEAST_GRACE_SECONDS, seconds))

    def _over(self) -> bool:
        return self._left or self._stopped()

    def _own(self) -> Executor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._options.workers, thread_name_prefix="visitplan-block")
        return self._threads

    def _outcome(self, job: Job) -> BlockOutcome | None:
        """Give what came back of a job; None if it failed elsewhere, which is told.

        Raises
        ------
        SolverError
            The problem is none that the search can do.
        """
        try:
            return job.future.result()
        except Exception as error:
            if not self.elsewhere or isinstance(error, VisitPlanError):
                raise
            self.failures += 1
            kind = type(error).__name__
            _log.warning("%s: shifts %s were not searched and stay as they were", kind, job.shifts)
            return None

    def _judge(self, outcomes: Sequence[BlockOutcome | None], *, given_up: bool) -> None:
        """Go on in threads of our own where the executor has given nothing back again and again."""
        if not self.elsewhere or given_up or not outcomes:
            return
        self._broken = 0 if any(outcome is not None for outcome in outcomes) else self._broken + 1
        if self._broken >= _BROKEN_ROUNDS:
            _log.warning("the executor gives nothing back: the search goes on in threads of this process")
            self._given = None
