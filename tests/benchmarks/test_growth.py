"""How time and memory grow: the fit, the page, the curves, and one small day measured as a whole."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import growth, growth_page
from visitplan import synthesis

if TYPE_CHECKING:
    from pathlib import Path


def row(visits: int, **figures: Any) -> dict[str, Any]:
    """Give the figures of a size: reading is linear, checking square, a hundredth of a second for 100."""
    return {
        "visits": visits,
        "households": visits // 3,
        "shifts": visits // 6,
        "joint_visits": 3,
        "limit_seconds": 10.0,
        "workers": 2,
        "first_seconds": visits / 100,
        "complete_seconds": visits / 50,
        "planned_seconds": 20.0,
        "seconds": 21.0,
        "cpu_seconds": 15.0,
        "base_mb": 200.0,
        "peak_mb": 200.0 + visits / 10,
        "unassigned": 0,
        "cost_pounds": 1234.5,
        "cpu_by_stage": {"read": visits / 1e4, "check": (visits / 1e3) ** 2, "serve": 10.0},
    } | figures


def known(*rows: dict[str, Any]) -> dict[str, Any]:
    return {
        "machine": "2026-11-22, a machine",
        "preset": "cheshire-day",
        "places": "postcodes.csv",
        "seed": 1,
        "rows": list(rows),
        "fits": growth.fits(rows),
    }


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_found(power: float) -> None:
    found = growth.exponent([(x, 3 * x**power) for x in (500, 1000, 4000)])
    assert found == pytest.approx((3.0, power))


def test_one_size_has_no_exponent() -> None:
    assert growth.exponent([(500, 1.0), (1000, 0.0)]) is None


def test_each_stage_and_the_memory_above_the_bare_process_have_an_exponent() -> None:
    powers = {name: round(power, 3) for name, (_, power) in growth.fits([row(500), row(2000)]).items()}
    assert powers == {"read": 1.0, "check": 2.0, "first plan": 1.0, "memory": 1.0}


def test_larger_days_have_more_time() -> None:
    assert growth.limit(2000, seconds=10, per_1000=5) == 20


def test_the_page_tells_machine_seed_and_every_size() -> None:
    text = growth_page.page(known(row(500), row(16_000, unassigned=7)))
    assert "2026-11-22, a machine, seed 1, 2 workers" in text
    assert "| 16,000 | 5,333 |  2,666 |" in text
    assert "| check      | 2.00 |  1e-06 |" in text


def test_the_curves_stay_inside_the_drawing_and_name_their_exponents() -> None:
    drawing = growth_page.curves(known(row(500), row(16_000)))
    root = ET.fromstring(drawing.svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    dots = [element for element in root if element.tag.endswith("circle")]
    assert len(dots) == 8
    assert all(0 < float(d.attrib["cx"]) < width and 0 < float(d.attrib["cy"]) < height for d in dots)
    words = [element.text for element in root if element.tag.endswith("text")]
    assert {"check ^2.00", "memory ^1.00", "first plan ^1.00"} <= set(words)


def test_a_small_day_is_measured_from_reading_to_writing(tmp_path: Path) -> None:
    synthesis.write(tmp_path, synthesis.generate(visits=30, seed=1))
    found = growth.measured(growth.Job(tmp_path, 30, 1.0, seed=1, workers=1), time.monotonic())
    assert found["unassigned"] == 0
    assert set(found["cpu_by_stage"]) == {*growth.STAGES, "read", "write"}
    assert 0 < found["first_seconds"] <= found["complete_seconds"] < found["planned_seconds"]
    assert found["peak_mb"] >= found["base_mb"] > 0
