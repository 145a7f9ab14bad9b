"""The map: households, and the runs between them, from coordinates alone: no tiles, nothing loaded."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from visitplan.reporting.notebook.drawing import INK, PAPER, QUIET, Canvas, Drawing, colour, shortened
from visitplan.reporting.notebook.lines import lines_of
from visitplan.reporting.notebook.picking import Wish, picked
from visitplan.reporting.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visitplan.reporting.notebook.lines import Line, Stop

WIDTH, HEIGHT, TOP, FOOT, MARGIN = 900, 560, 30, 30, 40
"""Pixels: the drawing's width and height, above and below the map, and around the households."""
KM_PER_DEGREE = 111.2
"""Of latitude, on a sphere with the Earth's mean radius of 6,371 km."""
MOST_NUMBERED = 3
"""With more runs than these, their stops are not numbered: the numbers would hide the map."""
_SMALLEST_KM = 0.5
_SCALES_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)


def draw_map(data: Mapping[str, Any], wish: Wish) -> Drawing:
    """Draw where the runs of one day lead, from first visit to last; where staff live is not drawn.

    Parameters
    ----------
    data
        The report's data: see :func:`visitplan.reporting.html.runs.runs_data`.

    Raises
    ------
    ValueError
        There is nothing as asked, or no household of it has coordinates.
    """
    chosen = picked(lines_of(data), wish)
    lines = [line for line in chosen.lines if any(_placed(line))]
    if not lines:
        raise ValueError("no household of these runs has coordinates, so there is no map of them")
    homes = _homes(lines)
    without = {stop.household_id for line in chosen.lines for stop in line.stops} - homes.keys()
    left = f"; {counted(len(without), 'household')} without coordinates" if without else ""
    said = f"Map of {chosen.said}, {counted(len(homes), 'household')}{left}"
    return _Map(said, lines, chosen.wish).drawing()


def _placed(line: Line) -> list[Stop]:
    return [stop for stop in line.stops if stop.lat is not None and stop.lon is not None]


def _homes(lines: Iterable[Line]) -> dict[str, list[tuple[Line, Stop]]]:
    homes: dict[str, list[tuple[Line, Stop]]] = defaultdict(list)
    for line in lines:
        for stop in _placed(line):
            homes[stop.household_id].append((line, stop))
    return dict(homes)


@dataclass(frozen=True, slots=True)
class Projection:
    """Equirectangular, true to scale at its middle: good for a county.

    Attributes
    ----------
    lat, lon
        Its middle, degrees.
    pixels_per_km
        Its scale.
    """

    lat: float
    lon: float
    pixels_per_km: float

    @classmethod
    def of(cls, stops: Sequence[Stop]) -> Projection:
        """Fit households into the drawing."""
        lats, lons = [stop.lat or 0.0 for stop in stops], [stop.lon or 0.0 for stop in stops]
        middle = (min(lats) + max(lats)) / 2
        high = (max(lats) - min(lats)) * KM_PER_DEGREE
        wide = (max(lons) - min(lons)) * KM_PER_DEGREE * math.cos(math.radians(middle))
        room = WIDTH - 2 * MARGIN, HEIGHT - TOP - FOOT - 2 * MARGIN
        fit = min(room[0] / max(wide, _SMALLEST_KM), room[1] / max(high, _SMALLEST_KM))
        return cls(middle, (min(lons) + max(lons)) / 2, fit)

    def place(self, stop: Stop) -> tuple[float, float]:
        """Give a household's pixels, x and y."""
        east = ((stop.lon or 0.0) - self.lon) * KM_PER_DEGREE * math.cos(math.radians(self.lat))
        north = ((stop.lat or 0.0) - self.lat) * KM_PER_DEGREE
        middle = (TOP + HEIGHT - FOOT) / 2
        return WIDTH / 2 + east * self.pixels_per_km, middle - north * self.pixels_per_km


class _Map:
    def __init__(self, said: str, lines: Sequence[Line], wish: Wish) -> None:
        self.said, self.lines, self.wish = said, lines, wish
        self.projection = Projection.of([stop for line in lines for stop in _placed(line)])
        self.canvas = Canvas(WIDTH, said)

    def drawing(self) -> Drawing:
        self.canvas.write(12, 18, shortened(self.said, WIDTH - 24, 12), font_weight=600)
        for line in self.lines:
            self._way(line)
        self._households()
        if len(self.lines) <= MOST_NUMBERED:
            for line in self.lines:
                self._numbers(line)
        self._areas()
        self._legend()
        return self.canvas.finished(HEIGHT)

    def _way(self, line: Line) -> None:
        few = len(self.lines) <= MOST_NUMBERED
        points = [self.projection.place(stop) for stop in _placed(line)]
        path = self.canvas.add(
            "path",
            d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points),
            fill="none",
            stroke=colour(line.colour),
            stroke_width=2.5 if few else 1,
            opacity=None if few else 0.6,
        )
        self.canvas.add(
            "title", path, f"{line.staff_id}, {line.service}: {counted(len(line.stops), 'visit')}"
        )

    def _households(self) -> None:
        """Draw a dot for each household, with a ring around where visits are joint."""
        group = self.canvas.add("g", fill=INK, stroke=INK)
        for name, visits in _homes(self.lines).items():
            x, y = self.projection.place(visits[0][1])
            faint = not any(self.wish.meant(stop) for _, stop in visits)
            home = self.canvas.add("g", group, opacity=0.3 if faint else None)
            self.canvas.add("title", home, _told(name, visits))
            self.canvas.add("circle", home, cx=x, cy=y, r=2.5, stroke="none")
            if any(stop.joint for _, stop in visits):
                self.canvas.add("circle", home, cx=x, cy=y, r=6, fill="none", stroke_width=1.5)

    def _numbers(self, line: Line) -> None:
        """Write the stops' numbers above the households' dots; a household visited twice has both numbers."""
        at: dict[tuple[float, float], list[int]] = defaultdict(list)
        for k, stop in enumerate(_placed(line), start=1):
            at[self.projection.place(stop)].append(k)
        for (x, y), numbers in at.items():
            self._outlined(x, y - 10, ", ".join(map(str, numbers)), fill=colour(line.colour), font_size=12)

    def _areas(self) -> None:
        areas: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for line in self.lines:
            for stop in _placed(line):
                areas[stop.area].append(self.projection.place(stop))
        for name, points in areas.items():
            x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
            self._outlined(x, y - 16, name, font_size=14)

    def _outlined(self, x: float, y: float, text: str, **attributes: object) -> None:
        outline = {"stroke": PAPER, "stroke_width": 3, "paint_order": "stroke", "text_anchor": "middle"}
        self.canvas.write(x, y, text, font_weight=600, **outline, **attributes)

    def _legend(self) -> None:
        middle, scale = HEIGHT - 14, self.projection.pixels_per_km
        km = next((km for km in reversed(_SCALES_KM) if km * scale < WIDTH / 4), _SCALES_KM[0])
        end = 12 + km * scale
        self.canvas.add("line", x1=12, x2=end, y1=middle, y2=middle, stroke=INK, stroke_width=2)
        self.canvas.write(end + 8, middle + 4, f"{km} km, north up", font_size=11)
        x = max(end + 120, 330)
        for name, place in {line.service: line.colour for line in self.lines}.items():
            self.canvas.add(
                "line", x1=x, x2=x + 22, y1=middle, y2=middle, stroke=colour(place), stroke_width=2.5
            )
            self.canvas.write(x + 28, middle + 4, name, font_size=11)
            x += 28 + 7 * len(name) + 16
        self.canvas.add("circle", cx=x, cy=middle, r=6, fill="none", stroke=INK, stroke_width=1.5)
        self.canvas.write(x + 12, middle + 4, "joint visits", font_size=11, fill=QUIET)


def _told(name: str, visits: Sequence[tuple[Line, Stop]]) -> str:
    ordered = sorted(visits, key=lambda visit: visit[1].start)
    times = (
        f"{s.start // 60 % 24:02d}:{s.start % 60:02d} {s.service} {line.staff_id}" for line, s in ordered
    )
    return f"{name}, {visits[0][1].area}: {'; '.join(times)}"
