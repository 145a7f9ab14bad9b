"""The policy: every bad key is reported, overrides merge, rates are rounded once."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from visitplan.errors import InputError
from visitplan.policy import METRES_PER_MILE, Costs, Mode, Pairing, Policy, parse_policy, read_policy


def faults(data):
    with pytest.raises(InputError) as caught:
        parse_policy(data)
    return {(finding.code, finding.where.column) for finding in caught.value.findings}


def test_an_empty_file_gives_the_defaults(tmp_path):
    file = tmp_path / "visitplan.toml"
    file.write_text("")
    assert read_policy(file) == Policy()


def test_a_policy_file_is_read(tmp_path):
    file = tmp_path / "visitplan.toml"
    file.write_text(
        "\ufeff[travel]\nfactors = [{ start = 07:30:00, factor = 1.3, days = ['mon'] }]\n"
        "[period]\ntimezone = 'Europe/Dublin'\nfirst_date = 2026-06-01\n"
        "[areas.crewe.costs]\nhourly_pence = 1400\n",
        encoding="utf-8",
    )
    policy = read_policy(file)
    assert policy.travel.factors[0].start == dt.time(7, 30)
    assert policy.period.timezone == "Europe/Dublin"
    assert policy.period.first_date == dt.date(2026, 6, 1)
    assert policy.rules(area="crewe").costs.hourly_pence == 1400


@pytest.mark.parametrize(
    "content", [b"[travel", b"\xff\xfe", None], ids=["not TOML", "not UTF-8", "not there"]
)
def test_a_file_that_cannot_be_read_is_a_finding(tmp_path, content):
    file = tmp_path / "visitplan.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_policy(file)
    assert [finding.code for finding in caught.value.findings] == ["POLICY-UNREADABLE"]


def test_every_bad_key_of_every_section_is_reported_at_once():
    data = {
        "colour": "red",
        "period": {"timezone": "Europe/Lodnon"},
        "travel": {"car": {"circuity": 0.5, "bands": [], "access_min": -1}},
        "costs": {"hourly": 1, "hourly_pence": -1},
        "limits": {"staff_at_once": 0},
        "areas": {"crewe": {"costs": {"hourly_pence": "much"}, "limits": {"max_late": 1}}},
        "services": {"care": {"coordination": {"max_size": 1}}, "nursing": {"cots": {}}},
    }
    assert faults(data) == {
        ("POLICY-KEY-UNKNOWN", "colour"),
        ("POLICY-VALUE", "period.timezone"),
        ("POLICY-VALUE", "travel.car.circuity"),
        ("POLICY-VALUE", "travel.car.bands"),
        ("POLICY-VALUE", "travel.car.access_min"),
        ("POLICY-KEY-UNKNOWN", "costs.hourly"),
        ("POLICY-VALUE", "costs.hourly_pence"),
        ("POLICY-VALUE", "limits.staff_at_once"),
        ("POLICY-VALUE", "areas.crewe.costs.hourly_pence"),
        ("POLICY-KEY-UNKNOWN", "areas.crewe.limits.max_late"),
        ("POLICY-VALUE", "services.care.coordination.max_size"),
        ("POLICY-KEY-UNKNOWN", "services.nursing.cots"),
    }


def test_bands_out_of_order_are_reported():
    bands = [{"up_to_km": 5, "kmh": 30}, {"up_to_km": 2, "kmh": 40}]
    car = {"circuity": 1.2, "bands": bands, "access_min": 1}
    assert faults({"travel": {"car": car}}) == {("POLICY-VALUE", "travel.car")}


def test_two_factors_for_one_time_of_one_day_are_reported():
    factors = [
        {"start": "07:30", "factor": 1.2, "days": ["mon", "tue"]},
        {"start": "07:30", "factor": 1.4, "days": ["tue"]},
    ]
    with pytest.raises(InputError, match="two entries for tue 07:30"):
        parse_policy({"travel": {"factors": factors}})


@pytest.mark.parametrize("factor", [0, 0.01, 11, float("inf"), float("nan")])
def test_a_factor_nobody_can_mean_is_reported(factor):
    factors = [{"start": "07:30", "factor": factor}]
    assert faults({"travel": {"factors": factors}}) == {("POLICY-VALUE", "travel.factors.0.factor")}


def test_infinite_money_is_reported():
    assert faults({"costs": {"stranger_pence": float("inf")}}) == {("POLICY-VALUE", "costs.stranger_pence")}


def test_dates_and_regions_that_are_turned_round_are_reported():
    data = {
        "period": {"first_date": dt.date(2026, 6, 2), "last_date": dt.date(2026, 6, 1)},
        "places": {"min_lat": 60, "max_lat": 50},
    }
    assert faults(data) == {("POLICY-VALUE", "period"), ("POLICY-VALUE", "places")}


def test_a_pair_cannot_be_led_by_a_third_service():
    pair = {"services": ["care", "nursing"], "order": "therapy"}
    assert faults({"coordination": {"pairs": [pair]}}) == {("POLICY-VALUE", "coordination.pairs.0")}


def test_a_service_overrides_an_area_and_both_override_the_base():
    policy = parse_policy(
        {
            "costs": {"stranger_pence": 1, "late_pence_per_min": 1, "early_pence_per_min": 1},
            "areas": {"crewe": {"costs": {"stranger_pence": 2, "late_pence_per_min": 2}}},
            "services": {"care": {"costs": {"stranger_pence": 3}}},
        }
    )

    def costs(**place):
        costs = policy.rules(**place).costs
        return costs.stranger_pence, costs.late_pence_per_min, costs.early_pence_per_min

    assert costs() == (1, 1, 1)
    assert costs(area="crewe") == (2, 2, 1)
    assert costs(service="care") == (3, 1, 1)
    assert costs(area="crewe", service="care") == (3, 2, 1)
    assert costs(area="nantwich", service="therapy") == (1, 1, 1)


def test_an_override_keeps_nested_values_whole():
    policy = parse_policy({"areas": {"crewe": {"coordination": {"modes": ["together"]}}}})
    assert policy.rules(area="crewe").coordination.modes == (Mode.TOGETHER,)
    assert policy.rules(area="crewe").coordination.max_size == policy.base.coordination.max_size


def test_services_meet_by_their_pair_else_by_the_general_rule():
    never = Pairing(services=("care", "nursing"), modes=())
    coordination = parse_policy(
        {"coordination": {"pairs": [never.model_dump()], "same_service": False}}
    ).base.coordination
    assert coordination.pairing("nursing", "care").modes == ()
    assert coordination.pairing("nursing", "therapy").modes == (Mode.TOGETHER, Mode.BACK_TO_BACK)
    assert coordination.pairing("care", "care").modes == ()


def test_organisations_serve_their_own_and_those_they_are_said_to():
    organisations = parse_policy({"organisations": {"serves": {"trust": ["agency"]}}}).organisations
    assert organisations.may_serve("trust", "trust")
    assert organisations.may_serve("trust", "agency")
    assert not organisations.may_serve("agency", "trust")
    assert parse_policy({"organisations": {"shared": True}}).organisations.may_serve("agency", "trust")


def test_rates_are_whole_millipence():
    costs = Costs()
    assert costs.travel_mp_per_s == 350  # 1260 p an hour
    assert costs.waiting_mp_per_s == 175
    assert costs.early_mp_per_s == 83  # 5 p a minute, rounded
    assert costs.late_mp_per_s == 167
    assert [costs.mileage_mp_per_m(mode) for mode in ("car", "bike", "walk")] == [28, 12, 0]
    assert costs.labour_mp_per_s(None) == 18  # 5 % of 350
    assert costs.overtime_mp_per_s(2520) == 1050  # 150 % of 700
    assert [costs.unassigned_mp(priority) for priority in (1, 5)] == [500_000_000, 25_000_000]


@given(st.floats(0, 1e6))
def test_a_rate_is_never_more_than_half_a_millipence_off(pence):
    costs = Costs(travel_pence_per_hour=pence, car_pence_per_mile=pence)
    assert abs(costs.travel_mp_per_s - pence * 1000 / 3600) <= 0.5
    assert abs(costs.mileage_mp_per_m("car") - pence * 1000 / METRES_PER_MILE) <= 0.5


def test_a_policy_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Policy().travel.source = "matrix"


def test_each_mode_of_travel_has_its_figures():
    travel = Policy().travel
    assert [travel.mode(name) for name in ("car", "bike", "walk")] == [travel.car, travel.bike, travel.walk]
