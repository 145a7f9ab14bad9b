"""The texts of letters: read from a file that a service can replace or translate, and filled in."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    import datetime as dt
    import os

    from visitplan.policy import LettersPolicy

TEXTS_FILE = "letters.toml"
PICTURE_FOLDER = "pictures"
PICTURE_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
SEE = "`visitplan schema letters` shows every text."

FILLED: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "title": "",
        "home": "home",
        "greeting": "names",
        "greeting_plain": "",
        "between_names": "",
        "intro": "",
        "when": "from to",
        "until": "end",
        "until_next_day": "end",
        "who_title": "",
        "who": "role staff",
        "who_for": "role staff name",
        "no_tasks": "",
        "leads": "role staff",
        "alone": "role staff",
        "family": "",
        "family_contact": "contact",
        "none_yet": "",
        "waiting_title": "",
        "waiting": "role team",
        "waiting_for": "role team name",
        "covered_title": "",
        "covered": "role others",
        "covered_for": "role others name",
        "covered_before": "role",
        "covered_before_for": "role name",
        "call_title": "",
        "call_why": "",
        "call": "team phone",
        "call_blank": "team",
        "other_formats": "",
        "date": "weekday day month year",
        "time": "hour12 hour24 minute half",
    }.items()
}
"""Every sentence, with the words that may stand in its braces."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Letter(_Section):
    language: str = Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
    direction: str = Field(pattern="^(ltr|rtl)$")


class _Dates(_Section):
    weekdays: tuple[str, ...] = Field(min_length=7, max_length=7)
    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    morning: str
    afternoon: str


class Team(_Section):
    """Whom to call: the name of a team, and its phone number, empty where it is to be written in by hand."""

    name: str
    phone: str = ""


class _File(_Section):
    letter: _Letter
    sentences: dict[str, str]
    dates: _Dates
    roles: dict[str, str] = Field(default_factory=dict)
    tasks: dict[str, str] = Field(default_factory=dict)
    family: dict[str, str] = Field(default_factory=dict)
    teams: dict[str, Team]


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts in one language.

    Attributes
    ----------
    pictures
        By name without ending, the picture of each slot of the easy-read layout: its kind and its bytes.
    findings
        What was taken from the texts that come with visitplan, since the folder does not say it.
    """

    content: _File
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def language(self) -> str:
        """Give the language as BCP 47 tags it."""
        return self.content.letter.language

    @property
    def direction(self) -> str:
        """Give ``ltr`` or ``rtl``."""
        return self.content.letter.direction

    def say(self, sentence: str, **words: str) -> str:
        """Give a sentence with its words filled in."""
        return self.content.sentences[sentence].format(**words)

    def date(self, day: dt.date) -> str:
        """Give a date in words."""
        dates = self.content.dates
        return self.say(
            "date",
            weekday=dates.weekdays[day.weekday()],
            day=str(day.day),
            month=dates.months[day.month - 1],
            year=str(day.year),
        )

    def time(self, moment: dt.datetime) -> str:
        """Give a clock time."""
        half = self.content.dates.morning if moment.hour < 12 else self.content.dates.afternoon
        return self.say(
            "time",
            hour12=str(moment.hour % 12 or 12),
            hour24=f"{moment.hour:02}",
            minute=f"{moment.minute:02}",
            half=half,
        )

    def team(self, organisation: str) -> Team:
        """Give whom to call about an organisation's visits."""
        return self.content.teams.get(organisation, self.content.teams["default"])


def our_texts() -> str:
    """Give the file of English texts that comes with visitplan, to start a translation from."""
    return files(__package__).joinpath("texts", TEXTS_FILE).read_text(encoding="utf-8")


def read_texts(folder: Path | None = None) -> Texts:
    """Read the texts of a folder, or those that come with visitplan.

    A folder's ``letters.toml`` says what it says differently; the rest is taken from ours, and where its
    language is another one, that is told. Pictures lie in ``pictures``, named after their slots.

    Raises
    ------
    InputError
        The file cannot be read, or holds keys, values or words in braces that there are not.
    """
    ours = tomllib.loads(our_texts())
    if folder is None:
        return Texts(_File.model_validate(ours))
    given = _given(folder / TEXTS_FILE)
    content = _content(ours, given)
    faults = [finding for rule in RULES for finding in rule(content)]
    if faults:
        raise InputError(f"{TEXTS_FILE} cannot be used", faults)
    return Texts(content, _pictures(folder / PICTURE_FOLDER), tuple(_untranslated(ours, given)))


def texts_of(policy: LettersPolicy, source: str | os.PathLike[str] | None) -> Texts:
    """Read the texts that a policy names, as seen from the planning folder or the workbook's folder.

    Raises
    ------
    InputError
        See :func:`read_texts`.
    """
    if policy.texts is None:
        return read_texts()
    home = Path(source or ".")
    return read_texts((home if home.is_dir() else home.parent) / policy.texts)


def _given(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{path.name} cannot be read",
            [
                _fault(
                    "LETTERS-UNREADABLE", None, f"It cannot be read: {error}.", "Give a TOML file in UTF-8."
                )
            ],
        ) from error


def _content(ours: Mapping[str, Any], given: Mapping[str, Any]) -> _File:
    merged: dict[str, Any] = dict(ours)
    for name, section in given.items():
        both = isinstance(section, dict) and isinstance(ours.get(name), dict)
        merged[name] = {**ours[name], **section} if both else section
    try:
        return _File.model_validate(merged)
    except ValidationError as error:
        faults = [
            _fault("LETTERS-VALUE", ".".join(map(str, fault["loc"])), f"{fault['msg']}.", SEE)
            for fault in error.errors(include_url=False)
        ]
        raise InputError(f"{TEXTS_FILE} cannot be used", faults) from error


def _sentences_are_known(content: _File) -> Iterator[Finding]:
    for name in content.sentences.keys() - FILLED.keys():
        yield _fault("LETTERS-VALUE", f"sentences.{name}", "There is no such sentence.", SEE)


def _words_are_known(content: _File) -> Iterator[Finding]:
    for name, text in content.sentences.items():
        allowed = FILLED.get(name, frozenset())
        wrong = _wrong_words(text, allowed)
        if wrong is not None:
            may = ", ".join(f"{{{word}}}" for word in sorted(allowed)) or "nothing"
            cause = f"{wrong} This sentence may hold {may}."
            yield _fault("LETTERS-WORD", f"sentences.{name}", cause, "Correct the words in braces.")


RULES: tuple[Callable[[_File], Iterator[Finding]], ...] = (_sentences_are_known, _words_are_known)
"""Every rule that texts have to keep, besides the shape that their model says."""


def _wrong_words(text: str, allowed: frozenset[str]) -> str | None:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        return f"Its braces cannot be read: {error}."
    for _, name, spec, conversion in parts:
        if name is not None and (name not in allowed or spec or conversion):
            return f"There is no {{{name}}} here."
    return None


def _untranslated(ours: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[Finding]:
    if given.get("letter", {}).get("language", "en").split("-")[0] == "en":
        return
    for section in ("sentences", "dates", "roles", "tasks", "family"):
        for name in ours[section].keys() - given.get(section, {}).keys():
            where = Where(TEXTS_FILE, column=f"{section}.{name}")
            cause = "The text is not translated; the English one is used."
            yield Finding("LETTERS-TEXT-MISSING", Severity.WARNING, where, cause, "Translate it.")


def _pictures(folder: Path) -> dict[str, tuple[str, bytes]]:
    found = sorted(folder.iterdir()) if folder.is_dir() else ()
    return {
        path.stem: (PICTURE_KINDS[path.suffix.lower()], path.read_bytes())
        for path in found
        if path.suffix.lower() in PICTURE_KINDS
    }


def _fault(code: str, key: str | None, cause: str, action: str) -> Finding:
    return Finding(code, Severity.ERROR, Where(TEXTS_FILE, column=key), cause, action)
