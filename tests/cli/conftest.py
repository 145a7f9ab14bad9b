"""A planning folder small enough to read: two homes, a nurse and a carer, one family time."""

from __future__ import annotations

from pathlib import Path

import pytest

TABLES = {
    "requests.csv": """
request_id,household_id,person_id,service,organisation,duration_min,earliest_date,latest_date,window_start,window_end,family
R1,H1,P1,nursing,trust,30,2027-03-10,2027-03-10,09:00,12:00,welcome
R2,H1,P1,care,council,30,2027-03-10,2027-03-10,09:00,12:00,welcome
R3,H2,P2,care,council,45,2027-03-10,2027-03-10,09:00,14:00,not_needed
""",
    "households.csv": """
household_id,area,lat,lon
H1,crewe,53.0979,-2.4416
H2,crewe,53.1052,-2.4401
""",
    "people.csv": """
person_id,household_id,name
P1,H1,Edna Secretname
P2,H2,Alf Secretname
""",
    "family_times.csv": """
household_id,date,start,end
H1,2027-03-10,10:00,11:30
""",
    "staff.csv": """
staff_id,service,organisation,home_lat,home_lon
N1,nursing,trust,53.0890,-2.4300
C1,care,council,53.1100,-2.4500
""",
    "shifts.csv": """
staff_id,date,start,end
N1,2027-03-10,08:00,16:00
C1,2027-03-10,08:00,16:00
""",
}


def write_folder(folder: Path, **changed: str) -> Path:
    """Write the tables, with some of them changed: ``requests="..."`` replaces requests.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**TABLES, **{f"{table}.csv": text for table, text in changed.items()}}.items():
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "tomorrow")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "plan"
