"""FINDINGS.md has one entry for each code, and no entry for a code that is gone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
NOT_CODES = {"UTF-8", "UTF-8-SIG", "SHA-256", "CP-SAT", "ISO-8859-1"}


def codes_in_the_package() -> set[str]:
    found = set()
    for path in (TOP / "visitplan").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    return found - NOT_CODES


def entries_on_the_page() -> dict[str, str]:
    text = (TOP / "FINDINGS.md").read_text(encoding="utf-8")
    parts = re.split(r"^### +`?([A-Z0-9-]+)`? *$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_code_has_an_entry_and_every_entry_a_code():
    assert sorted(entries_on_the_page()) == sorted(codes_in_the_package())


def test_every_entry_says_what_is_the_matter_and_what_to_do():
    for code, text in entries_on_the_page().items():
        cause, _, action = text.split("\n## ")[0].partition("**Do:**")
        assert len(cause.split()) >= 4, code
        assert len(action.split()) >= 2, code
