"""The README's commands work, and print what it says they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
QUICK = "time_limit=None, iterations=200"
"""What stands in for a minute of search where the library example is run."""
README = (TOP / "README.md").read_text(encoding="utf-8")


def console_blocks() -> list[str]:
    return re.findall(r"^```console\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def python_blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[tuple[str, str]]:
    """Give each command of a block with the output shown below it."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def shape(text: str) -> list[str]:
    """Give the words of a text with every figure masked: figures differ between versions of the libraries."""
    return re.sub(r"[-+]?[£]?\d[\d,.:%]*", "#", text).split()


@pytest.fixture
def copy_of_the_repository(tmp_path: Path) -> Path:
    for name in ("data", "examples"):
        shutil.copytree(TOP / name, tmp_path / name)
    return tmp_path


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100"}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_two_commands_are_shown():
    assert "make demo" in README
    assert "make test" in README


def test_every_command_prints_what_the_readme_says(copy_of_the_repository: Path):
    shown = [pair for block in console_blocks() for pair in commands(block) if not pair[0].startswith("make")]
    assert len(shown) >= 3
    for command, output in shown:
        assert shape(run(command, copy_of_the_repository)) == shape(output), command


def test_the_library_example_runs_as_written(copy_of_the_repository: Path):
    assert len(python_blocks()) >= 1
    for block in python_blocks():
        script = copy_of_the_repository / "example.py"
        quick = block.replace("time_limit=60", QUICK).replace(
            "coordinate=False", f"coordinate=False, {QUICK}"
        )
        assert quick.count(QUICK) == block.count("vp.plan(")
        script.write_text(quick, encoding="utf-8")
        run(f"{sys.executable} example.py", copy_of_the_repository)


def test_make_demo_runs_the_command_that_the_readme_shows():
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    planned = re.search(r"^demo:.*\n\t\$\(BIN\)/(visitplan plan .*)$", makefile, flags=re.MULTILINE)
    assert planned is not None
    assert planned[1] in README
