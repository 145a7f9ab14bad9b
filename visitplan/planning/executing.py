"""An executor that may break, and a plan that goes on all the same."""

from __future__ import annotations

import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from visitplan.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

T = TypeVar("T")
P = ParamSpec("P")

WATCH_SECONDS = 0.5
"""How often it is asked whether the other executor is still there."""


class ExecutorLost(BrokenExecutor):
    """The executor that a job was handed to is not there any more."""


def _there() -> str | None:
    return None


class Steadfast(Executor):
    """Hands jobs to another executor while that is there, and to threads of this process afterwards.

    A job that fails there raises here, as with any executor: who handed it over does it again, or leaves as
    it was what it was to improve. No job is waited for forever: those that run when the other executor is
    lost raise :class:`ExecutorLost`. :meth:`findings` tells of both.

    Parameters
    ----------
    given
        Any executor; it is not shut down here.
    workers
        Threads of this process to go on with.
    gone
        Asked twice a second, in a thread: why the other executor is lost, or None while it is there. Without
        it only its exceptions tell.
    """

    def __init__(self, given: Executor, workers: int = 1, gone: Callable[[], str | None] = _there) -> None:
        self._given, self._workers, self._gone = given, workers, gone
        self._threads: ThreadPoolExecutor | None = None
        self._waiting: dict[Future[Any], Future[Any]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watch: threading.Thread | None = None
        self.lost: str | None = None
        self.handed = self.failed = 0

    def __enter__(self) -> Self:
        if self._gone is not _there:
            self._watch = threading.Thread(target=self._look_after, name="visitplan-watch", daemon=True)
            self._watch.start()
        return self

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand a job over; where the other executor does not take it, to a thread of this process."""
        if self.lost is None:
            try:
                job = self._given.submit(fn, *args, **kwargs)
            except Exception as error:  # each kind of executor breaks with exceptions of its own
                self._lose(f"it takes no jobs any more ({type(error).__name__})")
            else:
                return self._followed(job)
        return self._here().submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop watching, and let go of jobs; the other executor is left to whoever opened it."""
        self._closed.set()
        with self._lock:
            waiting = list(self._waiting.values())
        for job in waiting:
            job.cancel()
        if self._threads is not None:
            self._threads.shutdown(wait, cancel_futures=cancel_futures)

    def findings(self) -> tuple[Finding, ...]:
        """Tell what went wrong; nothing where all went well."""
        found = []
        if self.lost is not None:
            found.append(_lost(self.lost))
        if self.failed:
            found.append(_failed(self.failed, self.handed))
        return tuple(found)

    # --- jobs -------------------------------------------------------------------------------------------

    def _followed(self, job: Future[T]) -> Future[T]:
        """Give a future of ours, which ends when the job does or when the executor is lost."""
        ours: Future[T] = Future()
        with self._lock:
            self.handed += 1
            self._waiting[ours] = job
        ours.add_done_callback(partial(_let_go, job))
        job.add_done_callback(partial(self._settle, ours))
        if self.lost is not None:  # while it was handed over
            self._raise_in(ours, ExecutorLost(self.lost))
        return ours

    def _settle(self, ours: Future[T], job: Future[T]) -> None:
        error = ExecutorLost("the job was dropped") if job.cancelled() else job.exception()
        if error is not None:
            self._raise_in(ours, error)
        elif self._taken(ours):
            ours.set_result(job.result())
        if isinstance(error, BrokenExecutor) and not job.cancelled():
            self._lose(f"it is broken ({type(error).__name__})")

    def _raise_in(self, ours: Future[Any], error: BaseException) -> None:
        if self._taken(ours):
            self.failed += 1
            ours.set_exception(error)

    def _taken(self, ours: Future[Any]) -> bool:
        """Say whether a future is still to be settled; whoever asks first has to do it."""
        with self._lock:
            mine = self._waiting.pop(ours, None) is not None
        return mine and ours.set_running_or_notify_cancel()

    # --- the other executor -----------------------------------------------------------------------------

    def _look_after(self) -> None:
        while self.lost is None and not self._closed.wait(WATCH_SECONDS):
            why = self._gone()
            if why is not None and not self._closed.is_set():
                self._lose(why)

    def _lose(self, why: str) -> None:
        with self._lock:
            self.lost = self.lost or why
            waiting = list(self._waiting)
        for ours in waiting:
            self._raise_in(ours, ExecutorLost(why))

    def _here(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="visitplan-here")
            return self._threads


def _let_go(job: Future[Any], ours: Future[Any]) -> None:
    """Drop a job that nobody waits for."""
    if ours.cancelled():
        job.cancel()


def _lost(why: str) -> Finding:
    return Finding(
        "EXECUTOR-LOST",
        Severity.WARNING,
        cause=f"The executor or cluster was lost while planning: {why}. "
        "The plan was finished on this machine alone; nothing of it is missing.",
        action="See the logs of the scheduler and its workers; plan again if the costs matter.",
    )


def _failed(failed: int, handed: int) -> Finding:
    return Finding(
        "EXECUTOR-JOBS-FAILED",
        Severity.WARNING,
        cause=f"{failed} of {handed} jobs handed to the executor or cluster did not come back. A job that "
        "was to choose joint visits was done here instead; a block of routes that was to be improved stayed "
        "as it was. Nothing is missing.",
        action="See the logs of the workers: memory is the usual reason. Plan again if the costs matter.",
    )
