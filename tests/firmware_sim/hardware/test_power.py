"""Mains, battery and sun: when the box is on, and for how long."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.hardware.power import Chemistry, Power, Supply, after, rest_volts

MAINS = Supply(volts=24, mains_volts=24.1, off_volts=20, on_volts=22)
BACKED = Supply(volts=12, mains_volts=13.8, battery_ah=20, charger_watts=30, off_volts=11.1, on_volts=12.3)
SOLAR = Supply(volts=12, battery_ah=40, solar_watts=100, off_volts=11.1, on_volts=12.3)


def test_mains_alone_goes_with_the_street() -> None:
    on = after(Power(), MAINS, 5, 0, 0)
    assert (on.on, on.feed, on.volts) == (True, "mains", 24.1)
    assert not after(replace(on, mains=0), MAINS, 5, 0, 0).on


@pytest.mark.parametrize(("level", "was_on", "is_on"), [(0.76, True, True), (0.74, True, False), (0.8, False, False),
                                                       (0.83, False, True)])  # fmt: skip
def test_a_brown_out_takes_it_at_one_level_and_gives_it_back_at_another(
    level: float, was_on: bool, is_on: bool
) -> None:
    assert after(Power(mains=level, on=was_on), MAINS, 5, 0, 0).on is is_on


@pytest.mark.parametrize(
    ("charge", "volts"),
    [(1.0, 12.73), (0.55, 12.17), (0.5, 12.10), (0.0, 10.5)],
    ids=["full", "between", "half", "flat"],
)
def test_the_lead_curve(charge: float, volts: float) -> None:
    assert rest_volts(SOLAR, charge) == pytest.approx(volts, abs=0.005)
    assert rest_volts(replace(SOLAR, volts=24), charge) == pytest.approx(2 * volts, abs=0.01)


def test_a_battery_bridges_a_cut_and_saves_itself() -> None:
    power, hours = Power(mains=0), 0.0
    while power.on and hours < 200:
        power, hours = after(power, BACKED, 5.0, 0, 0.25), hours + 0.25
    assert 30 < hours < 48 and power.feed == "battery" and 0.0 <= power.charge < 0.1
    back = after(replace(power, mains=1), BACKED, 5.0, 0, 0.25)
    assert (back.on, back.feed, back.charging) == (True, "mains", True)


REMOTE = replace(BACKED, battery_ah=12, chemistry="lifepo4", off_volts=11.6, on_volts=13.0)


def test_a_sagging_supply_does_not_hide_a_full_battery() -> None:
    """0.8 of the street is 12.27 V here: too little to come on by, and less than the battery has."""
    dark = Power(mains=0.8, on=False)
    on = after(dark, REMOTE, 4.0, 0, 0.0)
    assert (on.on, on.feed, on.charging) == (True, "battery", False) and on.volts > 13
    assert not after(replace(dark, charge=0.05), REMOTE, 4.0, 0, 0.0).on, "a flat one is no help"
    later = on
    for _ in range(400):
        later = after(later, REMOTE, 4.0, 0, 0.25)
    assert later.on and later.feed == "mains", "down to what the supply still gives"
    assert after(on, MAINS, 4.0, 0, 0.0).volts < 24.1, "without a battery there is the supply alone"


@pytest.mark.parametrize(("chemistry", "kept"), [("lead_acid", 0.85), ("lifepo4", 0.95)])
def test_how_much_of_a_charge_is_kept_goes_by_the_chemistry(chemistry: Chemistry, kept: float) -> None:
    supply = replace(BACKED, chemistry=chemistry)
    filled = after(Power(charge=0.2), supply, 5.0, 0, 1.0)
    assert filled.charge == pytest.approx(0.2 + kept * supply.charger_watts / supply.watt_hours)


def test_the_sun_fills_it_and_it_comes_on_at_the_upper_threshold() -> None:
    power, seen = Power(charge=0.02, on=False), []
    for _ in range(48):
        power = after(power, SOLAR, 5.0, 0.6, 0.25)
        seen.append((power.on, power.volts))
    first = next(index for index, (on, _) in enumerate(seen) if on)
    assert 4 < first < 44 and seen[first][1] >= 12.3 and all(on for on, _ in seen[first:])
    assert power.feed == "solar"


@given(
    st.floats(0, 1), st.floats(0, 1.2), st.booleans(), st.floats(0, 200), st.floats(0, 1), st.floats(0, 24),
    st.sampled_from([MAINS, BACKED, SOLAR]),
)  # fmt: skip
def test_charge_and_volts_stay_within_what_can_be(
    charge: float, mains: float, on: bool, load: float, sun: float, hours: float, supply: Supply
) -> None:
    power = after(Power(charge=charge, mains=mains, on=on), supply, load, sun, hours)
    assert 0 <= power.charge <= 1 and 0 <= power.volts <= 40
    assert not (power.on and power.volts < supply.off_volts)
