"""Instances of the home health care routing and scheduling problem, from their publishers' JSON files.

The format is that of the public repository ``iolab-uniud/hhcrsp`` (S. Ceschia, L. Di Gaspero, R. M. Rosati,
A. Schaerf, International Transactions in Operational Research, 2024) and, with other names for the office,
the indices and the shifts, that of its successor ``iolab-uniud/hhcrsp-toolbox``.
"""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """One service that a patient requires.

    Attributes
    ----------
    patient, service
        Their ids.
    place
        Row of the distance matrix.
    duration
        Units of time.
    opens, closes
        The service may not start before ``opens``; a start after ``closes`` is tardy.
    forbidden
        Ids of caregivers the patient does not get on with.
    """

    patient: str
    service: str
    place: int
    duration: float
    opens: float
    closes: float
    forbidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Caregiver:
    """Who may give which services, from where to where, and from when on."""

    id: str
    abilities: frozenset[str]
    place: int = 0
    back: int = 0
    starts: float = 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """The rule of a patient with two services: ``lo <= start(second) - start(first) <= hi``."""

    first: int
    second: int
    lo: float
    hi: float


@dataclass(frozen=True, eq=False)
class Instance:
    """One instance; distances are also travel times, shape (places, places)."""

    name: str
    services: tuple[Service, ...]
    caregivers: tuple[Caregiver, ...]
    gaps: tuple[Gap, ...]
    distances: NDArray[np.float64]

    @property
    def patients(self) -> int:
        """Give the number of patients."""
        return len({service.patient for service in self.services})

    def may_serve(self, service: int, caregiver: int) -> bool:
        """Say whether a caregiver is able to give a service, and welcome."""
        asked, giver = self.services[service], self.caregivers[caregiver]
        return asked.service in giver.abilities and giver.id not in asked.forbidden


def read_instance(path: Path) -> Instance:
    """Read one instance.

    Raises
    ------
    ValueError
        The file is no instance: a key is missing, or an id or an index names nothing.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    try:
        return _instance(path.stem, document)
    except (KeyError, IndexError, TypeError) as fault:
        raise ValueError(f"{path} is no HHCRSP instance: {fault!r}") from fault


def is_instance(path: Path) -> bool:
    """Say whether a JSON file looks like an instance (and not like a solution, say)."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return isinstance(document, dict) and {"patients", "caregivers", "distances"} <= set(document)


def read_best_known(folder: Path) -> dict[str, float]:
    """Give the best published cost of each instance, from ``best_known.csv`` in a folder or in its parent."""
    for place in (folder / "best_known.csv", folder.resolve().parent / "best_known.csv"):
        if place.is_file():
            with place.open(encoding="utf-8", newline="") as file:
                return {row["instance"]: float(row["cost"]) for row in csv.DictReader(file)}
    return {}


def _instance(name: str, document: Json) -> Instance:
    distances = np.array(document["distances"], dtype=np.float64)
    if distances.ndim != 2 or distances.shape[0] != distances.shape[1]:
        raise ValueError(f"{name}: distances are not square but {distances.shape}")
    offices = _offices(document)
    defaults = {service["id"]: service.get("default_duration") for service in document["services"]}
    services: list[Service] = []
    gaps: list[Gap] = []
    for number, patient in enumerate(document["patients"]):
        first = len(services)
        place = int(patient.get("distance_matrix_index", number + len(offices)))
        services += _services(patient, place, defaults)
        gaps += _gaps(patient, first, len(services) - first)
    caregivers = tuple(_caregiver(row, offices) for row in document["caregivers"])
    instance = Instance(name, tuple(services), caregivers, tuple(gaps), distances)
    _demand_places(instance)
    return instance


def _offices(document: Json) -> dict[str, int]:
    """Give the matrix row of each office; by position where the file names none."""
    for key in ("departing_points", "terminal_points", "central_offices"):
        if key in document:
            points = document[key]
            return {p["id"]: int(p.get("distance_matrix_index", k)) for k, p in enumerate(points)}
    return {"": 0}


def _services(patient: Json, place: int, defaults: dict[str, float | None]) -> list[Service]:
    opens, closes = _window(patient)
    forbidden = frozenset(patient.get("incompatible_caregivers") or ())
    asked = (
        patient["required_caregivers"] if "required_caregivers" in patient else patient["required_services"]
    )
    found = []
    for row in asked:
        duration = row.get("duration")
        length = defaults[row["service"]] if duration is None else duration
        if length is None:
            raise ValueError(f"patient {patient['id']}: service {row['service']} has no duration")
        found.append(Service(patient["id"], row["service"], place, float(length), opens, closes, forbidden))
    return found


def _window(patient: Json) -> tuple[float, float]:
    """Give the window of a patient, all day where there is none."""
    window = patient.get("time_window")
    if window is None:
        windows = patient.get("time_windows")
        if not windows:
            return 0.0, math.inf
        if len(windows) > 1:
            raise ValueError(f"patient {patient['id']} has {len(windows)} windows; one is read")
        window = windows[0]
    return _span(window)


def _span(pair: Json | list[float]) -> tuple[float, float]:
    if isinstance(pair, dict):
        return float(pair["start"]), float(pair["end"])
    return float(pair[0]), float(pair[1])


def _gaps(patient: Json, first: int, count: int) -> list[Gap]:
    """Give the rules between a patient's services, each with the one before."""
    rule = patient.get("synchronization") or {"type": "independent"}
    if count < 2 or rule["type"] == "independent":
        return []
    if rule["type"] not in ("simultaneous", "sequential"):
        raise ValueError(f"patient {patient['id']}: unknown synchronization {rule['type']}")
    lo, hi = (0.0, 0.0) if rule["type"] == "simultaneous" else map(float, rule["distance"])
    return [Gap(k, k + 1, lo, hi) for k in range(first, first + count - 1)]


def _caregiver(row: Json, offices: dict[str, int]) -> Caregiver:
    point = row.get("starting_point_id", row.get("departing_point"))
    if point is not None:
        place = offices[point]
    else:
        place = int(row.get("distance_matrix_index", next(iter(offices.values()))))
    shift = row.get("working_shift")
    starts = 0.0 if shift is None else _span(shift)[0]
    back = offices[row["arrival_point"]] if "arrival_point" in row else place
    return Caregiver(row["id"], frozenset(row["abilities"]), place, back, starts)


def _demand_places(instance: Instance) -> None:
    """Refuse an instance that names places its matrix does not have."""
    rows = len(instance.distances)
    used = [s.place for s in instance.services] + [p for c in instance.caregivers for p in (c.place, c.back)]
    wrong = sorted({place for place in used if not 0 <= place < rows})
    if wrong:
        raise ValueError(f"{instance.name}: places {wrong} are outside the matrix of {rows} rows")
