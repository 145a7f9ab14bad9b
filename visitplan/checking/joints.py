"""Rules on joint visits: permitted, complete, at one door in time, and told once."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from visitplan.checking.calendar import MINUTE, minutes
from visitplan.checking.case import fault
from visitplan.domain.requests import Joint
from visitplan.findings import Severity
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.checking.case import Case, Served
    from visitplan.domain.demand import JointVisit, ToldOnce
    from visitplan.domain.requests import Request
    from visitplan.findings import Finding
    from visitplan.policy import CoordinationPolicy

_SPLIT = "Split the joint visit, or plan again."


def _subject(joint: JointVisit) -> str:
    return f"joint visit {joint.joint_visit_id}"


def _members(case: Case, joint: JointVisit) -> list[Served]:
    """Give those of its visits that are served, in its order."""
    return [case.planned[visit_id] for visit_id in joint.visit_ids if visit_id in case.planned]


def joint_ids_doubled(case: Case) -> Iterator[Finding]:
    """See that a joint visit's id is its own, and no visit is part of two."""
    for joint_id, count in Counter(joint.joint_visit_id for joint in case.plan.joint_visits).items():
        if count > 1:
            yield fault(
                "CHECK-JOINT-DOUBLED",
                f"joint visit {joint_id}",
                f"{count} joint visits have this id.",
                _SPLIT,
            )
    members = Counter(v for joint in case.plan.joint_visits for v in joint.visit_ids)
    for visit_id, count in members.items():
        if count > 1:
            yield fault(
                "CHECK-JOINT-DOUBLED", f"visit {visit_id}", f"It is part of {count} joint visits.", _SPLIT
            )


def joint_members_missing(case: Case) -> Iterator[Finding]:
    """See that every visit of a joint visit is in the roster."""
    for joint in case.plan.joint_visits:
        for visit_id in joint.visit_ids:
            if visit_id not in case.planned:
                yield fault(
                    "CHECK-JOINT-MEMBER",
                    f"{_subject(joint)}, visit {visit_id}",
                    "This part of the joint visit is not in the roster.",
                    "Serve it too, or split the joint visit.",
                )


def joint_names_differ(case: Case) -> Iterator[Finding]:
    """See that the roster and the list of joint visits name the same ones."""
    for served in case.planned.values():
        joint = case.joint_of.get(served.visit.visit_id)
        listed = None if joint is None else joint.joint_visit_id
        if served.visit.joint_visit_id != listed:
            yield fault(
                "CHECK-JOINT-NAMED",
                f"visit {served.visit.visit_id}",
                f"The roster has it in {_named(served.visit.joint_visit_id)}, the list of joint visits in "
                f"{_named(listed)}.",
                "Correct the one that is wrong.",
            )


def _named(joint_id: str | None) -> str:
    return "no joint visit" if joint_id is None else f"joint visit {joint_id}"


def joint_homes_differ(case: Case) -> Iterator[Finding]:
    """See that all visits of a joint visit are to its household."""
    for joint in case.plan.joint_visits:
        for served in _members(case, joint):
            if served.request.household_id != joint.household_id:
                yield fault(
                    "CHECK-JOINT-HOUSEHOLD",
                    f"{_subject(joint)}, visit {served.visit.visit_id}",
                    f"The visit is to household {served.request.household_id}, the joint visit to "
                    f"{joint.household_id}.",
                    _SPLIT,
                )


def joint_avoided(case: Case) -> Iterator[Finding]:
    """See that no visit is part of a joint visit whose request avoids them."""
    for joint in case.plan.joint_visits:
        for served in _members(case, joint):
            if served.request.joint is Joint.AVOID:
                yield fault(
                    "CHECK-JOINT-AVOID",
                    f"{_subject(joint)}, visit {served.visit.visit_id}",
                    "Its request avoids joint visits.",
                    "Take it out of the joint visit.",
                )


def joint_required(case: Case) -> Iterator[Finding]:
    """See that who requires a joint visit has one; where nothing was coordinated, only say so."""
    coordinated = case.plan.provenance.coordinated
    for served in case.planned.values():
        if served.request.joint is Joint.REQUIRE and served.visit.visit_id not in case.joint_of:
            yield fault(
                "CHECK-JOINT-REQUIRE",
                f"visit {served.visit.visit_id}",
                "Its request requires a joint visit, and it is served by itself"
                + ("." if coordinated else ", as the plan was made without coordination."),
                "Join it with another, or leave it out.",
                Severity.ERROR if coordinated else Severity.WARNING,
            )


def joint_required_flag(case: Case) -> Iterator[Finding]:
    """See that a joint visit says that it is required exactly where one of its requests requires it."""
    for joint in case.plan.joint_visits:
        members = _members(case, joint)
        required = any(served.request.joint is Joint.REQUIRE for served in members)
        if len(members) == len(joint.visit_ids) and joint.required != required:
            yield fault(
                "CHECK-JOINT-REQUIRE",
                _subject(joint),
                f"It is marked as {'required' if joint.required else 'not required'}, its requests say "
                f"{'required' if required else 'not required'}.",
                "Plan again.",
            )


def joint_of_one_request(case: Case) -> Iterator[Finding]:
    """See that a joint visit joins different requests, and never two visits of one."""
    for joint in case.plan.joint_visits:
        members = _members(case, joint)
        turns = {(served.request.request_id, served.expected.occurrence) for served in members}
        requests = {request_id for request_id, _ in turns}
        if len(members) == len(joint.visit_ids) and (len(requests) < 2 or len(turns) > len(requests)):
            yield fault(
                "CHECK-JOINT-REQUESTS",
                _subject(joint),
                f"It joins visits of {', '.join(sorted(requests))}, some of one request with each other.",
                _SPLIT,
            )


def joint_not_permitted(case: Case) -> Iterator[Finding]:
    """See that the policy lets the services meet in this way, in this order."""
    for joint in case.plan.joint_visits:
        for one, two in combinations(_members(case, joint), 2):
            if one.request is two.request:
                continue
            for rules in _coordination(case, one.request, two.request):
                if not rules.enabled or not _permits(rules, joint.mode, one.request, two.request):
                    yield fault(
                        "CHECK-JOINT-POLICY",
                        f"{_subject(joint)}, visits {one.visit.visit_id} and {two.visit.visit_id}",
                        f"The policy does not let {one.request.service} and then {two.request.service} meet "
                        f"{joint.mode}.",
                        _SPLIT,
                    )
                    break


def _coordination(case: Case, *requests: Request) -> list[CoordinationPolicy]:
    return [case.rules(request).coordination for request in requests]


def _permits(rules: CoordinationPolicy, mode: Mode, first: Request, second: Request) -> bool:
    pair = rules.pairing(first.service, second.service)
    if mode not in pair.modes:
        return False
    ordered = mode is Mode.BACK_TO_BACK and first.service != second.service
    return not (ordered and pair.order is not None and pair.order != first.service)


def joint_too_large(case: Case) -> Iterator[Finding]:
    """See that a joint visit is no larger, and lasts no longer, than the policy allows."""
    for joint in case.plan.joint_visits:
        members = _members(case, joint)
        if not members:
            continue
        lasts = max(s.visit.end for s in members) - min(s.visit.start for s in members)
        rules = _coordination(case, *(served.request for served in members))
        size, longest = min(r.max_size for r in rules), min(r.max_attendance_min for r in rules) * MINUTE
        if len(members) > size or lasts > longest:
            yield fault(
                "CHECK-JOINT-SIZE",
                _subject(joint),
                f"It has {len(members)} visits and lasts {minutes(lasts)}; the most are {size} visits and "
                f"{minutes(longest)}.",
                _SPLIT,
            )


def joint_not_together(case: Case) -> Iterator[Finding]:
    """See that the visits of a joint visit start together, or one follows the other within the gap."""
    for joint in case.plan.joint_visits:
        turns = _turns(_members(case, joint))
        if joint.mode is Mode.TOGETHER:
            yield from _starts_differ(case, joint, turns)
        else:
            yield from _turns_apart(case, joint, turns)


def _turns(members: Sequence[Served]) -> list[list[Served]]:
    """Give who comes in one turn: staff sent together for one request share theirs."""
    turns: list[list[Served]] = []
    for served in members:
        key = served.request.request_id, served.expected.occurrence
        if turns and key == (turns[-1][0].request.request_id, turns[-1][0].expected.occurrence):
            turns[-1].append(served)
        else:
            turns.append([served])
    return turns


def _starts_differ(case: Case, joint: JointVisit, turns: Sequence[Sequence[Served]]) -> Iterator[Finding]:
    starts = sorted({served.visit.start for turn in turns for served in turn})
    if len(starts) > 1:
        yield fault(
            "CHECK-JOINT-START",
            _subject(joint),
            f"Its visits should start together, and start at "
            f"{' and '.join(case.calendar.text(start) for start in starts)}.",
            "Give them one start, or split the joint visit.",
        )


def _turns_apart(case: Case, joint: JointVisit, turns: Sequence[Sequence[Served]]) -> Iterator[Finding]:
    for before, after in pairwise(turns):
        gap = min(s.visit.start for s in after) - max(s.visit.end for s in before)
        most = min(joint.max_gap_s, _longest_gap(case, before[0].request, after[0].request))
        if not 0 <= gap <= most:
            yield fault(
                "CHECK-JOINT-GAP",
                f"{_subject(joint)}, visits {before[0].visit.visit_id} and {after[0].visit.visit_id}",
                f"The second starts {minutes(gap)} after the first has ended; the most is {minutes(most)}.",
                "Move one of them, or split the joint visit.",
            )


def _longest_gap(case: Case, one: Request, two: Request) -> int:
    gaps = []
    for rules in _coordination(case, one, two):
        pair = rules.pairing(one.service, two.service)
        gaps.append(rules.max_gap_min if pair.max_gap_min is None else pair.max_gap_min)
    return min(gaps) * MINUTE


def joint_without_family(case: Case) -> Iterator[Finding]:
    """See that a joint visit with family lies, visit for visit, in the family's times."""
    for joint in case.plan.joint_visits:
        for served in _members(case, joint):
            if joint.with_family and not case.with_family(served.visit, joint.household_id):
                yield fault(
                    "CHECK-JOINT-FAMILY",
                    f"{_subject(joint)}, visit {served.visit.visit_id}",
                    f"The family is told of a visit from {case.calendar.text(served.visit.start)} to "
                    f"{case.calendar.clock(served.visit.end)}, and cannot be there.",
                    "Move it into a family time, or split the joint visit.",
                )


def told_once_wrong(case: Case) -> Iterator[Finding]:
    """See that a task told once is shareable, asked for by both for one person, and done by the one named."""
    for joint in case.plan.joint_visits:
        for once in joint.told_once:
            faults = list(_told_once_faults(case, joint, once))
            if faults:
                yield fault(
                    "CHECK-TOLD-ONCE",
                    f"{_subject(joint)}, visit {once.by_visit_id}",
                    f"Task {once.task} is not done once: {'; '.join(faults)}.",
                    "Let every visit do it, or split the joint visit.",
                )


def _told_once_faults(case: Case, joint: JointVisit, once: ToldOnce) -> Iterator[str]:
    task = case.scenario.task_by_code.get(once.task)
    if task is None or not task.shareable:
        yield "it is not a shareable task"
    if not set(once.spared_visit_ids) | {once.by_visit_id} <= set(joint.visit_ids):
        yield "it names visits outside the joint visit"
    by = case.planned.get(once.by_visit_id)
    if by is None:
        yield "the visit that should do it is not in the roster"
        return
    if once.task not in by.request.tasks or once.task not in by.visit.tasks:
        yield f"visit {by.visit.visit_id} does not do it"
    for visit_id in once.spared_visit_ids:
        other = case.planned.get(visit_id)
        if other is None or other.request is by.request:
            yield f"visit {visit_id} is not one of another request in the roster"
        elif once.task not in other.request.tasks:
            yield f"visit {visit_id} was never asked to do it"
        elif other.request.person_id != by.request.person_id:
            yield f"visit {visit_id} is to another person"
