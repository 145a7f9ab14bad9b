"""Cells: what a spreadsheet may and may not see."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitplan.exports.cells import cell_text, csv_rows, csv_text, frame_csv, neutral, revived

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("text", ["=1+1", "+44", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "'=1"])
def test_text_that_a_spreadsheet_would_run_is_given_an_apostrophe(text: str) -> None:
    assert cell_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["R1", "O'Brien", "'quoted'", "", "a=b", "x-1"])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert cell_text(text) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-5, "-5"),
        (-2.5, "-2.5"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (-0.0000001, "0"),
        (53.099, "53.099"),
        (True, "yes"),
        (False, "no"),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_numbers_stay_numbers_and_truths_are_words(value: float | bool | None, text: str) -> None:
    assert cell_text(value) == text


@given(ANY_TEXT)
def test_neutral_text_never_starts_with_a_sign_and_comes_back_whole(text: str) -> None:
    assert neutral(text)[:1] not in set("=+-@\t\r\n＝＋－＠")
    assert revived(neutral(text)) == text


@given(st.lists(st.lists(ANY_TEXT, min_size=2, max_size=2), max_size=5))
def test_any_csv_reader_finds_the_cells_again(rows: list[list[str]]) -> None:
    text = csv_text(["a", "b"], rows)
    expected = [["a", "b"], *([neutral(cell) for cell in row] for row in rows)]
    assert list(csv.reader(io.StringIO(text, newline=""))) == expected
    assert csv_rows(text) == expected


def test_lines_end_with_a_line_feed_only() -> None:
    assert csv_text(["a", "b"], [[1, "x,y"], [None, 'say "so"']]) == 'a,b\n1,"x,y"\n,"say ""so"""\n'


def test_a_frame_with_gaps_is_written_like_our_own_tables() -> None:
    frame = pd.DataFrame({"row": [2, None], "why": ["=bad", None], "n": [1, 2]})
    assert frame_csv(frame) == "row,why,n\n2,'=bad,1\n,,2\n"
