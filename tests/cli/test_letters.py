"""``visitplan letters``, and letters in the plan folder where the policy asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import write_folder
from visitplan.cli import run

QUICK = ("--engine", "greedy", "--iterations", "1", "--quiet")


@pytest.fixture
def made(folder: Path, out: Path) -> Path:
    """A plan folder made by the command line."""
    assert run(["plan", str(folder), "--out", str(out), *QUICK]) == 0
    return out


def pages(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


def test_every_household_gets_a_letter_in_every_layout(made: Path, tmp_path: Path, capsys):
    assert run(["letters", str(made), "--out", str(tmp_path / "letters")]) == 0
    layouts = ("easy", "large", "standard")
    every = [f"{layout}{end}.html" for layout in layouts for end in ("", "/H1", "/H2")]
    assert pages(tmp_path / "letters") == sorted(every)
    assert "Dear Edna Secretname" in (tmp_path / "letters" / "large" / "H1.html").read_text()
    assert "Secretname" not in capsys.readouterr().err


def test_layouts_are_chosen_and_letters_of_before_replaced(made: Path, tmp_path: Path):
    out = tmp_path / "letters"
    assert run(["letters", str(made), "--out", str(out)]) == 0
    assert run(["letters", str(made), "--out", str(out), "--layout", "easy"]) == 0
    assert pages(out) == ["easy.html", "easy/H1.html", "easy/H2.html"]


def test_a_folder_of_other_things_is_not_replaced(made: Path, capsys):
    assert run(["letters", str(made), "--out", str(made)]) == 1
    assert "holds other things than letters" in capsys.readouterr().err


def test_texts_of_your_own_are_used(made: Path, tmp_path: Path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "letters.toml").write_text('[sentences]\ntitle = "Who is coming"\n')
    out = tmp_path / "letters"
    assert run(["letters", str(made), "--out", str(out), "--texts", str(texts), "--layout", "standard"]) == 0
    assert "<h1>Who is coming</h1>" in (out / "standard" / "H1.html").read_text()


@pytest.mark.parametrize("arguments", [["--layout", "braille"], ["--texts", "nowhere"]])
def test_what_cannot_be_used_exits_2_and_writes_nothing(
    made: Path, tmp_path: Path, arguments: list[str], capsys
):
    assert run(["letters", str(made), "--out", str(tmp_path / "letters"), *arguments]) == 2
    told = capsys.readouterr().err
    assert "braille" in told or "LETTERS-UNREADABLE" in told
    assert not (tmp_path / "letters").exists()


def test_a_plan_whose_input_is_gone_needs_it_named(made: Path, folder: Path, tmp_path: Path, capsys):
    folder.rename(tmp_path / "moved")
    assert run(["letters", str(made), "--out", str(tmp_path / "letters")]) == 2
    assert "PLAN-INPUT-GONE" in capsys.readouterr().err
    moved = ["--input", str(tmp_path / "moved")]
    assert run(["letters", str(made), "--out", str(tmp_path / "letters"), *moved]) == 0


def policy(folder: Path, text: str) -> Path:
    write_folder(folder)
    (folder / "visitplan.toml").write_text(text)
    return folder


def test_the_plan_folder_holds_no_letters_and_no_names_unless_the_policy_asks(made: Path):
    assert not (made / "letters").exists()
    held = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert b"Secretname" not in held


def test_the_policy_asks_for_letters_in_the_plan_folder(tmp_path: Path, out: Path):
    asked = policy(tmp_path / "asked", '[letters]\nlayouts = ["standard"]\ntexts = "our texts"\n')
    (asked / "our texts").mkdir()
    (asked / "our texts" / "letters.toml").write_text('[sentences]\ntitle = "Who is coming"\n')
    assert run(["plan", str(asked), "--out", str(out), *QUICK]) == 0
    assert pages(out / "letters") == ["standard.html", "standard/H1.html", "standard/H2.html"]
    assert "<h1>Who is coming</h1>" in (out / "letters" / "standard" / "H1.html").read_text()
    assert run(["check", str(asked), str(out)]) == 0


def test_texts_that_cannot_be_used_are_found_before_planning(tmp_path: Path, out: Path, capsys):
    asked = policy(tmp_path / "asked", '[letters]\nlayouts = ["standard"]\ntexts = "nowhere"\n')
    assert run(["plan", str(asked), "--out", str(out), *QUICK]) == 2
    assert "LETTERS-UNREADABLE" in capsys.readouterr().err
    assert not out.exists()


def test_the_texts_to_start_from_are_printed_and_can_be_used_as_they_are(made: Path, tmp_path: Path, capsys):
    assert run(["schema", "letters"]) == 0
    (tmp_path / "letters.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    plain, own = tmp_path / "plain", tmp_path / "own"
    assert run(["letters", str(made), "--out", str(plain), "--layout", "easy"]) == 0
    assert run(["letters", str(made), "--out", str(own), "--layout", "easy", "--texts", str(tmp_path)]) == 0
    assert (plain / "easy.html").read_bytes() == (own / "easy.html").read_bytes()
