r"""The report as one page: no part of it comes from elsewhere, and nothing in it can be taken for markup.

Jinja escapes whatever a table holds. The runs stand in the page as JSON in which ``<``, ``>`` and ``&`` are
written as ``\u003c`` and so on, so that no id can end the element it stands in. The page's own policy
(Content-Security-Policy) lets the browser run our script and our style only, known by their SHA-256, and
fetch nothing at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from visitplan.reporting.html.board import VERDICTS, board, group_tables
from visitplan.reporting.html.contents import harmless
from visitplan.reporting.html.runs import DAY_MIN, JOINT_VISITS, ROSTER, STAFF, runs_data
from visitplan.reporting.text import counted, day, days, sterling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from visitplan.reporting.html.contents import Baseline, Contents

SCRIPTS = ("model.js", "timeline.js", "map.js", "page.js")
"""Parts of the page's script, in the order in which they stand in it."""
UNASSIGNED, FINDINGS = "unassigned.csv", "findings.csv"
COVERED, TOLD_ONCE = "covered.csv", "told_once.csv"
TABLES = (ROSTER, STAFF, JOINT_VISITS, UNASSIGNED, FINDINGS, COVERED, TOLD_ONCE)
"""The files of a plan folder from which the page is made."""


def report_page(contents: Contents, baselines: Sequence[Baseline] = ()) -> str:
    """Give the report of a plan as one HTML document.

    Parameters
    ----------
    contents
        The plan: see :class:`Contents`.
    baselines
        Other plans of the same input, such as one planned without coordination; with them the report tells
        what coordination bought.

    Raises
    ------
    InputError
        A cell of the tables cannot be read.
    """
    data = runs_data(contents)
    return (
        _environment()
        .get_template("report.html")
        .render(
            contents=contents,
            figures=contents.figures["overall"],
            made=contents.provenance,
            title=harmless(contents.provenance.scenario),
            when=days(contents.period.first, contents.period.last),
            board=board(contents, baselines) if baselines else None,
            verdicts=VERDICTS,
            groups=group_tables(contents, baselines),
            unassigned=contents.tables[UNASSIGNED],
            findings=contents.tables[FINDINGS],
            covered=contents.tables[COVERED],
            told_once=contents.tables[TOLD_ONCE],
            data=data,
            json=_embedded(data),
            style=_static("report.css"),
            script=_script(),
            security=_security_policy(),
        )
        + "\n"
    )


@cache
def _environment() -> Environment:
    import jinja2  # here, because importing visitplan should not load it

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("visitplan.reporting.html"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "clock": _clock,
        "counted": counted,
        "harmless": harmless,
        "longday": _long_day,
        "sterling": sterling,
    }
    return environment


@cache
def _static(name: str) -> str:
    return (resources.files(__package__) / "static" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    return "\n".join(_static(name) for name in SCRIPTS)


def _embedded(data: Any) -> Any:
    """Give JSON that can stand inside a script element; pure ASCII."""
    from markupsafe import Markup

    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _security_policy() -> str:
    """Give the page's Content-Security-Policy: our script and style, by their hash, and nothing else."""
    return (
        f"default-src 'none'; script-src {_hash(_script())}; style-src {_hash(_static('report.css'))}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _clock(minute: float | None) -> str:
    """Give minutes after midnight as HH:MM; an empty text where there are none."""
    if minute is None:
        return ""
    return f"{int(minute) % DAY_MIN // 60:02d}:{int(minute) % 60:02d}"


def _long_day(iso: str) -> str:
    from datetime import date

    return day(date.fromisoformat(iso))
