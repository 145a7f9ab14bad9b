"""The timeline: each shift is a row of travel, waiting, breaks and visits; joint visits go across rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visitplan.reporting.notebook.drawing import (
    FAINT,
    INK,
    PAPER,
    QUIET,
    RULE,
    Canvas,
    Drawing,
    colour,
    fits,
    shortened,
)
from visitplan.reporting.notebook.lines import BREAK, TRAVEL, VISIT, WAIT, Step, lines_of, steps_of
from visitplan.reporting.notebook.picking import Picked, Wish, picked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree.ElementTree import Element

    from visitplan.reporting.notebook.lines import Line

WIDTH, WHO, TOP, ROW, FOOT = 1000, 170, 44, 26, 40
"""Pixels: the drawing's width, that of the column of names, above the first row, of a row, below the last."""
MOST_ROWS = 80
_EDGE = 24
_LABEL = 10


def draw_timeline(data: Mapping[str, Any], wish: Wish, most: int = MOST_ROWS) -> Drawing:
    """Draw the runs of one day.

    Parameters
    ----------
    data
        The report's data: see :func:`visitplan.reporting.html.runs.runs_data`.
    most
        Rows that are drawn at most; the drawing says when there are more.

    Raises
    ------
    ValueError
        There is nothing as asked, or ``most`` is below 1.
    """
    if most < 1:
        raise ValueError(f"most is {most}, and at least one row has to be drawn")
    return _Timeline(picked(lines_of(data), wish), most).drawing()


class _Timeline:
    def __init__(self, chosen: Picked, most: int) -> None:
        self.wish = chosen.wish
        self.lines = chosen.lines[:most]
        left = len(chosen.lines) - len(self.lines)
        more = f". {left:,} rows more are not drawn: ask for a part, or for most={len(chosen.lines)}"
        self.said = f"Timeline of {chosen.said}{more if left else ''}"
        self.span = _span(self.lines)
        self.canvas = Canvas(WIDTH, self.said)

    def drawing(self) -> Drawing:
        self.canvas.write(_EDGE, 16, shortened(self.said, WIDTH - 2 * _EDGE, 12), font_weight=600)
        self._axis()
        for k, line in enumerate(self.lines):
            self._row(line, TOP + k * ROW)
        self._meetings()
        height = TOP + len(self.lines) * ROW + FOOT
        self._legend(height - FOOT / 2)
        return self.canvas.finished(height)

    def x(self, minute: float) -> float:
        first, last = self.span
        return WHO + (WIDTH - WHO - _EDGE) * (minute - first) / (last - first)

    def _axis(self) -> None:
        first, last = self.span
        bottom = TOP + len(self.lines) * ROW
        every = 60 if last - first <= 18 * 60 else 180
        marks = self.canvas.add("g", stroke=RULE, stroke_width=0.5)
        words = self.canvas.add("g", fill=QUIET, font_size=11, text_anchor="middle")
        for minute in range(first, last + 1, every):
            self.canvas.add("line", marks, x1=self.x(minute), x2=self.x(minute), y1=TOP - 4, y2=bottom)
            self.canvas.write(self.x(minute), TOP - 8, _clock(minute), words)

    def _row(self, line: Line, top: float) -> None:
        middle = top + ROW / 2
        who = self.canvas.add("g", font_size=11)
        self.canvas.add("title", who, f"{line.shift_id}, {line.service}")
        name = shortened(line.staff_id, WHO * 0.6, 11)
        self.canvas.write(_EDGE, middle + 4, name, who, font_weight=600)
        self.canvas.write(
            WHO - 8,
            middle + 4,
            shortened(line.service, WHO * 0.9 - 7 * len(name), 11),
            who,
            fill=QUIET,
            text_anchor="end",
        )
        if line.begins is not None and line.ends is not None:
            width = self.x(line.ends) - self.x(line.begins)
            self.canvas.add("rect", x=self.x(line.begins), y=top + 2, width=width, height=ROW - 4, fill=FAINT)
        for step in steps_of(line):
            self._step(step, line, top)

    def _step(self, step: Step, line: Line, top: float) -> None:
        faint = step.stop is not None and not self.wish.meant(step.stop)
        group = self.canvas.add("g", opacity=0.3 if faint else None)
        self.canvas.add("title", group, _told(step))
        start, end = self.x(step.start), self.x(step.end)
        _draw(self.canvas, group, step, (start, end, top), colour(line.colour))

    def _meetings(self) -> None:
        """Join the visits of each joint visit from row to row, where they are among those asked for."""
        meets: dict[str, list[tuple[float, float]]] = {}
        for k, line in enumerate(self.lines):
            for stop in line.stops:
                if stop.joint and self.wish.meant(stop):
                    meets.setdefault(stop.joint, []).append((self.x(stop.start), TOP + k * ROW + 4))
        group = self.canvas.add("g", stroke=INK, stroke_dasharray="2 2", fill="none", opacity=0.6)
        for joint, points in meets.items():
            if len(points) > 1:
                path = self.canvas.add("path", group, d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))
                self.canvas.add("title", path, f"joint visit {joint}")
        dots = self.canvas.add("g", fill=INK)
        for x, y in (point for points in meets.values() for point in points):
            self.canvas.add("circle", dots, cx=x, cy=y, r=3)

    def _legend(self, middle: float) -> None:
        top, x = middle - ROW / 2, float(_EDGE)
        services = {line.service: line.colour for line in self.lines}
        shown = [(VISIT, name, colour(place)) for name, place in services.items()]
        for kind, word, paint in (
            *shown,
            (TRAVEL, "travel", QUIET),
            (WAIT, "wait", QUIET),
            (BREAK, "break", INK),
        ):
            _draw(self.canvas, self.canvas.add("g"), Step(kind, 0, 0), (x, x + 26, top), paint)
            self.canvas.write(x + 32, middle + 4, word, font_size=11)
            x += 32 + 7 * len(word) + 18
        self.canvas.add("circle", cx=x, cy=middle, r=3)
        self.canvas.write(x + 10, middle + 4, "joint visit, dotted to whom it meets", font_size=11)


def _draw(canvas: Canvas, group: Element, step: Step, place: tuple[float, float, float], paint: str) -> None:
    """Draw one step between two x, in the row that begins at a y."""
    start, end, top = place
    width, middle = end - start, top + ROW / 2
    if step.kind == TRAVEL:
        canvas.add("line", group, x1=start, x2=end, y1=middle, y2=middle, stroke=QUIET, stroke_width=2)
        return
    box = {"x": start, "width": width, "fill": PAPER}
    if step.kind == WAIT:
        quiet = {"stroke": QUIET, "stroke_dasharray": "2 2"}
        canvas.add("rect", group, y=middle - 3, height=6, **box, **quiet)
    elif step.kind == BREAK:
        canvas.add("rect", group, y=middle - 6, height=12, stroke=INK, **box)
    else:
        box |= {"fill": paint, "fill_opacity": 0.22, "stroke": paint, "rx": 2}
        thick = 2.5 if step.stop is not None and step.stop.joint else 1
        canvas.add("rect", group, y=top + 4, height=ROW - 8, stroke_width=thick, **box)
    label = step.stop.household_id if step.stop is not None else ""
    if label and fits(label, width, _LABEL):
        canvas.write(start + width / 2, middle + 4, label, group, font_size=_LABEL, text_anchor="middle")


def _told(step: Step) -> str:
    times = f"{_clock(step.start)} to {_clock(step.end)}"
    stop = step.stop
    if stop is None:
        return f"{times}: {step.kind}"
    joint = f", joint visit {stop.joint}" if stop.joint else ""
    return f"{times}: {stop.service}, {stop.visit_id} to {stop.person_id} at {stop.household_id}{joint}"


def _span(lines: Sequence[Line]) -> tuple[int, int]:
    """Give whole hours that hold every run, in minutes."""
    times = [time for line in lines for time in line.times]
    if not times:
        return 0, 24 * 60
    first, last = min(times) // 60 * 60, -(-max(times) // 60) * 60
    return first, max(last, first + 60)


def _clock(minute: float) -> str:
    whole = int(minute + 1e-6)
    return f"{whole // 60 % 24:02d}:{whole % 60:02d}"
