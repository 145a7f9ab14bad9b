"""Tiny HHCRSP instances in the publishers' two formats, with all places on a line.

The office is at 0. Ann, at 10, needs a nurse; Bob, at 20, a nurse and a carer together; Cat, at 30, needs
a nurse and then, 5 to 9 later, a carer, who comes before the nurse has done.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PLACES = (0, 10, 20, 30)


def distances(places: tuple[int, ...] = PLACES) -> list[list[float]]:
    return [[abs(a - b) + 0.0 for b in places] for a in places]


def first_format() -> dict[str, Any]:
    """Give the format of the first set: one office, and rows in the order of the file."""
    return {
        "patients": [
            patient("ann", [0, 100], nurse=10),
            patient("bob", [50, 60], {"type": "simultaneous"}, nurse=10, carer=20),
            patient("cat", [80, 200], {"type": "sequential", "distance": [5, 9]}, nurse=10, carer=10),
        ],
        "services": [{"id": "nurse", "default_duration": 5}, {"id": "carer"}],
        "caregivers": [
            {"id": "c1", "abilities": ["nurse"]},
            {"id": "c2", "abilities": ["carer", "nurse"]},
        ],
        "central_offices": [{"id": "d", "location": [0, 0]}],
        "distances": distances(),
    }


def second_format() -> dict[str, Any]:
    """Give the format of the later sets: two offices, named rows, shifts, dislikes, default durations."""
    document = first_format()
    del document["central_offices"]
    document["departing_points"] = [
        {"id": "east", "distance_matrix_index": 3},
        {"id": "west", "distance_matrix_index": 1},
    ]
    document["distances"] = distances((10, 0, 20, 40, 30))
    for row, index in zip(document["patients"], (0, 2, 4), strict=True):
        row["distance_matrix_index"] = index
    document["patients"][0]["incompatible_caregivers"] = ["c1"]
    document["patients"][0]["required_caregivers"] = [{"service": "nurse"}]
    document["caregivers"][0] |= {"starting_point_id": "west", "working_shift": [5, 400]}
    document["caregivers"][1] |= {"starting_point_id": "east", "distance_matrix_index": 3}
    return document


def patient(
    name: str, window: list[float], together: dict[str, Any] | None = None, **needs: float
) -> dict[str, Any]:
    row: dict[str, Any] = {"id": name, "location": [0, 0], "time_window": window}
    row["required_caregivers"] = [{"service": s, "duration": d} for s, d in needs.items()]
    return row if together is None else row | {"synchronization": together}


def write(folder: Path, document: dict[str, Any], name: str = "tiny_3_1") -> Path:
    path = folder / f"{name}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
