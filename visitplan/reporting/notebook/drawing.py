"""Drawings: one SVG element each, written as XML, so that no id in it can be taken for markup.

Colours and fonts stand as attributes of the elements. A style sheet inside a drawing would reach the rest of
the notebook's page, and is dropped by some that show notebooks.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

PAPER, INK, QUIET, RULE, FAINT = "#ffffff", "#1b1f24", "#4d5661", "#c3c9cf", "#eef1f4"
SERVICE_COLOURS = (
    "#0b5cad",
    "#a33b00",
    "#1a7f37",
    "#7b2fbf",
    "#b00060",
    "#006d77",
    "#6b5900",
    "#4a4a4a",
)
"""Colours of services by their place in the plan's list; those of the report on paper."""
FONT = "system-ui, 'DejaVu Sans', sans-serif"
LETTER = 0.58
"""Width of a letter of the font, and a little over, as a part of its size."""

# Characters that a string may hold and XML may not; controls and surrogates are gone before.
_NOT_XML = dict.fromkeys((0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that a notebook shows, and that can be kept as a file.

    Attributes
    ----------
    svg
        The picture, as SVG.
    said
        What it shows, in words.
    """

    svg: str
    said: str

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as an SVG file, encoded as UTF-8."""
        file = Path(path)
        file.write_text(self.svg + "\n", encoding="utf-8")
        return file

    def _repr_html_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Drawing: {self.said}>"


class Canvas:
    """A drawing while it is drawn; all lengths are in pixels."""

    def __init__(self, width: float, said: str) -> None:
        self._said = said
        self._width = width
        self._root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "role": "img",
                "aria-label": said.translate(_NOT_XML),
                "font-family": FONT,
                "font-size": "12",
                "fill": INK,
                "style": "max-width:100%;height:auto",
            },
        )
        self._ground = self.add("rect", x=0, y=0, fill=PAPER)

    def add(
        self, tag: str, under: ET.Element | None = None, text: str | None = None, /, **attributes: object
    ) -> ET.Element:
        """Add an element; ``stroke_width=2`` is the attribute ``stroke-width``, and None is none."""
        said = {
            name.replace("_", "-"): _number(value) for name, value in attributes.items() if value is not None
        }
        element = ET.SubElement(self._root if under is None else under, tag, said)
        if text is not None:
            element.text = text.translate(_NOT_XML)
        return element

    def write(
        self, x: float, y: float, text: str, under: ET.Element | None = None, /, **attributes: object
    ) -> None:
        """Write a text; whichever direction it runs in, it does not turn what stands beside it."""
        self.add("text", under, text, x=x, y=y, unicode_bidi="isolate", **attributes)

    def finished(self, height: float) -> Drawing:
        """Give the drawing, this high."""
        size = {"width": _number(self._width), "height": _number(height)}
        for element in (self._root, self._ground):
            element.attrib.update(size)
        self._root.set("viewBox", f"0 0 {_number(self._width)} {_number(height)}")
        return Drawing(ET.tostring(self._root, encoding="unicode"), self._said)


def colour(place: int) -> str:
    """Give the colour of a service by its place in the plan's list."""
    return SERVICE_COLOURS[place % len(SERVICE_COLOURS)]


def fits(text: str, width: float, size: float) -> bool:
    """Tell whether a text of this size (pixels) fits a box: half an id would be the wrong id."""
    return LETTER * size * len(text) + 4 <= width


def shortened(text: str, width: float, size: float) -> str:
    """Give as much of a text as fits, with an ellipsis where some is left out."""
    most = max(1, int((width - 4) / (LETTER * size)))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
