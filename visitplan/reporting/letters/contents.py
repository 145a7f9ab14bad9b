"""What stands in a letter, before it has a layout: one letter for each household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.domain.attendance import attendances
from visitplan.domain.period import MINUTE
from visitplan.domain.plan import Plan
from visitplan.domain.scenario import Scenario
from visitplan.domain.showing import shown
from visitplan.findings import Finding, Severity, Where
from visitplan.reporting.letters.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.domain.attendance import Attendance
    from visitplan.domain.demand import Covered
    from visitplan.domain.plan import PlannedVisit, Unassigned


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who comes: the line that says who, a line for each task, and the picture of the service."""

    who: str
    tasks: tuple[tuple[str, str], ...]
    picture: str


@dataclass(frozen=True, slots=True)
class Told:
    """An appointment, as the letter tells it; ``family`` is empty where no family is asked for."""

    date: str
    when: str
    until: str
    callers: tuple[Caller, ...]
    lead: str
    family: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to a household, in sentences."""

    household_id: str
    home: str
    greeting: str
    appointments: tuple[Told, ...]
    waiting: tuple[str, ...]
    covered: tuple[str, ...]
    calls: tuple[tuple[str, bool], ...]
    """Each line of whom to call, and whether the number is there."""


def letters_of(scenario: Scenario, plan: Plan, texts: Texts) -> tuple[Letter, ...]:
    """Give the letters of a plan, by household: those without any appointment are told so."""
    told: dict[str, list[Attendance]] = defaultdict(list)
    for attendance in attendances(scenario, plan):
        told[attendance.household_id].append(attendance)
    waiting: dict[str, list[Unassigned]] = defaultdict(list)
    for left_out in plan.unassigned:
        waiting[left_out.household_id].append(left_out)
    covered: dict[str, list[Covered]] = defaultdict(list)
    for spared in plan.covered:
        covered[spared.household_id].append(spared)
    names, contacts = _names(scenario), _contacts(scenario)
    return tuple(
        _Writer(scenario, plan, texts, home, names.get(home, {}), tuple(contacts.get(home, ()))).letter(
            told[home], waiting[home], covered[home]
        )
        for home in sorted({*told, *waiting, *covered})
    )


def _names(scenario: Scenario) -> dict[str, dict[str, str]]:
    """Give, by household, the names by person id, as far as the people table gives them."""
    names: dict[str, dict[str, str]] = defaultdict(dict)
    for person in scenario.people:
        if person.name:
            names[person.household_id][person.person_id] = shown(person.name)
    return names


def _contacts(scenario: Scenario) -> dict[str, dict[str, None]]:
    """Give, by household, who can be there, each once."""
    contacts: dict[str, dict[str, None]] = defaultdict(dict)
    for time in scenario.family_times:
        if time.contact:
            contacts[time.household_id][time.contact] = None
    return contacts


def wordless(plan: Plan, texts: Texts) -> Iterator[Finding]:
    """Find services and tasks for which the texts have no words, so that letters show their codes."""
    codes = {
        "roles": {
            *(visit.service for visit in plan.visits),
            *(one.service for one in plan.unassigned),
            *(one.service for one in plan.covered),
        },
        "tasks": {task for visit in plan.visits for task in visit.tasks},
    }
    known = {"roles": texts.content.roles, "tasks": texts.content.tasks}
    for section, used in codes.items():
        for code in sorted(used - known[section].keys()):
            cause = "The texts of letters have no words for it, so letters show the code."
            action = f"Add it to [{section}] in letters.toml, and name its folder with --texts."
            where = Where("letters.toml", column=section, value=code)
            yield Finding("LETTERS-TEXT-MISSING", Severity.WARNING, where, cause, action)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the letter to one household."""

    scenario: Scenario
    plan: Plan
    texts: Texts
    household_id: str
    names: Mapping[str, str]
    contacts: tuple[str, ...]

    def letter(
        self, appointments: list[Attendance], left_out: list[Unassigned], covered: list[Covered]
    ) -> Letter:
        owners = [visit.organisation for one in appointments for visit in one.visits]
        owners += [one.organisation for one in left_out] + [one.organisation for one in covered]
        return Letter(
            self.household_id,
            self.texts.say("home", home=shown(self.household_id)),
            self._greeting(),
            tuple(self._told(one) for one in appointments),
            tuple(dict.fromkeys(self._waiting(one) for one in left_out)),
            tuple(dict.fromkeys(self._covered(one) for one in covered)),
            tuple(dict.fromkeys(self._call(owner) for owner in owners)),
        )

    def _greeting(self) -> str:
        names = tuple(dict.fromkeys(self.names.values()))
        if not names:
            return self.texts.say("greeting_plain")
        return self.texts.say("greeting", names=self.texts.say("between_names").join(names))

    def _told(self, attendance: Attendance) -> Told:
        say, moment = self.texts.say, self.plan.period.moment
        tolerance = self.scenario.policy.appointments.tolerance_min * MINUTE
        start, end = moment(attendance.start), moment(attendance.end + tolerance)
        first, last = moment(attendance.start - tolerance), moment(attendance.start + tolerance)
        ends = "until" if end.date() == start.date() else "until_next_day"
        return Told(
            self.texts.date(start.date()),
            say("when", **{"from": self.texts.time(first), "to": self.texts.time(last)}),
            say(ends, end=self.texts.time(end)),
            tuple(self._caller(attendance, visit) for visit in attendance.visits),
            self._lead(attendance),
            self._family() if attendance.with_family else "",
        )

    def _caller(self, attendance: Attendance, visit: PlannedVisit) -> Caller:
        words = {"role": self._role(visit.service), "staff": shown(visit.staff_id)}
        if len({*self.names, *(one.person_id for one in attendance.visits)}) > 1:
            name = self.names.get(visit.person_id, shown(visit.person_id))
            who = self.texts.say("who_for", name=name, **words)
        else:
            who = self.texts.say("who", **words)
        known = self.texts.content.tasks
        tasks = [(known.get(code, shown(code.replace("_", " "))), code) for code in visit.tasks]
        return Caller(who, tuple(tasks) or ((self.texts.say("no_tasks"), ""),), visit.service)

    def _lead(self, attendance: Attendance) -> str:
        lead = next(v for v in attendance.visits if v.staff_id == attendance.lead_staff_id)
        sentence = "leads" if len(attendance.staff_ids) > 1 else "alone"
        return self.texts.say(sentence, role=self._role(lead.service), staff=shown(lead.staff_id))

    def _family(self) -> str:
        if len(self.contacts) != 1:
            return self.texts.say("family")
        contact = self.texts.content.family.get(self.contacts[0], shown(self.contacts[0]))
        return self.texts.say("family_contact", contact=contact)

    def _waiting(self, left_out: Unassigned) -> str:
        team = self.texts.team(left_out.organisation).name
        return self._about("waiting", left_out, team=team)

    def _covered(self, covered: Covered) -> str:
        by = (self.plan.visit_by_id.get(name) for name in covered.by_visit_ids)
        others = [
            self.texts.say("who", role=self._role(visit.service), staff=shown(visit.staff_id))
            for visit in by
            if visit is not None
        ]
        if not others:
            return self._about("covered_before", covered)
        return self._about(
            "covered", covered, others=self.texts.say("between_names").join(dict.fromkeys(others))
        )

    def _about(self, sentence: str, visit: Unassigned | Covered, **words: str) -> str:
        """Give a sentence about a visit that is not planned; with a name where several people live there."""
        words["role"] = self._role(visit.service)
        name = self.names.get(visit.person_id)
        if len(self.names) > 1 and name is not None:
            return self.texts.say(f"{sentence}_for", name=name, **words)
        return self.texts.say(sentence, **words)

    def _call(self, organisation: str) -> tuple[str, bool]:
        team = self.texts.team(organisation)
        if not team.phone:
            return self.texts.say("call_blank", team=team.name), False
        return self.texts.say("call", team=team.name, phone=team.phone), True

    def _role(self, service: str) -> str:
        return self.texts.content.roles.get(service, shown(service))
