from __future__ import annotations

from dataclasses import replace

import pytest

from visitplan.domain.demand import Demand, JointVisit, LinkReason, Visit, VisitLink
from visitplan.domain.windows import Window, Windows
from visitplan.policy import Mode

ANY_TIME = Windows((Window(0, 100),))


def visits(*names: str) -> tuple[Visit, ...]:
    return tuple(Visit(name, name, 1, 1, 60, ANY_TIME) for name in names)


def joint(*names: str, lead: str) -> JointVisit:
    return JointVisit("J", "H", Mode.TOGETHER, names, ANY_TIME, lead)


def test_a_demand_holds_visits_links_and_disjoint_groups():
    tie = VisitLink("a", "b", 0, None, LinkReason.AFTER)
    demand = Demand(visits("a", "b", "c"), (tie,), (frozenset("ab"),))

    assert demand.links[0].second == "b"
    assert (demand.joint_visits, demand.findings) == ((), ())


def test_visit_ids_are_unique():
    with pytest.raises(ValueError, match="not unique"):
        Demand(visits("a", "a"))


def test_groups_do_not_share_a_visit():
    with pytest.raises(ValueError, match="share a visit"):
        Demand(visits("a", "b", "c"), groups=(frozenset("ab"), frozenset("bc")))


def test_links_and_groups_name_visits_that_are_there():
    with pytest.raises(ValueError, match="not there"):
        Demand(visits("a", "b"), groups=(frozenset("ax"),))
    with pytest.raises(ValueError, match="not there"):
        Demand(visits("a"), (VisitLink("a", "x", 0, 0, LinkReason.TURN),))


def test_a_joint_visit_needs_two_different_visits():
    for names in ((), ("a",), ("a", "a"), ("a", "b", "a")):
        with pytest.raises(ValueError, match="two or more different visits"):
            joint(*names, lead="a")


def test_the_lead_of_a_joint_visit_is_part_of_it():
    assert joint("a", "b", lead="b").lead_visit_id == "b"
    with pytest.raises(ValueError, match="not part of it"):
        replace(joint("a", "b", lead="a"), lead_visit_id="c")
