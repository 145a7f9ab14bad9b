"""A plan folder is replaced all at once, or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.exports.builders import plan, scenario
from tests.exports.faults import FaultyDisk, HastyDisk, Refusing
from tests.exports.figures import figures
from tests.exports.killed import STATUS_OF_FIRST, STATUS_OF_SECOND
from tests.exports.small_disk import NOT_PERMITTED
from visitplan.errors import OutputError
from visitplan.exports import lock, read_manifest, read_plan, write_plan
from visitplan.exports.folder import Disk, old_path

ROOT = Path(__file__).parents[2]
FULL = OSError(errno.ENOSPC, "No space left on device")


def write(out: Path, status: str, disk: Disk | None = None) -> None:
    disk = HastyDisk() if disk is None else disk
    write_plan(out, scenario(), plan(), figures(plan()), status=status, disk=disk)


def contents(out: Path) -> dict[str, bytes]:
    files = (path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder that holds last night's plan."""
    write(tmp_path / "out", STATUS_OF_FIRST)
    return tmp_path / "out"


def test_a_new_folder_gets_every_file_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "out", "complete", Disk())
    assert sorted(contents(tmp_path / "deep" / "out")) == [
        "appointments.csv",
        "calendars/household-H1.ics",
        "calendars/household-H2.ics",
        "calendars/ledger.json",
        "calendars/staff-C1.ics",
        "calendars/staff-N1.ics",
        "calendars/staff-T1.ics",
        "covered.csv",
        "findings.csv",
        "joint_visits.csv",
        "kpis.json",
        "manifest.json",
        "plan.json",
        "roster.csv",
        "staff.csv",
        "told_once.csv",
        "unassigned.csv",
    ]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_a_plan_takes_the_place_of_the_one_before(out: Path) -> None:
    write(out, STATUS_OF_SECOND, Disk())
    assert read_manifest(out).status == STATUS_OF_SECOND
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out", "complete")
    assert (tmp_path / "out" / "roster.csv").exists()


@pytest.mark.parametrize("manifest", [None, "{}", '{"manifest_version": 3}', "not json", "[" * 100_000])
def test_a_folder_that_is_no_plan_folder_is_left_alone(tmp_path: Path, manifest: str | None) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    if manifest is not None:
        (out / "manifest.json").write_text(manifest)
    before = contents(out)
    with pytest.raises(OutputError, match="Name another folder with --out, or empty this one"):
        write(out, "complete")
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_where_the_folder_should_be_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a letter")
    with pytest.raises(OutputError, match="is a file"):
        write(tmp_path / "out", "complete")
    assert (tmp_path / "out").read_text() == "a letter"


def test_what_people_put_into_a_plan_folder_is_kept(out: Path) -> None:
    (out / "notes.txt").write_text("call H2 first")
    (out / "scans").mkdir()
    (out / "scans" / "1.txt").write_text("page")
    write(out, STATUS_OF_SECOND)
    assert (out / "notes.txt").read_text() == "call H2 first"
    assert (out / "scans" / "1.txt").read_text() == "page"


def test_a_file_of_ours_that_the_new_plan_does_not_have_goes(tmp_path: Path) -> None:
    rejected = pd.DataFrame({"file": ["requests.csv"], "row": [2]})
    write_plan(tmp_path / "out", scenario(), plan(), figures(plan()), rejected=rejected)
    assert (tmp_path / "out" / "rejected.csv").read_text() == "file,row\nrequests.csv,2\n"
    write(tmp_path / "out", "complete")
    assert not (tmp_path / "out" / "rejected.csv").exists()


def test_a_link_stays_a_link_and_its_target_is_replaced(out: Path) -> None:
    link = out.parent / "latest"
    link.symlink_to("out")
    write(link, STATUS_OF_SECOND)
    assert link.is_symlink()
    assert read_manifest(out).status == STATUS_OF_SECOND


def test_the_folder_keeps_its_permissions(out: Path) -> None:
    out.chmod(0o750)
    write(out, STATUS_OF_SECOND)
    assert out.stat().st_mode & 0o777 == 0o750


def outcome(out: Path, disk: Disk) -> BaseException | None:
    try:
        write(out, STATUS_OF_SECOND, disk)
    except (OutputError, KeyboardInterrupt) as error:
        return error
    return None


def steps_of_a_write(folder: Path) -> int:
    disk = FaultyDisk(-1, Refusing(FULL))
    write(folder, "complete", disk)
    return disk.steps


@pytest.mark.parametrize(
    ("error", "done"),
    [
        (FULL, 0.0),
        (FULL, 0.5),
        (PermissionError(errno.EACCES, "denied"), 0.0),
        (KeyboardInterrupt(), 0.0),
        (KeyboardInterrupt(), 0.5),
        (KeyboardInterrupt(), 1.0),
    ],
)
def test_a_fault_at_any_step_leaves_one_whole_plan(out: Path, error: BaseException, done: float) -> None:
    before = contents(out)
    shutil.copytree(out, out.parent / "trial")
    steps = steps_of_a_write(out.parent / "trial")
    assert steps > 12
    for step in range(steps):
        came_of_it = outcome(out, FaultyDisk(step, Refusing(error), done=done))
        if isinstance(came_of_it, OutputError):
            assert "What was there before is untouched" in str(came_of_it)
            assert contents(out) == before
        elif came_of_it is None:
            assert read_manifest(out).status == STATUS_OF_SECOND
        assert read_plan(out, scenario()) == (plan(), ())
        with lock(out):
            left = [path.name for path in out.parent.iterdir() if path.name.endswith(("-new", "-old"))]
        assert left == []
        shutil.rmtree(out)
        write(out, STATUS_OF_FIRST)


def test_a_disk_that_fails_for_good_still_leaves_last_nights_plan_to_read(out: Path) -> None:
    before = contents(out)
    shutil.copytree(out, out.parent / "trial")
    for step in range(steps_of_a_write(out.parent / "trial")):
        try:
            write(out, STATUS_OF_FIRST, FaultyDisk(step, Refusing(FULL), lasting=True))
        except OutputError:
            assert read_plan(out, scenario()) == (plan(), ())
        with lock(out):
            assert contents(out) == before


def test_the_plan_put_aside_is_read_where_a_crash_fell_between_the_renames(out: Path) -> None:
    out.rename(old_path(out))
    assert read_plan(out)[0] == plan()
    with lock(out):
        assert read_manifest(out).status == STATUS_OF_FIRST


def test_killed_at_any_step_one_whole_plan_is_left_and_the_next_run_clears_up(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.exports.killed", str(tmp_path)]
    subprocess.run(command, check=True, cwd=ROOT, timeout=600)
    outs = [path / "out" for path in sorted(tmp_path.iterdir())]
    assert len(outs) > 40
    for out in outs:
        assert read_plan(out, scenario()) == (plan(), ())
        with lock(out):
            assert [path.name for path in out.parent.iterdir() if path.name[-4:] in ("-new", "-old")] == []
            assert read_plan(out, scenario()) == (plan(), ())
        write(out, STATUS_OF_SECOND)
        assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_disk_that_is_really_full_or_read_only_keeps_last_nights_plan(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("there is no unshare here to mount a small disk with")
    own_mounts = [unshare, "--user", "--map-root-user", "--mount"]
    command = [*own_mounts, sys.executable, "-m", "tests.exports.small_disk", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    if run.returncode == NOT_PERMITTED or "unshare" in run.stderr:
        pytest.skip(f"mounting is not permitted here: {run.stderr.strip()}")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert said["room"] == "written"
    assert "No space left on device" in said["full"]
    assert said["left"] == ["out"]
    assert "Read-only file system" in said["read-only"]
    assert "Read-only file system" in said["new on read-only"]
    assert said["status"] == STATUS_OF_FIRST


def test_everything_is_forced_to_the_disk_before_the_new_folder_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    class Telling(Disk):
        def rename(self, source: Path, target: Path) -> None:
            events.append("rename")
            super().rename(source, target)

    monkeypatch.setattr(os, "fsync", lambda descriptor: events.append("forced"))
    write(tmp_path / "out", "complete", Telling())
    files = len(contents(tmp_path / "out"))
    folders = len(["calendars", "out", "its parent"])
    assert events == ["forced"] * (files + folders) + ["rename", "forced"]


def test_a_folder_half_removed_is_never_put_back(out: Path) -> None:
    steps = steps_of_a_write(out)
    outcome(out, FaultyDisk(steps - 1, Refusing(FULL), done=0.5))
    assert any(path.name.endswith("visitplan-new") for path in out.parent.iterdir())
    shutil.rmtree(out)
    with lock(out):
        assert not out.exists()


def test_a_disk_that_refuses_one_file_among_many_keeps_last_nights_plan(out: Path) -> None:
    class Picky(HastyDisk):
        def write(self, path: Path, data: bytes) -> None:
            if path.name == "staff-N1.ics":
                raise FULL
            super().write(path, data)

    before = contents(out)
    assert isinstance(outcome(out, Picky()), OutputError)
    assert contents(out) == before
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_a_folder_is_removed_with_all_that_is_in_it_and_what_links_lead_to_stays(tmp_path: Path) -> None:
    kept, gone = tmp_path / "kept", tmp_path / "gone"
    for folder in (kept, gone / "calendars" / "old"):
        folder.mkdir(parents=True)
        (folder / "a.ics").write_text("a")
    (gone / "link").symlink_to(kept, target_is_directory=True)
    (gone / "file").symlink_to(kept / "a.ics")
    Disk().remove_tree(gone)
    assert not gone.exists()
    assert (kept / "a.ics").read_text() == "a"
