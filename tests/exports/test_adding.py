"""Files added to a plan folder that is written already."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exports.builders import plan, scenario
from tests.exports.faults import FaultyDisk, HastyDisk, Refusing
from visitplan import exports, reporting
from visitplan.errors import InputError, OutputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    figures = reporting.kpis(scenario(), plan())
    return exports.write_plan(tmp_path / "plan", scenario(), plan(), figures, disk=HastyDisk())


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_manifest_lists_what_was_added_and_the_rest_stays(folder: Path) -> None:
    before = content(folder)
    exports.add_files(folder, {"report.html": b"page", "notes/one.txt": b"1"}, disk=HastyDisk())
    after = content(folder)
    assert after["report.html"] == b"page"
    assert {name: after[name] for name in before if name != "manifest.json"} == {
        name: data for name, data in before.items() if name != "manifest.json"
    }
    assert exports.read_plan(folder, scenario())[1] == ()


def test_adding_again_replaces(folder: Path) -> None:
    for page in (b"old", b"new"):
        exports.add_files(folder, {"report.html": page}, disk=HastyDisk())
    assert (folder / "report.html").read_bytes() == b"new"
    assert exports.read_plan(folder, scenario())[1] == ()


def test_an_edited_file_is_still_found_to_be_edited(folder: Path) -> None:
    (folder / "findings.csv").write_text("edited", encoding="utf-8")
    exports.add_files(folder, {"report.html": b"page"}, disk=HastyDisk())
    assert (folder / "findings.csv").read_text(encoding="utf-8") == "edited"
    codes = [finding.code for finding in exports.read_plan(folder, scenario())[1]]
    assert codes == ["PLAN-FILE-CHANGED"]


@pytest.mark.parametrize("step", [0, 3, 9])
def test_a_disk_that_refuses_leaves_what_was_there(folder: Path, step: int) -> None:
    before = content(folder)
    with pytest.raises(OutputError):
        exports.add_files(
            folder,
            {"report.html": b"page"},
            disk=FaultyDisk(step, Refusing(OSError(28, "No space left on device"))),
        )
    assert content(folder) == before
    assert [path.name for path in folder.parent.iterdir() if path.name.endswith("-new")] == []


def test_what_is_no_plan_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError):
        exports.add_files(tmp_path, {"report.html": b"page"})
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
