"""Letters as pages for print: A4, one file each that needs nothing else."""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING

from visitplan.domain.showing import file_stems
from visitplan.reporting.letters.contents import letters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jinja2 import Environment

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.policy import Layout
    from visitplan.reporting.letters.contents import Letter
    from visitplan.reporting.letters.texts import Texts


def letter_files(scenario: Scenario, plan: Plan, texts: Texts, layouts: Iterable[Layout]) -> dict[str, bytes]:
    """Give every letter of a plan: for each layout a file a household, and one with all, for one print job.

    Such as ``standard/H12.html``, and ``standard.html`` with a new page for each.
    """
    letters = letters_of(scenario, plan, texts)
    stems = file_stems(letter.household_id for letter in letters)
    files: dict[str, bytes] = {}
    for layout in layouts:
        for letter in letters:
            files[f"{layout}/{stems[letter.household_id]}.html"] = _encoded([letter], texts, layout)
        files[f"{layout}.html"] = _encoded(letters, texts, layout)
    return files


def letter_page(letters: Sequence[Letter], texts: Texts, layout: Layout) -> str:
    """Give letters as one HTML page; each starts on a sheet of its own when it is printed."""
    template = _environment().get_template("letters.html")
    return template.render(
        letters=letters,
        texts=texts,
        say=texts.say,
        layout=layout.value,
        picture=lambda *names: _picture(texts, names),
    )


def _encoded(letters: Sequence[Letter], texts: Texts, layout: Layout) -> bytes:
    return letter_page(letters, texts, layout).encode("utf-8", "replace")


def _picture(texts: Texts, names: Iterable[str]) -> str | None:
    """Give the first of these pictures that there is, as a data address; None leaves the slot empty."""
    for name in names:
        if name in texts.pictures:
            kind, data = texts.pictures[name]
            return f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return None


@cache
def _environment() -> Environment:
    import jinja2  # here, because importing visitplan should not load it

    return jinja2.Environment(
        loader=jinja2.PackageLoader("visitplan.reporting.letters"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
