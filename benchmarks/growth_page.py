"""The page of ``benchmarks.growth``: a table for each size, and time and memory as curves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import markdown
from visitplan.reporting.notebook.drawing import RULE, Canvas, Drawing, colour

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

WIDTH, HEIGHT, LEFT, RIGHT, TOP, GAP = 900.0, 340.0, 60.0, 150.0, 60.0, 70.0
WHOLE = (
    ("visits", "visits", ",.0f"),
    ("households", "homes", ",.0f"),
    ("shifts", "shifts", ",.0f"),
    ("joint_visits", "joint visits", ",.0f"),
    ("limit_seconds", "limit s", ",.0f"),
    ("first_seconds", "first plan s", ",.1f"),
    ("complete_seconds", "complete s", ",.1f"),
    ("planned_seconds", "checked s", ",.1f"),
    ("seconds", "written s", ",.1f"),
    ("cpu_seconds", "CPU s", ",.1f"),
    ("peak_mb", "peak MB", ",.0f"),
    ("unassigned", "unassigned", ",.0f"),
    ("cost_pounds", "cost GBP", ",.0f"),
)
"""Figure, heading and format of the table of whole runs."""
STAGES = ("read", "travel", "coordinate", "serve", "explain", "check", "write")


def page(known: dict[str, Any]) -> str:
    """Give the page, in Markdown."""
    rows = known["rows"]
    parts = [
        "# How time and memory grow",
        f"{known['machine']}, seed {known['seed']}, {rows[0]['workers']} workers. Days drawn by `visitplan "
        f"generate --preset {known['preset']}`, homes at places of {known['places']}.",
        "Each day is read, planned, checked and written by a process of its own; the search is compiled "
        "before. Seconds are of the clock, from the start of the process: to the first plan, to the first "
        "that leaves as few visits out as any after it, to the checked plan, and until it is written. Every "
        "day passed validation, and every plan its check.",
        markdown([heading for _, heading, _ in WHOLE], [_whole(row) for row in rows]),
        "Processor seconds of each stage; serve holds the search, which goes on until the limit:",
        markdown(["visits", *STAGES], [_stages(row) for row in rows]),
        "![Time and memory by visits](growth.svg)",
        "Fitted as a * visits ^ b by least squares on the logarithms. Memory is what is used beyond a "
        "process that has only loaded the library and its compiled search.",
        markdown(["of", "b", "a"], [_fitted(name, *of) for name, of in known["fits"].items()]),
    ]
    return "\n\n".join(parts) + "\n"


def _whole(row: dict[str, Any]) -> list[str]:
    return [format(row[key], form) if row[key] is not None else "" for key, _, form in WHOLE]


def _stages(row: dict[str, Any]) -> list[str]:
    spent = row["cpu_by_stage"]
    return [f"{row['visits']:,}", *(f"{spent.get(name, 0.0):.2f}" for name in STAGES)]


def _fitted(name: str, factor: float, power: float) -> list[str]:
    return [name, f"{power:.2f}", f"{factor:.3g}"]


# --- curves ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a panel: its name, with the exponent where it is known, and its points."""

    name: str
    points: tuple[tuple[float, float], ...]


def curves(known: dict[str, Any]) -> Drawing:
    """Draw two panels, both axes logarithmic: seconds by visits, and megabytes by visits."""
    rows, fitted = known["rows"], known.get("fits", {})
    timed = [
        _curve(name, fitted, rows, lambda row, name=name: row["cpu_by_stage"].get(name, 0.0))
        for name in STAGES
        if name != "serve"
    ]
    timed.append(_curve("first plan", fitted, rows, lambda row: row["first_seconds"] or 0.0))
    memory = [_curve("memory", fitted, rows, lambda row: row["peak_mb"] - row["base_mb"])]
    canvas = Canvas(WIDTH, "Time and memory by number of visits, both on logarithmic axes")
    half = (WIDTH - LEFT - 2 * RIGHT - GAP) / 2
    _panel(canvas, LEFT, half, "seconds: of a processor by stage, of the clock to the first plan", timed)
    _panel(canvas, LEFT + half + RIGHT + GAP, half, "megabytes above the bare process, at the peak", memory)
    return canvas.finished(HEIGHT + TOP + 50)


def _curve(
    name: str,
    fitted: dict[str, Sequence[float]],
    rows: Sequence[dict[str, Any]],
    figure: Callable[[dict[str, Any]], float],
) -> Curve:
    points = tuple((float(row["visits"]), figure(row)) for row in rows)
    said = f"{name} ^{fitted[name][1]:.2f}" if name in fitted else name
    return Curve(said, tuple(point for point in points if point[1] > 0))


def _panel(canvas: Canvas, left: float, width: float, title: str, drawn: Sequence[Curve]) -> None:
    points = [point for curve in drawn for point in curve.points]
    if not points:
        return
    across = _Axis.over([x for x, _ in points], left, left + width)
    up = _Axis.over([y for _, y in points], TOP + HEIGHT, TOP)
    canvas.write(left, 24.0, title, font_size=13)
    for tick in across.ticks():
        canvas.add("line", x1=across.at(tick), x2=across.at(tick), y1=TOP, y2=TOP + HEIGHT, stroke=RULE)
        canvas.write(across.at(tick), TOP + HEIGHT + 18, f"{tick:,.0f}", text_anchor="middle")
    for tick in up.ticks():
        canvas.add("line", x1=left, x2=left + width, y1=up.at(tick), y2=up.at(tick), stroke=RULE)
        canvas.write(left - 6, up.at(tick) + 4, f"{tick:g}", text_anchor="end")
    canvas.write(left + width / 2, TOP + HEIGHT + 38, "visits", text_anchor="middle")
    ends = _apart([up.at(curve.points[-1][1]) for curve in drawn if curve.points])
    for number, (curve, end) in enumerate(zip([c for c in drawn if c.points], ends, strict=True)):
        line = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in curve.points)
        canvas.add("polyline", points=line, fill="none", stroke=colour(number), stroke_width=2)
        for x, y in curve.points:
            canvas.add("circle", cx=across.at(x), cy=up.at(y), r=3, fill=colour(number))
        canvas.write(left + width + 8, end + 4, curve.name, fill=colour(number))


def _apart(heights: Sequence[float], least: float = 15.0) -> list[float]:
    """Give heights, in the order given, moved down as far as labels need to stand apart."""
    moved = list(heights)
    last = -math.inf
    for number in sorted(range(len(moved)), key=lambda k: heights[k]):
        moved[number] = last = max(moved[number], last + least)
    return moved


@dataclass(frozen=True, slots=True)
class _Axis:
    """A logarithmic axis from one power of ten to another."""

    low: int
    high: int
    begin: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], begin: float, end: float) -> _Axis:
        low = math.floor(math.log10(min(values)))
        return cls(low, max(low + 1, math.ceil(math.log10(max(values)))), begin, end)

    def at(self, value: float) -> float:
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.begin + part * (self.end - self.begin)

    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]
