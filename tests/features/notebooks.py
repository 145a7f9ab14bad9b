"""What an executed notebook shows, such that two runs can be compared.

Figures differ a little between versions of the libraries, and times between machines. So headings and first
lines have to be the same, each figure masked; and in cells tagged ``figures`` the figures have to be near to
each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FIGURE = re.compile(r"[-+]?£?-?\d[\d,.:%]*")
TAG = "figures"
NEAR_RELATIVE, NEAR_ABSOLUTE = 0.25, 6.0
"""How far a tagged figure may be from the committed one before that is called stale: the larger of both."""


def code_cells(notebook: Any) -> list[Any]:
    """Give the cells that are run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shapes(cell: Any) -> list[tuple[str, ...]]:
    """Give, for each output of a cell, what it is and its headings without figures."""
    return [(output.output_type, *_kinds(output), *_words(output)) for output in cell.outputs]


def figures(cell: Any) -> list[float]:
    """Give the figures of the tables and printed lines of a cell, in order; NaN and headings are none."""
    found: list[str] = []
    for output in cell.outputs:
        page = output.get("data", {}).get("text/html", "")
        found += [*re.findall(r"<td>(.*?)</td>", page), *re.split(r"\s+", output.get("text", ""))]
    return [float(text.replace(",", "")) for text in found if FIGURE.fullmatch(text)]


def _kinds(output: Any) -> list[str]:
    return sorted(output.get("data", {}))


def _words(output: Any) -> Iterator[str]:
    page = output.get("data", {}).get("text/html", "")
    if "<svg" in page:
        yield from _masked(re.findall(r'aria-label="(.*?)"', page)[0])
    elif 'class="dataframe"' in page:  # its headings: which rows a table has may change with a plan
        yield from re.findall(r"<th>([^<\d]*?)</th>", page.split("</thead>")[0])
    elif page:  # a view: what it is about, line by line
        yield from re.findall(r'<th scope="row"[^>]*>(.*?)</th>', page)
    else:
        yield from _masked((output.get("text") or output.data["text/plain"]).splitlines()[0])


def _masked(text: str) -> list[str]:
    return FIGURE.sub("#", text).split()
