"""One run at a time for each plan folder."""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.exports.builders import plan, scenario
from tests.exports.figures import figures
from visitplan.errors import OutputError
from visitplan.exports import lock, write_plan
from visitplan.exports.folder import Disk, new_path
from visitplan.exports.lock import lock_path

locking = sys.modules["visitplan.exports.lock"]  # the package's own ``lock`` is the function

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDER = """
import sys
from visitplan.exports import lock
with lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder ``out`` until its standard input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(OutputError) as refused, lock(tmp_path / "out"):
        pass
    said = str(refused.value)
    assert f"process {holder.pid} on {socket.gethostname()}, started 20" in said


def test_writing_is_refused_while_another_process_holds_the_folder(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    assert holder.poll() is None
    with pytest.raises(OutputError, match="Another run is writing"):
        write_plan(tmp_path / "out", scenario(), plan(), figures(plan()))
    assert not (tmp_path / "out").exists()


def test_a_holder_that_is_killed_leaves_no_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with lock(tmp_path / "out") as held:
        assert held == tmp_path / "out"


def test_another_folder_is_free(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.poll() is None
    with lock(tmp_path / "other") as held:
        assert held.name == "other"


def test_the_lock_file_lies_beside_the_folder_and_goes_with_the_lock(tmp_path: Path) -> None:
    with lock(tmp_path / "out"):
        assert [path.name for path in tmp_path.iterdir()] == [".out.visitplan-lock"]
    assert list(tmp_path.iterdir()) == []


def test_the_lock_goes_when_the_run_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), lock(tmp_path / "out"):
        raise RuntimeError
    with lock(tmp_path / "out") as held:
        assert held == tmp_path / "out"


def test_the_same_thread_may_hold_it_again(tmp_path: Path) -> None:
    with lock(tmp_path / "out"):
        with lock(tmp_path / "out"):
            pass
        assert lock_path(tmp_path / "out").exists()


def test_another_thread_of_the_process_is_refused(tmp_path: Path) -> None:
    said: list[str] = []

    def try_it() -> None:
        try:
            with lock(tmp_path / "out"):
                said.append("held")
        except OutputError as error:
            said.append(str(error))

    with lock(tmp_path / "out"):
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
    assert len(said) == 1
    assert "Another thread of this very process" in said[0]


def test_a_link_and_its_target_are_one_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with lock(tmp_path / "link") as held:
        assert held == tmp_path / "real"


def test_the_start_is_told_by_the_clock_that_was_passed_in(tmp_path: Path) -> None:
    then = dt.datetime(2027, 1, 11, 2, 0, tzinfo=dt.UTC)
    with lock(tmp_path / "out", now=lambda: then):
        assert '"started": "2027-01-11 02:00:00 UTC"' in lock_path(tmp_path / "out").read_text()


def test_a_lock_file_without_words_still_refuses(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    assert holder.poll() is None
    os.truncate(lock_path(tmp_path / "out"), 0)
    with pytest.raises(OutputError, match="Another run is writing"), lock(tmp_path / "out"):
        pass


@pytest.mark.parametrize("folder", ["/", "/proc/nowhere/out"])
def test_a_place_where_no_lock_can_lie_is_an_output_error(folder: str) -> None:
    with pytest.raises(OutputError), lock(folder):
        pass


def test_a_lock_file_that_its_holder_removed_meanwhile_is_not_taken_for_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lock_path(tmp_path / "out")
    really_locked = locking._locked

    def last_holder_goes_first(descriptor: int) -> bool:
        monkeypatch.setattr(locking, "_locked", really_locked)
        path.unlink()
        return really_locked(descriptor)

    monkeypatch.setattr(locking, "_locked", last_holder_goes_first)
    with lock(tmp_path / "out"):
        assert path.exists()


def test_on_a_full_disk_the_lock_holds_without_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with lock(tmp_path / "out"):
        assert lock_path(tmp_path / "out").read_bytes() == b""


def test_a_file_system_without_locks_is_an_output_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locking, "_locked", no_locks)
    with pytest.raises(OutputError, match="cannot be locked: No locks available"), lock(tmp_path / "out"):
        pass


def test_leftovers_that_cannot_be_cleared_are_an_output_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(self: Disk, path: Path) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    new_path(tmp_path / "out").mkdir()
    monkeypatch.setattr(Disk, "remove_tree", stuck)
    with pytest.raises(OutputError, match="cannot be cleared: Permission denied"), lock(tmp_path / "out"):
        pass
    assert not lock_path(tmp_path / "out").exists()


def test_links_that_lead_nowhere_are_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OutputError), lock(tmp_path / "a"):
        pass
