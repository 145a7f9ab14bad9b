"""Letters: what they say, in which words, and how they look."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.exports.builders import left_out, plan, scenario
from tests.exports.hostile import HOSTILE, hostile_plan, hostile_scenario
from tests.reporting.letters import cases
from tests.reporting.letters.pseudo import write_pseudo_texts
from tests.reporting.letters.reading_age import grade, syllables_of
from tests.reporting.letters.visible import tags, visible
from visitplan.domain.demand import Covered
from visitplan.domain.people import Person
from visitplan.errors import InputError
from visitplan.policy import Layout, LettersPolicy
from visitplan.reporting.letters import letter_files, read_texts, texts_of, wordless

if TYPE_CHECKING:
    from pathlib import Path


def letter(home: str = "H1", layout: str = "standard") -> list[str]:
    return visible(cases.files()[f"{layout}/{home}.html"].decode())


@pytest.mark.parametrize("name", sorted(cases.files()))
def test_the_market_days_letters_are_the_golden_ones(name: str) -> None:
    assert cases.files()[name].decode() == (cases.FOLDER / name).read_bytes().decode()


def test_a_letter_says_who_comes_when_what_for_who_leads_and_whom_to_call() -> None:
    assert letter()[2:] == [
        "Your visits",
        "Dear Ethel Smith, Tom Smith",
        "We plan to come and see you at home. This letter says who will come, when, and what for.",
        "Monday 11 January 2027",
        "We will get to you between 8:45 am and 9:15 am. We hope to be done by 10:05 am.",
        "Who will come",
        "Nurse N1, to see Ethel Smith",
        "BP",
        "WOUND",
        "Carer C1, to see Ethel Smith",
        "WASH",
        "Nurse N1, to see Tom Smith",
        "will come to see you",
        "Nurse N1 is in charge of this visit. You can ask them about all of it.",
        "Please ask your daughter to be there.",
        "Who to call",
        "Please call if the day or time is not good for you, or if you are not well.",
        "Our team:",
        "We can send this letter in large print, in easy read or in your own language. Please ask us.",
    ]


def test_a_visit_that_is_left_out_is_told_with_who_will_call() -> None:
    lines = letter("H2")
    assert "Therapist: we have not found a time yet. Our team will call you." in lines


def test_a_home_with_no_visit_at_all_still_gets_a_letter() -> None:
    alone = replace(plan(), runs=(), joint_visits=(), unassigned=(left_out(),))
    page = letter_files(scenario(), alone, read_texts(), [Layout.STANDARD])["standard/H2.html"].decode()
    assert "We have no visit times for you yet." in visible(page)


@pytest.mark.parametrize(
    ("by", "said"),
    [
        (("R1", "R2"), "Therapist: no need to come. Nurse N1, Carer C1 will do it all."),
        ((), "Therapist: no need to come. It was done not long ago."),
    ],
)
def test_a_visit_that_need_not_take_place_is_told_with_who_does_it(by: tuple[str, ...], said: str) -> None:
    spared = Covered("R5", "R5", "P3", "H2", "therapy", "NHS", by, "All is done by others.")
    made = replace(plan(), unassigned=(), covered=(spared,))
    page = letter_files(scenario(), made, read_texts(), [Layout.STANDARD])["standard/H2.html"].decode()
    lines = visible(page)
    assert lines[lines.index("No need to come") + 1] == said


def test_names_stand_only_where_the_people_table_gives_them() -> None:
    text = " ".join(letter("H2"))
    assert "Hello" in text
    assert "P3" not in text
    nameless = letter_files(scenario(), plan(), read_texts(), [Layout.STANDARD])
    assert "Smith" not in nameless["standard/H1.html"].decode()


def test_of_several_people_without_names_each_is_told_apart_by_id() -> None:
    page = letter_files(scenario(), plan(), read_texts(), [Layout.STANDARD])["standard/H1.html"].decode()
    assert "Nurse N1, to see P2" in visible(page)


def test_one_page_holds_all_letters_for_one_print_job() -> None:
    page = cases.files()["standard.html"].decode()
    assert sum(tag == "article" for tag, _ in tags(page)) == 2
    assert "break-before: page" in page


@pytest.mark.parametrize("layout", list(Layout))
def test_pages_are_for_a4_and_ask_for_nothing_from_anywhere(layout: Layout) -> None:
    page = cases.files()[f"{layout}.html"].decode()
    assert "size: A4" in page
    assert "default-src 'none'" in page
    assert not re.search(r"https?:|url\(|<script|<link|@import", page)


@pytest.mark.parametrize("layout", ["large", "easy"])
def test_large_print_and_easy_read_have_16_point_and_more_on_the_left(layout: str) -> None:
    page = cases.files()[f"{layout}/H1.html"].decode()
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)pt", page)]
    assert len(sizes) == len(re.findall("font-size", page))
    assert min(sizes) >= 16
    assert re.findall(r"text-align: (\w+)", page) == ["start"]  # which is the left from left to right
    assert not re.search("justify|italic|uppercase", page)


def test_easy_read_has_a_slot_for_a_picture_beside_every_sentence() -> None:
    found = tags(cases.files()["easy/H1.html"].decode())
    rows = [kinds for tag, kinds in found if kinds.get("class") == "row"]
    slots = [kinds for tag, kinds in found if kinds.get("class") == "picture"]
    assert len(rows) == len(slots) == 17


def test_pictures_of_a_folder_fill_their_slots(tmp_path: Path) -> None:
    (tmp_path / "letters.toml").write_text("")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "service-nursing.png").write_bytes(b"nurse")
    (tmp_path / "pictures" / "notes.txt").write_bytes(b"not a picture")
    page = letter_files(cases.named(), plan(), read_texts(tmp_path), [Layout.EASY])["easy/H1.html"].decode()
    assert page.count('src="data:image/png;base64,bnVyc2U="') == 2


@pytest.mark.parametrize("layout", list(Layout))
def test_in_a_pseudo_locale_no_text_of_ours_is_left(tmp_path: Path, layout: Layout) -> None:
    texts = read_texts(write_pseudo_texts(tmp_path))
    case = replace(cases.named(), people=(Person("P1", "H1", name="11"), Person("P2", "H1", name="22")))
    page = letter_files(case, plan(), texts, [layout])[f"{layout}.html"].decode()
    rest = [re.sub(r"\b(H1|H2|N1|C1|BP|WOUND|WASH)\b", "", line) for line in visible(page)]
    assert [line for line in rest if re.search("[A-Za-z]", line)] == []
    assert texts.findings == ()
    assert '<html lang="qps" dir="ltr">' in page


def test_a_text_that_is_not_translated_is_told(tmp_path: Path) -> None:
    (tmp_path / "letters.toml").write_text(
        '[letter]\nlanguage = "cy"\n[sentences]\ntitle = "Eich ymweliadau"\n'
    )
    texts = read_texts(tmp_path)
    assert texts.say("title") == "Eich ymweliadau"
    assert {f.code for f in texts.findings} == {"LETTERS-TEXT-MISSING"}
    assert "sentences.title" not in {f.where.column for f in texts.findings}


def test_a_service_may_change_its_phone_number_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.toml").write_text('[teams.NHS]\nname = "The nurses"\nphone = "01270 000000"\n')
    texts = read_texts(tmp_path)
    lines = visible(letter_files(scenario(), plan(), texts, [Layout.STANDARD])["standard/H1.html"].decode())
    assert "The nurses: 01270 000000" in lines
    assert "Our team:" in lines
    assert texts.findings == ()


def test_the_policys_texts_lie_beside_the_planning_folder_or_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "letters.toml").write_text('[sentences]\ntitle = "Hi"\n')
    (tmp_path / "county.xlsx").write_bytes(b"")
    policy = LettersPolicy(texts="texts")
    assert texts_of(policy, tmp_path).say("title") == "Hi"
    assert texts_of(policy, tmp_path / "county.xlsx").say("title") == "Hi"
    assert texts_of(LettersPolicy(), tmp_path).say("title") == "Your visits"


BAD = {
    "no TOML": ("= x", "LETTERS-UNREADABLE"),
    "an unknown section": ("[colours]\nred = 1", "LETTERS-VALUE"),
    "an unknown sentence": ('[sentences]\nhallo = "x"', "LETTERS-VALUE"),
    "a word that is not there": ('[sentences]\nintro = "{name}"', "LETTERS-WORD"),
    "a word that reaches inside": ('[sentences]\nhome = "{home.__class__}"', "LETTERS-WORD"),
    "open braces": ('[sentences]\nintro = "{"', "LETTERS-WORD"),
    "six days": ('[dates]\nweekdays = ["a"]', "LETTERS-VALUE"),
    "no direction": ('[letter]\ndirection = "up"', "LETTERS-VALUE"),
}


@pytest.mark.parametrize("case", sorted(BAD))
def test_texts_that_cannot_be_used_are_refused(tmp_path: Path, case: str) -> None:
    text, code = BAD[case]
    (tmp_path / "letters.toml").write_text(text)
    with pytest.raises(InputError) as refused:
        read_texts(tmp_path)
    assert [finding.code for finding in refused.value.findings] == [code]


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="LETTERS-UNREADABLE"):
        read_texts(tmp_path)


def test_tasks_and_services_without_words_are_told() -> None:
    found = {(finding.where.column, finding.where.value) for finding in wordless(plan(), read_texts())}
    assert found == {("tasks", "BP"), ("tasks", "WASH"), ("tasks", "WOUND")}


def test_letters_read_at_an_age_of_nine_to_eleven() -> None:
    content = read_texts().content
    blanks = {
        "role": "Nurse",
        "staff": "Ann",
        "name": "Tom",
        "names": "Tom",
        "contact": "son",
        "team": "Our team",
        "others": "Tom",
    }
    blanks |= {
        "from": "nine",
        "to": "ten",
        "end": "ten",
        "home": "one",
        "phone": "one",
        "weekday": "",
        "day": "",
    }
    rest = dict.fromkeys(("month", "year", "hour12", "hour24", "minute", "half"), "")
    lines = [
        text.format(**blanks, **rest)
        for name, text in content.sentences.items()
        if name not in ("date", "time", "between_names")
    ]
    lines += [f"Nurse Ann {task}" for task in content.tasks.values()]
    sentences = [
        part for line in lines for part in re.split(r"(?<=[.:])\s", line) if re.search("[a-z]", part)
    ]
    assert grade(sentences) <= 5
    assert max(grade([one]) for one in sentences if len(one.split()) > 5) <= 10
    assert max(len(one.split()) for one in sentences) <= 20


def test_whole_letters_read_at_that_age_too() -> None:
    words = {
        "BP": "will check your blood pressure",
        "WOUND": "will look after your wound",
        "WASH": "will help you wash",
    }
    lines = [words.get(line, line) for line in letter() if "Home" not in line]
    sentences = [part for line in lines for part in re.split(r"(?<=\.)\s", line)]
    assert grade(sentences) <= 6


@pytest.mark.parametrize(
    ("word", "count"),
    [("home", 1), ("nurse", 1), ("planned", 1), ("medication", 4), ("family", 3), ("table", 2)],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables_of(word) == count


@pytest.mark.parametrize("layout", list(Layout))
def test_hostile_ids_names_and_contacts_are_only_text(layout: Layout) -> None:
    files = letter_files(hostile_scenario(), hostile_plan(), read_texts(), [layout])
    assert len(files) == len(HOSTILE) + 2
    allowed = {tag for tag, _ in tags(cases.files()[f"{layout}.html"].decode())}
    for name, data in files.items():
        assert re.fullmatch(r"[a-z]+(/[A-Za-z0-9_-]+)?\.html", name)
        page = data.decode()
        assert {tag for tag, _ in tags(page)} <= allowed
        assert not any(key.startswith("on") for _, kinds in tags(page) for key in kinds)
        assert not set("\x1b\x00\r") & set(page)
        for line in visible(page):
            assert line.count("\u202e") <= line.count("\u2069")  # whatever turns the line is closed again
