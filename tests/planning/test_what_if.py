"""What if there were one more, one less, or another price?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.planning.builders import plan, policy, served
from tests.routing.builders import household, request, scenario, shift, staff
from visitplan import checking
from visitplan.domain.requests import Pin
from visitplan.errors import InputError
from visitplan.planning import travel_source, what_if
from visitplan.planning.supposing import parsed_setting


def short_of_carers(**given):
    """Give three visits at ten o'clock and one carer; a nurse has no work at all."""
    requests = [request(f"R{k}", f"H{k}", 60, "10:00-10:00") for k in range(3)]
    homes = [household(f"H{k}", 5 * k) for k in range(3)]
    members = [staff("C1"), staff("N1", service="nursing")]
    return scenario(requests, homes, members, [shift("C1"), shift("N1")], **given)


def test_one_carer_more_serves_one_visit_more():
    made = short_of_carers()
    more = what_if(made, add_staff=["C1"])
    assert len(served(plan(made))) == 1
    result = plan(more)
    assert len(served(result)) == 2
    assert checking.check(more, result.plan, travel_source(more)) == ()


def test_several_more_like_the_same_one_have_names_of_their_own():
    more = what_if(short_of_carers(), add_staff=["C1", "C1"])
    assert [member.staff_id for member in more.staff] == ["C1", "N1", "C1+1", "C1+2"]
    assert len(served(plan(more))) == 3


def test_one_more_of_a_service_is_like_the_one_with_the_most_hours():
    made = short_of_carers()
    both = replace(
        made,
        staff=(*made.staff, staff("C2", 9)),
        shifts=(*made.shifts, shift("C2", "08:00-18:00")),
    )
    assert what_if(both, add_staff=["care"]).staff[-1].staff_id == "C2+1"


def test_without_somebody_their_shifts_pins_and_wishes_go_too():
    made = short_of_carers(pins=(Pin("R1", staff_id="C1"),))
    wished = replace(made.requests[0], preferred_staff=frozenset({"C1"}))
    less = what_if(replace(made, requests=(wished, *made.requests[1:])), remove_staff=["C1"])
    assert [member.staff_id for member in less.staff] == ["N1"]
    assert (less.pins, len(less.shifts), less.requests[0].preferred_staff) == ((), 1, frozenset())
    assert served(plan(less)) == {}


def test_a_setting_of_the_policy_is_changed_and_the_others_are_kept():
    made = short_of_carers(policy=policy(costs={"stranger_pence": 7}, limits={"staff_at_once": 2}))
    dearer = what_if(made, settings={"costs.stranger_pence": 300, "areas.crewe.limits.staff_at_once": 1})
    assert dearer.policy.costs.stranger_pence == 300
    assert dearer.policy.limits.staff_at_once == 2
    assert dearer.policy.rules(area="crewe").limits.staff_at_once == 1
    assert made.policy.costs.stranger_pence == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("costs.stranger_pence=300", ("costs.stranger_pence", 300)),
        ("organisations.shared = true", ("organisations.shared", True)),
        ("coordination.modes=['together']", ("coordination.modes", ["together"])),
        ("travel.source=matrix", ("travel.source", "matrix")),
    ],
)
def test_a_setting_is_written_as_in_the_policy_file(text, expected):
    assert parsed_setting(text) == expected


@pytest.mark.parametrize("text", ["costs.stranger_pence", "=3", ""])
def test_a_setting_without_name_or_value_is_refused(text):
    with pytest.raises(InputError, match="WHAT-IF-UNUSABLE"):
        parsed_setting(text)


def test_whatever_is_unknown_is_named_all_at_once():
    with pytest.raises(InputError) as caught:
        what_if(
            short_of_carers(),
            add_staff=["C9"],
            remove_staff=["C8"],
            settings={"costs.no_such_price": 1, "costs.stranger_pence": -1},
        )
    said = [finding.where.value for finding in caught.value.findings]
    assert {"C9", "C8", "costs.no_such_price", "costs.stranger_pence"} <= set(said)
    assert {finding.code for finding in caught.value.findings} == {"WHAT-IF-UNUSABLE"}


def test_a_setting_below_something_that_is_no_section_is_refused():
    with pytest.raises(InputError, match="no section"):
        what_if(
            short_of_carers(policy=policy(costs={"stranger_pence": 7})),
            settings={"costs.stranger_pence.x": 1},
        )


def test_nothing_asked_is_nothing_changed():
    made = short_of_carers()
    assert what_if(made) == made
