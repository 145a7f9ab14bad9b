"""A pseudo-locale: every text with its letters changed, so that what was not translated shows."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_CHANGED = str.maketrans("abcdefghijklmnopqrstuvwxyz", "αβγδεζηθικλμνξοπρστυφχψωàé")


def pseudo(text: str) -> str:
    """Give a text with all its letters changed but for the words in braces, between ⟦ and ⟧."""
    parts = re.split(r"(\{[^}]*\})", text)
    changed = "".join(part if part.startswith("{") else part.lower().translate(_CHANGED) for part in parts)
    return f"⟦{changed}⟧"


def write_pseudo_texts(folder: Path) -> Path:
    """Write our texts in the pseudo-locale, in whatever sections they come."""
    source = files("visitplan.reporting.letters").joinpath("texts", "letters.toml")
    texts = tomllib.loads(source.read_text(encoding="utf-8"))
    texts["letter"] = {"language": "qps", "direction": "ltr"}
    lines: list[str] = []
    for name, section in texts.items():
        tables = {name: section} if name != "teams" else {f"teams.{team}": v for team, v in section.items()}
        for table, values in tables.items():
            lines.append(f"[{table}]")
            lines += [f"{key} = {_toml(value, plain=name == 'letter')}" for key, value in values.items()]
    (folder / "letters.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def _toml(value: Any, *, plain: bool) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one, plain=plain) for one in value) + "]"
    return f'"{value if plain else pseudo(value)}"'
