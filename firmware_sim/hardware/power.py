"""What feeds the box: mains, a battery by its voltage curve, a panel by the sun. Pure: watts in, volts out."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from devices.protocol.messages.speaker import Feed

Chemistry = Literal["lead_acid", "lifepo4"]
CURVES = MappingProxyType(
    {
        "lead_acid": (10.5, 11.51, 11.66, 11.81, 11.96, 12.10, 12.24, 12.37, 12.50, 12.62, 12.73),
        "lifepo4": (10.0, 12.4, 12.8, 13.0, 13.1, 13.15, 13.18, 13.2, 13.25, 13.3, 13.5),
    }
)
"""Volts of a resting 12 V battery at 0, 10 ... 100 % of charge: lead by the makers' common table (Trojan), iron
phosphate as four cells in a row."""
CHARGE_YIELD = MappingProxyType({"lead_acid": 0.85, "lifepo4": 0.95})
"""What of the energy put into a battery comes out again."""
OHMS_AH = 0.3
"""Inner resistance of a 12 V battery times its capacity, ohm Ah: 15 milliohm at 20 Ah."""
HOLDS = 0.9
"""Down to this share of the mains voltage a supply keeps its output; below, the output follows, and whichever is
higher feeds the box: supply or battery."""


@dataclass(frozen=True, slots=True)
class Supply:
    """How a box is fed."""

    volts: float
    """Of its battery and its parts: 12 or 24."""
    mains_volts: float = 0.0
    """What its mains supply gives; 0: it has none."""
    battery_ah: float = 0.0
    chemistry: Chemistry = "lead_acid"
    charger_watts: float = 0.0
    """What the mains supply spares for the battery."""
    solar_watts: float = 0.0
    """Of the panel in full sun."""
    off_volts: float = 0.0
    """Below it the box switches itself off, so that the battery survives."""
    on_volts: float = 0.0
    """At this it comes on again."""

    @property
    def watt_hours(self) -> float:
        return self.battery_ah * self.volts


@dataclass(frozen=True, slots=True)
class Power:
    """How it stands."""

    charge: float = 1.0
    """Of the battery, 0 to 1."""
    mains: float = 1.0
    """Voltage in the street as a share of what it should be; 0: a cut."""
    on: bool = True
    """Whether the box runs."""
    volts: float = 0.0
    """At the input of the box."""
    feed: Feed = "mains"
    charging: bool = False


def after(power: Power, supply: Supply, load: float, sun: float, hours: float) -> Power:
    """Some time later (short beside a day), with `load` watts drawn while it runs and `sun` 0 to 1."""
    mains = supply.mains_volts * min(1.0, power.mains / HOLDS)
    battery = rest_volts(supply, power.charge) if supply.battery_ah and power.mains < HOLDS else 0.0
    if mains > max(supply.off_volts, 0.1, battery):
        charge, charging = _charged(power.charge, supply, supply.charger_watts, hours)
        return Power(charge, power.mains, _stays_on(power.on, mains, supply), mains, "mains", charging)
    if not supply.battery_ah:
        return replace(power, volts=mains, feed="battery", charging=False, on=False)
    gained = supply.solar_watts * sun
    spare = gained - (load if power.on else 0.0)
    charge, charging = _charged(power.charge, supply, spare, hours)
    volts = max(0.0, rest_volts(supply, charge) + _drop(supply, spare if charging or spare < 0 else 0.0))
    feed: Feed = "solar" if gained > 0 and spare >= 0 else "battery"
    return Power(charge, power.mains, _stays_on(power.on, volts, supply), volts, feed, charging)


def rest_volts(supply: Supply, charge: float) -> float:
    """Of the battery at a share of its charge, nothing drawn."""
    curve = CURVES[supply.chemistry]
    place = min(9, int(charge * 10))
    share = charge * 10 - place
    return (curve[place] + (curve[place + 1] - curve[place]) * share) * supply.volts / 12


def _charged(charge: float, supply: Supply, watts: float, hours: float) -> tuple[float, bool]:
    """Charge after `watts` into (or out of) the battery, and whether it was filling."""
    if not supply.battery_ah:
        return charge, False
    gain = watts * (CHARGE_YIELD[supply.chemistry] if watts > 0 else 1.0) * hours / supply.watt_hours
    return min(1.0, max(0.0, charge + gain)), watts > 0 and charge < 1.0


def _drop(supply: Supply, watts: float) -> float:
    """Volts that a current adds (charging) or takes (drawn) at the inner resistance."""
    blocks = supply.volts / 12
    return watts / supply.volts * OHMS_AH / supply.battery_ah * blocks


def _stays_on(on: bool, volts: float, supply: Supply) -> bool:
    """On or off, with a gap between the two thresholds: a sagging battery does not blink."""
    return volts >= (supply.off_volts if on else supply.on_volts)
