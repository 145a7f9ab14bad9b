"""A Dask cluster as an executor: connect, see that its workers can do the work, notice when it is gone."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

from visitplan import coordination, solver
from visitplan.errors import ClusterError
from visitplan.planning.executing import Steadfast
from visitplan.planning.warming import warm_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    Client: TypeAlias = Any
    """Dask's client, of which half the methods have no types."""

CONNECT_SECONDS = 10.0
"""How long the scheduler may take to answer."""
READY_SECONDS = 600.0
"""How long workers may take to import visitplan, and to compile the search if that was not done before."""
GONE_SECONDS = 10.0
"""For how long there may be no worker, or no scheduler, before the cluster is given up."""
RETRIES = 1
"""How often a job that raised is tried again there; a job whose worker died is moved by Dask itself."""
LARGEST_JOB = "1 GB"
"""Size of a job above which Dask warns; its own 10 MB is less than a large block's travel times."""

MUST_AGREE = ("visitplan", "numpy", "numba", "ortools")
"""Packages without which, or with other versions of which, a worker might give other plans, or none."""


@contextmanager
def connected(address: str, *, workers: int | None = None) -> Iterator[Cluster]:
    """Connect to a Dask scheduler while the block runs; the cluster itself is left running.

    Parameters
    ----------
    address
        Such as ``tcp://10.0.0.5:8786``, or ``tls://`` with Dask's own configuration of certificates.
    workers
        How many jobs run at a time, and with how many threads of this machine planning goes on if the cluster
        is lost; by default as many as the cluster has threads.

    Raises
    ------
    ClusterError
        Dask is not installed here, no scheduler answers, it has no workers, or they cannot do the work; all
        that is wrong is listed.
    """
    distributed = _dask()
    import dask

    with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGEST_JOB}):
        client = _client(distributed, address)
        try:
            threads = _demand_able(client, address)
            count = workers or sum(threads.values())
            presence = _Presence(client)
            with Steadfast(
                client.get_executor(pure=False, retries=RETRIES), count, presence.gone
            ) as executor:
                yield Cluster(executor, len(threads), count)
        finally:
            client.close(timeout=2)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that is there: what hands it jobs, its worker processes, and how many jobs run at a time."""

    executor: Steadfast
    processes: int
    workers: int


class _Presence:
    """Says when a cluster has been away for too long."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._away_since: float | None = None

    def gone(self) -> str | None:
        """Give why the cluster is lost, or None."""
        why = self._away()
        if why is None:
            self._away_since = None
            return None
        now = time.monotonic()
        self._away_since = now if self._away_since is None else self._away_since
        return why if now - self._away_since >= GONE_SECONDS else None

    def _away(self) -> str | None:
        if self._client.status != "running":
            return "the scheduler does not answer"
        try:
            workers = self._client.sync(self._client.scheduler.ncores, callback_timeout=GONE_SECONDS)
        except Exception:  # connections fail in many ways, all of which mean this
            return "the scheduler does not answer"
        return None if workers else "it has no workers left"


def _dask() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise ClusterError(
            "Planning on a cluster needs Dask, which is not installed here: pip install 'visitplan[dask]'."
        ) from error
    return distributed


def _client(distributed: Any, address: str) -> Client:
    try:
        return distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="visitplan")
    except (OSError, ValueError, ImportError, TypeError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {address} within {CONNECT_SECONDS:g} s ({type(error).__name__}). "
            "Start one with `dask scheduler`, and give its address: tcp://host:8786."
        ) from error


def _demand_able(client: Client, address: str) -> dict[str, int]:
    """Give the threads of each worker once all of them are known to be able to do the work."""
    threads = dict(client.nthreads())
    if not threads:
        raise ClusterError(
            f"The scheduler at {address} has no workers. Start them with `dask worker {address}`, in "
            "environments with the same visitplan as here."
        )
    faults = [*_other_versions(client)] or [*_not_ready(client, threads)]
    if faults:
        raise ClusterError("\n".join([f"Workers of {address} cannot plan with this machine:", *faults]))
    return threads


def _other_versions(client: Client) -> Iterator[str]:
    """Name what workers have in other versions than this process, or not at all; same faults in one line."""
    faults: Counter[str] = Counter()
    python = python_version().rpartition(".")[0]
    for found in client.run(python_version).values():
        if found.rpartition(".")[0] != python:
            faults[f"Python {found}, here {python_version()}"] += 1
    for name in MUST_AGREE:
        here = version_here(name)
        for found in client.run(version, name, on_error="return").values():
            if isinstance(found, PackageNotFoundError):
                faults[f"no {name}, here {here}"] += 1
            elif found != here:
                faults[f"{name} {found}, here {here}"] += 1
    for fault, count in sorted(faults.items()):
        yield f"- {count} with {fault}: install the same there."


def version_here(package: str) -> str:
    """Give the version of a package in this process."""
    return version(package)


def _not_ready(client: Client, workers: Iterable[str]) -> Iterator[str]:
    """Let each worker import and compile the search, and name those that cannot."""
    waiting: Mapping[str, Any] = {
        worker: client.submit(_ready, pure=False, workers=[worker], allow_other_workers=False)
        for worker in workers
    }
    until, ours = time.monotonic() + READY_SECONDS, sources()
    for worker, job in waiting.items():
        try:
            theirs = job.result(timeout=max(0.0, until - time.monotonic()))
        except Exception as error:  # whatever a worker may die of
            yield f"- {worker} is not ready: {type(error).__name__}: {error}"
        else:
            if theirs != ours:
                yield f"- {worker} has this version of visitplan with other sources: install the same there."


def _ready() -> str:
    """Make this process ready for jobs, the search compiled or read from its cache; give :func:`sources`."""
    warm_up()
    return sources()


def sources() -> str:
    """Give a digest of the sources of what is run and pickled elsewhere: versions do not tell of edits."""
    digest = hashlib.sha256()
    for package in (solver, coordination):
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
