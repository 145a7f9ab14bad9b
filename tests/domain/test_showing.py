"""Ids as people see them, and as names of files."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitplan.domain.showing import file_stems, shown, stems_of

ANY = st.text(alphabet=st.characters(), max_size=12)


def test_an_ordinary_id_is_shown_as_it_is() -> None:
    assert shown("N1-2@2027-03-10 Müller 🚑") == "N1-2@2027-03-10 Müller 🚑"


@pytest.mark.parametrize(
    ("text", "said"),
    [("two\nlines", "two lines"), ("a\tb", "a b"), ("\x1b[31m", "\ufffd[31m"), ("\ud800", "\ufffd")],
)
def test_line_ends_and_control_characters_go(text: str, said: str) -> None:
    assert shown(text) == said


@pytest.mark.parametrize("text", ["\u202eevil", "\u05d0", "\u2067open", "\u2069closed"])
def test_what_turns_the_line_round_is_shut_in(text: str) -> None:
    said = shown(text)
    assert (said[0], said[-1]) == ("\u2068", "\u2069")
    assert said[1:-1] == text.replace("\u2069", "")


@given(ANY)
def test_whatever_is_shown_is_one_line_without_control_characters(text: str) -> None:
    said = shown(text)
    assert len(said.splitlines()) <= 1
    assert not {"Cc", "Cs"} & {unicodedata.category(sign) for sign in said}


def test_an_ordinary_id_is_its_own_file_name() -> None:
    assert file_stems(["N1", "H-2_b"]) == {"N1": "N1", "H-2_b": "H-2_b"}


def test_ids_that_differ_in_case_only_get_names_that_differ_in_more() -> None:
    names = file_stems(["n1", "N1", "n2"])
    assert names["n2"] == "n2"
    assert len({name.casefold() for name in names.values()}) == 3


@given(st.lists(ANY, max_size=6, unique=True))
def test_every_id_has_a_safe_name_of_its_own_that_can_be_found_again(ids: list[str]) -> None:
    names = file_stems(ids)
    assert len({name.casefold() for name in names.values()}) == len(ids)
    for one, name in names.items():
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)
        assert name in stems_of(one)
